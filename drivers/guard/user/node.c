// SPDX-License-Identifier: GPL-2.0
//
// /dev/scsi_lifecycle/H:C:T:L. See include/uapi/scsi/scsi_lifecycle.h.
//
// An open file keeps its cdev, as chrdev_open() sees to, and the cdev keeps the device, whose
// release comes after the last of them. A worker removes the node when the device is removed; a
// close never does.
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <trace/events/scsi_lifecycle.h>

#include "compat.h"
#include "sdev/sdev.h"
#include "teardown/teardown.h"
#include "user.h"

struct opener {
	struct scl_device *device;
	enum scl_opener state;		/* under the object lock */
	struct mutex reading;		/* one reader of the file at a time */
	u64 next;			/* the record to read next, under reading */
};

static dev_t first;

static enum scl_answer answer(struct opener *opener, enum scl_opener_event event)
{
	enum scl_answer ret;

	spin_lock_irq(&opener->device->lock);
	ret = scl_opener_next(&opener->device->openers, &opener->state, event);
	spin_unlock_irq(&opener->device->lock);
	return ret;
}

static void count_file(struct scl_device *device, int more)
{
	spin_lock_irq(&device->lock);
	device->files += more;
	spin_unlock_irq(&device->lock);
}

static int node_open(struct inode *inode, struct file *file)
{
	struct opener *opener = kzalloc(sizeof(*opener), GFP_KERNEL_ACCOUNT);

	if (!opener)
		return -ENOMEM;
	opener->device = container_of(inode->i_cdev, struct scl_device, cdev);
	mutex_init(&opener->reading);
	if (answer(opener, SCL_OPENER_OPENS) != SCL_ANSWER_DONE) {
		kfree(opener);
		return -ENODEV;
	}
	count_file(opener->device, 1);
	scl_monitor_opened(opener->device);
	file->private_data = opener;
	return stream_open(inode, file);
}

static void trace_hold(const struct opener *opener, bool begins)
{
	trace_scl_hold(SCL_ADDRESS(opener->device), task_tgid_nr(current), begins);
}

/* A deadline that passed meanwhile takes effect now. */
static void hold_ends(const struct opener *opener)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_device_host(opener->device);

	trace_hold(opener, false);
	if (host)
		scl_poll_now(host);
	srcu_read_unlock(&scl_srcu, idx);
}

static int node_release(struct inode *inode, struct file *file)
{
	struct opener *opener = file->private_data;
	bool held = opener->state == SCL_OPENER_HOLDING;

	answer(opener, SCL_OPENER_CLOSES);
	count_file(opener->device, -1);
	if (held)
		hold_ends(opener);
	kfree(opener);
	return 0;
}

static bool is_over(const struct opener *opener)
{
	return READ_ONCE(opener->device->history.over);
}

/* True: the reader finds a record, or the history is over. */
static bool is_readable(struct opener *opener)
{
	struct scl_device *device = opener->device;
	bool more;

	spin_lock_irq(&device->lock);
	more = device->history.written > READ_ONCE(opener->next);
	spin_unlock_irq(&device->lock);
	return more || is_over(opener);
}

/* Reads as many records as there are and fit; 0: none. */
static ssize_t copy_records(struct opener *opener, struct iov_iter *to)
{
	struct scl_device *device = opener->device;
	struct scsi_lifecycle_record record;
	u64 next = opener->next;
	ssize_t copied = 0;
	bool there;

	while (iov_iter_count(to) >= sizeof(record)) {
		spin_lock_irq(&device->lock);
		there = scl_history_read(&device->history, &next, &record);
		spin_unlock_irq(&device->lock);
		if (!there)
			break;
		if (copy_to_iter(&record, sizeof(record), to) != sizeof(record))
			return copied ?: -EFAULT;
		WRITE_ONCE(opener->next, next);
		copied += sizeof(record);
	}
	return copied;
}

static ssize_t node_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct opener *opener = iocb->ki_filp->private_data;
	ssize_t ret;
	bool over;

	if (iov_iter_count(to) < sizeof(struct scsi_lifecycle_record))
		return -EINVAL;
	for (;;) {
		if (mutex_lock_interruptible(&opener->reading))
			return -ERESTARTSYS;
		/* Read before the records: a history that is over gets no more. */
		over = is_over(opener);
		ret = copy_records(opener, to);
		mutex_unlock(&opener->reading);
		if (ret || over)
			return ret;
		if (iocb->ki_filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT)
			return -EAGAIN;
		if (wait_event_interruptible(opener->device->history.readers, is_readable(opener)))
			return -ERESTARTSYS;
	}
}

static __poll_t node_poll(struct file *file, poll_table *wait)
{
	struct opener *opener = file->private_data;

	poll_wait(file, &opener->device->history.readers, wait);
	if (!is_readable(opener))
		return 0;
	return EPOLLIN | EPOLLRDNORM | (is_over(opener) ? EPOLLHUP : 0);
}

/*
 * state_mutex orders this against the poll that expires the teardown: either the device has expired
 * and this refuses, or the poll finds the hold. The stage is not written under it: a hold that is
 * asked for at the same time as the detach is had, and changes nothing.
 */
static int hold_device(struct opener *opener, struct scsi_device *sdev)
{
	enum scl_answer ret = SCL_ANSWER_GONE;

	mutex_lock(&sdev->state_mutex);
	if (scl_may_hold(scl_sdev_state(sdev),
			 READ_ONCE(opener->device->stage) >= SCL_STAGE_DETACHED,
			 &opener->device->progress))
		ret = answer(opener, SCL_OPENER_HOLDS);
	mutex_unlock(&sdev->state_mutex);
	switch (ret) {
	case SCL_ANSWER_DONE:
		trace_hold(opener, true);
		return 0;
	case SCL_ANSWER_HAS:
		return -EBUSY;
	default:
		return -ENODEV;
	}
}

static int end_device(struct opener *opener, struct scsi_device *sdev)
{
	struct scl_host *host = scl_device_host(opener->device);

	if (!host)
		return -ENODEV;
	switch (scl_removal_end(host, opener->device, sdev)) {
	case SCL_END_DONE:
		return 0;
	case SCL_END_NOT_BEGUN:
		return -EINVAL;
	default:
		return -ENODEV;
	}
}

/* Calls a function in a read section of scl_srcu, with a reference on the scsi_device. */
static int with_sdev(struct opener *opener,
		     int (*fn)(struct opener *opener, struct scsi_device *sdev))
{
	int idx = srcu_read_lock(&scl_srcu), err = -ENODEV;
	struct scsi_device *sdev = scl_device_get_sdev(opener->device);

	if (sdev) {
		err = fn(opener, sdev);
		put_device(&sdev->sdev_gendev);
	}
	srcu_read_unlock(&scl_srcu, idx);
	return err;
}

static int hold(struct opener *opener)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!scl_hold_allowed())
		return -EACCES;
	return with_sdev(opener, hold_device);
}

static int end(struct opener *opener)
{
	return capable(CAP_SYS_ADMIN) ? with_sdev(opener, end_device) : -EPERM;
}

static int release(struct opener *opener)
{
	switch (answer(opener, SCL_OPENER_RELEASES)) {
	case SCL_ANSWER_DONE:
		hold_ends(opener);
		return 0;
	case SCL_ANSWER_GONE:
		return -ENODEV;
	default:
		return -EINVAL;
	}
}

static long node_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case SCSI_LIFECYCLE_IOC_HOLD:
		return hold(file->private_data);
	case SCSI_LIFECYCLE_IOC_RELEASE:
		return release(file->private_data);
	case SCSI_LIFECYCLE_IOC_END:
		return end(file->private_data);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations operations = {
	.owner		= THIS_MODULE,
	.open		= node_open,
	.release	= node_release,
	.read_iter	= node_read,
	.poll		= node_poll,
	.unlocked_ioctl	= node_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static char *node_name(scl_devnode_device *dev, umode_t *mode)
{
	if (mode)
		*mode = 0600;
	return kasprintf(GFP_KERNEL, "scsi_lifecycle/%s", dev_name(dev));
}

struct class scl_nodes = {
	.name		= "scsi_lifecycle",
	.devnode	= node_name,
	.dev_groups	= scl_sysfs_node_groups,
	.class_groups	= scl_sysfs_class_groups,
};

/**
 * scl_node_add - give a device its node
 * @device: the device; it stays without a node if this fails
 *
 * Context: may sleep.
 */
void scl_node_add(struct scl_device *device)
{
	int err;

	device->dev.class = &scl_nodes;
	device->dev.devt = MKDEV(MAJOR(first), device->number);
	cdev_init(&device->cdev, &operations);
	device->cdev.owner = THIS_MODULE;
	err = dev_set_name(&device->dev, "%u:%u:%u:%llu", device->host_no, device->channel,
			   device->id, device->lun);
	if (!err)
		err = cdev_device_add(&device->cdev, &device->dev);
	if (err)
		pr_warn("%u:%u:%u:%llu has no node: %d\n", device->host_no, device->channel,
			device->id, device->lun, err);
	else
		scl_uevents_begin(device);
}

/**
 * scl_node_remove - take the node away; open files stay
 * @device: the device, which has a node
 *
 * Context: may sleep.
 */
void scl_node_remove(struct scl_device *device)
{
	cdev_device_del(&device->cdev, &device->dev);
}

int scl_nodes_init(void)
{
	int err = class_register(&scl_nodes);

	if (err)
		return err;
	err = alloc_chrdev_region(&first, 0, SCL_NODES, "scsi_lifecycle");
	if (err)
		class_unregister(&scl_nodes);
	return err;
}

void scl_nodes_exit(void)
{
	unregister_chrdev_region(first, SCL_NODES);
	class_unregister(&scl_nodes);
	scl_removed_exit();
}
