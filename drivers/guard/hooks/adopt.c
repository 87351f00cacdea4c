// SPDX-License-Identifier: GPL-2.0
//
// Removals that hung before this module was loaded, or that its hooks missed.
#include <linux/debugfs.h>
#include <linux/sched/mm.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "compat.h"
#include "hooks.h"
#include "sdev/sdev.h"
#include "teardown/teardown.h"
#include "user/user.h"

/*
 * A device whose removal hangs may have left its class and the bus, so neither announces it; only
 * its host has it listed. A device in SDEV_CANCEL that is not remembered was not in the class when
 * this module was loaded, or (P21) has not left it yet. (A device between its class's announcement
 * and the end of its removal is taken for one that hangs, and the poll finds nothing to do.)
 */
static DEFINE_MUTEX(rescuing);

static bool loading;		/* under rescuing */

/*
 * The end of the removal is announced if the device's queue can be entered. If it cannot, the
 * removal may wait in the tag set for a sibling: this removal, or another that began before this
 * module was loaded. The monitor forgets devices that only an open file keeps.
 */
static void adopt_dead(struct scl_host *host, struct scsi_device *sdev)
{
	bool enters = scl_queue_enter(sdev->request_queue);

	mutex_lock(&scl_devices_mutex);
	if (enters)
		scl_device_begin(host, sdev,
				 device_is_registered(&sdev->sdev_gendev) ? SCL_STAGE_IN_USE :
									    SCL_STAGE_DETACHED);
	else if (loading && scl_queue_leaves_tag_set(sdev) &&
		 mutex_is_locked(&sdev->host->scan_mutex))
		scl_device_begin_late(host, sdev);
	mutex_unlock(&scl_devices_mutex);
	if (enters)
		scl_queue_exit(sdev->request_queue);
}

/* A device that is remembered was in use while this module was loaded. */
static enum scl_stage_event how_known(struct scsi_device *sdev)
{
	return scl_device_find(sdev) ? SCL_STAGE_EVENT_FOUND : SCL_STAGE_EVENT_ADOPTED;
}

static void adopt_removals(struct Scsi_Host *shost)
{
	struct scl_host *host;
	struct scsi_device *sdev;

	if (scl_host_remember(shost))
		return;
	host = scl_host_find(shost);
	if (!host)
		return;
	scl_for_each_device(sdev, shost) {
		if (READ_ONCE(sdev->sdev_state) == SDEV_CANCEL &&
		    device_is_registered(&sdev->sdev_gendev))
			scl_poll_after(host, scl_removal_begins(host, sdev, how_known(sdev)));
		if (READ_ONCE(sdev->sdev_state) == SDEV_DEL)
			adopt_dead(host, sdev);
	}
	scl_poll_after(host, 0);
}

/**
 * scl_adopt - adopt removals that hang already; their time begins now
 * @at_load: the module is being loaded, so a removal may be past its last announcement
 *
 * Context: may sleep.
 */
void scl_adopt(bool at_load)
{
	/* A wait for memory could wait for the queues that this function is to start. */
	unsigned int noio = memalloc_noio_save();
	int idx;

	mutex_lock(&rescuing);
	loading = at_load;
	idx = srcu_read_lock(&scl_srcu);
	scl_bus_each_host(adopt_removals);
	srcu_read_unlock(&scl_srcu, idx);
	mutex_unlock(&rescuing);
	memalloc_noio_restore(noio);
}

static ssize_t rescue_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	char text[4] = "";

	if (count >= sizeof(text))
		return -EINVAL;
	if (simple_write_to_buffer(text, sizeof(text) - 1, &(loff_t){ 0 }, buf, count) < 0)
		return -EFAULT;
	if (!sysfs_streq(text, "1"))
		return -EINVAL;
	scl_adopt(false);
	return count;
}

static const struct file_operations rescue_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = rescue_write,
};

/* As the debugfs file of this name, which a kernel in lockdown does not let be written. */
static ssize_t rescue_store(scl_attribute_class *class, scl_class_attribute *attr, const char *buf,
			    size_t count)
{
	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	scl_adopt(false);
	return count;
}
static CLASS_ATTR_WO(rescue);

int scl_adopt_init(void)
{
	debugfs_create_file("rescue", 0200, scl_debugfs, NULL, &rescue_fops);
	return class_create_file(&scl_nodes, &class_attr_rescue);
}

void scl_adopt_exit(void)
{
	class_remove_file(&scl_nodes, &class_attr_rescue);
}
