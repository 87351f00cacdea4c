// SPDX-License-Identifier: GPL-2.0
//
// A low-level driver that does not answer, or takes no command: scsi_debug, by its own injection of
// errors. What a removal does about it, what is reported, and the flush result. (The waits are
// long. In UML, where scripts/kunit runs them, time passes at once while no task runs.)
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "scsi_debug.h"
#include "suites.h"

/* By the clock that the guard reads: in UML jiffies are late under load. */
static bool ends_within(struct scl_removal *removal, unsigned int seconds)
{
	scl_ms until = scl_now() + seconds * 1000ULL;
	bool done;

	while (!(done = try_wait_for_completion(&removal->done)) && scl_now() < until)
		schedule_timeout_uninterruptible(HZ / 10);
	return done;
}

/*
 * The LLD answers afterwards: commands that have not ended do then, and no longer refer to this
 * stack.
 */
static void expect_end(struct kunit *test, struct scl_removal *removal, unsigned int seconds)
{
	bool in_time = ends_within(removal, seconds);

	KUNIT_EXPECT_TRUE(test, in_time);
	scl_lld_behave(test);
	if (!in_time)
		wait_for_completion(&removal->done);
}

static scl_ms took(const struct scl_removal *removal)
{
	return removal->ended - removal->began;
}

struct counts {
	long completed, failed, killed, none, commands;
};

static struct counts counted(void)
{
	return (struct counts){
		.completed = scl_counted(SCL_COUNT_FLUSHES_COMPLETED),
		.failed = scl_counted(SCL_COUNT_FLUSHES_FAILED),
		.killed = scl_counted(SCL_COUNT_FLUSHES_KILLED),
		.none = scl_counted(SCL_COUNT_FLUSHES_NONE),
		.commands = scl_counted(SCL_COUNT_COMMANDS_KILLED),
	};
}

static void expect_more(struct kunit *test, struct counts before, struct counts more)
{
	struct counts now = counted();

	KUNIT_EXPECT_EQ(test, now.completed - before.completed, more.completed);
	KUNIT_EXPECT_EQ(test, now.failed - before.failed, more.failed);
	KUNIT_EXPECT_EQ(test, now.killed - before.killed, more.killed);
	KUNIT_EXPECT_EQ(test, now.none - before.none, more.none);
	KUNIT_EXPECT_EQ(test, now.commands - before.commands, more.commands);
}

static void a_flush_that_is_not_answered_ends_at_flush_tmo(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark(), again = log;
	struct counts before = counted();
	struct scl_removal removal;

	scl_file_write_param(test, "flush_tmo", "3");
	scl_lld_misbehave(test, SCL_LLD_SWALLOWS);
	scl_removal_begin(test, &removal, sdev);
	expect_end(test, &removal, 60);
	KUNIT_EXPECT_GE(test, took(&removal), 3000ULL);
	KUNIT_EXPECT_LT(test, took(&removal), 20000ULL);
	expect_more(test, before, (struct counts){ .killed = 1, .commands = 1 });
	scl_expect_logged(test, &log, 1U,
			  "scsi_lifecycle: cache flush lost: not answered for ");
	KUNIT_EXPECT_EQ(test, scl_log_count(&again, "aborted 1 command\n"), 1U);
	scl_disk_put(sdev);
}

static void a_flush_that_is_not_taken_is_named_and_ends_at_flush_tmo(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark(), again = log;
	struct counts before = counted();
	struct scl_removal removal;

	scl_lld_misbehave(test, SCL_LLD_IS_BUSY);
	scl_removal_begin(test, &removal, sdev);
	/* By default the guard waits as long as it takes. */
	KUNIT_EXPECT_FALSE(test, ends_within(&removal, 20));
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "for SCSI DEBUG to take a command"), 1U);
	scl_file_write_param(test, "flush_tmo", "7");
	expect_end(test, &removal, 10);
	expect_more(test, before, (struct counts){ .killed = 1, .commands = 1 });
	scl_expect_logged(test, &again, 1U,
			  "scsi_lifecycle: cache flush lost: not taken for ");
	scl_disk_put(sdev);
}

static void a_flush_that_is_taken_late_is_carried_out(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct counts before = counted();
	struct scl_removal removal;

	scl_lld_misbehave(test, SCL_LLD_IS_BUSY);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_FALSE(test, ends_within(&removal, 20));
	scl_lld_behave(test);
	expect_end(test, &removal, 10);
	expect_more(test, before, (struct counts){ .completed = 1 });
	scl_disk_put(sdev);
}

/*
 * The default of flush_tmo: a flush that stock itself ends does not expire, and stock makes all its
 * tries.
 */
static void a_flush_that_stock_gives_up_by_itself_is_left_to_it(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark();
	struct counts before = counted();
	struct scl_removal removal;

	scl_lld_misbehave(test, SCL_LLD_SWALLOWS);
	scl_removal_begin(test, &removal, sdev);
	expect_end(test, &removal, 900);
	expect_more(test, before, (struct counts){ .failed = 1 });
	scl_expect_logged(test, &log, 1U,
			  "scsi_lifecycle: cache flush failed: result 0x00030000, sense 0/00/00, 3 tries");
	/* One try has twice the disk's 30 s. */
	KUNIT_EXPECT_GE(test, took(&removal), 60000ULL);
	scl_disk_put(sdev);
}

/* A TEST UNIT READY that the LLD swallows. */
struct command {
	struct request *rq;
	struct completion done;
};

static int execute(void *data)
{
	struct command *command = data;

	blk_execute_rq(command->rq, false);
	blk_mq_free_request(command->rq);
	complete(&command->done);
	return 0;
}

static void swallow(struct kunit *test, struct command *command, struct scsi_device *sdev,
		    unsigned int seconds)
{
	unsigned int sent = atomic_read(&sdev->iorequest_cnt);

	command->rq = scl_kunit_command(test, sdev, seconds);
	init_completion(&command->done);
	scl_lld_misbehave(test, SCL_LLD_SWALLOWS);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(execute, command, "swallowed")));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(atomic_read(&sdev->iorequest_cnt) != sent));
	scl_lld_behave(test);
}

static void expect_wait_named(struct kunit *test, struct scsi_device *sdev, struct counts more)
{
	struct kmsg_dump_iter log = scl_log_mark(), again = log;
	struct counts before = counted();
	struct scl_removal removal;
	struct command command;
	scl_ms sent = scl_now();

	swallow(test, &command, sdev, 100);
	scl_removal_begin(test, &removal, sdev);
	/* Its own timers and tries are stock's. Each report is made once. */
	KUNIT_EXPECT_FALSE(test, ends_within(&removal, 80));
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "for SCSI DEBUG to answer"), 0U);
	KUNIT_EXPECT_FALSE(test, ends_within(&removal, 15));
	KUNIT_EXPECT_EQ(test, scl_log_count(&again, "its removal has waited 9"), 1U);
	expect_end(test, &removal, 150);
	KUNIT_EXPECT_GE(test, removal.ended - sent, 99000ULL);
	wait_for_completion(&command.done);
	expect_more(test, before, more);
	scl_disk_put(sdev);
}

static void a_command_that_only_the_lld_can_end_is_waited_for_and_named(struct kunit *test)
{
	expect_wait_named(test, scl_kunit_disk(test), (struct counts){ .completed = 1 });
}

/* A device without a driver waits past the detach. */
static void a_wait_for_the_lld_is_named_after_the_driver_is_detached_too(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);

	/*
	 * After its reset scsi_debug reports the unit attention to this command, and not to the
	 * swallowed one.
	 */
	scsi_test_unit_ready(sdev, 10 * HZ, 3, NULL);
	expect_wait_named(test, sdev, (struct counts){ .none = 1 });
}

/* Its own time, of 60 s, and its tries are stock's. */
static void a_block_and_an_unblock_leave_the_flush_that_the_lld_has(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	unsigned int sent = atomic_read(&sdev->iorequest_cnt);
	struct counts before = counted();
	struct scl_removal removal;

	scl_lld_misbehave(test, SCL_LLD_SWALLOWS);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(atomic_read(&sdev->iorequest_cnt) != sent));
	scl_lld_behave(test);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	expect_end(test, &removal, 190);
	KUNIT_EXPECT_GE(test, took(&removal), 59000ULL);
	expect_more(test, before, (struct counts){ .completed = 1 });
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_flush_that_is_not_answered_ends_at_flush_tmo),
	KUNIT_CASE(a_flush_that_is_not_taken_is_named_and_ends_at_flush_tmo),
	KUNIT_CASE(a_flush_that_is_taken_late_is_carried_out),
	KUNIT_CASE(a_flush_that_stock_gives_up_by_itself_is_left_to_it),
	KUNIT_CASE(a_command_that_only_the_lld_can_end_is_waited_for_and_named),
	KUNIT_CASE(a_wait_for_the_lld_is_named_after_the_driver_is_detached_too),
	KUNIT_CASE(a_block_and_an_unblock_leave_the_flush_that_the_lld_has),
	{}
};

static void restore(struct kunit *test)
{
	scl_lld_behave(test);
	scl_file_write_param(test, "flush_tmo", "default");
}

struct kunit_suite scl_lld_suite = {
	.name = "scsi_lifecycle_lld",
	.exit = restore,
	.test_cases = cases,
};
