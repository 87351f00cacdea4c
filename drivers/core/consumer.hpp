// SPDX-License-Identifier: GPL-2.0
//
// A consumer, whose gone() is called once when the device is gone. One rule a line, read as "on
// this event, in these states: to this state, and do this". From get to put, that is while it is
// not detached, the consumer refers to the device. The worker may come late, to a consumer that was
// detached meanwhile, or attached anew: then there is nothing to call. A consumer that is attached
// anew may still be on its way out of the last gone(), which a detach waits for too. While gone()
// runs, another task that detaches has to wait, and the return of gone() drops what the consumer
// refers to; gone() itself does not wait, and no return is entered for it. No task attaches a
// consumer anew before the detach by another has returned: what is queued while a cancel waits is
// lost, and with it the call.
#pragma once

#include "machine.hpp"
#include "scsi_lifecycle_core.h"

namespace scl {

template <> inline constexpr unsigned int count<scl_consumer> = SCL_CONSUMER_STATES;
template <> inline constexpr unsigned int count<scl_consumer_event> = SCL_CONSUMER_EVENTS;
template <> inline constexpr unsigned int count<scl_consumer_action_bit> = SCL_CONSUMER_ACTIONS;

using Consumer = Simple<scl_consumer, scl_consumer_event, scl_consumer_action_bit>;

namespace consumer {

using Rule = Consumer::Rule;
using State = Consumer::State;
using Event = Consumer::Event;
using Step = Consumer::Step;

#define SCL_CONSUMER(NAME, name) inline constexpr State name = SCL_CONSUMER_##NAME;
#include "scsi_lifecycle_enums.inc"
namespace on {
#define SCL_CONSUMER_EVENT(NAME, name) inline constexpr Event name = SCL_CONSUMER_##NAME;
#include "scsi_lifecycle_enums.inc"
} // namespace on
#define SCL_CONSUMER_ACTION(NAME, name) inline constexpr auto name = SCL_CONSUMER_BIT_##NAME;
#include "scsi_lifecycle_enums.inc"
inline constexpr Set<scl_consumer_action_bit> none;

// clang-format off
constexpr Rule rules[] = {
	// event            from                                  to         actions
	{on::attach,        detached,                             attached,  get},
	{on::attach,        all_but(detached),                    refuse,    none},

	{on::gone,          attached,                             queued,    queue},
	{on::gone,          all_but(attached),                    same,      none},

	{on::call,          queued,                               running,   call},
	{on::call,          all_but(queued),                      same,      none},

	{on::returns,       running,                              done,      none},
	{on::returns,       detaching,                            detached,  put},
	{on::returns,       detached | attached | queued | done,  refuse,    none},

	{on::detach,        attached | queued,                    detached,  cancel | put},
	{on::detach,        done,                                 detached,  put},
	{on::detach,        running,                              detaching, cancel},
	{on::detach,        detached | detaching,                 refuse,    none},

	{on::detach_inside, running,                              detached,  put},
	{on::detach_inside, all_but(running),                     refuse,    none},
};
// clang-format on

// Hence they balance over every sequence: between two gets it was detached, with a put.
constexpr bool it_refers_to_the_device_exactly_while_it_is_not_detached(State s, Event, Step to)
{
	const bool was = s != detached, is = to.next != detached;

	return to.does(get) == (!was && is) && to.does(put) == (was && !is);
}

constexpr bool it_is_queued_once_and_called_by_that_work_alone(State s, Event e, Step to)
{
	const bool goes = s == attached && e == on::gone, calls = s == queued && e == on::call;

	return to.does(queue) == goes && (s != queued && to.next == queued) == goes &&
	       to.does(call) == calls && (s != running && to.next == running) == calls;
}

// Every way out of what ends in the call is a detach.
constexpr bool only_a_detach_keeps_it_from_being_called(State s, Event e, Step to)
{
	return (s != attached && s != queued) || e == on::detach || to.next == s ||
	       to.next == (s == attached ? queued : running);
}

// gone() returns, unless it detached meanwhile. One that it attached anew may still be in its last
// call.
constexpr bool a_detach_waits_for_the_worker_that_may_be_there(State s, Event e, Step to)
{
	constexpr auto with_a_worker = attached | queued | running;

	return to.does(cancel) == (e == on::detach && with_a_worker.has(s));
}

constexpr bool a_detach_ends_detached_at_once_or_when_the_call_returns(State s, Event e, Step to)
{
	if (s == detaching)
		return to.next == (e == on::returns ? detached : detaching);
	if (e == on::detach)
		return to.refused == (s == detached) &&
		       (to.next == detached || to.next == detaching);
	return e != on::detach_inside || s != running || to.next == detached;
}

// The bit: called since it was attached.
constexpr bool it_is_called_at_most_once_and_never_while_detached(Table<Rule> table)
{
	return on_every_path<Consumer>(
		table, {{detached, false}},
		[](State, Event, Step to, bool called) {
			return !to.does(get) && (called || to.does(call));
		},
		[](State s, bool called) {
			return s == detached || called == (s != attached && s != queued);
		});
}

#define SCL_CONSUMER_LAWS(LAW)                                                                     \
	LAW(is_a_machine<scl::Consumer>)                                                           \
	LAW(it_refers_to_the_device_exactly_while_it_is_not_detached)                              \
	LAW(it_is_queued_once_and_called_by_that_work_alone)                                       \
	LAW(only_a_detach_keeps_it_from_being_called)                                              \
	LAW(a_detach_waits_for_the_worker_that_may_be_there)                                       \
	LAW(a_detach_ends_detached_at_once_or_when_the_call_returns)                               \
	LAW(it_is_called_at_most_once_and_never_while_detached)

#define SCL_LAW(law) static_assert(holds<Consumer>(rules, law), #law);
SCL_CONSUMER_LAWS(SCL_LAW)
#undef SCL_LAW

} // namespace consumer

} // namespace scl
