// SPDX-License-Identifier: GPL-2.0
//
// How loud the lines of the log are: a flush that is lost is an error, and an LLD that takes its
// time is none; and the line that a load has. The counters do not add up afterwards.
#include <kunit/test.h>
#include <linux/completion.h>
#include <scsi/scsi_host.h>

#include "kernel_log.h"
#include "kunit_device.h"
#include "kunit_disk.h"
#include "removal.h"
#include "rooms.h"
#include "scsi_lifecycle_version.h"
#include "suites.h"

static void expect_level(struct kunit *test, struct kmsg_dump_iter log, char level,
			 const char *text)
{
	char is = scl_log_level(&log, text);

	KUNIT_EXPECT_EQ_MSG(test, is, level, "<%c> %s", is ?: '-', text);
}

static void a_kill_is_an_error_where_the_flush_is_lost(struct kunit *test)
{
	static const char *const reasons[] = { "blocked for", "not answered", "no path when" };
	struct scsi_device *sdev = scl_kunit_disk(test);
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(reasons); i++) {
		struct kmsg_dump_iter log = scl_log_mark();
		struct scl_kill kill = {
			.lost = i % 2,
			.commands = 1,
			.from = { SCL_PHASE_CANCEL, i / 2 == 0 },
			.progress = { .flush = i / 2 == 1 ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE },
		};

		scl_report_kill(NULL, sdev, &kill);
		expect_level(test, log, i % 2 ? '3' : '4', reasons[i / 2]);
	}
	scl_disk_put(sdev);
}

static void a_flush_that_is_lost_is_an_error_whatever_loses_it(struct kunit *test)
{
	static const struct {
		enum scl_flush_result result;
		char level;
		const char *text;
	} all[] = {
		{ SCL_FLUSH_RESULT_FAILED, '3', "cache flush failed" },
		{ SCL_FLUSH_RESULT_KILLED, '3', "cache flush lost: its path" },
		{ SCL_FLUSH_RESULT_UNKNOWN, '4', "was not seen" },
	};
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark();
	int i;

	scl_report_lost(sdev);
	expect_level(test, log, '3', "cache flush lost: removed while blocked");
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		static struct scl_device device;

		log = scl_log_mark();
		spin_lock_init(&device.lock);
		scl_report_result(&device, sdev, all[i].result);
		expect_level(test, log, all[i].level, all[i].text);
	}
	log = scl_log_mark();
	scl_report_given_up(sdev, (struct scl_state){ SCL_PHASE_CANCEL, true }, 1);
	expect_level(test, log, '4', "given up in cancel");
	scl_disk_put(sdev);
}

static void an_lld_that_takes_its_time_is_no_warning(struct kunit *test)
{
	static const struct {
		enum scl_stall_on what;
		char level;
	} all[] = {
		{ SCL_STALL_ON_LLD, '6' },
		{ SCL_STALL_ON_LLD_ABORT, '4' },
		{ SCL_STALL_ON_BUSY_LLD, '4' },
		{ SCL_STALL_ON_ERROR_HANDLING, '4' },
		{ SCL_STALL_ON_SIBLING, '4' },
	};
	struct scsi_device *sdev = scl_kunit_disk(test);
	const struct scl_blocker blocker = {};
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		struct kmsg_dump_iter log = scl_log_mark();

		scl_report_stall(sdev, all[i].what, 2345, &blocker);
		expect_level(test, log, all[i].level, "has waited 2345 ms");
	}
	scl_disk_put(sdev);
}

struct found {
	unsigned int devices, removals;
};

static void count(struct scl_device *device, void *arg)
{
	enum scl_stage stage = READ_ONCE(device->stage);
	struct found *found = arg;

	found->devices += stage < SCL_STAGE_REMOVED;
	found->removals += stage == SCL_STAGE_REMOVING || stage == SCL_STAGE_DETACHED;
}

/* Returns how many removals it said to be under way. */
static unsigned int expect_load(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark(), again = log;
	struct found found = {};
	char text[128];

	scl_devices_each(count, &found);
	KUNIT_EXPECT_GT(test, found.devices, 0U);
	scnprintf(text, sizeof(text),
		  "scsi_lifecycle: %s loaded: 1 host, %u device%s, %u removal%s under way, no livepatch",
		  SCL_RELEASE, found.devices, found.devices == 1 ? "" : "s",
		  found.removals, found.removals == 1 ? "" : "s");
	scl_report_load();
	KUNIT_EXPECT_EQ_MSG(test, scl_log_count(&log, text), 1U, "%s", text);
	expect_level(test, again, '6', text);
	return found.removals;
}

static void a_load_says_what_it_found(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	unsigned int before = expect_load(test);
	struct scl_removal removal;

	scl_removal_tmo(sdev, 100);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_CANCEL));
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&removal.done, HZ), 0UL);
	KUNIT_EXPECT_EQ(test, expect_load(test), before + 1);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_kill_is_an_error_where_the_flush_is_lost),
	KUNIT_CASE(a_flush_that_is_lost_is_an_error_whatever_loses_it),
	KUNIT_CASE(an_lld_that_takes_its_time_is_no_warning),
	KUNIT_CASE(a_load_says_what_it_found),
	{}
};

struct kunit_suite scl_level_suite = {
	.name = "scsi_lifecycle_level",
	.test_cases = cases,
};
