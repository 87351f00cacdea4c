// SPDX-License-Identifier: GPL-2.0
//
// What nobody announces is seen all the same, within about a second: by the watch of all hosts.
#include <kunit/test.h>
#include <scsi/scsi_host.h>

#include "../drivers/guard/guard.h"
#include "../drivers/guard/host.h"
#include "../drivers/guard/policy.h"
#include "../drivers/guard/report.h"
#include "going.h"
#include "kunit_disk.h"
#include "kunit_life.h"
#include "removal.h"
#include "suites.h"

static struct scl_host *host_of(struct kunit *test, struct scsi_device *sdev)
{
	struct scl_host *host = scl_in_section(scl_host_find(sdev->host));

	KUNIT_ASSERT_NOT_NULL(test, host);
	/* No look is left from what was before. */
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!delayed_work_pending(&host->look)));
	return host;
}

/* Its class hears of it late where something that waits has the mutex of the class. */
static void a_removal_that_is_not_told_is_found(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	long removals = scl_counted(SCL_COUNT_REMOVALS);

	host_of(test, sdev);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 0 });
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_counted(SCL_COUNT_REMOVALS) == removals + 1));
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scsi_remove_device(sdev);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_REMOVALS), removals + 1);
	scl_disk_put(sdev);
}

/* Its exit may wait for a blocked device before it removes any. */
static void the_time_of_a_blocked_device_begins_with_the_unload_of_its_lld(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_host *host = host_of(test, sdev);
	struct module *lld;

	scl_removal_tmo(sdev, 1);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	/* While nothing goes it has no such time. */
	schedule_timeout_uninterruptible(5 * HZ);
	KUNIT_EXPECT_EQ(test, READ_ONCE(sdev->queue_stopped), 1U);
	lld = scl_set_lld(sdev->host, scl_going());
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!READ_ONCE(sdev->queue_stopped)));
	scl_set_lld(sdev->host, lld);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	cancel_delayed_work_sync(&host->look);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_removal_that_is_not_told_is_found),
	KUNIT_CASE(the_time_of_a_blocked_device_begins_with_the_unload_of_its_lld),
	{}
};

struct kunit_suite scl_watch_suite = {
	.name = "scsi_lifecycle_watch",
	.test_cases = cases,
};
