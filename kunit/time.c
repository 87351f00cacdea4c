// SPDX-License-Identifier: GPL-2.0
//
// What scl_decide() decides for a device that waits or flushes, at times that are made up.
#include <kunit/test.h>

#include "scsi_lifecycle_core.h"
#include "suites.h"

static const struct scl_limits limits = { .teardown = 5000, .reboot = 9000, .flush = 60000 };
static const struct scl_snapshot waiting = { .state = { SCL_PHASE_CANCEL, 1 } };
static const struct scl_snapshot flushing = { .state = { SCL_PHASE_CANCEL, 0 },
					      .flushing = SCL_FLUSH_DRIVER };
static const struct scl_snapshot healthy = { .state = { SCL_PHASE_RUNNING, 0 } };

static enum scl_event decide(struct scl_progress *progress, const struct scl_snapshot *snapshot,
			     scl_ms now)
{
	return scl_decide(progress, snapshot, &limits, now).event;
}

static void a_wait_ends_at_the_deadline_and_not_before(struct kunit *test)
{
	struct scl_progress progress = {};
	scl_ms now;

	for (now = 1000; now < 6000; now += 250)
		KUNIT_EXPECT_EQ(test, decide(&progress, &waiting, now), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decide(&progress, &waiting, 6000), SCL_EVENT_DEADLINE);
}

static void each_device_has_its_own_time(struct kunit *test)
{
	struct scl_progress first = {}, second = {};

	decide(&first, &waiting, 1000);
	KUNIT_EXPECT_EQ(test, decide(&second, &waiting, 5900), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decide(&first, &waiting, 6000), SCL_EVENT_DEADLINE);
	KUNIT_EXPECT_EQ(test, decide(&second, &waiting, 10899), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decide(&second, &waiting, 10900), SCL_EVENT_DEADLINE);
}

static void a_command_that_was_sent_begins_the_wait_anew(struct kunit *test)
{
	struct scl_snapshot sent = waiting;
	struct scl_progress progress = {};

	decide(&progress, &waiting, 1000);
	sent.sent = 1;
	KUNIT_EXPECT_EQ(test, decide(&progress, &sent, 6000), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decide(&progress, &sent, 11000), SCL_EVENT_DEADLINE);
}

static void a_reboot_has_its_own_time(struct kunit *test)
{
	const struct scl_snapshot rebooting = { .state = { SCL_PHASE_RUNNING, 1 }, .rebooting = 1 };
	struct scl_progress progress = {};

	KUNIT_EXPECT_EQ(test, decide(&progress, &rebooting, 1000), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decide(&progress, &rebooting, 9999), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decide(&progress, &rebooting, 10000), SCL_EVENT_DEADLINE);
}

static void a_flush_has_its_own_bound_for_all_tries_together(struct kunit *test)
{
	struct scl_snapshot between = { .state = { SCL_PHASE_CANCEL, 0 } };
	struct scl_progress progress = {};

	KUNIT_EXPECT_EQ(test, decide(&progress, &flushing, 1000), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decide(&progress, &flushing, 30750), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decide(&progress, &between, 31000), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decide(&progress, &flushing, 31250), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decide(&progress, &flushing, 61000), SCL_EVENT_DEADLINE);
}

static void a_flush_is_not_charged_with_error_handling_by_default(struct kunit *test)
{
	struct scl_snapshot recovering = flushing;
	struct scl_progress progress = {};

	KUNIT_EXPECT_EQ(test, scl_flush_default(30000), 720000ULL);
	recovering.recovering = 1;
	decide(&progress, &flushing, 1000);
	decide(&progress, &recovering, 31000);
	KUNIT_EXPECT_EQ(test, decide(&progress, &flushing, 90999), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decide(&progress, &flushing, 91000), SCL_EVENT_DEADLINE);
}

static void a_healthy_device_is_left_alone(struct kunit *test)
{
	struct scl_progress progress = {};
	struct scl_decision decision = scl_decide(&progress, &healthy, &limits, 1000);

	KUNIT_EXPECT_EQ(test, decision.event, SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, decision.again, SCL_NEVER);
	KUNIT_EXPECT_FALSE(test, progress.waits_for);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_wait_ends_at_the_deadline_and_not_before),
	KUNIT_CASE(each_device_has_its_own_time),
	KUNIT_CASE(a_command_that_was_sent_begins_the_wait_anew),
	KUNIT_CASE(a_reboot_has_its_own_time),
	KUNIT_CASE(a_flush_has_its_own_bound_for_all_tries_together),
	KUNIT_CASE(a_flush_is_not_charged_with_error_handling_by_default),
	KUNIT_CASE(a_healthy_device_is_left_alone),
	{}
};

struct kunit_suite scl_time_suite = {
	.name = "scsi_lifecycle_time",
	.test_cases = cases,
};
