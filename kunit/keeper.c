// SPDX-License-Identifier: GPL-2.0
//
// A thread that holds a mutex that other threads want, and no other lock: so lockdep learns of no
// lock order that only a test has.
#include <linux/err.h>
#include <linux/kthread.h>

#include "keeper.h"

static int keep(void *data)
{
	struct scl_keeper *keeper = data;

	mutex_lock(keeper->mutex);
	complete(&keeper->has);
	wait_for_completion(&keeper->leave);
	mutex_unlock(keeper->mutex);
	complete(&keeper->left);
	return 0;
}

void scl_keeper_begin(struct kunit *test, struct scl_keeper *keeper, struct mutex *mutex)
{
	keeper->mutex = mutex;
	init_completion(&keeper->has);
	init_completion(&keeper->leave);
	init_completion(&keeper->left);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(keep, keeper, "keeper")));
	wait_for_completion(&keeper->has);
}

void scl_keeper_end(struct scl_keeper *keeper)
{
	complete(&keeper->leave);
	wait_for_completion(&keeper->left);
}
