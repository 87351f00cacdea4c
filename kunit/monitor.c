// SPDX-License-Identifier: GPL-2.0
//
// Changes that are not announced are found all the same, by the poll of all hosts: within about a
// second where a device gives a reason to look, and else within three.
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
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_monitor_idles()));
	mutex_lock(&sdev->host->scan_mutex);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 0 });
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_counted(SCL_COUNT_REMOVALS) == removals + 1));
	mutex_unlock(&sdev->host->scan_mutex);
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
	/* Neither the block nor the unload is announced. */
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_monitor_idles()));
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

static void poll_host(struct scl_host *host)
{
	int idx = srcu_read_lock(&scl_srcu);

	scl_poll_now(host);
	srcu_read_unlock(&scl_srcu, idx);
	flush_delayed_work(&host->poll);
}

static void an_unannounced_end_is_found_when_no_removal_is_under_way(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct scl_host *host = scl_in_section(scl_host_find(disk->host));
	struct mutex *scan = &disk->host->scan_mutex;
	struct scsi_device *elsewhere = kunit_kzalloc(test, sizeof(*elsewhere), GFP_KERNEL);
	struct scl_device *stranger;

	KUNIT_ASSERT_NOT_NULL(test, host);
	KUNIT_ASSERT_NOT_NULL(test, elsewhere);
	elsewhere->host = disk->host;
	stranger = scl_in_section(scl_create(elsewhere));
	KUNIT_ASSERT_NOT_NULL(test, stranger);
	stranger->stage = SCL_STAGE_DETACHED;
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!delayed_work_pending(&host->poll)));
	/* A scan alone is no reason for another poll. */
	mutex_lock(scan);
	poll_host(host);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&host->poll));
	mutex_unlock(scan);
	scsi_remove_device(other);
	mutex_lock(scan);
	scl_begin_late(other);
	poll_host(host);
	KUNIT_EXPECT_TRUE(test, scl_in_section(!!scl_device_find(other)));
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&host->poll));
	/* Also where no device says so. */
	scl_disk_set(other, (struct scl_stock){ SDEV_OFFLINE, 0 });
	poll_host(host);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&host->poll));
	scl_disk_set(other, (struct scl_stock){ SDEV_DEL, 0 });
	mutex_unlock(scan);
	poll_host(host);
	KUNIT_EXPECT_NULL(test, scl_in_section(scl_device_find(other)));
	/* Those that are in use stay, and those of other hosts. */
	KUNIT_EXPECT_NOT_NULL(test, scl_in_section(scl_device_find(disk)));
	KUNIT_EXPECT_NOT_NULL(test, scl_in_section(scl_device_find(elsewhere)));
	scl_forget(elsewhere);
	/* A removed device that is only held is no reason either. */
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&host->poll));
	scl_disk_put(other);
	scl_disk_put(disk);
}

/* The poll of all hosts comes once a second: a poll in between counts too. */
static void a_block_that_a_poll_finds_keeps_the_queue_that_stands_in(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct scl_host *host = scl_in_section(scl_host_find(disk->host));
	scl_ms noted;

	KUNIT_ASSERT_NOT_NULL(test, host);
	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(other), 0);
	scsi_remove_device(disk);
	scl_disk_put(disk);
	KUNIT_EXPECT_NOT_NULL(test, READ_ONCE(host->spare.queue));
	noted = READ_ONCE(host->spare.quiet_since);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(host->spare.quiet_since) != noted));
	noted = READ_ONCE(host->spare.quiet_since);
	schedule_timeout_uninterruptible(HZ / 4);
	poll_host(host);
	KUNIT_EXPECT_GT(test, READ_ONCE(host->spare.quiet_since), noted);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(other, SDEV_RUNNING), 0);
	scsi_remove_device(other);
	scl_disk_put(other);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_removal_that_is_not_announced_is_found),
	KUNIT_CASE(the_time_of_a_blocked_device_begins_with_the_unload_of_its_lld),
	KUNIT_CASE(an_unannounced_end_is_found_when_no_removal_is_under_way),
	KUNIT_CASE(a_block_that_a_poll_finds_keeps_the_queue_that_stands_in),
	{}
};

struct kunit_suite scl_monitor_suite = {
	.name = "scsi_lifecycle_monitor",
	.test_cases = cases,
};
