// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "scsi_lifecycle_core.h"
#include "suites.h"

static const struct scl_limits limits = { .teardown = 5000, .flush = 60000 };
static const struct scl_sight waiting = { .state = { SCL_PHASE_CANCEL, 1 } };
static const struct scl_sight flushing = { .state = { SCL_PHASE_CANCEL, 0 }, .flushing = SCL_FLUSH_DRIVER };
static const struct scl_sight healthy = { .state = { SCL_PHASE_RUNNING, 0 } };

static enum scl_event judge(struct scl_clock *clock, struct scl_watch *watch, const struct scl_sight *sight,
			    scl_ms now)
{
	return scl_judge(clock, watch, sight, &limits, now).event;
}

static void a_wait_ends_at_the_deadline_and_not_before(struct kunit *test)
{
	struct scl_clock clock = {};
	struct scl_watch watch = {};
	scl_ms now;

	for (now = 1000; now < 6000; now += 250)
		KUNIT_EXPECT_EQ(test, judge(&clock, &watch, &waiting, now), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, judge(&clock, &watch, &waiting, 6000), SCL_EVENT_DEADLINE);
}

static void the_devices_of_a_host_share_one_deadline(struct kunit *test)
{
	struct scl_clock clock = {};
	struct scl_watch first = {}, second = {};
	scl_ms now;

	for (now = 1000; now < 5900; now += 250)
		judge(&clock, &first, &waiting, now);
	KUNIT_EXPECT_EQ(test, judge(&clock, &second, &waiting, 5900), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, judge(&clock, &second, &waiting, 6000), SCL_EVENT_DEADLINE);
}

static void a_later_teardown_has_a_clock_of_its_own(struct kunit *test)
{
	struct scl_clock clock = {};
	struct scl_watch watch = {};
	scl_ms now;

	for (now = 1000; now <= 6000; now += 250)
		judge(&clock, &watch, &waiting, now);
	memset(&watch, 0, sizeof(watch));
	KUNIT_EXPECT_EQ(test, judge(&clock, &watch, &waiting, 60000), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, scl_clock_left(&clock, limits.teardown, 60000), 5000ULL);
}

static void a_flush_has_its_own_bound_for_all_tries_together(struct kunit *test)
{
	struct scl_sight between = { .state = { SCL_PHASE_CANCEL, 0 } };
	struct scl_clock clock = {};
	struct scl_watch watch = {};

	KUNIT_EXPECT_EQ(test, judge(&clock, &watch, &flushing, 1000), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, judge(&clock, &watch, &flushing, 30750), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, judge(&clock, &watch, &between, 31000), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, judge(&clock, &watch, &flushing, 31250), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, judge(&clock, &watch, &flushing, 61000), SCL_EVENT_DEADLINE);
}

static void a_healthy_device_is_left_alone(struct kunit *test)
{
	struct scl_clock clock = {};
	struct scl_watch watch = {};
	struct scl_verdict verdict = scl_judge(&clock, &watch, &healthy, &limits, 1000);

	KUNIT_EXPECT_EQ(test, verdict.event, SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, verdict.again, SCL_NEVER);
	KUNIT_EXPECT_FALSE(test, clock.running);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_wait_ends_at_the_deadline_and_not_before),
	KUNIT_CASE(the_devices_of_a_host_share_one_deadline),
	KUNIT_CASE(a_later_teardown_has_a_clock_of_its_own),
	KUNIT_CASE(a_flush_has_its_own_bound_for_all_tries_together),
	KUNIT_CASE(a_healthy_device_is_left_alone),
	{}
};

struct kunit_suite scl_clock_suite = {
	.name = "scsi_lifecycle_clock",
	.test_cases = cases,
};
