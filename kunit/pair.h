/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_PAIR_H
#define SCSI_LIFECYCLE_KUNIT_PAIR_H

#include <kunit/test.h>
#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

/* The limits that docs/design.md promises. */
#define SCL_QUIET_MS	10000
#define SCL_LONG_MS	15000	/* longer than that, and shorter than twice that */

/* The two devices of scsi_debug's host, and with them the spare queue. */
struct scl_pair {
	struct scsi_device *disk, *other;
	struct scl_host *host;		/* until a test forgets it, or scsi_debug is unloaded */
};

struct scl_pair scl_pair(struct kunit *test);
struct scl_pair scl_pair_quiet(struct kunit *test);
bool scl_pair_stands_in(const struct scl_pair *pair);
bool scl_pair_stays_for(const struct scl_pair *pair, scl_ms ms);
void scl_pair_remove_disk(struct kunit *test, struct scl_pair *pair);
void scl_pair_remove_other(struct scl_pair *pair);
void scl_pair_block(struct kunit *test, struct scsi_device *sdev);
void scl_pair_unblock(struct kunit *test, struct scsi_device *sdev);
struct request *scl_pair_command(struct kunit *test, struct scsi_device *sdev);

#endif
