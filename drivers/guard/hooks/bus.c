// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <scsi/scsi_host.h>

#include "hooks.h"
#include "sdev/sdev.h"
#include "teardown/teardown.h"

static struct bus_type *bus;

static void device_added(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device;

	mutex_lock(&scl_devices_mutex);
	device = scl_device_find(sdev);
	/* An earlier device at this address ended without being announced. */
	if (device && device->stage > SCL_STAGE_IN_USE)
		scl_device_end(device, SCL_STAGE_EVENT_FORGOTTEN);
	scl_device_add(sdev);
	mutex_unlock(&scl_devices_mutex);
	srcu_read_unlock(&scl_srcu, idx);
}

static void device_removed(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);

	scl_removal_detached(sdev);
	srcu_read_unlock(&scl_srcu, idx);
	scl_spare_add(sdev);
}

/*
 * A reader that found the host on the bus may have remembered it again after BUS_NOTIFY_DEL_DEVICE;
 * one whose scsi_add_host() failed never gets to SHOST_DEL. The host is removed now, and those
 * readers end with the grace period.
 */
static void host_removed(struct Scsi_Host *shost)
{
	synchronize_srcu(&scl_srcu);
	scl_host_forget(shost);
}

/*
 * Hosts, targets and devices are all on this bus. BUS_NOTIFY_ADD_DEVICE of a device comes before
 * its driver's probe(), which may attach a consumer. BUS_NOTIFY_REMOVED_DEVICE of a device comes
 * when its driver is detached and before its queue is destroyed; BUS_NOTIFY_DEL_DEVICE of a host
 * when all its devices are removed, in the last steps of scsi_remove_host().
 */
static int bus_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct device *dev = data;

	if (action == BUS_NOTIFY_REMOVED_DEVICE && scsi_is_sdev_device(dev))
		device_removed(to_scsi_device(dev));
	else if (action == BUS_NOTIFY_ADD_DEVICE && scsi_is_sdev_device(dev))
		device_added(to_scsi_device(dev));
	else if (action == BUS_NOTIFY_ADD_DEVICE && scsi_is_host_device(dev))
		scl_host_remember(dev_to_shost(dev));
	else if (action == BUS_NOTIFY_DEL_DEVICE && scsi_is_host_device(dev))
		scl_host_forget(dev_to_shost(dev));
	else if (action == BUS_NOTIFY_REMOVED_DEVICE && scsi_is_host_device(dev))
		host_removed(dev_to_shost(dev));
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = bus_event,
};

static int call_for_host(struct device *dev, void *data)
{
	void (*fn)(struct Scsi_Host *) = data;

	if (scsi_is_host_device(dev))
		fn(dev_to_shost(dev));
	return 0;
}

/**
 * scl_bus_each_host - call a function for each host on the bus, known or not
 * @fn: may sleep
 *
 * Context: may sleep. Caller is in a read section of scl_srcu: see module.c.
 */
void scl_bus_each_host(void (*fn)(struct Scsi_Host *shost))
{
	bus_for_each_dev(bus, NULL, fn, call_for_host);
}

/*
 * scsi_bus_type is not exported, and there may be no device to read it from: all may hang in their
 * removal. A host that is allocated and never added points to it too.
 */
static struct bus_type *scsi_bus(void)
{
	static struct scsi_host_template nothing = {
		.module	= THIS_MODULE,
		.name	= "scsi_lifecycle",
	};
	struct Scsi_Host *shost = scsi_host_alloc(&nothing, 0);
	struct bus_type *found;

	if (!shost)
		return NULL;
	found = (struct bus_type *)shost->shost_gendev.bus;
	scsi_host_put(shost);
	return found;
}

int scl_bus_register(void)
{
	bus = scsi_bus();
	return bus ? bus_register_notifier(bus, &notifier) : -ENOMEM;
}

void scl_bus_unregister(void)
{
	bus_unregister_notifier(bus, &notifier);
}
