/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_FAILING_H
#define SCSI_LIFECYCLE_KUNIT_FAILING_H

#include <linux/sched.h>

#ifdef CONFIG_FAILSLAB
/* The n-th allocation of this task from now on fails. */
static inline void scl_fail_nth(unsigned int n)
{
	WRITE_ONCE(current->fail_nth, n);
}

/* Did it? None fails from now on. */
static inline bool scl_has_failed(void)
{
	bool failed = !READ_ONCE(current->fail_nth);

	WRITE_ONCE(current->fail_nth, 0);
	return failed;
}
#else
static inline void scl_fail_nth(unsigned int n)
{
}

static inline bool scl_has_failed(void)
{
	return false;
}
#endif

#endif
