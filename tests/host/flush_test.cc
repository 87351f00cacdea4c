// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "shown.hpp"

namespace {

constexpr scl_ms tmo = 60000;

struct Device {
	scl_watch watch{};
	scl_limits limits = limits_of(5000, tmo);
	scl_sight sight = sight_of({SCL_PHASE_CANCEL, 0});
	scl_ms now = 1000;

	Device() { sight.flushing = SCL_FLUSH_DRIVER; }

	scl_verdict look() { return scl_judge(&watch, &sight, &limits, now); }
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

TEST(Flush, s_default_time_is_all_that_stock_gives_it)
{
	EXPECT_EQ(scl_flush_default(30000), 720000u);
	EXPECT_EQ(scl_flush_default(1000), 24000u);
	EXPECT_EQ(scl_flush_default(0), 0u);
}

TEST(Flush, is_by_default_not_charged_with_error_handling)
{
	Device d;

	d.look();
	for (int i = 0; i < 1000; i++, d.now += SCL_LOOK_MS) {
		d.sight.recovering = i > 0;
		ASSERT_EQ(d.look().left, tmo);
	}
	d.now -= SCL_LOOK_MS;
	d.sight.recovering = 0;
	d.now += tmo - 1;
	EXPECT_EQ(d.look().left, 1u);
	d.now++;
	EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
}

TEST(Flush, is_charged_with_error_handling_where_its_time_was_set)
{
	Device d;

	d.limits.flush_set = 1;
	d.sight.recovering = 1;
	d.look();
	d.now += tmo - 1;
	EXPECT_EQ(d.look().left, 1u);
	d.now++;
	EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
}

TEST(Flush, of_another_kind_has_a_time_of_its_own_without_the_other_s_error_handling)
{
	Device d;

	d.sight.flushing = SCL_FLUSH_FILE_SYSTEM;
	d.look();
	d.now += 30000;
	d.sight.recovering = 1;
	EXPECT_EQ(d.look().left, tmo);
	d.sight.recovering = 0;
	for (scl_flush flush : {SCL_FLUSH_DRIVER, SCL_FLUSH_STOP}) {
		const scl_ms its = flush == SCL_FLUSH_STOP ? 180000 : tmo;
		d.sight.flushing = flush;
		EXPECT_EQ(d.look().left, its);
		d.now += its - 1;
		EXPECT_EQ(d.look().left, 1u);
	}
	d.now++;
	EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
}

TEST(Flush, is_followed_by_a_stop_that_has_as_long_as_sd_gives_it_if_no_time_was_set)
{
	for (scl_ms limit : {tmo, scl_ms{300000}})
		for (unsigned char set : {0, 1}) {
			Device d;
			d.limits.flush = limit;
			d.limits.flush_set = set;
			d.sight.flushing = SCL_FLUSH_STOP;
			EXPECT_EQ(d.look().left, set || limit > 180000 ? limit : 180000);
		}
}

TEST(Flush, that_is_not_taken_has_the_time_that_the_administrator_set_and_else_none)
{
	for (unsigned char set : {0, 1}) {
		Device d;
		d.limits.flush_set = set;
		d.sight.untaken = 1;
		EXPECT_EQ(d.look().left, tmo);
		EXPECT_TRUE(d.watch.untaken);
		d.now += tmo / 2;
		EXPECT_EQ(d.look().left, set ? tmo / 2 : tmo);
		d.sight.untaken = 0;
		d.now += tmo / 2;
		EXPECT_EQ(d.look().event, set ? SCL_EVENT_DEADLINE : SCL_EVENT_NONE);
		EXPECT_FALSE(d.watch.untaken);
	}
}

TEST(Flush, that_is_gone_for_longer_than_the_gap_is_over)
{
	for (scl_ms gap : {SCL_GAP_MS, SCL_GAP_MS + 1}) {
		Device d;
		d.look();
		d.now += gap;
		d.sight.flushing = SCL_FLUSH_NONE;
		EXPECT_EQ(d.look().left, gap > SCL_GAP_MS ? SCL_NEVER : tmo - gap);
		d.sight.flushing = SCL_FLUSH_DRIVER;
		EXPECT_EQ(d.look().left, gap > SCL_GAP_MS ? tmo : tmo - gap);
	}
}

TEST(Flush, of_a_device_in_use_is_nobody_s_business_until_the_machine_goes_down)
{
	Device d;

	d.sight.state = {SCL_PHASE_RUNNING, 0};
	for (unsigned char dying : {0, 1}) {
		d.sight.dying = dying;
		EXPECT_EQ(d.look().left, SCL_NEVER);
		d.now += 2 * tmo;
		EXPECT_EQ(d.look().event, SCL_EVENT_NONE);
	}
	d.sight.rebooting = 1;
	EXPECT_EQ(d.look().left, tmo);
	d.now += tmo;
	EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
	EXPECT_TRUE(d.watch.condemned);
}

TEST(Flush, that_has_a_path_is_not_cut_short_by_the_reboot_s_limit)
{
	for (scl_ms reboot : {scl_ms(0), scl_ms(2000), tmo - 1})
		for (scl_state s : {scl_state{SCL_PHASE_RUNNING, 0}, scl_state{SCL_PHASE_CANCEL, 0}}) {
			Device d;
			d.sight.state = s;
			d.sight.rebooting = 1;
			d.limits.reboot = reboot;
			EXPECT_EQ(d.look().left, tmo);
			d.now += tmo - 1;
			EXPECT_EQ(d.look().left, 1u);
			EXPECT_EQ(d.look().event, SCL_EVENT_NONE);
			d.now++;
			EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
		}
}

TEST(Flush, of_a_reboot_has_its_time_from_when_it_was_sent)
{
	Device d;

	d.limits.reboot = 0;
	d.sight.rebooting = 1;
	d.sight.flushing = SCL_FLUSH_NONE;
	d.look();
	d.now += tmo / 2;
	d.sight.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.look().left, tmo);
}

TEST(Flush, of_a_reboot_is_bounded_by_a_flush_tmo_that_was_set_to_less)
{
	Device d;

	d.sight.rebooting = 1;
	d.limits.reboot = 9000;
	d.limits.flush = 300;
	EXPECT_EQ(d.look().left, 300u);
}

TEST(Flush, of_a_reboot_that_is_never_taken_or_waits_for_error_handling_has_an_end)
{
	for (unsigned char recovering : {0, 1})
	for (scl_ms reboot : {tmo / 2, 3 * tmo}) {
		const scl_ms most = reboot > tmo ? reboot : tmo;
		Device d;
		d.limits.reboot = reboot;
		d.sight.recovering = recovering;
		d.sight.untaken = !recovering;
		d.look();
		d.now += 3 * tmo;
		EXPECT_EQ(d.look().left, tmo) << "no reboot";
		d.sight.rebooting = 1;
		// Its usual time does not run meanwhile, and is no less.
		EXPECT_EQ(d.look().left, tmo);
		d.now += most - 1;
		EXPECT_EQ(d.look().event, SCL_EVENT_NONE);
		d.now++;
		EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
	}
}

TEST(Flush, of_a_reboot_that_the_lld_keeps_is_aborted_again_at_every_look)
{
	Device d;

	d.sight.state = {SCL_PHASE_RUNNING, 0};
	d.sight.rebooting = 1;
	d.look();
	d.now += tmo;
	ASSERT_EQ(d.look().again, 0u);
	d.sight.state = scl_next(d.sight.state, SCL_EVENT_DEADLINE).next;
	EXPECT_EQ(d.sight.state, (scl_state{SCL_PHASE_OFFLINE, 0}));
	for (int i = 0; i < 10; i++, d.now += SCL_LOOK_MS) {
		const scl_verdict v = d.look();
		EXPECT_EQ(v.event, SCL_EVENT_DEADLINE);
		EXPECT_EQ(v.again, SCL_LOOK_MS);
		EXPECT_EQ(scl_next(d.sight.state, SCL_EVENT_DEADLINE), (scl_step{d.sight.state, SCL_ACTION_ABORT, 0}));
	}
	d.sight.flushing = SCL_FLUSH_NONE;
	EXPECT_EQ(d.look().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.look().again, SCL_LOOK_MS);
	d.sight.flushing = SCL_FLUSH_DRIVER;
	d.sight.rebooting = 0;
	EXPECT_EQ(d.look().event, SCL_EVENT_NONE) << "the machine stays";
}

TEST(Flush, of_a_device_that_is_blocked_is_forgotten)
{
	Device d;

	d.sight.rebooting = 1;
	for (unsigned char phase : {SCL_PHASE_RUNNING, SCL_PHASE_CANCEL}) {
		d.sight.state = {phase, 0};
		d.look();
		d.now += 1000;
		d.sight.state.blocked = 1;
		d.look();
		EXPECT_EQ(d.watch.flush, SCL_FLUSH_NONE);
		d.sight.state.blocked = 0;
		EXPECT_EQ(d.look().left, tmo);
	}
}
