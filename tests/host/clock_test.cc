// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <vector>

#include "shown.hpp"

namespace {

constexpr scl_ms tmo = 5000, huge = SCL_NEVER - 1;

// A host of devices that are blocked under removal until their time is up.
struct Teardown {
	scl_clock clock{};
	scl_limits limits{tmo, SCL_NEVER, 0};
	scl_ms now = 100000;

	scl_verdict look(scl_watch &watch, scl_state state = {SCL_PHASE_CANCEL, 1})
	{
		const scl_sight sight{state, 0, 0, 0, 0, 0};
		return scl_judge(&clock, &watch, &sight, &limits, now);
	}

	scl_verdict look_at_a_new_one()
	{
		scl_watch watch{};
		return look(watch);
	}
};

} // namespace

TEST(Clock, zeroed_does_not_run)
{
	scl_clock c{};

	EXPECT_EQ(scl_clock_left(&c, tmo, 123456), SCL_NEVER);
	EXPECT_EQ(scl_clock_left(&c, 0, 123456), SCL_NEVER);
}

TEST(Clock, is_not_started_by_a_removal_that_waits_for_nothing)
{
	Teardown t;
	scl_watch watch{};

	t.look(watch, {SCL_PHASE_CANCEL, 0});
	EXPECT_EQ(scl_clock_left(&t.clock, tmo, t.now), SCL_NEVER);
	EXPECT_EQ(t.look(watch).left, tmo);
	EXPECT_EQ(scl_clock_left(&t.clock, tmo, t.now + 1), tmo - 1);
}

TEST(Clock, is_shared_by_256_devices_that_begin_one_after_the_other)
{
	Teardown t;
	const scl_ms begun = t.now;
	std::vector<scl_watch> watches(256);
	size_t ended = 0;

	for (size_t known = 0; ended < watches.size(); t.now += 10) {
		ASSERT_LE(t.now, begun + tmo);
		known = std::min(known + 1, watches.size());
		for (size_t i = 0; i < known; i++) {
			scl_verdict v = t.look(watches[i]);
			ended += v.event == SCL_EVENT_DEADLINE;
			ASSERT_EQ(v.event == SCL_EVENT_DEADLINE, t.now == begun + tmo) << "device " << i;
			if (v.event == SCL_EVENT_NONE) {
				ASSERT_EQ(v.left, begun + tmo - t.now);
			}
		}
	}
	EXPECT_EQ(ended, 256u);
}

TEST(Clock, expires_at_its_time_and_not_a_millisecond_before)
{
	Teardown t;
	scl_watch watch{};

	t.look(watch);
	for (scl_ms left = tmo; left; left -= SCL_LOOK_MS, t.now += SCL_LOOK_MS)
		ASSERT_EQ(t.look(watch).event, SCL_EVENT_NONE);
	t.now--;
	EXPECT_EQ(t.look(watch).left, 1u);
	EXPECT_EQ(t.look(watch).again, 1u);
	t.now++;
	EXPECT_EQ(t.look(watch).event, SCL_EVENT_DEADLINE);
}

TEST(Clock, runs_on_over_serial_removals_that_follow_within_the_gap)
{
	Teardown t;
	const scl_ms begun = t.now;

	for (; t.now <= begun + 4 * SCL_GAP_MS; t.now += SCL_GAP_MS)
		EXPECT_EQ(t.look_at_a_new_one().left, begun + tmo - t.now);
}

TEST(Clock, is_not_kept_running_by_a_removal_that_waits_for_nothing)
{
	Teardown t;
	scl_watch healthy{};
	const scl_ms begun = t.now;

	t.look_at_a_new_one();
	for (; t.now <= begun + SCL_GAP_MS; t.now += SCL_LOOK_MS)
		t.look(healthy, {SCL_PHASE_CANCEL, 0});
	EXPECT_EQ(t.look_at_a_new_one().left, tmo);
}

TEST(Clock, gives_a_device_that_waits_again_later_its_whole_time_again)
{
	Teardown t;
	scl_watch watch{};
	const scl_ms begun = t.now;

	t.look(watch);
	for (; t.now < begun + 2 * tmo; t.now += SCL_LOOK_MS)
		t.look(watch, {SCL_PHASE_CANCEL, 0});
	EXPECT_EQ(t.look(watch).left, tmo);
}

TEST(Clock, runs_on_between_two_removals_of_a_dying_host)
{
	Teardown t;
	scl_watch in_use{};
	const scl_sight dying{{SCL_PHASE_RUNNING, 0}, 0, 0, 0, 1, 0};

	t.look_at_a_new_one();
	for (int i = 0; i < 10; i++) {
		t.now += SCL_LOOK_MS;
		scl_judge(&t.clock, &in_use, &dying, &t.limits, t.now);
	}
	EXPECT_EQ(t.look_at_a_new_one().left, tmo - 10 * SCL_LOOK_MS);
}

TEST(Clock, of_an_idle_host_begins_anew)
{
	Teardown t;

	t.look_at_a_new_one();
	t.now += SCL_GAP_MS + 1;
	EXPECT_EQ(t.look_at_a_new_one().left, tmo);
	t.now += 100 * tmo;
	EXPECT_EQ(t.look_at_a_new_one().left, tmo);
}

TEST(Clock, is_not_kept_running_by_devices_in_use)
{
	Teardown t;
	scl_watch in_use{};

	t.look_at_a_new_one();
	for (scl_ms gone = 0; gone <= SCL_GAP_MS; gone += SCL_LOOK_MS) {
		t.now += SCL_LOOK_MS;
		t.look(in_use, {SCL_PHASE_RUNNING, 1});
	}
	EXPECT_EQ(t.look_at_a_new_one().left, tmo);
}

TEST(Clock, turned_off_never_expires)
{
	Teardown t;
	scl_watch watch{};

	t.limits.teardown = SCL_NEVER;
	for (int day = 0; day < 1000; day++, t.now += 86400000) {
		scl_verdict v = t.look(watch);
		EXPECT_EQ(v.event, SCL_EVENT_NONE);
		EXPECT_EQ(v.left, SCL_NEVER);
		EXPECT_EQ(v.again, SCL_LOOK_MS);
	}
}

TEST(Clock, of_no_time_expires_at_once)
{
	Teardown t;

	t.limits.teardown = 0;
	EXPECT_EQ(t.look_at_a_new_one().event, SCL_EVENT_DEADLINE);
	t.now = 0;
	t.clock = {};
	EXPECT_EQ(t.look_at_a_new_one().event, SCL_EVENT_DEADLINE);
}

TEST(Clock, follows_a_limit_that_is_changed_while_it_runs)
{
	Teardown t;
	scl_watch watch{};

	t.look(watch);
	t.now += 400;
	t.limits.teardown = 60000;
	EXPECT_EQ(t.look(watch).left, 59600u);
	t.limits.teardown = 401;
	EXPECT_EQ(t.look(watch).left, 1u);
	t.limits.teardown = SCL_NEVER;
	EXPECT_EQ(t.look(watch).left, SCL_NEVER);
	t.limits.teardown = 400;
	EXPECT_EQ(t.look(watch).event, SCL_EVENT_DEADLINE);
}

TEST(Clock, that_was_off_counts_from_the_first_wait_when_it_is_turned_on)
{
	Teardown t;
	scl_watch watch{};

	t.limits.teardown = SCL_NEVER;
	for (int i = 0; i < 8; i++, t.now += SCL_LOOK_MS)
		t.look(watch);
	t.limits.teardown = tmo;
	EXPECT_EQ(t.look(watch).left, tmo - 8 * SCL_LOOK_MS);
}

TEST(Clock, serves_devices_of_different_limits)
{
	Teardown t;

	t.limits.teardown = 300;
	EXPECT_EQ(t.look_at_a_new_one().left, 300u);
	t.now += 300;
	EXPECT_EQ(t.look_at_a_new_one().event, SCL_EVENT_DEADLINE);
	t.limits.teardown = tmo;
	EXPECT_EQ(t.look_at_a_new_one().left, tmo - 300);
}

TEST(Clock, does_not_overflow_at_the_end_of_time)
{
	Teardown t;

	t.now = huge - tmo;
	EXPECT_EQ(t.look_at_a_new_one().left, tmo);
	for (scl_ms left = tmo; left; left -= SCL_GAP_MS) {
		EXPECT_EQ(t.look_at_a_new_one().left, left);
		t.now += SCL_GAP_MS;
	}
	EXPECT_EQ(t.look_at_a_new_one().event, SCL_EVENT_DEADLINE);
}

TEST(Clock, takes_a_limit_that_is_all_but_for_ever)
{
	Teardown t;

	t.limits.teardown = huge;
	EXPECT_EQ(t.look_at_a_new_one().left, huge);
	EXPECT_EQ(t.look_at_a_new_one().again, SCL_LOOK_MS);
	EXPECT_EQ(scl_clock_left(&t.clock, huge, t.now + 7), huge - 7);
	EXPECT_EQ(scl_clock_left(&t.clock, huge, SCL_NEVER), huge - (SCL_NEVER - t.now));
}

TEST(Clock, starts_at_the_beginning_of_time)
{
	Teardown t;

	t.now = 0;
	EXPECT_EQ(t.look_at_a_new_one().left, tmo);
	t.now = 100;
	EXPECT_EQ(t.look_at_a_new_one().left, tmo - 100);
}

TEST(Clock, is_not_restarted_by_looks_that_come_late)
{
	Teardown t;
	scl_watch watch{};
	const scl_ms begun = t.now;

	while (t.look(watch).event == SCL_EVENT_NONE && t.now < begun + 3 * tmo)
		t.now += SCL_GAP_MS + 1;
	EXPECT_LE(t.now, begun + tmo + SCL_GAP_MS + 1);
}
