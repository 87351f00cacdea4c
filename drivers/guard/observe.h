/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_OBSERVE_H
#define SCSI_LIFECYCLE_OBSERVE_H

#include <linux/types.h>

/* What was seen of the flushes that a driver sent since its device's removal began. Zeroed: of none. */
struct scl_flush_seen {
	unsigned int ended;		/* so many, with or without having been sent to the LLD */
	bool succeeded;			/* the last of them, as everything below */
	u8 sense_key, asc, ascq;	/* 0 where there was no sense */
	int result;			/* struct scsi_cmnd */
};

void scl_observe_init(void);
void scl_observe_exit(void);
bool scl_observe_begin(void);
void scl_observe_end(void);

#endif
