// SPDX-License-Identifier: GPL-2.0
//
// The end of a removal, which neither the class nor the bus announces.
#include <linux/attribute_container.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "hooks.h"
#include "sdev/sdev.h"
#include "teardown/teardown.h"
#include "user/user.h"

/*
 * transport_destroy_device(), the last call of __scsi_remove_device(), asks every attribute
 * container whether it matches the device. This container matches none; its match() is called under
 * attribute_container_mutex, and with the removal's reference on the device. See sdev/begin.c.
 */
static int removal_ends(struct attribute_container *cont, struct device *dev)
{
	struct scsi_device *sdev;
	struct scl_device *device;
	int idx;

	if (scsi_is_host_device(dev))
		scl_uevents_host_leaves();
	if (!scsi_is_sdev_device(dev))
		return 0;
	sdev = to_scsi_device(dev);
	/* It is scanned, or its removal has begun. */
	scl_monitor_look();
	if (!scl_removal_is_past_queue(sdev))
		return 0;
	/* The queue before the device: see end_may_have_been_announced() in sdev/begin.c. */
	smp_mb();
	idx = srcu_read_lock(&scl_srcu);
	device = scl_device_find(sdev);
	if (device) {
		/* Each scan for a LUN that is not there comes here too, without a device. */
		scl_expedite();
		scl_device_end(device, SCL_STAGE_EVENT_REMOVED);
	}
	srcu_read_unlock(&scl_srcu, idx);
	scl_spare_removed(sdev);
	return 0;
}

static struct attribute_container container = {
	.match = removal_ends,
};

/* attribute_container_unregister() cannot fail here, and newer kernels return void. */
void scl_container_register(void)
{
	attribute_container_register(&container);
}

void scl_container_unregister(void)
{
	/* attribute_container_unregister() fails only for a container that has devices. */
	WARN_ON(attribute_container_unregister(&container));
}
