/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_JOURNAL_H
#define SCSI_LIFECYCLE_JOURNAL_H

#include <linux/types.h>
#include <linux/wait.h>
#include <uapi/scsi/scsi_lifecycle.h>

#include "observe.h"
#include "scsi_lifecycle_core.h"

#define SCL_JOURNAL_RECORDS 64

/* What became of a device's flush. */
struct scl_outcome {
	u8 flush;			/* enum scsi_lifecycle_flush */
	struct scl_flush_seen seen;
};

/* What became of a device, the last of it. The caller locks. */
struct scl_journal {
	u64 written;			/* records there were; the last of them are in records[] */
	bool over;			/* SCSI_LIFECYCLE_GONE is there, and nothing follows */
	struct scsi_lifecycle_record records[SCL_JOURNAL_RECORDS];
	wait_queue_head_t readers;
};

void scl_journal_init(struct scl_journal *journal);
void scl_journal_write(struct scl_journal *journal, enum scsi_lifecycle_type type, struct scl_state from,
		       struct scl_state to, u8 cause, const struct scl_outcome *outcome);
bool scl_journal_read(const struct scl_journal *journal, u64 *next, struct scsi_lifecycle_record *record);
struct scsi_lifecycle_record scl_journal_last(const struct scl_journal *journal);

#endif
