// SPDX-License-Identifier: GPL-2.0
//
// Removals of a real disk of scsi_debug, on a real Scsi_Host, with the guard at work.
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <scsi/scsi_host.h>

#include "../drivers/guard/guard.h"
#include "../drivers/guard/host.h"
#include "../drivers/guard/policy.h"
#include "../drivers/guard/report.h"
#include "kunit_disk.h"
#include "suites.h"

struct removal {
	struct scsi_device *sdev;
	struct completion done;
	scl_ms began, ended;
};

static int remove(void *data)
{
	struct removal *removal = data;

	removal->began = scl_now();
	scsi_remove_device(removal->sdev);
	removal->ended = scl_now();
	complete(&removal->done);
	return 0;
}

static void begin_removal(struct kunit *test, struct removal *removal, struct scsi_device *sdev)
{
	removal->sdev = sdev;
	init_completion(&removal->done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(remove, removal, "remove")));
}

static void set_tmo(struct scsi_device *sdev, unsigned int tmo)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_host_find(sdev->host);

	if (host)
		WRITE_ONCE(host->teardown_tmo, tmo);
	srcu_read_unlock(&scl_srcu, idx);
}

/* The clock of an earlier test has stopped once the gap is over. */
static struct scsi_device *a_fresh_disk(struct kunit *test)
{
	schedule_timeout_uninterruptible(msecs_to_jiffies(2 * SCL_GAP_MS));
	return scl_kunit_disk(test);
}

static void block_and_take_offline(struct kunit *test, struct scsi_device *sdev)
{
	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	KUNIT_ASSERT_EQ(test, scsi_device_set_state(sdev, SDEV_OFFLINE), 0);
}

static bool comes_to(struct scsi_device *sdev, enum scsi_device_state state)
{
	int i;

	for (i = 0; i < 500 && READ_ONCE(sdev->sdev_state) != state; i++)
		schedule_timeout_uninterruptible(msecs_to_jiffies(10));
	return READ_ONCE(sdev->sdev_state) == state;
}

static void a_blocked_removal_ends_at_the_deadline(struct kunit *test)
{
	struct scsi_device *sdev = a_fresh_disk(test);
	long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);
	struct removal removal;

	set_tmo(sdev, 1);
	block_and_take_offline(test, sdev);
	begin_removal(test, &removal, sdev);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_GE(test, removal.ended - removal.began, 1000ULL);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED), killed + 1);
	KUNIT_EXPECT_EQ(test, sdev->sdev_state, SDEV_DEL);
	KUNIT_EXPECT_EQ(test, sdev->queue_stopped, 0U);
	set_tmo(sdev, SCL_TMO_DEFAULT);
	scl_disk_put(sdev);
}

static void an_unblock_in_time_completes_the_flush(struct kunit *test)
{
	struct scsi_device *sdev = a_fresh_disk(test);
	long completed = scl_counted(SCL_COUNT_FLUSHES_COMPLETED);
	struct removal removal;

	set_tmo(sdev, SCL_TMO_OFF);
	block_and_take_offline(test, sdev);
	begin_removal(test, &removal, sdev);
	KUNIT_EXPECT_TRUE(test, comes_to(sdev, SDEV_CANCEL));
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&removal.done, HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_COMPLETED), completed + 1);
	set_tmo(sdev, SCL_TMO_DEFAULT);
	scl_disk_put(sdev);
}

static void a_healthy_removal_flushes(struct kunit *test)
{
	struct scsi_device *sdev = a_fresh_disk(test);
	long completed = scl_counted(SCL_COUNT_FLUSHES_COMPLETED);
	long killed = scl_counted(SCL_COUNT_COMMANDS_KILLED);
	int sent = atomic_read(&sdev->iorequest_cnt);

	scsi_remove_device(sdev);
	KUNIT_EXPECT_GT(test, atomic_read(&sdev->iorequest_cnt), sent);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_COMPLETED), completed + 1);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_COMMANDS_KILLED), killed);
	scl_disk_put(sdev);
}

static void a_flush_that_stock_throws_away_is_counted(struct kunit *test)
{
	struct scsi_device *sdev = a_fresh_disk(test);
	long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);

	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED), killed + 1);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_blocked_removal_ends_at_the_deadline),
	KUNIT_CASE(an_unblock_in_time_completes_the_flush),
	KUNIT_CASE(a_healthy_removal_flushes),
	KUNIT_CASE(a_flush_that_stock_throws_away_is_counted),
	{}
};

struct kunit_suite scl_teardown_suite = {
	.name = "scsi_lifecycle_teardown",
	.test_cases = cases,
};
