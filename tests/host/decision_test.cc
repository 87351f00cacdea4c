// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "shown.hpp"

namespace {

constexpr scl_state running{SCL_PHASE_RUNNING, 0}, running_blocked{SCL_PHASE_RUNNING, 1};
constexpr scl_state offline{SCL_PHASE_OFFLINE, 0};
constexpr scl_state cancel{SCL_PHASE_CANCEL, 0}, cancel_block{SCL_PHASE_CANCEL, 1},
	del{SCL_PHASE_DEL, 0};

struct Polls {
	scl_progress progress{};
	scl_snapshot snapshot = snapshot_of(running);
	scl_limits limits = limits_of(5000, 60000);
	scl_ms now = 1000;

	explicit Polls(scl_state s) { snapshot.state = s; }

	scl_decision poll() { return scl_decide(&progress, &snapshot, &limits, now); }

	// Polls when it was told to, until there is something to do. Return: after how long.
	scl_ms until(scl_event e, scl_ms most)
	{
		const scl_ms begun = now;

		for (;;) {
			scl_decision v = poll();
			if (v.event != SCL_EVENT_NONE)
				return v.event == e ? now - begun : SCL_NEVER;
			if (v.again == SCL_NEVER || now - begun > most)
				return SCL_NEVER;
			now += v.again;
		}
	}
};

void expect_nothing(scl_decision v, scl_ms again, scl_ms left)
{
	EXPECT_EQ(v.event, SCL_EVENT_NONE);
	EXPECT_EQ(v.again, again);
	EXPECT_EQ(v.left, left);
}

} // namespace

TEST(Decision, a_device_in_use_is_left_alone_and_not_polled_again)
{
	for (scl_state s : all_states()) {
		if (under_removal(s))
			continue;
		Polls d(s);
		d.snapshot.quiesced = s.phase == SCL_PHASE_QUIESCE;
		expect_nothing(d.poll(), SCL_NEVER, SCL_NEVER);
		EXPECT_FALSE(d.progress.waits_for) << s;
	}
}

TEST(Decision, a_healthy_removal_is_watched_without_a_deadline)
{
	Polls d(cancel);

	expect_nothing(d.poll(), SCL_POLL_MS, SCL_NEVER);
	EXPECT_FALSE(d.progress.waits_for);
	EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 1000000), SCL_NEVER);
}

TEST(Decision, blocked_under_removal_is_killed_at_the_deadline)
{
	Polls d(cancel_block);

	expect_nothing(d.poll(), SCL_POLL_MS, 5000);
	EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 10000), 5000u);
}

TEST(Decision, a_path_that_comes_back_in_time_lets_the_flush_through)
{
	Polls d(cancel_block);

	for (; d.now < 5000; d.now += SCL_POLL_MS)
		EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	d.snapshot.state = cancel;
	expect_nothing(d.poll(), SCL_POLL_MS, SCL_NEVER);
	d.now += 20000;
	expect_nothing(d.poll(), SCL_POLL_MS, SCL_NEVER);
	d.snapshot.state = del;
	expect_nothing(d.poll(), SCL_NEVER, SCL_NEVER);
}

TEST(Decision, the_last_poll_before_the_deadline_is_not_late)
{
	Polls d(cancel_block);

	d.limits.teardown = SCL_POLL_MS + 1;
	EXPECT_EQ(d.poll().again, SCL_POLL_MS);
	d.now += SCL_POLL_MS;
	EXPECT_EQ(d.poll().again, 1u);
}

TEST(Decision, quiesced_under_removal_is_resumed_at_the_deadline_and_not_killed)
{
	Polls d(cancel);

	d.snapshot.quiesced = 1;
	expect_nothing(d.poll(), SCL_POLL_MS, 5000);
	EXPECT_EQ(d.until(SCL_EVENT_RESUME, 10000), 5000u);
	d.snapshot.quiesced = 0;
	expect_nothing(d.poll(), SCL_POLL_MS, SCL_NEVER);
}

TEST(Decision, quiesced_and_blocked_is_resumed_first_and_killed_next)
{
	Polls d(cancel_block);

	d.snapshot.quiesced = 1;
	EXPECT_EQ(d.until(SCL_EVENT_RESUME, 10000), 5000u);
	d.snapshot.quiesced = 0;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(Decision, a_quiesced_device_in_use_is_not_resumed_even_as_its_host_is_removed)
{
	Polls d({SCL_PHASE_QUIESCE, 0});

	d.snapshot.quiesced = d.snapshot.host_removing = 1;
	for (int i = 0; i < 100; i++, d.now += SCL_POLL_MS)
		expect_nothing(d.poll(), SCL_POLL_MS, SCL_NEVER);
}

TEST(Decision, a_swallowed_flush_is_bounded_by_its_own_time)
{
	Polls d(cancel);

	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	expect_nothing(d.poll(), SCL_POLL_MS, 60000);
	EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 100000), 60000u);
}

TEST(Decision, all_tries_of_a_flush_count_together)
{
	Polls d(cancel);

	for (; d.now < 61000; d.now += SCL_POLL_MS) {
		d.snapshot.flushing = d.now / 1000 % 2 ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE;
		ASSERT_EQ(d.poll().event, SCL_EVENT_NONE) << d.now;
	}
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(Decision, the_time_of_a_flush_begins_when_it_is_at_the_lld)
{
	Polls d(cancel);

	for (; d.now < 31000; d.now += SCL_POLL_MS)
		EXPECT_EQ(d.poll().left, SCL_NEVER);
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.poll().left, 60000u);
	EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 100000), 60000u);
}

TEST(Decision, a_flush_that_a_block_interrupts_begins_anew)
{
	Polls d(cancel);

	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	d.poll();
	d.now += 30000;
	EXPECT_EQ(d.poll().left, 30000u);
	d.snapshot.state = cancel_block;
	d.snapshot.flushing = SCL_FLUSH_NONE;
	EXPECT_EQ(d.poll().left, 5000u);
	d.now += SCL_POLL_MS;
	d.snapshot.state = cancel;
	EXPECT_EQ(d.poll().left, SCL_NEVER);
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.poll().left, 60000u);
}

TEST(Decision, a_flush_without_a_limit_is_left_to_stock)
{
	Polls d(cancel);

	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	d.limits.flush = SCL_NEVER;
	d.poll();
	d.now += 1000;
	expect_nothing(d.poll(), SCL_POLL_MS, SCL_NEVER);
	EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 1000000), SCL_NEVER);
}

TEST(Decision, a_flush_of_no_time_is_cut_short_at_once_and_no_other_command_is)
{
	Polls d(cancel);

	d.limits.flush = 0;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
	d.snapshot.flushing = SCL_FLUSH_DRIVER;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(Decision,
     a_blocked_device_in_use_keeps_the_removal_of_its_host_waiting_no_longer_than_the_deadline)
{
	for (scl_state s : all_states()) {
		if (under_removal(s))
			continue;
		Polls d(s);
		d.snapshot.host_removing = 1;
		d.snapshot.quiesced = s.phase == SCL_PHASE_QUIESCE;
		if (s.blocked) {
			EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 10000), 5000u) << s;
			EXPECT_TRUE(d.progress.expired) << s;
		} else {
			expect_nothing(d.poll(), SCL_POLL_MS, SCL_NEVER);
		}
	}
}

TEST(Decision, a_device_cut_off_in_use_does_not_wait_again_when_it_is_removed_itself)
{
	Polls d(running_blocked);

	d.snapshot.host_removing = 1;
	d.until(SCL_EVENT_DEADLINE, 10000);
	d.snapshot.state = offline;
	expect_nothing(d.poll(), SCL_POLL_MS, SCL_NEVER);
	d.snapshot.state = cancel;
	EXPECT_EQ(d.poll().event, SCL_EVENT_DEADLINE);
}

TEST(Decision, a_device_cut_off_whose_path_came_back_is_expired_no_more)
{
	Polls d(running_blocked);

	d.snapshot.host_removing = 1;
	d.until(SCL_EVENT_DEADLINE, 10000);
	d.snapshot.state = offline;
	d.poll();
	EXPECT_TRUE(d.progress.expired);
	d.snapshot.state = running;
	d.poll();
	EXPECT_FALSE(d.progress.expired);
	d.snapshot.state = cancel;
	EXPECT_EQ(d.poll().event, SCL_EVENT_NONE);
}

TEST(Decision, a_blocked_device_in_use_keeps_a_reboot_waiting_no_longer_than_the_reboot_s_limit)
{
	for (scl_state s : all_states()) {
		if (under_removal(s))
			continue;
		Polls d(s);
		d.snapshot.rebooting = 1;
		d.limits.reboot = 9000;
		if (s.blocked) {
			EXPECT_EQ(d.until(SCL_EVENT_DEADLINE, 20000), 9000u) << s;
			EXPECT_TRUE(d.progress.expired) << s;
		} else {
			expect_nothing(d.poll(), SCL_POLL_MS, SCL_NEVER);
		}
	}
}

TEST(Decision, nothing_is_left_to_do_in_del)
{
	for (bool dying : {false, true}) {
		Polls d(del);
		d.snapshot.host_removing = dying;
		expect_nothing(d.poll(), SCL_NEVER, SCL_NEVER);
	}
}

TEST(Decision, stuck_in_del_is_let_in_to_fail_at_once)
{
	Polls d(del);

	d.snapshot.stopped_in_del = 1;
	EXPECT_EQ(d.poll().event, SCL_EVENT_REMOVED);
	EXPECT_TRUE(scl_state_next(del, SCL_EVENT_REMOVED).actions & SCL_ACTION_START);
	d.snapshot.quiesced = 1;
	EXPECT_EQ(d.poll().event, SCL_EVENT_RESUME);
}

TEST(Decision, every_event_it_asks_for_is_met_by_the_table)
{
	for (scl_state s : all_states())
		for (int bits = 0; bits < 256; bits++) {
			Polls d(s);
			d.progress.expired = bits >> 7 & 1;
			d.snapshot.quiesced = bits & 1;
			d.snapshot.flushing =
				bits >> 1 & 1 ? SCL_FLUSH_FILE_SYSTEM : SCL_FLUSH_NONE;
			d.snapshot.stopped_in_del = bits >> 2 & 1;
			d.snapshot.host_removing = bits >> 3 & 1;
			d.snapshot.held = bits >> 4 & 1;
			d.snapshot.rebooting = bits >> 5 & 1;
			d.snapshot.recovering = d.snapshot.untaken = bits >> 6 & 1;
			d.limits = {};
			scl_decision v = d.poll();
			if (v.event != SCL_EVENT_NONE) {
				EXPECT_FALSE(scl_state_next(s, scl_event(v.event)).refused)
					<< row(s, scl_event(v.event));
			}
		}
}

TEST(Decision, remembers_since_when_a_device_is_in_its_state)
{
	scl_progress w{};
	scl_snapshot snapshot = snapshot_of(running_blocked);

	scl_progress_update(&w, &snapshot, 0);
	EXPECT_TRUE(w.seen);
	scl_progress_update(&w, &snapshot, 700);
	EXPECT_EQ(w.since, 0u);
	snapshot.state = cancel_block;
	scl_progress_update(&w, &snapshot, 900);
	EXPECT_EQ(w.since, 900u);
	EXPECT_EQ(w.state, cancel_block);
}

TEST(Decision, remembers_when_a_device_was_first_seen_whatever_its_state)
{
	for (scl_state s : all_states()) {
		scl_progress w{};
		const scl_snapshot snapshot = snapshot_of(s);

		scl_progress_update(&w, &snapshot, 700);
		EXPECT_TRUE(w.seen) << s;
		EXPECT_EQ(w.since, 700u) << s;
	}
}

TEST(Decision, on_a_quiesced_lun_of_a_host_that_is_removed_waits_for_the_host_and_anew_once_blocked)
{
	Polls quiesced({SCL_PHASE_QUIESCE, 0}), blocked({SCL_PHASE_QUIESCE, 0});

	for (Polls *d : {&quiesced, &blocked}) {
		d->snapshot.quiesced = d->snapshot.host_removing = true;
		d->poll();
		d->now += 5000;
		EXPECT_EQ(d->poll().event, SCL_EVENT_NONE) << "its own removal has not begun";
	}
	quiesced.snapshot.state = cancel;
	EXPECT_EQ(quiesced.poll().event, SCL_EVENT_RESUME);
	blocked.snapshot.state = cancel_block;
	EXPECT_EQ(blocked.poll().left, 5000u);
}
