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

/* A detach in a thread of its own. */
struct scl_detacher {
	struct scl_listener *listener;
	struct completion done;
	int err;
	int returns;	/* of gone(), when the detach returned */
};

struct scl_listener *scl_listener(struct kunit *test,
				  void (*inside)(struct scl_listener *listener));
void scl_listener_waits(struct scl_listener *listener);
bool scl_listener_called(struct scl_listener *listener);
void scl_detacher_begin(struct kunit *test, struct scl_detacher *detacher,
			struct scl_listener *listener);
bool scl_detacher_ends(struct scl_detacher *detacher);

#endif
