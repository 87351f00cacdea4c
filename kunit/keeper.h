/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_KEEPER_H
#define SCSI_LIFECYCLE_KUNIT_KEEPER_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/mutex.h>

/* A thread that holds a mutex. */
struct scl_keeper {
	struct mutex *mutex;		/* the mutex that it holds */
	struct completion has, leave, left;
};

void scl_keeper_begin(struct kunit *test, struct scl_keeper *keeper, struct mutex *mutex);
void scl_keeper_end(struct scl_keeper *keeper);

#endif
