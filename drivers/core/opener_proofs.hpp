// SPDX-License-Identifier: GPL-2.0
//
// What holds of every opener of a device, and of all of them together, or this does not compile.
#pragma once

#include <initializer_list>

#include "opener.hpp"

namespace scl::opener::proofs {

template <typename Predicate> consteval bool for_every_step(Predicate holds)
{
	for (State s : all_states)
		for (bool gone : {false, true})
			for (Event e : all_events)
				if (!holds(s, gone, e, step(s, gone, e)))
					return false;
	return true;
}

consteval bool every_event_meets_one_rule()
{
	return for_every_step([](State s, bool gone, Event e, Step) {
		int met = 0;
		for (const auto &r : rule::rules)
			met += r.meets(s, gone, e);
		return met == 1;
	});
}

consteval bool every_rule_is_met()
{
	for (const auto &r : rule::rules) {
		bool met = false;
		for (State s : all_states)
			met |= r.meets(s, false, r.on) || r.meets(s, true, r.on);
		if (!met)
			return false;
	}
	return true;
}

consteval bool only_what_is_done_changes_anything()
{
	return for_every_step([](State s, bool, Event, Step to) { return (to.answer == SCL_ANSWER_DONE) == (to.next != s); });
}

// Where there are others, who weigh as much as one opener can.
consteval bool what_is_counted_is_what_the_opener_weighs()
{
	return for_every_step([](State s, bool gone, Event e, Step to) {
		scl_openers all{1 + weight(s).open, 1 + weight(s).holding, gone};
		const scl_openers before = all;
		State opener = s;
		const scl_answer answer = meet(all, opener, e);
		if (opener != to.next || answer != to.answer || bool(all.gone) != gone)
			return false;
		if (gone)
			return all.open == before.open && all.holding == before.holding;
		return all.open == 1 + weight(to.next).open && all.holding == 1 + weight(to.next).holding;
	});
}

consteval bool a_late_close_is_no_error_and_nothing_else_is_to_be_had()
{
	return for_every_step([](State s, bool gone, Event e, Step to) {
		if (!gone)
			return to.answer != SCL_ANSWER_GONE;
		if (e != Event::closes)
			return to.answer == SCL_ANSWER_GONE;
		return to.next == State::closed && (to.answer == SCL_ANSWER_DONE) == (s != State::closed);
	});
}

consteval bool the_device_gives_back_once()
{
	scl_openers all{3, 2, false};
	if (!give_back(all) || all.open || all.holding || !all.gone)
		return false;
	return !give_back(all) && !all.open && !all.holding && all.gone;
}

// Three openers, their states as the digits of a number, and the device there or not.
struct Three {
	State openers[3];
	bool gone;

	static constexpr unsigned all = 27 * 2;

	static constexpr Three at(unsigned n)
	{
		return {{State(n % 3), State(n / 3 % 3), State(n / 9 % 3)}, n >= 27};
	}

	constexpr unsigned number() const
	{
		return unsigned(openers[0]) + 3 * unsigned(openers[1]) + 9 * unsigned(openers[2]) + 27 * gone;
	}

	// Nothing wraps where this holds: the sums of what is there are small, and after it there are none.
	constexpr bool have(const scl_openers &sums) const
	{
		unsigned int open = 0, holding = 0;
		for (State s : openers) {
			open += s != State::closed;
			holding += s == State::holding;
		}
		return bool(sums.gone) == gone && sums.open == (gone ? 0 : open) && sums.holding == (gone ? 0 : holding);
	}
};

// All sequences of what three openers and the device do, to the fixed point, from when nobody has anything.
consteval bool the_sums_are_what_is_there_and_nothing_after_it_is_gone()
{
	bool reached[Three::all] = {true};
	scl_openers sums[Three::all] = {};

	for (bool grew = true; grew;) {
		grew = false;
		const auto reach = [&](const Three &to, const scl_openers &with) {
			grew |= !reached[to.number()];
			reached[to.number()] = true;
			sums[to.number()] = with;
			return to.have(with);
		};
		for (unsigned n = 0; n < Three::all; n++) {
			if (!reached[n])
				continue;
			for (unsigned who = 0; who < 3; who++)
				for (Event e : all_events) {
					Three to = Three::at(n);
					scl_openers with = sums[n];
					meet(with, to.openers[who], e);
					if (!reach(to, with))
						return false;
				}
			Three to = Three::at(n);
			scl_openers with = sums[n];
			if (give_back(with) == to.gone)
				return false;
			to.gone = true;
			if (!reach(to, with))
				return false;
		}
	}
	for (bool r : reached)
		if (!r)
			return false;
	return true;
}

static_assert(every_event_meets_one_rule());
static_assert(every_rule_is_met());
static_assert(only_what_is_done_changes_anything());
static_assert(what_is_counted_is_what_the_opener_weighs());
static_assert(a_late_close_is_no_error_and_nothing_else_is_to_be_had());
static_assert(the_device_gives_back_once());
static_assert(the_sums_are_what_is_there_and_nothing_after_it_is_gone());

} // namespace scl::opener::proofs
