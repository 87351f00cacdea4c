// SPDX-License-Identifier: GPL-2.0
//
// The accounts of those who have a device's node open: one rule a line, read as "on this event, in these states,
// the device being there or not: to this state, with this answer". Every opener is met by exactly one rule, so
// their order means nothing. What is counted follows from the states alone: while the device is there the sums
// are what its openers weigh. When it goes it gives back what they have, so a close that comes later finds
// nothing to give back, and is no error.
#pragma once

#include "scsi_lifecycle_core.h"

namespace scl::opener {

enum class State : unsigned char {
	closed	= SCL_OPENER_CLOSED,
	open	= SCL_OPENER_OPEN,
	holding	= SCL_OPENER_HOLDING,
};

enum class Event : unsigned char {
	opens		= SCL_OPENER_OPENS,
	holds		= SCL_OPENER_HOLDS,
	releases	= SCL_OPENER_RELEASES,
	closes		= SCL_OPENER_CLOSES,
};

inline constexpr State all_states[] = {State::closed, State::open, State::holding};
inline constexpr Event all_events[] = {Event::opens, Event::holds, Event::releases, Event::closes};

struct Step {
	State next;
	scl_answer answer;
};

struct Weight {
	unsigned int open, holding;
};

constexpr Weight weight(State s) { return {s != State::closed, s == State::holding}; }

namespace rule {

using States = unsigned char;
enum Device : unsigned char { there = 1, gone = 2, either = 3 };
enum class To : unsigned char { closed, open, holding, same };

constexpr States in(State s) { return States(1u << unsigned(s)); }
constexpr States closed = in(State::closed), open = in(State::open), holding = in(State::holding);
constexpr States any = closed | open | holding;

constexpr scl_answer done = SCL_ANSWER_DONE, too_late = SCL_ANSWER_GONE, has = SCL_ANSWER_HAS,
		     has_not = SCL_ANSWER_HAS_NOT;

struct Rule {
	Event on;
	States from;
	Device device;
	To to;
	scl_answer answer;

	constexpr bool meets(State s, bool is_gone, Event e) const
	{
		return e == on && (from & in(s)) && (device & (is_gone ? gone : there));
	}
};

constexpr Rule rules[] = {
	// event		from		device	to		answer
	{Event::opens,		closed,		there,	To::open,	done},
	{Event::opens,		open | holding,	there,	To::same,	has},
	{Event::opens,		any,		gone,	To::same,	too_late},

	{Event::holds,		closed,		there,	To::same,	has_not},
	{Event::holds,		open,		there,	To::holding,	done},
	{Event::holds,		holding,	there,	To::same,	has},
	{Event::holds,		any,		gone,	To::same,	too_late},

	{Event::releases,	closed | open,	there,	To::same,	has_not},
	{Event::releases,	holding,	there,	To::open,	done},
	{Event::releases,	any,		gone,	To::same,	too_late},

	{Event::closes,		closed,		either,	To::same,	has_not},
	{Event::closes,		open | holding,	either,	To::closed,	done},
};

} // namespace rule

constexpr Step step(State s, bool gone, Event e)
{
	for (const auto &r : rule::rules)
		if (r.meets(s, gone, e))
			return {r.to == rule::To::same ? s : State(r.to), r.answer};
	return {s, SCL_ANSWER_HAS_NOT};
}

constexpr scl_answer meet(scl_openers &all, State &opener, Event e)
{
	const Step to = step(opener, all.gone, e);

	if (!all.gone) {
		all.open = all.open - weight(opener).open + weight(to.next).open;
		all.holding = all.holding - weight(opener).holding + weight(to.next).holding;
	}
	opener = to.next;
	return to.answer;
}

// True: this was the first time.
constexpr bool give_back(scl_openers &all)
{
	if (all.gone)
		return false;
	all.open = all.holding = 0;
	all.gone = true;
	return true;
}

} // namespace scl::opener
