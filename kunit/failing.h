/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_FAILING_H
#define SCSI_LIFECYCLE_KUNIT_FAILING_H

#include <kunit/test.h>
#include <linux/sched.h>

#ifdef CONFIG_FAILSLAB
/* The n-th allocation of this task from now on fails. */
static inline void scl_fail_nth(unsigned int n)
{
	WRITE_ONCE(current->fail_nth, n);
}

/* Did an allocation fail? None fails from now on. */
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

/* Called before a test allocates anything, for a skip frees nothing; also as a suite's .init. */
static inline int scl_needs_faults(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_FAILSLAB))
		kunit_skip(test, "this kernel cannot make allocations fail");
	return 0;
}

#endif
