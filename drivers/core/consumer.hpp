// SPDX-License-Identifier: GPL-2.0
//
// A consumer, who is told once that a device is gone: one rule a line, read as "on this event, in these states: to
// this state, and do this". Every (state, event) is met by exactly one rule, so their order means nothing.
// From TAKE to DROP, that is while it is not detached, it refers to the device's life. The call may come late,
// to one who was detached on its way, or attached anew: then it is nobody's. One who is attached anew may still be on
// its way out of the last call, which a detach waits for too. While a consumer is being told,
// another who detaches it has to wait, and the call's return drops what it refers to; the call itself does not
// wait, and no return is said of it. Nobody attaches it anew before a detach by another has returned: what
// is queued while a cancel waits is lost, and with it the call.
#pragma once

#include "scsi_lifecycle_core.h"

namespace scl::consumer {

enum class State : unsigned char {
	detached	= SCL_CONSUMER_DETACHED,
	attached	= SCL_CONSUMER_ATTACHED,
	due		= SCL_CONSUMER_DUE,
	called		= SCL_CONSUMER_CALLED,
	told		= SCL_CONSUMER_TOLD,
	leaving		= SCL_CONSUMER_LEAVING,
};

enum class Event : unsigned char {
	attach		= SCL_CONSUMER_ATTACH,
	gone		= SCL_CONSUMER_GONE,
	call		= SCL_CONSUMER_CALL,
	returns		= SCL_CONSUMER_RETURN,
	detach		= SCL_CONSUMER_DETACH,
	detach_inside	= SCL_CONSUMER_DETACH_INSIDE,
};

inline constexpr State all_states[] = {
	State::detached, State::attached, State::due, State::called, State::told, State::leaving,
};

inline constexpr Event all_events[] = {
	Event::attach, Event::gone, Event::call, Event::returns, Event::detach, Event::detach_inside,
};

using Actions = unsigned char;

struct Step {
	State next;
	Actions actions;
	bool refused;

	constexpr bool does(scl_consumer_action a) const { return actions & a; }
};

namespace rule {

using States = unsigned char;
enum class To : unsigned char { detached, attached, due, called, told, leaving, same, refuse };

constexpr States in(State s) { return States(1u << unsigned(s)); }
constexpr States detached = in(State::detached), attached = in(State::attached), due = in(State::due),
		 called = in(State::called), told = in(State::told), leaving = in(State::leaving);

constexpr Actions none = 0, take = SCL_CONSUMER_TAKE, queue = SCL_CONSUMER_QUEUE, tell = SCL_CONSUMER_TELL,
		  cancel = SCL_CONSUMER_CANCEL, drop = SCL_CONSUMER_DROP;

struct Rule {
	Event on;
	States from;
	To to;
	Actions actions;

	constexpr bool meets(State s, Event e) const { return e == on && (from & in(s)); }
};

constexpr Rule rules[] = {
	// event		from						to		actions
	{Event::attach,		detached,					To::attached,	take},
	{Event::attach,		attached | due | called | told | leaving,	To::refuse,	none},

	{Event::gone,		attached,					To::due,	queue},
	{Event::gone,		detached | due | called | told | leaving,	To::same,	none},

	{Event::call,		due,						To::called,	tell},
	{Event::call,		detached | attached | called | told | leaving,	To::same,	none},

	{Event::returns,	called,						To::told,	none},
	{Event::returns,	leaving,					To::detached,	drop},
	{Event::returns,	detached | attached | due | told,		To::refuse,	none},

	{Event::detach,		attached | due,					To::detached,	cancel | drop},
	{Event::detach,		told,						To::detached,	drop},
	{Event::detach,		called,						To::leaving,	cancel},
	{Event::detach,		detached | leaving,				To::refuse,	none},

	{Event::detach_inside,	called,						To::detached,	drop},
	{Event::detach_inside,	detached | attached | due | told | leaving,	To::refuse,	none},
};

constexpr Step apply(const Rule &r, State s)
{
	if (r.to == To::refuse)
		return {s, none, true};
	return {r.to == To::same ? s : State(r.to), r.actions, false};
}

} // namespace rule

constexpr Step step(State s, Event e)
{
	for (const auto &r : rule::rules)
		if (r.meets(s, e))
			return rule::apply(r, s);
	return {s, 0, true};
}

} // namespace scl::consumer
