// SPDX-License-Identifier: GPL-2.0
#include "compat.h"
#include "sdev.h"

/**
 * scl_next_device - find the next device of a host, under removal or not
 * @shost: the host
 * @prev: the device before, whose reference is dropped; NULL to begin
 *
 * Stock's __scsi_iterate_devices() passes over devices in SDEV_CANCEL and those of an LLD that is
 * being unloaded: the very ones that have to be found. This function takes a reference on the
 * device alone, and passes over none but the host's pseudo device, as stock does. A device leaves
 * the list in its release (scsi_device_dev_release() in drivers/scsi/scsi_sysfs.c), so one that is
 * still listed may have no reference left to add to; a device that this function holds stays
 * listed.
 *
 * Context: may sleep. Caller is in a read section of scl_srcu.
 * Return: the device with a reference held, or NULL at the end.
 */
struct scsi_device *scl_next_device(struct Scsi_Host *shost, struct scsi_device *prev)
{
	struct scsi_device *next = NULL;
	struct list_head *at;
	unsigned long flags;

	spin_lock_irqsave(shost->host_lock, flags);
	at = prev ? &prev->siblings : &shost->__devices;
	while ((at = at->next) != &shost->__devices) {
		next = list_entry(at, struct scsi_device, siblings);
		if (!scl_is_pseudo(next) && kobject_get_unless_zero(&next->sdev_gendev.kobj))
			break;
		next = NULL;
	}
	spin_unlock_irqrestore(shost->host_lock, flags);

	if (prev)
		put_device(&prev->sdev_gendev);
	return next;
}
