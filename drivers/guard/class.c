// SPDX-License-Identifier: GPL-2.0
#include <scsi/scsi_driver.h>

#include "attr.h"
#include "compat.h"
#include "device.h"
#include "guard.h"
#include "host.h"
#include "life.h"

static bool leaving;

static int device_added(struct device *dev)
{
	struct scsi_device *sdev = to_scsi_device(dev->parent);
	int idx = srcu_read_lock(&scl_srcu);

	scl_host_remember(sdev->host);
	/* One that was added before the bus notifier was registered. */
	if (!scl_device_remember(sdev))
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: no memory to remember it\n");
	srcu_read_unlock(&scl_srcu, idx);
	scl_life_begin(sdev);
	scl_life_show(sdev);
	scl_attr_add(&sdev->sdev_gendev);
	return 0;
}
SCL_CLASS_ADD(device_added)

/*
 * Called in the first steps of __scsi_remove_device() of drivers/scsi/scsi_sysfs.c: the state is set,
 * state_mutex released, and the upper-level driver still there. Also called, for devices that stay,
 * when this interface is unregistered.
 */
static void device_leaves(struct device *dev)
{
	struct scsi_device *sdev = to_scsi_device(dev->parent);
	struct scl_host *host;
	int idx;

	scl_attr_remove(&sdev->sdev_gendev);
	if (leaving)
		return;
	idx = srcu_read_lock(&scl_srcu);
	host = scl_host_find(sdev->host);
	if (host)
		scl_device_removal_begins(host, sdev, SCL_BEGIN_ANNOUNCED);
	srcu_read_unlock(&scl_srcu, idx);
}
SCL_CLASS_REMOVE(device_leaves)

static struct class_interface interface = {
	SCL_CLASS_CALLBACK(add_dev, device_added),
	SCL_CLASS_CALLBACK(remove_dev, device_leaves),
};

int scl_class_register(void)
{
	return scsi_register_interface(&interface);
}

void scl_class_unregister(void)
{
	leaving = true;
	scsi_unregister_interface(&interface);
}
