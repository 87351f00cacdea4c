// SPDX-License-Identifier: GPL-2.0
//
// Changes that are not announced are found all the same, within about a second: by the poll of all
// hosts.
#include <kunit/test.h>
#include <scsi/scsi_host.h>

#include "going.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "suites.h"

static struct scl_host *host_of(struct kunit *test, struct scsi_device *sdev)
{
	struct scl_host *host = scl_in_section(scl_host_find(sdev->host));

	KUNIT_ASSERT_NOT_NULL(test, host);
	/* No poll is left from earlier tests. */
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!delayed_work_pending(&host->poll)));
	return host;
}

/* The class is notified late while a task that waits holds the mutex of the class. */
static void a_removal_that_is_not_announced_is_found(struct kunit *test)
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

/* The LLD's exit may wait for a blocked device before it removes any. */
static void the_time_of_a_blocked_device_begins_with_the_unload_of_its_lld(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_host *host = host_of(test, sdev);
	struct module *lld;

	scl_removal_tmo(sdev, 1);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	/* Without an unload the device has no such deadline. */
	schedule_timeout_uninterruptible(5 * HZ);
	KUNIT_EXPECT_EQ(test, READ_ONCE(sdev->queue_stopped), 1U);
	lld = scl_set_lld(sdev->host, scl_going());
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!READ_ONCE(sdev->queue_stopped)));
	scl_set_lld(sdev->host, lld);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	cancel_delayed_work_sync(&host->poll);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_removal_that_is_not_announced_is_found),
	KUNIT_CASE(the_time_of_a_blocked_device_begins_with_the_unload_of_its_lld),
	{}
};

struct kunit_suite scl_monitor_suite = {
	.name = "scsi_lifecycle_monitor",
	.test_cases = cases,
};
