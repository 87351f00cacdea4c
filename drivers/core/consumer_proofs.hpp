// SPDX-License-Identifier: GPL-2.0
//
// What holds of every consumer, whatever happens to it in whatever order, or this does not compile.
#pragma once

#include "consumer.hpp"

namespace scl::consumer::proofs {

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
	return for_every_step([](State s, Event, Step to) { return !to.refused || (to.next == s && to.actions == 0); });
}

// Hence they balance over every sequence: between two TAKEs it was detached, and dropped.
consteval bool it_refers_to_the_device_exactly_while_it_is_not_detached()
{
	return for_every_step([](State s, Event, Step to) {
		const bool was = s != State::detached, is = to.next != State::detached;
		return to.does(SCL_CONSUMER_TAKE) == (!was && is) && to.does(SCL_CONSUMER_DROP) == (was && !is);
	});
}

consteval bool it_is_queued_once_and_told_by_that_call_alone()
{
	return for_every_step([](State s, Event e, Step to) {
		const bool goes = s == State::attached && e == Event::gone, calls = s == State::due && e == Event::call;
		if (to.does(SCL_CONSUMER_QUEUE) != goes || (s != State::due && to.next == State::due) != goes)
			return false;
		return to.does(SCL_CONSUMER_TELL) == calls && (s != State::called && to.next == State::called) == calls;
	});
}

// Every way out of what ends in being told is a detach.
consteval bool only_a_detach_keeps_it_from_being_told()
{
	return for_every_step([](State s, Event e, Step to) {
		if ((s != State::attached && s != State::due) || e == Event::detach)
			return true;
		return to.next == s || to.next == (s == State::attached ? State::due : State::called);
	});
}

// One who is told returns, unless it was detached meanwhile. Attached anew by itself, one may still be in its last call.
consteval bool whoever_detaches_waits_for_the_worker_that_may_be_there()
{
	return for_every_step([](State s, Event e, Step to) {
		const bool on_its_way = s == State::attached || s == State::due || s == State::called;
		return to.does(SCL_CONSUMER_CANCEL) == (e == Event::detach && on_its_way);
	});
}

consteval bool a_detach_ends_detached_at_once_or_when_the_call_returns()
{
	for (State s : all_states) {
		const Step to = step(s, Event::detach);
		if (to.refused != (s == State::detached || s == State::leaving))
			return false;
		if (!to.refused && to.next != State::detached && to.next != State::leaving)
			return false;
	}
	for (Event e : all_events)
		if (step(State::leaving, e).next != (e == Event::returns ? State::detached : State::leaving))
			return false;
	return step(State::called, Event::detach_inside).next == State::detached;
}

// All sequences of events, to the fixed point, with how often it was told since it was attached.
consteval bool it_is_told_at_most_once_and_never_while_detached()
{
	bool reached[SCL_CONSUMER_STATES][2] = {};
	reached[SCL_CONSUMER_DETACHED][0] = true;
	for (bool grew = true; grew;) {
		grew = false;
		for (State s : all_states)
			for (unsigned tells = 0; tells < 2; tells++) {
				if (!reached[unsigned(s)][tells])
					continue;
				for (Event e : all_events) {
					const Step to = step(s, e);
					const unsigned told = to.does(SCL_CONSUMER_TAKE) ? 0 : tells + to.does(SCL_CONSUMER_TELL);
					if (told > 1 || (to.does(SCL_CONSUMER_TELL) && s == State::detached))
						return false;
					bool &r = reached[unsigned(to.next)][told];
					grew |= !r;
					r = true;
				}
			}
	}
	// Attached or due it was not told yet, from then on it was; detached it was or not.
	for (State s : all_states) {
		const bool before = s == State::attached || s == State::due, either = s == State::detached;
		if (reached[unsigned(s)][0] != (before || either) || reached[unsigned(s)][1] != (!before || either))
			return false;
	}
	return true;
}

static_assert(every_event_meets_one_rule());
static_assert(every_rule_is_met());
static_assert(a_refused_event_changes_nothing());
static_assert(it_refers_to_the_device_exactly_while_it_is_not_detached());
static_assert(it_is_queued_once_and_told_by_that_call_alone());
static_assert(only_a_detach_keeps_it_from_being_told());
static_assert(whoever_detaches_waits_for_the_worker_that_may_be_there());
static_assert(a_detach_ends_detached_at_once_or_when_the_call_returns());
static_assert(it_is_told_at_most_once_and_never_while_detached());

} // namespace scl::consumer::proofs
