// SPDX-License-Identifier: GPL-2.0
#include "device.h"
#include "address.h"

#include <linux/spinlock.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

static bool matches(const struct scsi_device *sdev, const struct flaky_address *address)
{
	return address->every_target ||
	       (sdev->channel == address->channel && sdev->id == address->id &&
		(address->every_lun || sdev->lun == address->lun));
}

/**
 * flaky_next_device - find devices at an address, those under removal included
 * @shost: the host, visited
 * @address: of the devices; its host is not compared
 * @prev: the last one found, whose reference is put, or NULL to start
 *
 * scsi_device_get() refuses a device in SDEV_CANCEL and every device of an LLD that is being
 * unloaded. This takes a bare reference on the device and none on the LLD's module; the visit
 * stands in for it. Devices in SDEV_DEL are skipped. One found may get there at any time.
 *
 * Context: Process context inside a visit, may sleep. The caller holds no lock.
 * Return: The device, to be put with flaky_put_device() or passed in as @prev, or NULL.
 */
struct scsi_device *flaky_next_device(struct Scsi_Host *shost,
				      const struct flaky_address *address,
				      struct scsi_device *prev)
{
	struct list_head *from = prev ? &prev->siblings : &shost->__devices;
	struct scsi_device *sdev, *found = NULL;
	unsigned long flags;

	/* A device leaves the list in its release, so the reference on prev keeps its place. */
	spin_lock_irqsave(shost->host_lock, flags);
	for (; from->next != &shost->__devices; from = from->next) {
		sdev = list_entry(from->next, struct scsi_device, siblings);
		if (sdev->sdev_state != SDEV_DEL && matches(sdev, address) &&
		    kobject_get_unless_zero(&sdev->sdev_gendev.kobj)) {
			found = sdev;
			break;
		}
	}
	spin_unlock_irqrestore(shost->host_lock, flags);

	if (prev)
		flaky_put_device(prev);
	return found;
}

/**
 * flaky_put_device - put a device that flaky_next_device() found
 * @sdev: the device
 *
 * Context: Process context inside a visit, may sleep: it may be the last reference.
 */
void flaky_put_device(struct scsi_device *sdev)
{
	put_device(&sdev->sdev_gendev);
}
