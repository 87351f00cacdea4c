// SPDX-License-Identifier: GPL-2.0
//
// The lines of the log and the counters: each event in one line, with its reason and its numbers.
// They are reported here by themselves, without a removal, so this suite runs after all that add
// the counters up.
#include <kunit/test.h>
#include <linux/sched.h>
#include <scsi/scsi_host.h>

#include "ear.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
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
static void expect_said(struct kunit *test, struct kmsg_dump_iter log, const char *begin,
			const char *end)
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

static void failed_commands_are_reported_with_their_reason_and_number(struct kunit *test)
{
	static const struct {
		bool lost, blocked, flush, untaken;
		unsigned int commands;
		const char *begin, *end;
	} all[] = {
		{ true, true, false, false, 2, "cache flush lost: blocked for at least 5",
		  " ms, killed 2 commands" },
		{ false, true, false, false, 1, "blocked for at least 5", " ms, killed 1 command" },
		/* The flush is lost, whether or not it had been sent. */
		{ true, true, false, false, 0, "cache flush lost: blocked for at least 5",
		  " ms, killed 0 commands" },
		{ true, false, true, true, 1, "cache flush lost: not taken for 7",
		  " ms, killed 1 command" },
		{ true, false, true, false, 1, "cache flush lost: not answered for 7",
		  " ms, aborted 1 command" },
		{ false, false, true, false, 3, "not answered for 7", " ms, aborted 3 commands" },
		{ true, false, false, false, 2,
		  "cache flush lost: no path when the teardown's time was up",
		  ", killed 2 commands" },
		{ false, false, false, false, 1, "no path when the teardown's time was up",
		  ", killed 1 command" },
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
			.progress = {
				.since = scl_now() - 50000,
				.flush = all[i].flush ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE,
				.flush_since = scl_now() - 70000,
				.untaken = all[i].untaken,
			},
		};

		scl_report_kill(NULL, sdev, &kill);
		expect_said(test, log, all[i].begin, all[i].end);
		KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_COMMANDS_KILLED) - killed,
				(long)all[i].commands);
	}
}

/* A removal reports its flush when its driver is detached, and a reboot does not get there. */
static void a_flush_that_a_reboot_loses_is_counted_at_once(struct kunit *test)
{
	static const struct {
		unsigned char phase;
		bool lost;
		long counted;
	} all[] = { { SCL_PHASE_RUNNING, true, 1 },
		    { SCL_PHASE_RUNNING, false, 0 },
		    { SCL_PHASE_CANCEL, true, 0 } };
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);
		struct scl_kill kill = { .lost = all[i].lost,
					 .commands = 1,
					 .from = { all[i].phase, true } };

		scl_report_kill(NULL, sdev, &kill);
		KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED) - killed,
				all[i].counted);
	}
}

static void remove_heard(struct kunit *test, struct scsi_device *other, struct scl_device *device)
{
	scsi_remove_device(other);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	scl_ear_end();
	put_device(&device->dev);
	scl_disk_put(other);
}

static void a_flush_that_a_reboot_loses_is_reported_to_udev_at_once(struct kunit *test)
{
	struct scl_kill kill = { .lost = true, .from = { SCL_PHASE_RUNNING, true } };
	struct scsi_device *other = scl_kunit_other(test);
	struct scl_device *device = scl_ear_hear(test, other);

	scl_report_kill(device, other, &kill);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_heard("node FLUSH=killed\n")));
	remove_heard(test, other, device);
}

static void commands_that_fail_when_a_path_is_given_up_are_reported(struct kunit *test)
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

static void a_flush_that_stock_throws_away_is_reported(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark();

	scl_report_lost(sdev);
	expect_said(test, log, "cache flush lost: removed while blocked, ",
		    "the kernel does not send it");
}

static void expect_wait_said(struct kunit *test, unsigned char waits,
			     const struct scl_blocker *blocker, const char *end)
{
	struct kmsg_dump_iter log = scl_log_mark();

	scl_report_stall(sdev, waits, 2345, blocker);
	expect_said(test, log, "its removal has waited 2345 ms for ", end);
}

static void a_stall_is_reported_with_its_cause(struct kunit *test)
{
	struct scl_blocker blocker = {
		.channel = 2, .id = 3, .lun = 4, .blocked = true, .commands = 1
	};
	struct Scsi_Host *shost = sdev->host;
	char end[80];

	scnprintf(end, sizeof(end), " ms for %u:2:3:4, which is blocked and holds 1 command",
		  shost->host_no);
	expect_wait_said(test, SCL_STALL_ON_SIBLING, &blocker, end);
	blocker.blocked = false;
	blocker.commands = 2;
	scnprintf(end, sizeof(end), " ms for %u:2:3:4, which holds 2 commands", shost->host_no);
	expect_wait_said(test, SCL_STALL_ON_SIBLING, &blocker, end);
	scnprintf(end, sizeof(end), " ms for the error handling of host%u", shost->host_no);
	expect_wait_said(test, SCL_STALL_ON_ERROR_HANDLING, &blocker, end);
	expect_wait_said(test, SCL_STALL_ON_LLD_ABORT, &blocker,
			 " for SCSI DEBUG to let go of the flush, and only that can");
	expect_wait_said(test, SCL_STALL_ON_BUSY_LLD, &blocker,
			 " for SCSI DEBUG to take a command");
	shost->host_self_blocked = 1;
	expect_wait_said(test, SCL_STALL_ON_BUSY_LLD, &blocker,
			 " to take a command: it has blocked its host's requests");
	shost->host_self_blocked = 0;
	expect_wait_said(test, SCL_STALL_ON_LLD, &blocker, " for SCSI DEBUG to answer");
}

static void a_removal_that_is_started_again_is_reported_and_counted(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark();
	long rescued = scl_counted(SCL_COUNT_RESCUED);

	scl_report_rescue(sdev);
	expect_said(test, log, "removed with a stopped queue, ", "started it");
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_RESCUED), rescued + 1);
}

static void a_flush_result_is_counted_and_reported_where_it_is_news(struct kunit *test)
{
	static const struct {
		enum scl_flush_result outcome;
		enum scl_count count;
		bool said;
		unsigned int tries;
		const char *begin, *end;
	} all[] = {
		{ SCL_FLUSH_RESULT_NONE, SCL_COUNT_FLUSHES_NONE },
		{ SCL_FLUSH_RESULT_COMPLETED, SCL_COUNT_FLUSHES_COMPLETED },
		{ SCL_FLUSH_RESULT_COMPLETED, SCL_COUNT_FLUSHES_COMPLETED, true, 1,
		  "cache flush completed ", "after all" },
		{ SCL_FLUSH_RESULT_FAILED, SCL_COUNT_FLUSHES_FAILED, false, 1,
		  "cache flush failed: result 0x00000102, ", "sense 3/0c/07, 1 try" },
		{ SCL_FLUSH_RESULT_FAILED, SCL_COUNT_FLUSHES_FAILED, true, 4,
		  "cache flush failed: result 0x00000102, ", "sense 3/0c/07, 4 tries" },
		{ SCL_FLUSH_RESULT_KILLED, SCL_COUNT_FLUSHES_KILLED, false, 0,
		  "cache flush lost: ", "its path was given up" },
		{ SCL_FLUSH_RESULT_KILLED, SCL_COUNT_FLUSHES_KILLED, true },
		{ SCL_FLUSH_RESULT_UNKNOWN, SCL_COUNT_FLUSHES_UNKNOWN, false, 0,
		  "what became of its cache flush ", "was not seen" },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		static struct scl_device device;
		struct kmsg_dump_iter log = scl_log_mark();
		long before = scl_counted(all[i].count);

		spin_lock_init(&device.lock);
		device.account = (struct scl_flush_account){
			.ended = all[i].tries,
			.last = { .result = 0x102, .sense_key = 3, .asc = 0x0c, .ascq = 7 },
			.loss = all[i].said ? SCL_LOSS_REPORTED_IN_REMOVAL : SCL_LOSS_NOT_REPORTED,
		};
		scl_report_result(&device, sdev, all[i].outcome);
		expect_said(test, log, all[i].begin, all[i].end);
		KUNIT_EXPECT_EQ(test, scl_counted(all[i].count), before + 1);
	}
}

static void lose(struct scl_device *device, struct scsi_device *sdev)
{
	scl_report_result(device, sdev, SCL_FLUSH_RESULT_KILLED);
}

static void udev_gets_a_flush_that_failed(struct kunit *test)
{
	struct scsi_device *other = scl_kunit_other(test);
	struct scl_device *device = scl_ear_hear(test, other);

	scl_report_result(device, other, SCL_FLUSH_RESULT_FAILED);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_heard("node FLUSH=failed\n")));
	remove_heard(test, other, device);
}

/* A device that has ended may still be found, and its node is about to be removed. */
static void udev_gets_a_lost_flush_until_the_device_is_removed(struct kunit *test)
{
	struct scsi_device *other = scl_kunit_other(test);
	struct scl_device *device = scl_ear_hear(test, other);

	WRITE_ONCE(device->sdev, NULL);
	lose(device, other);
	WRITE_ONCE(device->sdev, other);
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	lose(device, other);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_heard("node FLUSH=killed\n")));
	remove_heard(test, other, device);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(failed_commands_are_reported_with_their_reason_and_number),
	KUNIT_CASE(a_flush_that_a_reboot_loses_is_counted_at_once),
	KUNIT_CASE(a_flush_that_a_reboot_loses_is_reported_to_udev_at_once),
	KUNIT_CASE(commands_that_fail_when_a_path_is_given_up_are_reported),
	KUNIT_CASE(a_flush_that_stock_throws_away_is_reported),
	KUNIT_CASE(a_stall_is_reported_with_its_cause),
	KUNIT_CASE(a_removal_that_is_started_again_is_reported_and_counted),
	KUNIT_CASE(a_flush_result_is_counted_and_reported_where_it_is_news),
	KUNIT_CASE(udev_gets_a_flush_that_failed),
	KUNIT_CASE(udev_gets_a_lost_flush_until_the_device_is_removed),
	{}
};

struct kunit_suite scl_report_suite = {
	.name = "scsi_lifecycle_report",
	.init = take_disk,
	.exit = leave_disk,
	.test_cases = cases,
};
