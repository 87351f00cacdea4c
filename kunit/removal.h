/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_REMOVAL_H
#define SCSI_LIFECYCLE_KUNIT_REMOVAL_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/notifier.h>
#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

struct scl_host;
struct scl_device;

/* A removal in a thread of its own. */
struct scl_removal {
	struct scsi_device *sdev;
	struct completion done;
	scl_ms began, ended;
};

/*
 * A removal, and what a test does in it when the bus announces that the driver is detached, before
 * the guard's notifier runs, and after; in a read section of scl_srcu.
 */
struct scl_leave {
	struct notifier_block before_nb, after_nb;
	struct kunit *test;
	struct scsi_device *sdev;	/* its reference is dropped at the end */
	struct scl_host *host;
	struct scl_device *device;
	struct scl_stock at;		/* for the test */
	long count;
	void (*before)(struct scl_leave *leave);
	void (*after)(struct scl_leave *leave);
};

void scl_leave_remove(struct kunit *test, struct scl_leave *leave);
void scl_removal_begin(struct kunit *test, struct scl_removal *removal, struct scsi_device *sdev);
void scl_removal_tmo(struct scsi_device *sdev, unsigned int tmo);
void scl_removal_will_wait(struct kunit *test, struct scsi_device *sdev);
void scl_removal_poll_now(struct scsi_device *sdev);
long scl_removal_past_the_bus(struct kunit *test, struct scsi_device *sdev);

#endif
