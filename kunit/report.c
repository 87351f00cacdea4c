// SPDX-License-Identifier: GPL-2.0
//
// What the log says and the counters count: each event in one line, with its reason and its numbers. They are reported here
// by themselves, without a removal, so that this comes after all that adds the counters up.
#include <kunit/test.h>
#include <linux/sched.h>
#include <scsi/scsi_host.h>

#include "../drivers/guard/guard.h"
#include "../drivers/guard/report.h"
#include "../drivers/guard/wait.h"
#include "ear.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_life.h"
#include "suites.h"

static struct scsi_device *sdev;

static int take_disk(struct kunit *test)
{
	sdev = scl_disk_get();
	return PTR_ERR_OR_ZERO(sdev);
}

static void leave_disk(struct kunit *test)
{
	if (!IS_ERR_OR_NULL(sdev))
		scl_disk_put(sdev);
	sdev = NULL;
}

/* One line since @log was marked, or none where @begin is NULL. */
static void expect_said(struct kunit *test, struct kmsg_dump_iter log, const char *begin, const char *end)
{
	struct kmsg_dump_iter again = log, all = log;
	char text[192];

	KUNIT_EXPECT_EQ(test, scl_log_count(&all, "scsi_lifecycle: "), begin ? 1U : 0U);
	if (!begin)
		return;
	scnprintf(text, sizeof(text), "scsi_lifecycle: %s", begin);
	KUNIT_EXPECT_EQ_MSG(test, scl_log_count(&log, text), 1U, "%s", text);
	scnprintf(text, sizeof(text), "%s\n", end);
	KUNIT_EXPECT_EQ_MSG(test, scl_log_count(&again, text), 1U, "%s", text);
}

static void a_kill_is_said_with_its_reason_and_how_many(struct kunit *test)
{
	static const struct {
		bool lost, blocked, flush, untaken;
		unsigned int commands;
		const char *begin, *end;
	} all[] = {
		{ true, true, false, false, 2, "cache flush lost: blocked for at least 5", " ms, killed 2 commands" },
		{ false, true, false, false, 1, "blocked for at least 5", " ms, killed 1 command" },
		/* It is lost, whether or not it had been sent. */
		{ true, true, false, false, 0, "cache flush lost: blocked for at least 5", " ms, killed 0 commands" },
		{ true, false, true, true, 1, "cache flush lost: not taken for 7", " ms, killed 1 command" },
		{ true, false, true, false, 1, "cache flush lost: not answered for 7", " ms, aborted 1 command" },
		{ false, false, true, false, 3, "not answered for 7", " ms, aborted 3 commands" },
		{ true, false, false, false, 2, "cache flush lost: no path when the teardown's time was up",
		  ", killed 2 commands" },
		{ false, false, false, false, 1, "no path when the teardown's time was up", ", killed 1 command" },
		{ false, true, true, true, 0, NULL, NULL },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		struct kmsg_dump_iter log = scl_log_mark();
		long killed = scl_counted(SCL_COUNT_COMMANDS_KILLED);
		struct scl_kill kill = {
			.lost = all[i].lost,
			.commands = all[i].commands,
			.from = { SCL_PHASE_CANCEL, all[i].blocked },
			.watch = {
				.since = scl_now() - 50000,
				.flush = all[i].flush ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE,
				.flush_since = scl_now() - 70000,
				.untaken = all[i].untaken,
			},
		};

		scl_report_kill(sdev, &kill);
		expect_said(test, log, all[i].begin, all[i].end);
		KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_COMMANDS_KILLED) - killed, (long)all[i].commands);
	}
}

/* A removal's is when its driver is gone, and a reboot does not get there. */
static void a_flush_that_a_reboot_loses_is_counted_at_once(struct kunit *test)
{
	static const struct {
		unsigned char phase;
		bool lost;
		long counted;
	} all[] = { { SCL_PHASE_RUNNING, true, 1 }, { SCL_PHASE_RUNNING, false, 0 }, { SCL_PHASE_CANCEL, true, 0 } };
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);
		struct scl_kill kill = { .lost = all[i].lost, .commands = 1, .from = { all[i].phase, true } };

		scl_report_kill(sdev, &kill);
		KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED) - killed, all[i].counted);
	}
}

static void a_task_that_reports_a_lost_flush_may_wait_for_memory_again(struct kunit *test)
{
	struct scl_kill kill = { .lost = true, .commands = 1, .from = { SCL_PHASE_RUNNING, true } };

	KUNIT_ASSERT_FALSE(test, current->flags & PF_MEMALLOC_NOIO);
	scl_report_kill(sdev, &kill);
	KUNIT_EXPECT_FALSE(test, current->flags & PF_MEMALLOC_NOIO);
	current->flags &= ~PF_MEMALLOC_NOIO;
}

static void remove_heard(struct kunit *test, struct scsi_device *other, struct scl_life *life)
{
	scsi_remove_device(other);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_life_is_over(life)));
	scl_ear_end();
	put_device(&life->dev);
	scl_disk_put(other);
}

static void a_flush_that_a_reboot_loses_is_told_to_udev_at_once(struct kunit *test)
{
	struct scl_kill kill = { .lost = true, .from = { SCL_PHASE_RUNNING, true } };
	struct scsi_device *other = scl_kunit_other(test);
	struct scl_life *life = scl_ear_hear(test, other);

	scl_report_kill(other, &kill);
	KUNIT_EXPECT_TRUE(test, scl_heard("node FLUSH=killed\n"));
	remove_heard(test, other, life);
}

static void how_many_commands_a_path_that_is_given_up_takes_with_it_is_said(struct kunit *test)
{
	static const char *const end[] = { NULL, "killed 1 command", "killed 2 commands" };
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(end); n++) {
		struct kmsg_dump_iter log = scl_log_mark();
		long killed = scl_counted(SCL_COUNT_COMMANDS_KILLED);

		scl_report_given_up(sdev, (struct scl_state){ SCL_PHASE_CANCEL, true }, n);
		expect_said(test, log, n ? "given up in cancel and blocked, " : NULL, end[n]);
		KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_COMMANDS_KILLED) - killed, (long)n);
	}
}

static void a_flush_that_stock_throws_away_is_said(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark();

	scl_report_lost(sdev);
	expect_said(test, log, "cache flush lost: removed while blocked, ", "the kernel does not send it");
}

static void expect_wait_said(struct kunit *test, unsigned char waits, const struct scl_blocker *blocker, const char *end)
{
	struct kmsg_dump_iter log = scl_log_mark();

	scl_report_wait(sdev, waits, 2345, blocker);
	expect_said(test, log, "its removal has waited 2345 ms for ", end);
}

static void a_wait_is_said_with_what_is_waited_for(struct kunit *test)
{
	struct scl_blocker blocker = { .channel = 2, .id = 3, .lun = 4, .blocked = true, .commands = 1 };
	struct Scsi_Host *shost = sdev->host;
	char end[80];

	scnprintf(end, sizeof(end), " ms for %u:2:3:4, which is blocked and holds 1 command", shost->host_no);
	expect_wait_said(test, SCL_WAITS_SIBLING, &blocker, end);
	blocker.blocked = false;
	blocker.commands = 2;
	scnprintf(end, sizeof(end), " ms for %u:2:3:4, which holds 2 commands", shost->host_no);
	expect_wait_said(test, SCL_WAITS_SIBLING, &blocker, end);
	scnprintf(end, sizeof(end), " ms for the error handling of host%u", shost->host_no);
	expect_wait_said(test, SCL_WAITS_ERROR_HANDLING, &blocker, end);
	expect_wait_said(test, SCL_WAITS_DEAF_LLD, &blocker, " for SCSI DEBUG to let go of the flush, and only that can");
	expect_wait_said(test, SCL_WAITS_BUSY_LLD, &blocker, " for SCSI DEBUG to take a command");
	shost->host_self_blocked = 1;
	expect_wait_said(test, SCL_WAITS_BUSY_LLD, &blocker, " to take a command: it has blocked its host's requests");
	shost->host_self_blocked = 0;
	expect_wait_said(test, SCL_WAITS_LLD, &blocker, " for SCSI DEBUG to answer");
}

static void a_removal_that_is_started_again_is_said_and_counted(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark();
	long rescued = scl_counted(SCL_COUNT_RESCUED);

	scl_report_rescue(sdev);
	expect_said(test, log, "removed with a stopped queue, ", "started it");
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_RESCUED), rescued + 1);
}

static void what_became_of_a_flush_is_counted_and_said_where_it_is_news(struct kunit *test)
{
	static const struct {
		enum scl_fate fate;
		enum scl_count count;
		bool said;
		unsigned int tries;
		const char *begin, *end;
	} all[] = {
		{ SCL_FATE_NONE, SCL_COUNT_FLUSHES_NONE },
		{ SCL_FATE_COMPLETED, SCL_COUNT_FLUSHES_COMPLETED },
		{ SCL_FATE_COMPLETED, SCL_COUNT_FLUSHES_COMPLETED, true, 1, "cache flush completed ", "after all" },
		{ SCL_FATE_FAILED, SCL_COUNT_FLUSHES_FAILED, false, 1, "cache flush failed: result 0x00000102, ",
		  "sense 3/0c/07, 1 try" },
		{ SCL_FATE_FAILED, SCL_COUNT_FLUSHES_FAILED, true, 4, "cache flush failed: result 0x00000102, ",
		  "sense 3/0c/07, 4 tries" },
		{ SCL_FATE_KILLED, SCL_COUNT_FLUSHES_KILLED, false, 0, "cache flush lost: ", "its path was given up" },
		{ SCL_FATE_KILLED, SCL_COUNT_FLUSHES_KILLED, true },
		{ SCL_FATE_UNKNOWN, SCL_COUNT_FLUSHES_UNKNOWN, false, 0, "what became of its cache flush ", "was not seen" },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		struct scl_flush_seen flush = {
			.ended = all[i].tries, .result = 0x102, .sense_key = 3, .asc = 0x0c, .ascq = 7,
		};
		struct kmsg_dump_iter log = scl_log_mark();
		long before = scl_counted(all[i].count);

		scl_report_fate(sdev, all[i].fate, all[i].said, &flush);
		expect_said(test, log, all[i].begin, all[i].end);
		KUNIT_EXPECT_EQ(test, scl_counted(all[i].count), before + 1);
	}
}

static void lose(struct scsi_device *sdev)
{
	scl_report_fate(sdev, SCL_FATE_KILLED, true, &(struct scl_flush_seen){});
}

/* Of a device that is gone the life may still be found, and its node is about to go. */
static void udev_hears_of_a_loss_while_the_device_is_there(struct kunit *test)
{
	struct scsi_device *other = scl_kunit_other(test);
	struct scl_life *life = scl_ear_hear(test, other);

	WRITE_ONCE(life->sdev, NULL);
	lose(other);
	WRITE_ONCE(life->sdev, other);
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	lose(other);
	KUNIT_EXPECT_TRUE(test, scl_heard("node FLUSH=killed\n"));
	remove_heard(test, other, life);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_kill_is_said_with_its_reason_and_how_many),
	KUNIT_CASE(a_flush_that_a_reboot_loses_is_counted_at_once),
	KUNIT_CASE(a_task_that_reports_a_lost_flush_may_wait_for_memory_again),
	KUNIT_CASE(a_flush_that_a_reboot_loses_is_told_to_udev_at_once),
	KUNIT_CASE(how_many_commands_a_path_that_is_given_up_takes_with_it_is_said),
	KUNIT_CASE(a_flush_that_stock_throws_away_is_said),
	KUNIT_CASE(a_wait_is_said_with_what_is_waited_for),
	KUNIT_CASE(a_removal_that_is_started_again_is_said_and_counted),
	KUNIT_CASE(what_became_of_a_flush_is_counted_and_said_where_it_is_news),
	KUNIT_CASE(udev_hears_of_a_loss_while_the_device_is_there),
	{}
};

struct kunit_suite scl_report_suite = {
	.name = "scsi_lifecycle_report",
	.init = take_disk,
	.exit = leave_disk,
	.test_cases = cases,
};
