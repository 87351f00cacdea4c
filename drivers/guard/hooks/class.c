// SPDX-License-Identifier: GPL-2.0
#include <scsi/scsi_driver.h>

#include "compat.h"
#include "hooks.h"
#include "sdev/sdev.h"
#include "teardown/teardown.h"
#include "user/user.h"

static bool unregistering;

/* The device cannot be removed meanwhile: the class's mutex is held. */
static struct scl_device *begin(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device;

	scl_host_remember(sdev->host);
	mutex_lock(&scl_devices_mutex);
	/* A device added before the bus notifier was registered is remembered from here on. */
	device = scl_device_add(sdev);
	mutex_unlock(&scl_devices_mutex);
	if (device)
		get_device(&device->dev);
	srcu_read_unlock(&scl_srcu, idx);
	return device;
}

static int device_added(struct device *dev)
{
	struct scsi_device *sdev = to_scsi_device(dev->parent);
	struct scl_device *device = begin(sdev);

	/* Before the node, whose add event is what a udev rule is run for. */
	scl_sysfs_add(&sdev->sdev_gendev);
	if (device) {
		/*
		 * The node of an earlier device at this address has to be removed first. That
		 * device's removal was complete before this one could be scanned, both under
		 * scan_mutex, and no other removal of the host can complete meanwhile.
		 */
		if (!scl_node_defer(device)) {
			scl_devices_wait_ended(sdev->host);
			scl_node_add(device);
		}
		put_device(&device->dev);
	}
	return 0;
}

SCL_CLASS_ADD(device_added)

/*
 * Called in the first steps of __scsi_remove_device() of drivers/scsi/scsi_sysfs.c: the state is
 * set, state_mutex released, and the upper-level driver still there. Also called, for devices that
 * stay, when this interface is unregistered.
 */
static void device_leaves(struct device *dev)
{
	struct scsi_device *sdev = to_scsi_device(dev->parent);
	struct scl_host *host;
	int idx;

	scl_sysfs_remove(&sdev->sdev_gendev);
	if (unregistering)
		return;
	idx = srcu_read_lock(&scl_srcu);
	host = scl_host_find(sdev->host);
	if (host)
		scl_poll_after(host,
			       scl_removal_begins(host, sdev, SCL_STAGE_EVENT_ANNOUNCED));
	srcu_read_unlock(&scl_srcu, idx);
}

SCL_CLASS_REMOVE(device_leaves)

static struct class_interface interface = {
	SCL_CLASS_CALLBACK(add_dev, device_added),
	SCL_CLASS_CALLBACK(remove_dev, device_leaves),
};

int scl_class_register(void)
{
	int err;

	/*
	 * The mutex of the class is held for all devices together: what takes long is done after
	 * that.
	 */
	scl_nodes_defer(true);
	err = scsi_register_interface(&interface);
	scl_nodes_defer(false);
	if (!err)
		scl_nodes_add_deferred();
	return err;
}

void scl_class_unregister(void)
{
	scl_nodes_stop_deferred();
	unregistering = true;
	scsi_unregister_interface(&interface);
}
