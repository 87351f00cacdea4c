// SPDX-License-Identifier: GPL-2.0
//
// The open files of a device's node, and the sums of what they have of the device. One rule a line,
// read as "on this event, in these states: to this state, with this answer". When the device goes
// it gives back what all of them have. After that nothing can be had, and a close finds nothing to
// give back, which is no error.
#pragma once

#include "machine.hpp"
#include "scsi_lifecycle_core.h"

namespace scl {

template <> inline constexpr unsigned int count<scl_opener> = SCL_OPENER_STATES;
template <> inline constexpr unsigned int count<scl_opener_event> = SCL_OPENER_EVENTS;
template <> inline constexpr unsigned int count<scl_answer> = SCL_ANSWERS;

// What a step does is to answer.
using Opener = Simple<scl_opener, scl_opener_event, scl_answer>;

namespace opener {

using Rule = Opener::Rule;
using State = Opener::State;
using Event = Opener::Event;
using Step = Opener::Step;

#define SCL_OPENER(NAME, name) inline constexpr State name = SCL_OPENER_##NAME;
#include "scsi_lifecycle_enums.inc"
#define SCL_OPENER_EVENT(NAME, name) inline constexpr Event name = SCL_OPENER_##NAME;
#include "scsi_lifecycle_enums.inc"
#define SCL_ANSWER(NAME, name) inline constexpr scl_answer name = SCL_ANSWER_##NAME;
#include "scsi_lifecycle_enums.inc"

// clang-format off
constexpr Rule rules[] = {
	// event   from            to       answer
	{opens,    closed,         open,    done},
	{opens,    open | holding, same,    has},
	{holds,    closed,         same,    has_not},
	{holds,    open,           holding, done},
	{holds,    holding,        same,    has},
	{releases, closed | open,  same,    has_not},
	{releases, holding,        open,    done},
	{closes,   closed,         same,    has_not},
	{closes,   open | holding, closed,  done},
};
// clang-format on

constexpr scl_answer answer(Step to)
{
	for (scl_answer a : each<scl_answer>)
		if (to.does(a))
			return a;
	return has_not;
}

// What an open file adds to the sums.
constexpr scl_openers weight(State is)
{
	return {is != closed, is == holding, false};
}

static constexpr scl_answer ask(Table<Rule> table, scl_openers &all, State &is, Event e)
{
	if (all.gone && e != closes)
		return gone;
	const Step to = step<Opener>(table, is, e);
	if (!all.gone) {
		all.open = all.open - weight(is).open + weight(to.next).open;
		all.holding = all.holding - weight(is).holding + weight(to.next).holding;
	}
	is = to.next;
	return answer(to);
}

// True: this was the first time.
static constexpr bool give_back(scl_openers &all)
{
	if (all.gone)
		return false;
	all = {0, 0, true};
	return true;
}

constexpr bool there_is_one_answer_and_done_alone_changes_anything(State s, Event, Step to)
{
	return to.actions == answer(to) && (answer(to) == done) == (to.next != s);
}

constexpr bool a_close_leaves_nothing(State, Event e, Step to)
{
	return e != closes || to.next == closed;
}

// Beside other files, which weigh as much as one can: hence the sums are right after any sequence.
constexpr bool the_sums_change_by_what_the_file_weighs(Table<Rule> table)
{
	return scl::holds<Opener>(table, [=](State s, Event e, Step to) {
		for (bool is_gone : {false, true}) {
			State is = s;
			scl_openers all{1 + weight(s).open, 1 + weight(s).holding, is_gone};
			const State due = ask(table, all, is, e) == gone ? s : to.next;
			const State counted = is_gone ? s : due;
			if (is != due || all.open != 1 + weight(counted).open ||
			    all.holding != 1 + weight(counted).holding || all.gone != is_gone)
				return false;
		}
		return true;
	});
}

#define SCL_OPENER_LAWS(LAW)                                                                       \
	LAW(is_a_machine<scl::Opener>)                                                             \
	LAW(there_is_one_answer_and_done_alone_changes_anything)                                   \
	LAW(a_close_leaves_nothing)                                                                \
	LAW(the_sums_change_by_what_the_file_weighs)

#define SCL_LAW(law) static_assert(scl::holds<Opener>(rules, law), #law);
SCL_OPENER_LAWS(SCL_LAW)
#undef SCL_LAW

} // namespace opener

} // namespace scl
