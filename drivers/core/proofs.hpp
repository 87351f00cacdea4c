// SPDX-License-Identifier: GPL-2.0
//
// What holds of every state, every event and every sequence of events, or this does not compile.
#pragma once

#include <initializer_list>

#include "clock.hpp"
#include "table.hpp"
#include "verdict.hpp"

namespace scl::proofs {

template <typename Predicate> consteval bool for_every_step(Predicate holds)
{
	for (State s : all_states)
		for (Event e : all_events)
			if (!holds(s, e, step(s, e)))
				return false;
	return true;
}

consteval bool every_event_meets_one_rule()
{
	return for_every_step([](State s, Event e, Step) {
		int met = 0;
		for (const auto &r : rule::rules)
			met += r.meets(s, e);
		return met == 1;
	});
}

consteval bool every_rule_is_met()
{
	for (const auto &r : rule::rules) {
		bool met = false;
		for (State s : all_states)
			met |= r.meets(s, r.on);
		if (!met)
			return false;
	}
	return true;
}

consteval bool a_refused_event_changes_nothing()
{
	return for_every_step([](State s, Event, Step to) {
		return !to.refused || (to.next == s && to.actions == 0);
	});
}

consteval bool del_is_for_ever_and_never_blocked()
{
	return for_every_step([](State s, Event, Step to) {
		return (s.phase != Phase::del || to.next == s) && !(to.next.phase == Phase::del && to.next.blocked);
	});
}

consteval bool removal_never_goes_back_to_life()
{
	return for_every_step([](State s, Event, Step to) { return !s.under_removal() || to.next.under_removal(); });
}

consteval bool references_are_refused_exactly_under_removal()
{
	for (State s : all_states)
		if (s.may_get() == (s.phase == Phase::cancel || s.phase == Phase::del))
			return false;
	return true;
}

// The queue is stopped and started exactly where the state says so.
consteval bool the_queue_follows_the_state()
{
	return for_every_step([](State s, Event, Step to) {
		if (to.next.blocked && !s.blocked && !to.does(SCL_ACTION_STOP))
			return false;
		if (!to.next.blocked && s.blocked && !to.does(SCL_ACTION_START))
			return false;
		return !(to.does(SCL_ACTION_STOP) && !to.next.blocked) && !(to.does(SCL_ACTION_START) && to.next.blocked);
	});
}

consteval bool an_unblock_leaves_nothing_blocked()
{
	return for_every_step([](State, Event e, Step to) {
		return (e != Event::unblock && e != Event::fail) || !to.next.blocked;
	});
}

// A block that is refused is refused where commands fail without reaching the LLD anyway.
consteval bool after_a_block_nothing_reaches_the_lld()
{
	return for_every_step([](State, Event e, Step to) {
		return e != Event::block || to.next.blocked || to.next.phase == Phase::transport_offline ||
		       to.next.phase == Phase::del;
	});
}

consteval bool a_removal_can_always_be_ended()
{
	for (State s : all_states) {
		if (s.phase != Phase::cancel)
			continue;
		if (step(s, Event::deadline).next.phase != Phase::del || step(s, Event::removed).next.phase != Phase::del)
			return false;
	}
	return true;
}

consteval bool what_is_killed_is_reported()
{
	return for_every_step([](State s, Event e, Step to) {
		const bool kills = (s.blocked && to.next.phase == Phase::del) ||
				   (e == Event::deadline && s.phase != Phase::del && !to.refused);
		return !kills || to.does(SCL_ACTION_REPORT);
	});
}

// What no stopped queue holds any more is at the LLD, and has to be taken back from it.
consteval bool a_deadline_leaves_nothing_at_the_lld()
{
	return for_every_step([](State s, Event e, Step to) {
		return e != Event::deadline || !s.under_removal() || s.blocked || to.does(SCL_ACTION_ABORT);
	});
}

// All sequences of events, to the fixed point, from the two states a device is born in.
consteval bool whoever_is_blocked_under_removal_has_a_deadline()
{
	bool reached[SCL_PHASES][2][2] = {};	// phase, blocked, clock armed
	reached[SCL_PHASE_CREATED][0][0] = reached[SCL_PHASE_CREATED][1][0] = true;
	for (bool grew = true; grew;) {
		grew = false;
		for (State s : all_states)
			for (int armed = 0; armed < 2; armed++) {
				if (!reached[unsigned(s.phase)][s.blocked][armed])
					continue;
				for (Event e : all_events) {
					Step to = step(s, e);
					bool a = (armed && !to.does(SCL_ACTION_DISARM)) || to.does(SCL_ACTION_ARM);
					bool &r = reached[unsigned(to.next.phase)][to.next.blocked][a];
					grew |= !r;
					r = true;
				}
			}
	}
	return reached[SCL_PHASE_CANCEL][1][1] && !reached[SCL_PHASE_CANCEL][1][0];
}

consteval bool writing_what_was_read_changes_nothing()
{
	for (unsigned char v = stock::created; v <= stock::created_block; v++)
		for (bool stopped : {false, true}) {
			stock::Fields f{v, stopped};
			// Where the two facts disagree it is not ours to keep.
			bool disagree = stopped ? v == stock::created || v == stock::running || v == stock::del :
						  v == stock::block || v == stock::created_block;
			if ((write(read(f)) == f) == disagree)
				return false;
		}
	return true;
}

consteval bool what_was_written_reads_back_and_is_known_to_stock()
{
	for (State s : all_states) {
		stock::Fields f = write(s);
		if (read(f) != s || f.sdev_state < stock::created || f.sdev_state > stock::created_block ||
		    f.queue_stopped != s.blocked)
			return false;
	}
	return true;
}

// Devices of a dying host, blocked for ever, one more at every look: one deadline for all, held or not.
consteval bool a_teardown_has_one_deadline()
{
	for (unsigned char held : {0, 1}) {
		scl_clock clock{};
		const scl_limits limits{5000, 60000, 9000};
		const scl_ms begun = 1000, deadline = begun + (held ? limits.hold : limits.teardown);
		for (scl_ms now = begun; now <= begun + 11000; now += SCL_LOOK_MS) {
			scl_watch watch{};	// a device never seen before, at every moment of the teardown
			const scl_sight sight{{SCL_PHASE_CANCEL, 1}, 0, 0, 0, 1, held};
			if ((judge(clock, watch, sight, limits, now).event == SCL_EVENT_DEADLINE) != (now >= deadline))
				return false;
		}
	}
	return true;
}

// Looks may come late by any time: whoever waits is not given more than his time and one look.
consteval bool late_looks_move_no_deadline()
{
	for (scl_ms late : {SCL_LOOK_MS, SCL_GAP_MS + 1, 4 * SCL_GAP_MS}) {
		scl_clock clock{};
		scl_watch watch{};
		const scl_sight sight{{SCL_PHASE_CANCEL, 1}, 0, 0, 0, 0, 0};
		scl_ms now = 1000;
		while (judge(clock, watch, sight, {5000, SCL_NEVER, 0}, now).event == SCL_EVENT_NONE)
			if ((now += late) > 1000 + 5000 + late)
				return false;
	}
	return true;
}

// The time that one device used up is not taken from the next, once nobody waits any more.
consteval bool a_wait_that_was_over_is_over()
{
	scl_clock clock{};
	scl_watch watch{};
	const scl_limits limits{5000, SCL_NEVER, 0};
	const scl_sight waits{{SCL_PHASE_CANCEL, 1}, 0, 0, 0, 0, 0};
	const scl_sight flows{{SCL_PHASE_CANCEL, 0}, 0, SCL_FLUSH_DRIVER, 0, 0, 0};

	judge(clock, watch, waits, limits, 1000);
	for (scl_ms now = 1250; now < 8000; now += SCL_LOOK_MS)
		judge(clock, watch, flows, limits, now);
	return judge(clock, watch, waits, limits, 8000).left == limits.teardown;
}

consteval bool off_waits_for_ever_and_zero_not_at_all()
{
	const scl_sight sight{{SCL_PHASE_CANCEL, 1}, 0, 0, 0, 0, 0};
	scl_clock clock{};
	scl_watch watch{};
	if (judge(clock, watch, sight, {SCL_NEVER, SCL_NEVER, 0}, 1).event != SCL_EVENT_NONE ||
	    judge(clock, watch, sight, {SCL_NEVER, SCL_NEVER, 0}, SCL_NEVER / 2).event != SCL_EVENT_NONE)
		return false;
	scl_clock other{};
	return judge(other, watch, sight, {0, SCL_NEVER, 0}, 1).event == SCL_EVENT_DEADLINE;
}

// Its deadline, seen to the millisecond, if it is held at every moment that is_held says. None: SCL_NEVER.
template <typename Held> consteval scl_ms deadline_when(scl_limits limits, Held is_held)
{
	scl_clock clock{};
	scl_watch watch{};
	const scl_ms begun = 1000;

	for (scl_ms waited = 0; waited <= 100; waited++) {
		const scl_sight sight{{SCL_PHASE_CANCEL, 1}, 0, 0, 0, 0, is_held(waited)};
		if (judge(clock, watch, sight, limits, begun + waited).event == SCL_EVENT_DEADLINE)
			return waited;
	}
	return SCL_NEVER;
}

consteval bool a_hold_waits_no_longer_than_its_limit()
{
	for (scl_ms teardown : {0ull, 30ull, SCL_NEVER})
		for (scl_ms hold : {0ull, 20ull, 90ull, SCL_NEVER}) {
			const scl_ms most = hold > teardown ? hold : teardown;
			if (deadline_when({teardown, SCL_NEVER, hold}, [](scl_ms) -> unsigned char { return 1; }) != most)
				return false;
			// Nor one that is taken again and again.
			if (deadline_when({teardown, SCL_NEVER, hold},
					  [](scl_ms at) -> unsigned char { return at % 7 != 6; }) > most)
				return false;
		}
	return true;
}

// Dropped before the teardown's time is up it is as if there had been none, after that the time is up at once.
consteval bool a_hold_that_is_dropped_gives_nothing()
{
	for (scl_ms dropped : {0ull, 1ull, 29ull, 30ull, 31ull, 89ull})
		if (deadline_when({30, SCL_NEVER, 90}, [=](scl_ms at) -> unsigned char { return at < dropped; }) !=
		    (dropped > 30 ? dropped : 30))
			return false;
	return true;
}

static_assert(every_event_meets_one_rule());
static_assert(every_rule_is_met());
static_assert(a_refused_event_changes_nothing());
static_assert(del_is_for_ever_and_never_blocked());
static_assert(removal_never_goes_back_to_life());
static_assert(references_are_refused_exactly_under_removal());
static_assert(the_queue_follows_the_state());
static_assert(an_unblock_leaves_nothing_blocked());
static_assert(after_a_block_nothing_reaches_the_lld());
static_assert(a_removal_can_always_be_ended());
static_assert(what_is_killed_is_reported());
static_assert(a_deadline_leaves_nothing_at_the_lld());
static_assert(whoever_is_blocked_under_removal_has_a_deadline());
static_assert(writing_what_was_read_changes_nothing());
static_assert(what_was_written_reads_back_and_is_known_to_stock());
static_assert(a_teardown_has_one_deadline());
static_assert(late_looks_move_no_deadline());
static_assert(a_wait_that_was_over_is_over());
static_assert(off_waits_for_ever_and_zero_not_at_all());
static_assert(a_hold_waits_no_longer_than_its_limit());
static_assert(a_hold_that_is_dropped_gives_nothing());

} // namespace scl::proofs
