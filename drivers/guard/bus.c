// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <scsi/scsi_host.h>

#include "bus.h"
#include "compat.h"
#include "device.h"
#include "guard.h"
#include "host.h"
#include "life.h"

static struct bus_type *bus;

static void device_added(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_host_find(sdev->host);

	/* It may have the address of the one that was removed last. */
	if (host)
		cmpxchg(&host->last_removed, (const void *)sdev, (const void *)host);
	/* In place of what was remembered of its scan, or of an earlier device at this address. */
	if (!scl_device_remember_anew(sdev))
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: no memory to remember it\n");
	srcu_read_unlock(&scl_srcu, idx);
	scl_life_begin(sdev);
}

static void device_removed(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_host_find(sdev->host);

	if (host)
		scl_device_removed(host, sdev);
	scl_device_detached(sdev);
	srcu_read_unlock(&scl_srcu, idx);
	scl_spare_add(sdev);
}

/*
 * A host whose scsi_add_host() failed never gets to SHOST_DEL, and may have been found on the bus, and
 * remembered again, while it left. It has left now, and so have those who found it.
 */
static void host_removed(struct Scsi_Host *shost)
{
	synchronize_srcu(&scl_srcu);
	scl_host_forget(shost);
}

/*
 * Hosts, targets and devices are all on this bus. BUS_NOTIFY_REMOVED_DEVICE of a device comes when its
 * driver is gone and before its queue is destroyed; BUS_NOTIFY_DEL_DEVICE of a host when all its
 * devices are gone, in the last steps of scsi_remove_host().
 */
static int bus_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct device *dev = data;

	if (action == BUS_NOTIFY_REMOVED_DEVICE && scsi_is_sdev_device(dev))
		device_removed(to_scsi_device(dev));
	else if (action == BUS_NOTIFY_ADD_DEVICE && scsi_is_sdev_device(dev))
		device_added(to_scsi_device(dev));	/* before its driver's probe(), which may attach */
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
 * Context: may sleep. Caller is in a read section of scl_srcu: see gate.c.
 */
void scl_bus_each_host(void (*fn)(struct Scsi_Host *shost))
{
	bus_for_each_dev(bus, NULL, fn, call_for_host);
}

/*
 * scsi_bus_type is not exported, and there may be no device to ask: all may hang in their removal. A
 * host that is made and never added knows it too.
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
