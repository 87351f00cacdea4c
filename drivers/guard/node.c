// SPDX-License-Identifier: GPL-2.0
//
// /dev/scsi_lifecycle/H:C:T:L. See include/uapi/scsi/scsi_lifecycle.h.
//
// A file keeps its cdev, chrdev_open() sees to that, and the cdev keeps the life, whose release is after the last
// of them. The node is removed by a worker when the device is gone, never by a close.
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "attr.h"
#include "compat.h"
#include "guard.h"
#include "host.h"
#include "life.h"
#include "node.h"
#include "policy.h"
#include "record.h"
#include "rescue.h"
#include "transition.h"

struct opener {
	struct scl_life *life;
	unsigned char state;		/* enum scl_opener, under the life's lock */
	struct mutex reading;		/* one reader of the file at a time */
	u64 next;			/* the record to read next, under reading */
};

static dev_t first;

static enum scl_answer happens(struct opener *opener, enum scl_opener_event event)
{
	enum scl_answer answer;

	spin_lock_irq(&opener->life->lock);
	answer = scl_opener_next(&opener->life->openers, &opener->state, event);
	spin_unlock_irq(&opener->life->lock);
	return answer;
}

static void count_file(struct scl_life *life, int more)
{
	spin_lock_irq(&life->lock);
	life->files += more;
	spin_unlock_irq(&life->lock);
}

static int node_open(struct inode *inode, struct file *file)
{
	struct opener *opener = kzalloc(sizeof(*opener), GFP_KERNEL_ACCOUNT);

	if (!opener)
		return -ENOMEM;
	opener->life = container_of(inode->i_cdev, struct scl_life, cdev);
	mutex_init(&opener->reading);
	if (happens(opener, SCL_OPENER_OPENS) != SCL_ANSWER_DONE) {
		kfree(opener);
		return -ENODEV;
	}
	count_file(opener->life, 1);
	file->private_data = opener;
	return stream_open(inode, file);
}

/* Nobody waits for it any more: the time that is up meanwhile is looked at now. */
static void look(const struct scl_life *life)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_life_host(life);

	if (host)
		scl_host_look_now(host);
	srcu_read_unlock(&scl_srcu, idx);
}

static int node_release(struct inode *inode, struct file *file)
{
	struct opener *opener = file->private_data;
	bool held = opener->state == SCL_OPENER_HOLDING;

	happens(opener, SCL_OPENER_CLOSES);
	count_file(opener->life, -1);
	if (held)
		look(opener->life);
	kfree(opener);
	return 0;
}

static bool is_over(const struct opener *opener)
{
	return READ_ONCE(opener->life->journal.over);
}

/* A record waits for this reader, or there will be no more. */
static bool is_readable(struct opener *opener)
{
	struct scl_life *life = opener->life;
	bool more;

	spin_lock_irq(&life->lock);
	more = life->journal.written > READ_ONCE(opener->next);
	spin_unlock_irq(&life->lock);
	return more || is_over(opener);
}

/* As many as there are and fit; 0: none. */
static ssize_t copy_records(struct opener *opener, struct iov_iter *to)
{
	struct scl_life *life = opener->life;
	struct scsi_lifecycle_record record;
	u64 next = opener->next;
	ssize_t copied = 0;
	bool there;

	while (iov_iter_count(to) >= sizeof(record)) {
		spin_lock_irq(&life->lock);
		there = scl_journal_read(&life->journal, &next, &record);
		spin_unlock_irq(&life->lock);
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
		/* Before the records: what is over has told its last. */
		over = is_over(opener);
		ret = copy_records(opener, to);
		mutex_unlock(&opener->reading);
		if (ret || over)
			return ret;
		if (iocb->ki_filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT)
			return -EAGAIN;
		if (wait_event_interruptible(opener->life->journal.readers, is_readable(opener)))
			return -ERESTARTSYS;
	}
}

static __poll_t node_poll(struct file *file, poll_table *wait)
{
	struct opener *opener = file->private_data;

	poll_wait(file, &opener->life->journal.readers, wait);
	if (!is_readable(opener))
		return 0;
	return EPOLLIN | EPOLLRDNORM | (is_over(opener) ? EPOLLHUP : 0);
}

/*
 * Under state_mutex, as the look that ends a teardown: it has been before, and it shows, or it sees the hold.
 */
static int hold_device(struct opener *opener, struct scsi_device *sdev)
{
	struct scl_record *rec = scl_record_find(sdev);
	enum scl_answer answer = SCL_ANSWER_GONE;

	mutex_lock(&sdev->state_mutex);
	if (scl_may_hold(scl_device_state(sdev), rec ? &rec->watch : &(struct scl_watch){}))
		answer = happens(opener, SCL_OPENER_HOLDS);
	mutex_unlock(&sdev->state_mutex);
	switch (answer) {
	case SCL_ANSWER_DONE:
		return 0;
	case SCL_ANSWER_HAS:
		return -EBUSY;
	default:
		return -ENODEV;
	}
}

/**
 * scl_node_held - did somebody ask a device's teardown to wait?
 * @sdev: the device
 *
 * Context: any. Who holds takes state_mutex for it: under that the answer stays true, or becomes false.
 */
bool scl_node_held(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life = scl_life_find(sdev);
	bool held = life && READ_ONCE(life->openers.holding);

	srcu_read_unlock(&scl_srcu, idx);
	return held;
}

static int hold(struct opener *opener)
{
	struct scsi_device *sdev;
	int idx, err = -ENODEV;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!scl_hold_allowed())
		return -EACCES;
	idx = srcu_read_lock(&scl_srcu);
	sdev = scl_life_device(opener->life);
	if (sdev) {
		err = hold_device(opener, sdev);
		put_device(&sdev->sdev_gendev);
	}
	srcu_read_unlock(&scl_srcu, idx);
	return err;
}

static int release(struct opener *opener)
{
	switch (happens(opener, SCL_OPENER_RELEASES)) {
	case SCL_ANSWER_DONE:
		look(opener->life);
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
	case SCSI_LIFECYCLE_HOLD:
		return hold(file->private_data);
	case SCSI_LIFECYCLE_RELEASE:
		return release(file->private_data);
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

/* As debugfs has it, which a kernel in lockdown does not let be written. */
static ssize_t rescue_store(scl_attribute_class *class, scl_class_attribute *attr, const char *buf, size_t count)
{
	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	scl_rescue();
	return count;
}
static CLASS_ATTR_WO(rescue);

static struct attribute *class_attrs[] = {
	&class_attr_rescue.attr,
	NULL
};
ATTRIBUTE_GROUPS(class);

static struct class nodes = {
	.name		= "scsi_lifecycle",
	.devnode	= node_name,
	.class_groups	= class_groups,
	.dev_groups	= scl_node_groups,
};

/**
 * scl_node_add - give a life its node
 * @life: the life; its device stays without where this fails
 *
 * Context: may sleep.
 */
void scl_node_add(struct scl_life *life)
{
	int err;

	life->dev.class = &nodes;
	life->dev.devt = MKDEV(MAJOR(first), life->number);
	cdev_init(&life->cdev, &operations);
	life->cdev.owner = THIS_MODULE;
	err = dev_set_name(&life->dev, "%u:%u:%u:%llu", life->host_no, life->channel, life->id, life->lun);
	if (!err)
		err = cdev_device_add(&life->cdev, &life->dev);
	if (err)
		pr_warn("%u:%u:%u:%llu has no node: %d\n", life->host_no, life->channel, life->id, life->lun, err);
	life->has_node = !err;
}

/**
 * scl_node_remove - take the node away; who has it open keeps the file
 * @life: the life, which has one
 *
 * Context: may sleep.
 */
void scl_node_remove(struct scl_life *life)
{
	cdev_device_del(&life->cdev, &life->dev);
}

int scl_nodes_init(void)
{
	int err = class_register(&nodes);

	if (err)
		return err;
	err = alloc_chrdev_region(&first, 0, SCL_NODES, "scsi_lifecycle");
	if (err)
		class_unregister(&nodes);
	return err;
}

void scl_nodes_exit(void)
{
	unregister_chrdev_region(first, SCL_NODES);
	class_unregister(&nodes);
}
