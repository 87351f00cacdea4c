// SPDX-License-Identifier: GPL-2.0
//
// The end of a removal, which neither the class nor the bus announces.
#include <linux/attribute_container.h>
#include <linux/blkdev.h>
#include <scsi/scsi_device.h>

#include "departure.h"
#include "end.h"
#include "guard.h"
#include "life.h"
#include "spare.h"

/*
 * The last steps of __scsi_remove_device() in drivers/scsi/scsi_sysfs.c: SDEV_DEL, blk_mq_destroy_queue(), the
 * LLD's slave_destroy(), and transport_destroy_device(), which asks every attribute container whether the device
 * is its own. This one has no devices; it is told, under attribute_container_mutex, and with the removal's
 * reference on the device. Containers are asked earlier too, of a device in SDEV_DEL even, where stock sends it there
 * in its first steps; but nobody else marks a SCSI device's queue as dying, and once blk_mq_destroy_queue() has, it
 * does not return before the queue is empty.
 */
static bool is_leaving(struct scsi_device *sdev)
{
	return READ_ONCE(sdev->sdev_state) == SDEV_DEL && blk_queue_dying(sdev->request_queue);
}

/**
 * scl_departure_delay - keep a device from the end of its removal
 * @sdev: the device
 *
 * Context: any. Caller has a reference on @sdev.
 * Return: true: blk_mq_destroy_queue() does not return before scl_departure_allow(); false: it may have.
 */
bool scl_departure_delay(struct scsi_device *sdev)
{
	return percpu_ref_tryget(&sdev->request_queue->q_usage_counter);
}

void scl_departure_allow(struct scsi_device *sdev)
{
	percpu_ref_put(&sdev->request_queue->q_usage_counter);
}

/**
 * scl_departure_has_begun - is a removal so far that its end may not be announced any more?
 * @sdev: the device
 *
 * Who has made its life findable asks after that: either departs() finds the life, or this sees the queue.
 *
 * Context: any. Caller has a reference on @sdev.
 */
bool scl_departure_has_begun(struct scsi_device *sdev)
{
	smp_mb();	/* the life before the queue, and departs() the other way round */
	return is_leaving(sdev);
}

static int departs(struct attribute_container *cont, struct device *dev)
{
	struct scsi_device *sdev;
	struct scl_life *life;
	int idx;

	if (!scsi_is_sdev_device(dev))
		return 0;
	sdev = to_scsi_device(dev);
	if (!is_leaving(sdev))
		return 0;
	smp_mb();	/* see scl_departure_has_begun() */
	idx = srcu_read_lock(&scl_srcu);
	life = scl_life_find(sdev);
	if (life)
		scl_life_end(life, true);
	srcu_read_unlock(&scl_srcu, idx);
	scl_spare_removed(sdev);
	return 0;
}

static struct attribute_container container = {
	.match = departs,
};

/* It cannot fail, and newer kernels say so by its type. */
void scl_departure_register(void)
{
	attribute_container_register(&container);
}

void scl_departure_unregister(void)
{
	/* Fails only for one that has devices. */
	WARN_ON(attribute_container_unregister(&container));
}
