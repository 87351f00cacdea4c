// SPDX-License-Identifier: GPL-2.0
//
// What holds of every state, every event and every sequence of events, or this does not compile.
#pragma once

#include <initializer_list>

#include "table.hpp"

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

// All sequences of events, to the fixed point, from the two states a device is born in: from a block until the transport
// unblocks the device or gives its path up, commands wait or fail. Only a deadline ends that earlier, and it fails them;
// then an administrator who sets such a device running, on a host that is going, has his way.
consteval bool after_a_block_nothing_reaches_the_lld()
{
	bool reached[SCL_PHASES][2][2] = {};	// phase, blocked, the transport has stopped it
	reached[SCL_PHASE_CREATED][0][0] = true;
	for (bool grew = true; grew;) {
		grew = false;
		for (State s : all_states)
			for (bool stopped : {false, true}) {
				if (!reached[unsigned(s.phase)][s.blocked][stopped])
					continue;
				for (Event e : all_events) {
					const Step to = step(s, e);
					const bool ends = e == Event::unblock || e == Event::fail || e == Event::deadline ||
							  e == Event::removed;
					const bool now = e == Event::block ? stopped || !to.refused :
							 ends && !to.refused ? false : stopped;
					const bool fails = to.next.phase == Phase::del ||
							   (!to.next.blocked && (to.next.phase == Phase::offline ||
										 to.next.phase == Phase::transport_offline));
					if (now && !to.next.blocked && !fails)
						return false;
					bool &r = reached[unsigned(to.next.phase)][to.next.blocked][now];
					grew |= !r;
					r = true;
				}
			}
	}
	return reached[SCL_PHASE_RUNNING][1][1] && reached[SCL_PHASE_CANCEL][1][1];
}

// What its transport may block, with stock's functions, stays so: they warn of a device that cannot be.
consteval bool a_deadline_leaves_what_is_in_use_to_its_transport()
{
	return for_every_step([](State s, Event e, Step to) {
		return e != Event::deadline || s.under_removal() || !step(to.next, Event::block).refused;
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
				   (e == Event::deadline && s.phase != Phase::del && to.next != s);
		return !kills || to.does(SCL_ACTION_REPORT);
	});
}

// What no stopped queue holds any more is at the LLD, and has to be taken back from it.
consteval bool a_deadline_leaves_nothing_at_the_lld()
{
	return for_every_step([](State s, Event e, Step to) {
		return e != Event::deadline || s.blocked || to.does(SCL_ACTION_ABORT);
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

static_assert(every_event_meets_one_rule());
static_assert(every_rule_is_met());
static_assert(a_refused_event_changes_nothing());
static_assert(del_is_for_ever_and_never_blocked());
static_assert(removal_never_goes_back_to_life());
static_assert(references_are_refused_exactly_under_removal());
static_assert(the_queue_follows_the_state());
static_assert(an_unblock_leaves_nothing_blocked());
static_assert(after_a_block_nothing_reaches_the_lld());
static_assert(a_deadline_leaves_what_is_in_use_to_its_transport());
static_assert(a_removal_can_always_be_ended());
static_assert(what_is_killed_is_reported());
static_assert(a_deadline_leaves_nothing_at_the_lld());
static_assert(whoever_is_blocked_under_removal_has_a_deadline());
static_assert(writing_what_was_read_changes_nothing());
static_assert(what_was_written_reads_back_and_is_known_to_stock());

} // namespace scl::proofs
