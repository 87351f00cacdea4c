// SPDX-License-Identifier: GPL-2.0
#include <linux/sched/mm.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "bus.h"
#include "departure.h"
#include "device.h"
#include "guard.h"
#include "host.h"
#include "life.h"
#include "record.h"
#include "rescue.h"
#include "walk.h"

/*
 * A device whose removal hangs may have left its class and the bus, so neither tells of it; only its host has it listed.
 * One in CANCEL without a record was in no class when this module was there. (A device that passes through between its
 * class and its end is taken for one that hangs, and the look finds nothing to do.)
 */
static DEFINE_MUTEX(rescuing);

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
		if (READ_ONCE(sdev->sdev_state) == SDEV_CANCEL && device_is_registered(&sdev->sdev_gendev))
			scl_device_removal_begins(host, sdev, scl_record_find(sdev) ? SCL_BEGIN_FOUND : SCL_BEGIN_ADOPTED);
		/* Past its driver: that it is gone can still be told. */
		if (READ_ONCE(sdev->sdev_state) == SDEV_DEL && scl_departure_delay(sdev)) {
			scl_life_begin(sdev);
			scl_departure_allow(sdev);
		}
	}
	scl_host_look_after(host, 0);
}

/**
 * scl_rescue - find removals that hang already; their clock starts now
 *
 * Context: may sleep.
 */
void scl_rescue(void)
{
	/* What memory would be waited for may be in the queues that this is to free. */
	unsigned int noio = memalloc_noio_save();
	int idx;

	mutex_lock(&rescuing);
	idx = srcu_read_lock(&scl_srcu);
	scl_bus_each_host(adopt_removals);
	srcu_read_unlock(&scl_srcu, idx);
	mutex_unlock(&rescuing);
	memalloc_noio_restore(noio);
}
