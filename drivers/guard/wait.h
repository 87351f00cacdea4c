/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_WAIT_H
#define SCSI_LIFECYCLE_WAIT_H

#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

struct scl_host;

/* A device that holds commands, and is blocked or waited for: what others of its host may come to wait for. */
struct scl_blocker {
	bool searched;
	bool found;
	bool blocked;
	bool frozen;			/* its queue: somebody waits for the commands */
	unsigned int channel, id;
	u64 lun;
	unsigned int commands;
};

struct scl_blocker scl_blocker_find(struct scl_host *host);
unsigned char scl_wait_of(struct scl_host *host, struct scsi_device *sdev, const struct scl_sight *sight,
			  const struct scl_blocker *blocker);
void scl_wait_look(struct scl_host *host, struct scsi_device *sdev, struct scl_blocker *blocker);

#endif
