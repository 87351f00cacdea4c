/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_RECORD_H
#define SCSI_LIFECYCLE_RECORD_H

#include <linux/types.h>
#include <scsi/scsi_device.h>

#include "observe.h"
#include "scsi_lifecycle_core.h"

/*
 * What is remembered of a device, found by the device's address. It says nothing about whether the
 * device is still there: whoever has one of these came by the device some other way.
 */
struct scl_record {
	unsigned long key;
	unsigned int host_no;
	unsigned int teardown_tmo;	/* override in seconds, or SCL_TMO_* */
	struct scl_watch watch;		/* under state_mutex, as everything below */
	struct scl_wait wait;
	struct request_queue *queue;	/* whose flushes are seen to; NULL: of none. Set before the first can be sent */
	struct scl_flush_seen flush;	/* written where requests end, and read when the driver is gone */
	bool watched;			/* each flush of its removal was seen to */
	bool removing;
	bool adopted;			/* its removal hung before this module saw it */
	bool cached;			/* had a write cache to flush when its removal began */
	bool killed;			/* cut off before its driver was gone */
	bool cut;			/* commands of it were failed, because time was up or the path was given up */
	bool past_flush;		/* that was when its driver had no flush to send any more */
	unsigned int ended_before;	/* flushes that had ended then */
	bool waited;			/* was seen waiting for the clock */
	bool told;			/* its flush was reported lost, and counted, at reboot */
	bool said;			/* it was reported lost in its removal */
	struct rcu_head rcu;
};

struct scl_record *scl_record_create(struct scsi_device *sdev);
struct scl_record *scl_record_find(struct scsi_device *sdev);
void scl_record_observe(struct scl_record *rec, struct scsi_device *sdev);
void scl_record_forget(struct scsi_device *sdev);
void scl_records_forget_host(unsigned int host_no);
void scl_records_forget_all(void);

#endif
