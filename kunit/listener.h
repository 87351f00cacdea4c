/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_LISTENER_H
#define SCSI_LIFECYCLE_KUNIT_LISTENER_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <scsi/scsi_lifecycle.h>

/* A consumer that notes its call, and calls a function of the test in it. */
struct scl_listener {
	struct scsi_lifecycle_consumer consumer;
	void (*inside)(struct scl_listener *listener);	/* NULL: nothing */
	struct completion called;
	struct completion leave;	/* for an inside() to wait for */
	int calls, returns;
	struct scsi_lifecycle_record last;
	struct scsi_device *next;	/* for an inside() */
	int errs[3];
	bool ok;
};

struct scl_listener *scl_listener(struct kunit *test,
				  void (*inside)(struct scl_listener *listener));
void scl_listener_waits(struct scl_listener *listener);
bool scl_listener_called(struct scl_listener *listener);

#endif
