// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>

#include "kunit_disk.h"
#include "kunit_life.h"
#include "suites.h"

static int nothing(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_DONE;
}

/* md writes to its disks in its own notifier. */
static void the_guard_hears_of_a_reboot_before_all_others(struct kunit *test)
{
	struct notifier_block next = { .notifier_call = nothing, .priority = INT_MAX - 1 }, *nb;
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_life *life = scl_kunit_life(test, sdev);
	struct module *guard = life->cdev.owner;

	KUNIT_ASSERT_NOT_NULL(test, guard);
	KUNIT_EXPECT_EQ(test, register_reboot_notifier(&next), 0);
	for (nb = rcu_dereference_raw(next.next); nb; nb = rcu_dereference_raw(nb->next))
		KUNIT_EXPECT_FALSE(test, within_module((unsigned long)nb->notifier_call, guard));
	unregister_reboot_notifier(&next);
	put_device(&life->dev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_guard_hears_of_a_reboot_before_all_others),
	{}
};

struct kunit_suite scl_reboot_suite = {
	.name = "scsi_lifecycle_reboot",
	.test_cases = cases,
};
