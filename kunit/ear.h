/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_EAR_H
#define SCSI_LIFECYCLE_KUNIT_EAR_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <scsi/scsi_device.h>

#include "rooms.h"

/* Keeps the workers that end devices where they remove the node. */
struct scl_hold {
	struct completion held, leave;
};

void scl_ear_begin(struct kunit *test, struct scsi_device *sdev, struct scl_hold *hold);
void scl_ear_listen(struct scl_device *device);
/* To a device and its host; with a reference on the scl_device. */
struct scl_device *scl_ear_hear(struct kunit *test, struct scsi_device *sdev);
void scl_ear_end(void);
void scl_ear_forget(void);
bool scl_heard(const char *text);
bool scl_heard_nothing(void);
unsigned int scl_heard_by_tasks_that_may_not_wait_for_memory(void);

#endif
