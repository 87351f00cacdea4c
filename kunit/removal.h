/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_REMOVAL_H
#define SCSI_LIFECYCLE_KUNIT_REMOVAL_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

/* A removal in a thread of its own. */
struct scl_removal {
	struct scsi_device *sdev;
	struct completion done;
	scl_ms began, ended;
};

void scl_removal_begin(struct kunit *test, struct scl_removal *removal, struct scsi_device *sdev);
void scl_removal_tmo(struct scsi_device *sdev, unsigned int tmo);
void scl_removal_will_wait(struct kunit *test, struct scsi_device *sdev);

#endif
