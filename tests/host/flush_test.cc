// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "shown.hpp"

namespace {

constexpr scl_ms tmo = 60000;

struct Device {
	scl_clock clock{};
	scl_watch watch{};
	scl_limits limits{5000, tmo, 0};
	scl_sight sight{{SCL_PHASE_CANCEL, 0}, 0, SCL_FLUSH_DRIVER, 0, 0, 0};
	scl_ms now = 1000;

	scl_verdict look() { return scl_judge(&clock, &watch, &sight, &limits, now); }
};

} // namespace

TEST(Flush, of_the_driver_is_not_charged_with_the_time_of_a_file_system_s)
{
	Device d;

	d.sight.flushing = SCL_FLUSH_FILE_SYSTEM;
	d.look();
	d.now += 50000;
	d.sight.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.look().left, tmo);
	d.now += tmo - 1;
	EXPECT_EQ(d.look().event, SCL_EVENT_NONE);
	d.now++;
	EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
}

TEST(Flush, that_the_lld_keeps_after_the_deadline_is_aborted_again_at_every_look)
{
	Device d;

	d.look();
	d.now += tmo;
	ASSERT_EQ(d.look().event, SCL_EVENT_DEADLINE);
	d.sight.state = scl_next(d.sight.state, SCL_EVENT_DEADLINE).next;
	for (int i = 0; i < 10; i++, d.now += SCL_LOOK_MS) {
		const scl_verdict v = d.look();
		EXPECT_EQ(v.event, SCL_EVENT_DEADLINE);
		EXPECT_EQ(v.again, SCL_LOOK_MS);
		EXPECT_EQ(scl_next(d.sight.state, SCL_EVENT_DEADLINE).actions, SCL_ACTION_ABORT);
	}
	d.sight.flushing = SCL_FLUSH_NONE;
	EXPECT_EQ(d.look().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.look().again, SCL_NEVER);
}

TEST(Flush, of_a_device_that_stock_sent_to_del_is_left_to_its_timer)
{
	Device d;

	d.sight.state = {SCL_PHASE_DEL, 0};
	d.sight.flushing = SCL_FLUSH_FILE_SYSTEM;
	EXPECT_EQ(d.look().event, SCL_EVENT_NONE);
}

TEST(Flush, that_was_at_the_lld_when_the_path_went_is_aborted_once_its_device_is_killed)
{
	Device d;

	d.sight.state = {SCL_PHASE_CANCEL, 1};
	d.look();
	d.now += d.limits.teardown;
	ASSERT_EQ(d.look().event, SCL_EVENT_DEADLINE);
	d.sight.state = {SCL_PHASE_DEL, 0};
	EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
}

TEST(Flush, that_was_answered_has_no_deadline_whatever_else_the_removal_waits_for)
{
	Device d;

	d.sight.flushing = SCL_FLUSH_FILE_SYSTEM;
	d.look();
	d.sight.flushing = SCL_FLUSH_NONE;
	for (const scl_ms end = d.now + 3 * tmo; d.now < end; d.now += SCL_LOOK_MS)
		ASSERT_EQ(d.look().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.look().left, SCL_NEVER);
}

TEST(Flush, that_was_answered_just_when_its_time_was_up_is_not_cut_short)
{
	Device d;

	d.look();
	d.now += tmo - 1;
	d.look();
	d.now += 2;
	d.sight.flushing = SCL_FLUSH_NONE;
	EXPECT_EQ(d.look().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.look().again, SCL_LOOK_MS);
}
