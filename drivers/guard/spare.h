/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_SPARE_H
#define SCSI_LIFECYCLE_SPARE_H

#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

struct scl_host;

/* A queue that no command ever enters; it keeps the host's tag set shared. See spare.c. */
struct scl_spare {
	struct mutex lock;		/* held over its end, which may wait for a device's commands */
	struct request_queue *queue;
	scl_ms quiet_since;		/* no device of the host was seen blocked since then, nor has kept it here */
	int doublings;			/* of the time that has to pass, for its queue did not come to rest */
	struct work_struct give_back;
	scl_ms gives_since;		/* that queue is being given back since then; 0: it is not */
	bool said;			/* how long that takes */
};

void scl_spare_init(struct scl_spare *spare);
void scl_spare_add(struct scsi_device *sdev);
void scl_spare_poll(struct scl_host *host);
void scl_spare_removed(struct scsi_device *sdev);
void scl_spare_forget(struct scl_host *host, bool removed);

#endif
