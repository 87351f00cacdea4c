// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "shown.hpp"

namespace {

constexpr scl_ms tmo = 60000;

struct Device {
	scl_progress progress{};
	scl_limits limits = limits_of(5000, tmo);
	scl_snapshot snapshot = snapshot_of({SCL_PHASE_CANCEL, 0});
	scl_ms now = 1000;

	Device() { snapshot.flushing = SCL_FLUSH_DRIVER; }

	scl_decision poll() { return scl_decide(&progress, &snapshot, &limits, now); }
};

} // namespace

TEST(Flush, of_the_driver_is_not_charged_with_the_time_of_a_file_system_s)
{
	Device d;

	d.snapshot.flushing = SCL_FLUSH_FILE_SYSTEM;
	d.poll();
	d.now += 50000;
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.poll().left, tmo);
	d.now += tmo - 1;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	d.now++;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(Flush, that_the_lld_keeps_after_the_deadline_is_aborted_again_at_every_poll)
{
	Device d;

	d.poll();
	d.now += tmo;
	ASSERT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
	d.snapshot.state = scl_state_next(d.snapshot.state, SCL_EVENT_DEADLINE).next;
	for (int i = 0; i < 10; i++, d.now += SCL_POLL_MS) {
		const scl_decision v = d.poll();
		EXPECT_EQ(v.event, SCL_EVENT_DEADLINE);
		EXPECT_EQ(v.again, SCL_POLL_MS);
		EXPECT_EQ(scl_state_next(d.snapshot.state, SCL_EVENT_DEADLINE).actions,
			  SCL_ACTION_ABORT);
	}
	d.snapshot.flushing = SCL_FLUSH_NONE;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.poll().again, SCL_NEVER);
}

TEST(Flush, of_a_device_that_stock_sent_to_del_is_left_to_its_timer)
{
	Device d;

	d.snapshot.state = {SCL_PHASE_DEL, 0};
	d.snapshot.flushing = SCL_FLUSH_FILE_SYSTEM;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
}

TEST(Flush, that_was_at_the_lld_when_the_path_went_is_aborted_once_its_device_is_killed)
{
	Device d;

	d.snapshot.state = {SCL_PHASE_CANCEL, 1};
	d.poll();
	d.now += d.limits.teardown;
	ASSERT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
	d.snapshot.state = {SCL_PHASE_DEL, 0};
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(Flush, that_was_answered_has_no_deadline_whatever_else_the_removal_waits_for)
{
	Device d;

	d.snapshot.flushing = SCL_FLUSH_FILE_SYSTEM;
	d.poll();
	d.snapshot.flushing = SCL_FLUSH_NONE;
	for (const scl_ms end = d.now + 3 * tmo; d.now < end; d.now += SCL_POLL_MS)
		ASSERT_EQ(d.poll().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.poll().left, SCL_NEVER);
}

TEST(Flush, that_was_answered_just_when_its_time_was_up_is_not_cut_short)
{
	Device d;

	d.poll();
	d.now += tmo - 1;
	d.poll();
	d.now += 2;
	d.snapshot.flushing = SCL_FLUSH_NONE;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.poll().again, SCL_POLL_MS);
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

	d.poll();
	for (int i = 0; i < 1000; i++, d.now += SCL_POLL_MS) {
		d.snapshot.recovering = i > 0;
		ASSERT_EQ(d.poll().left, tmo);
	}
	d.now -= SCL_POLL_MS;
	d.snapshot.recovering = 0;
	d.now += tmo - 1;
	EXPECT_EQ(d.poll().left, 1u);
	d.now++;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(Flush, is_charged_with_error_handling_where_its_time_was_set)
{
	Device d;

	d.limits.flush_set = 1;
	d.snapshot.recovering = 1;
	d.poll();
	d.now += tmo - 1;
	EXPECT_EQ(d.poll().left, 1u);
	d.now++;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(Flush, of_another_kind_has_a_time_of_its_own_without_the_other_s_error_handling)
{
	Device d;

	d.snapshot.flushing = SCL_FLUSH_FILE_SYSTEM;
	d.poll();
	d.now += 30000;
	d.snapshot.recovering = 1;
	EXPECT_EQ(d.poll().left, tmo);
	d.snapshot.recovering = 0;
	for (scl_flush flush : {SCL_FLUSH_DRIVER, SCL_FLUSH_STOP}) {
		const scl_ms its = flush == SCL_FLUSH_STOP ? 180000 : tmo;
		d.snapshot.flushing = flush;
		EXPECT_EQ(d.poll().left, its);
		d.now += its - 1;
		EXPECT_EQ(d.poll().left, 1u);
	}
	d.now++;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(Flush, is_followed_by_a_stop_that_has_as_long_as_sd_gives_it_if_no_time_was_set)
{
	for (scl_ms limit : {tmo, scl_ms{300000}})
		for (bool set : {false, true}) {
			Device d;
			d.limits.flush = limit;
			d.limits.flush_set = set;
			d.snapshot.flushing = SCL_FLUSH_STOP;
			EXPECT_EQ(d.poll().left, set || limit > 180000 ? limit : 180000);
		}
}

TEST(Flush, that_is_not_taken_has_the_time_that_the_administrator_set_and_else_none)
{
	for (bool set : {false, true}) {
		Device d;
		d.limits.flush_set = set;
		d.snapshot.untaken = 1;
		EXPECT_EQ(d.poll().left, tmo);
		EXPECT_TRUE(d.progress.untaken);
		d.now += tmo / 2;
		EXPECT_EQ(d.poll().left, set ? tmo / 2 : tmo);
		d.snapshot.untaken = 0;
		d.now += tmo / 2;
		EXPECT_EQ(d.poll().event, set ? SCL_EVENT_DEADLINE : SCL_EVENT_NONE);
		EXPECT_FALSE(d.progress.untaken);
	}
}

TEST(Flush, that_is_gone_for_longer_than_the_gap_is_over)
{
	for (scl_ms gap : {SCL_FLUSH_GAP_MS, SCL_FLUSH_GAP_MS + 1}) {
		Device d;
		d.poll();
		d.now += gap;
		d.snapshot.flushing = SCL_FLUSH_NONE;
		EXPECT_EQ(d.poll().left, gap > SCL_FLUSH_GAP_MS ? SCL_NEVER : tmo - gap);
		d.snapshot.flushing = SCL_FLUSH_DRIVER;
		EXPECT_EQ(d.poll().left, gap > SCL_FLUSH_GAP_MS ? tmo : tmo - gap);
	}
}

TEST(Flush, of_a_device_in_use_is_left_alone_until_the_machine_goes_down)
{
	Device d;

	d.snapshot.state = {SCL_PHASE_RUNNING, 0};
	for (bool dying : {false, true}) {
		d.snapshot.host_removing = dying;
		EXPECT_EQ(d.poll().left, SCL_NEVER);
		d.now += 2 * tmo;
		EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	}
	d.snapshot.rebooting = 1;
	EXPECT_EQ(d.poll().left, tmo);
	d.now += tmo;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
	EXPECT_TRUE(d.progress.expired);
}

TEST(Flush, that_has_a_path_is_not_cut_short_by_the_reboot_s_limit)
{
	for (scl_ms reboot : {scl_ms(0), scl_ms(2000), tmo - 1})
		for (scl_state s :
		     {scl_state{SCL_PHASE_RUNNING, 0}, scl_state{SCL_PHASE_CANCEL, 0}}) {
			Device d;
			d.snapshot.state = s;
			d.snapshot.rebooting = 1;
			d.limits.reboot = reboot;
			EXPECT_EQ(d.poll().left, tmo);
			d.now += tmo - 1;
			EXPECT_EQ(d.poll().left, 1u);
			EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
			d.now++;
			EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
		}
}

TEST(Flush, of_a_reboot_has_its_time_from_when_it_was_sent)
{
	Device d;

	d.limits.reboot = 0;
	d.snapshot.rebooting = 1;
	d.snapshot.flushing = SCL_FLUSH_NONE;
	d.poll();
	d.now += tmo / 2;
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.poll().left, tmo);
}

TEST(Flush, of_a_reboot_is_bounded_by_a_flush_tmo_that_was_set_to_less)
{
	Device d;

	d.snapshot.rebooting = 1;
	d.limits.reboot = 9000;
	d.limits.flush = 300;
	EXPECT_EQ(d.poll().left, 300u);
}

TEST(Flush, of_a_reboot_that_is_never_taken_or_waits_for_error_handling_has_an_end)
{
	for (bool recovering : {false, true})
		for (scl_ms reboot : {tmo / 2, 3 * tmo}) {
			const scl_ms most = reboot > tmo ? reboot : tmo;
			Device d;
			d.limits.reboot = reboot;
			d.snapshot.recovering = recovering;
			d.snapshot.untaken = !recovering;
			d.poll();
			d.now += 3 * tmo;
			EXPECT_EQ(d.poll().left, tmo) << "no reboot";
			d.snapshot.rebooting = 1;
			// Its usual time does not run meanwhile, and is no less.
			EXPECT_EQ(d.poll().left, tmo);
			d.now += most - 1;
			EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
			d.now++;
			EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
		}
}

TEST(Flush, of_a_reboot_that_the_lld_keeps_is_aborted_again_at_every_poll)
{
	Device d;

	d.snapshot.state = {SCL_PHASE_RUNNING, 0};
	d.snapshot.rebooting = 1;
	d.poll();
	d.now += tmo;
	ASSERT_EQ(d.poll().again, 0u);
	d.snapshot.state = scl_state_next(d.snapshot.state, SCL_EVENT_DEADLINE).next;
	EXPECT_EQ(d.snapshot.state, (scl_state{SCL_PHASE_OFFLINE, 0}));
	for (int i = 0; i < 10; i++, d.now += SCL_POLL_MS) {
		const scl_decision v = d.poll();
		EXPECT_EQ(v.event, SCL_EVENT_DEADLINE);
		EXPECT_EQ(v.again, SCL_POLL_MS);
		EXPECT_EQ(scl_state_next(d.snapshot.state, SCL_EVENT_DEADLINE),
			  (scl_step{d.snapshot.state, SCL_ACTION_ABORT, 0}));
	}
	d.snapshot.flushing = SCL_FLUSH_NONE;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	EXPECT_EQ(d.poll().again, SCL_POLL_MS);
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	d.snapshot.rebooting = 0;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE) << "the machine stays";
}

TEST(Flush, of_a_device_that_is_blocked_is_forgotten)
{
	Device d;

	d.snapshot.rebooting = 1;
	for (scl_phase phase : {SCL_PHASE_RUNNING, SCL_PHASE_CANCEL}) {
		d.snapshot.state = {phase, 0};
		d.poll();
		d.now += 1000;
		d.snapshot.state.blocked = 1;
		d.poll();
		EXPECT_EQ(d.progress.flush, SCL_FLUSH_NONE);
		d.snapshot.state.blocked = 0;
		EXPECT_EQ(d.poll().left, tmo);
	}
}
