/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_REPORT_H
#define SCSI_LIFECYCLE_REPORT_H

#include <linux/seq_file.h>
#include <scsi/scsi_device.h>

#include "observe.h"
#include "scsi_lifecycle_core.h"

enum scl_count {
	SCL_COUNT_REMOVALS,
	SCL_COUNT_FLUSHES_COMPLETED,
	SCL_COUNT_FLUSHES_FAILED,
	SCL_COUNT_FLUSHES_KILLED,
	SCL_COUNT_FLUSHES_NONE,
	SCL_COUNT_FLUSHES_UNKNOWN,
	SCL_COUNT_COMMANDS_KILLED,
	SCL_COUNT_RESCUED,
	SCL_COUNTS
};

/* Commands that were killed, as it was when they were. */
struct scl_kill {
	bool done;
	bool lost;			/* and with them, or with those that cannot follow, the flush */
	unsigned int commands;
	struct scl_state from;
	struct scl_watch watch;
};

struct scl_blocker;

void scl_count(enum scl_count what);
long scl_counted(enum scl_count what);
void scl_counts_show(struct seq_file *m);
void scl_report_kill(struct scsi_device *sdev, const struct scl_kill *kill);
void scl_report_given_up(struct scsi_device *sdev, struct scl_state from, unsigned int commands);
void scl_report_lost(struct scsi_device *sdev);
void scl_report_wait(struct scsi_device *sdev, unsigned char waits, scl_ms since, const struct scl_blocker *blocker);
void scl_report_give_back(struct Scsi_Host *shost, scl_ms since);
void scl_report_rescue(struct scsi_device *sdev);
void scl_report_fate(struct scsi_device *sdev, enum scl_fate fate, bool said, const struct scl_flush_seen *flush);

#endif
