// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "shown.hpp"

namespace {

constexpr scl_state running{SCL_PHASE_RUNNING, 0}, running_blocked{SCL_PHASE_RUNNING, 1};
constexpr scl_state offline{SCL_PHASE_OFFLINE, 0};
constexpr scl_state cancel{SCL_PHASE_CANCEL, 0}, cancel_block{SCL_PHASE_CANCEL, 1}, del{SCL_PHASE_DEL, 0};

// One device, looked at.
struct Looks {
	scl_watch watch{};
	scl_sight sight = sight_of(running);
	scl_limits limits = limits_of(5000, 60000);
	scl_ms now = 1000;

	explicit Looks(scl_state s) { sight.state = s; }

	scl_verdict look() { return scl_judge(&watch, &sight, &limits, now); }

	// Looks when it was told to, until there is something to do. Return: after how long.
	scl_ms until(scl_event e, scl_ms most)
	{
		const scl_ms begun = now;

		for (;;) {
			scl_verdict v = look();
			if (v.event != SCL_EVENT_NONE)
				return v.event == e ? now - begun : SCL_NEVER;
			if (v.again == SCL_NEVER || now - begun > most)
				return SCL_NEVER;
			now += v.again;
		}
	}
};

void expect_nothing(scl_verdict v, scl_ms again, scl_ms left)
{
	EXPECT_EQ(v.event, SCL_EVENT_NONE);
	EXPECT_EQ(v.again, again);
	EXPECT_EQ(v.left, left);
}

} // namespace

TEST(Verdict, a_device_in_use_is_left_alone_and_not_looked_at_again)
{
	for (scl_state s : all_states()) {
		if (under_removal(s))
			continue;
		Looks d(s);
		d.sight.quiesced = s.phase == SCL_PHASE_QUIESCE;
		expect_nothing(d.look(), SCL_NEVER, SCL_NEVER);
		EXPECT_FALSE(d.watch.waits) << s;
	}
}

TEST(Verdict, a_healthy_removal_is_watched_without_a_deadline)
{
	Looks d(cancel);

	expect_nothing(d.look(), SCL_LOOK_MS, SCL_NEVER);
	EXPECT_FALSE(d.watch.waits);
	EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 1000000), SCL_NEVER);
}

TEST(Verdict, blocked_under_removal_is_killed_at_the_deadline)
{
	Looks d(cancel_block);

	expect_nothing(d.look(), SCL_LOOK_MS, 5000);
	EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 10000), 5000u);
}

TEST(Verdict, a_path_that_comes_back_in_time_lets_the_flush_through)
{
	Looks d(cancel_block);

	for (; d.now < 5000; d.now += SCL_LOOK_MS)
		EXPECT_EQ(d.look().event, SCL_EVENT_NONE);
	d.sight.state = cancel;
	expect_nothing(d.look(), SCL_LOOK_MS, SCL_NEVER);
	d.now += 20000;
	expect_nothing(d.look(), SCL_LOOK_MS, SCL_NEVER);
	d.sight.state = del;
	expect_nothing(d.look(), SCL_NEVER, SCL_NEVER);
}

TEST(Verdict, the_last_look_before_the_deadline_is_not_late)
{
	Looks d(cancel_block);

	d.limits.teardown = SCL_LOOK_MS + 1;
	EXPECT_EQ(d.look().again, SCL_LOOK_MS);
	d.now += SCL_LOOK_MS;
	EXPECT_EQ(d.look().again, 1u);
}

TEST(Verdict, quiesced_under_removal_is_resumed_at_the_deadline_and_not_killed)
{
	Looks d(cancel);

	d.sight.quiesced = 1;
	expect_nothing(d.look(), SCL_LOOK_MS, 5000);
	EXPECT_EQ(d.until(SCL_EVENT_RESUME, 10000), 5000u);
	d.sight.quiesced = 0;
	expect_nothing(d.look(), SCL_LOOK_MS, SCL_NEVER);
}

TEST(Verdict, quiesced_and_blocked_is_resumed_first_and_killed_next)
{
	Looks d(cancel_block);

	d.sight.quiesced = 1;
	EXPECT_EQ(d.until(SCL_EVENT_RESUME, 10000), 5000u);
	d.sight.quiesced = 0;
	EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
}

TEST(Verdict, a_quiesced_device_in_use_is_not_resumed_even_on_a_dying_host)
{
	Looks d({SCL_PHASE_QUIESCE, 0});

	d.sight.quiesced = d.sight.dying = 1;
	for (int i = 0; i < 100; i++, d.now += SCL_LOOK_MS)
		expect_nothing(d.look(), SCL_LOOK_MS, SCL_NEVER);
}

TEST(Verdict, a_swallowed_flush_is_bounded_by_its_own_time)
{
	Looks d(cancel);

	d.sight.flushing = 1;
	expect_nothing(d.look(), SCL_LOOK_MS, 60000);
	EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 100000), 60000u);
}

TEST(Verdict, all_tries_of_a_flush_count_together)
{
	Looks d(cancel);

	for (; d.now < 61000; d.now += SCL_LOOK_MS) {
		d.sight.flushing = d.now / 1000 % 2;
		ASSERT_EQ(d.look().event, SCL_EVENT_NONE) << d.now;
	}
	d.sight.flushing = 1;
	EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
}

TEST(Verdict, the_time_of_a_flush_begins_when_it_is_at_the_lld)
{
	Looks d(cancel);

	for (; d.now < 31000; d.now += SCL_LOOK_MS)
		EXPECT_EQ(d.look().left, SCL_NEVER);
	d.sight.flushing = 1;
	EXPECT_EQ(d.look().left, 60000u);
	EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 100000), 60000u);
}

TEST(Verdict, a_flush_that_a_block_interrupts_begins_anew)
{
	Looks d(cancel);

	d.sight.flushing = 1;
	d.look();
	d.now += 30000;
	EXPECT_EQ(d.look().left, 30000u);
	d.sight.state = cancel_block;
	d.sight.flushing = 0;
	EXPECT_EQ(d.look().left, 5000u);
	d.now += SCL_LOOK_MS;
	d.sight.state = cancel;
	EXPECT_EQ(d.look().left, SCL_NEVER);
	d.sight.flushing = 1;
	EXPECT_EQ(d.look().left, 60000u);
}

TEST(Verdict, a_flush_without_a_limit_is_left_to_stock)
{
	Looks d(cancel);

	d.sight.flushing = 1;
	d.limits.flush = SCL_NEVER;
	d.look();
	d.now += 1000;
	expect_nothing(d.look(), SCL_LOOK_MS, SCL_NEVER);
	EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 1000000), SCL_NEVER);
}

TEST(Verdict, a_flush_of_no_time_is_cut_short_at_once_and_no_other_command_is)
{
	Looks d(cancel);

	d.limits.flush = 0;
	EXPECT_EQ(d.look().event, SCL_EVENT_NONE);
	d.sight.flushing = 1;
	EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
}

TEST(Verdict, a_blocked_device_in_use_keeps_a_dying_host_waiting_no_longer_than_the_deadline)
{
	for (scl_state s : all_states()) {
		if (under_removal(s))
			continue;
		Looks d(s);
		d.sight.dying = 1;
		d.sight.quiesced = s.phase == SCL_PHASE_QUIESCE;
		if (s.blocked) {
			EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 10000), 5000u) << s;
			EXPECT_TRUE(d.watch.condemned) << s;
		} else {
			expect_nothing(d.look(), SCL_LOOK_MS, SCL_NEVER);
		}
	}
}

TEST(Verdict, a_device_cut_off_in_use_does_not_wait_again_when_it_is_removed_itself)
{
	Looks d(running_blocked);

	d.sight.dying = 1;
	d.until(SCL_EVENT_DEADLINE, 10000);
	d.sight.state = offline;
	expect_nothing(d.look(), SCL_LOOK_MS, SCL_NEVER);
	d.sight.state = cancel;
	EXPECT_EQ(d.look().event, SCL_EVENT_DEADLINE);
}

TEST(Verdict, a_device_cut_off_whose_path_came_back_is_condemned_no_more)
{
	Looks d(running_blocked);

	d.sight.dying = 1;
	d.until(SCL_EVENT_DEADLINE, 10000);
	d.sight.state = offline;
	d.look();
	EXPECT_TRUE(d.watch.condemned);
	d.sight.state = running;
	d.look();
	EXPECT_FALSE(d.watch.condemned);
	d.sight.state = cancel;
	EXPECT_EQ(d.look().event, SCL_EVENT_NONE);
}

TEST(Verdict, a_blocked_device_in_use_keeps_a_reboot_waiting_no_longer_than_the_reboot_s_limit)
{
	for (scl_state s : all_states()) {
		if (under_removal(s))
			continue;
		Looks d(s);
		d.sight.rebooting = 1;
		d.limits.reboot = 9000;
		if (s.blocked) {
			EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 20000), 9000u) << s;
			EXPECT_TRUE(d.watch.condemned) << s;
		} else {
			expect_nothing(d.look(), SCL_LOOK_MS, SCL_NEVER);
		}
	}
}

TEST(Verdict, nothing_is_left_to_do_in_del)
{
	for (bool dying : {false, true}) {
		Looks d(del);
		d.sight.dying = dying;
		expect_nothing(d.look(), SCL_NEVER, SCL_NEVER);
	}
}

TEST(Verdict, stuck_in_del_is_let_in_to_fail_at_once)
{
	Looks d(del);

	d.sight.stuck = 1;
	EXPECT_EQ(d.look().event, SCL_EVENT_REMOVED);
	EXPECT_TRUE(scl_next(del, SCL_EVENT_REMOVED).actions & SCL_ACTION_START);
	d.sight.quiesced = 1;
	EXPECT_EQ(d.look().event, SCL_EVENT_RESUME);
}

TEST(Verdict, every_event_it_asks_for_is_met_by_the_table)
{
	for (scl_state s : all_states())
		for (int bits = 0; bits < 256; bits++) {
			Looks d(s);
			d.watch.condemned = bits >> 7 & 1;
			d.sight.quiesced = bits & 1;
			d.sight.flushing = bits >> 1 & 1;
			d.sight.stuck = bits >> 2 & 1;
			d.sight.dying = bits >> 3 & 1;
			d.sight.held = bits >> 4 & 1;
			d.sight.rebooting = bits >> 5 & 1;
			d.sight.recovering = d.sight.untaken = bits >> 6 & 1;
			d.limits = {};
			scl_verdict v = d.look();
			if (v.event != SCL_EVENT_NONE) {
				EXPECT_FALSE(scl_next(s, scl_event(v.event)).refused) << row(s, scl_event(v.event));
			}
		}
}

TEST(Verdict, remembers_since_when_a_device_is_in_its_state)
{
	scl_watch w{};
	scl_sight sight = sight_of(running_blocked);

	scl_watch_see(&w, &sight, 0);
	EXPECT_TRUE(w.seen);
	scl_watch_see(&w, &sight, 700);
	EXPECT_EQ(w.since, 0u);
	sight.state = cancel_block;
	scl_watch_see(&w, &sight, 900);
	EXPECT_EQ(w.since, 900u);
	EXPECT_EQ(w.state, cancel_block);
}

TEST(Verdict, remembers_when_a_device_was_first_seen_whatever_its_state)
{
	for (scl_state s : all_states()) {
		scl_watch w{};
		const scl_sight sight = sight_of(s);

		scl_watch_see(&w, &sight, 700);
		EXPECT_TRUE(w.seen) << s;
		EXPECT_EQ(w.since, 700u) << s;
	}
}
