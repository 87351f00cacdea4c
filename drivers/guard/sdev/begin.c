// SPDX-License-Identifier: GPL-2.0
//
// The begin of a scl_device, at any moment, also late in its removal.
#include <linux/blkdev.h>

#include "sdev.h"

/**
 * scl_removal_is_past_queue - does a removal destroy the queue of its device, or has it?
 * @sdev: the device
 *
 * The last steps of __scsi_remove_device() in drivers/scsi/scsi_sysfs.c are SDEV_DEL,
 * blk_mq_destroy_queue(), the LLD's slave_destroy(), and transport_destroy_device(), which calls
 * hooks/container.c. Attribute containers are called earlier too, of a device in SDEV_DEL even,
 * where stock sends it there in its first steps; but only blk_mq_destroy_queue() marks the queue of
 * a SCSI device as dying, and then it does not return before the queue is empty.
 *
 * Context: any. Caller has a reference on @sdev.
 */
bool scl_removal_is_past_queue(struct scsi_device *sdev)
{
	return READ_ONCE(sdev->sdev_state) == SDEV_DEL && blk_queue_dying(sdev->request_queue);
}

/*
 * Either hooks/container.c finds the device, or this finds the queue dying: here the device is made
 * findable before the queue is read, and there the queue is marked before the device is searched.
 */
static bool end_may_have_been_announced(struct scsi_device *sdev)
{
	smp_mb();	/* as in removal_ends() of hooks/container.c */
	return scl_removal_is_past_queue(sdev);
}

static struct scl_device *create(struct scl_host *host, struct scsi_device *sdev,
				 enum scl_stage stage)
{
	struct scl_device *device = scl_device_create(host, sdev, scl_sdev_state(sdev), stage);

	/* The state may have changed before the functions that note it could find the device. */
	scl_sdev_note(device, sdev, SCL_EVENT_NONE);
	return device;
}

/**
 * scl_device_begin - find the object of a device, or create it
 * @host: its host, or NULL if that is not remembered
 * @sdev: the device
 * @stage: its stage, if it was not remembered
 *
 * Context: may sleep. Caller is in a read section of scl_srcu, holds scl_devices_mutex and knows
 * @sdev to be there.
 * Return: the object, valid in the read section; or NULL without memory, while its host is being
 * forgotten, or when the end of its removal may have been announced already.
 */
struct scl_device *scl_device_begin(struct scl_host *host, struct scsi_device *sdev,
				    enum scl_stage stage)
{
	struct scl_device *device = scl_device_find(sdev);
	bool enters;

	if (device) {
		if (!device->host)
			WRITE_ONCE(device->host, host);
		return device;
	}
	if (host && host->forgotten)
		return NULL;
	/* The end of its removal cannot be announced meanwhile. */
	enters = scl_queue_enter(sdev->request_queue);
	device = create(host, sdev, stage);
	if (device && !enters && end_may_have_been_announced(sdev)) {
		scl_device_end(device, SCL_STAGE_EVENT_FORGOTTEN);
		device = NULL;
	}
	if (enters)
		scl_queue_exit(sdev->request_queue);
	return device;
}

/**
 * scl_device_starts_over - forget what a device waited for so far, and its flush
 * @device: the device
 * @sdev: the same
 *
 * For a device that its scan has added, and for a removal that has detached the driver: what the
 * device waits for next is another wait, and a command that fails next is not that flush. A
 * teardown that the administrator ended stays ended.
 *
 * Context: may sleep. Takes the state_mutex of @sdev.
 */
void scl_device_starts_over(struct scl_device *device, struct scsi_device *sdev)
{
	mutex_lock(&sdev->state_mutex);
	device->progress = (struct scl_progress){ .ended = device->progress.ended };
	device->stall = (struct scl_stall){};
	device->account = (struct scl_flush_account){};
	mutex_unlock(&sdev->state_mutex);
}

static void leave_scan(struct scl_device *device, struct scsi_device *sdev)
{
	if (device->stage != SCL_STAGE_SCANNED)
		return;
	scl_device_starts_over(device, sdev);
	scl_device_meets(device, SCL_STAGE_EVENT_ADDED);
}

/**
 * scl_device_add - remember a device that the bus or the class announces
 * @sdev: the device
 *
 * Reports it if there is no memory.
 *
 * Context: as scl_device_begin().
 * Return: the same.
 */
struct scl_device *scl_device_add(struct scsi_device *sdev)
{
	struct scl_host *host = scl_host_find(sdev->host);
	struct scl_device *device = scl_device_begin(host, sdev, SCL_STAGE_IN_USE);

	if (device)
		leave_scan(device, sdev);
	else if (!(host && host->forgotten))
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: no memory to remember it\n");
	return device;
}

/**
 * scl_device_begin_late - create the object of a device whose removal is past its queue
 * @host: its host
 * @sdev: the device
 *
 * The end of its removal may be announced, or may have been: see forget_late() in
 * teardown/monitor.c.
 *
 * Context: as scl_device_begin().
 */
void scl_device_begin_late(struct scl_host *host, struct scsi_device *sdev)
{
	if (host->forgotten || scl_device_find(sdev))
		return;
	create(host, sdev, SCL_STAGE_DETACHED);
	WRITE_ONCE(host->late, true);
}
