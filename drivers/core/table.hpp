// SPDX-License-Identifier: GPL-2.0
//
// The state machine: one rule a line, read as "in these phases, stopped or not, on this event: to
// this phase, stopped or not, and do this". Every (state, event) is met by exactly one rule, so
// their order means nothing. The rules are what stock does, in scsi_device_set_state(),
// scsi_internal_device_(un)block_nowait() and scsi_device_resume() of drivers/scsi/scsi_lib.c, bug
// for bug: a blocked device that is blocked again while it is being scanned becomes running, an
// offline one that is blocked and unblocked comes back to life. Only where stock's two facts
// disagree, in SDEV_RUNNING and SDEV_CREATED with a stopped queue, is the queue believed, and
// stock's next step with it. Those that differ from stock stand last in their event's part.
#pragma once

#include "machine.hpp"
#include "state.hpp"

namespace scl {

template <> inline constexpr unsigned int count<scl_event> = SCL_EVENTS;
template <> inline constexpr unsigned int count<scl_action_bit> = SCL_ACTIONS;

enum class Queue : unsigned char { flows, stopped };
template <> inline constexpr unsigned int count<Queue> = 2;

// The machine of a device's state.
struct Device {
	using State = scl_state;
	using Event = scl_event;
	using Step = scl::Step<scl_state, scl_action_bit>;

	static constexpr States states{};
	static constexpr unsigned int place(scl_state s) { return 2 * s.phase + s.blocked; }

	struct Rule {
		scl_event on;
		Set<scl_phase> from;
		Set<Queue> queue;
		To<scl_phase> to;
		To<Queue> then;
		Set<scl_action_bit> actions;

		constexpr bool meets(scl_state s, scl_event e) const
		{
			return e == on && from.has(s.phase) && queue.has(Queue(s.blocked));
		}
		constexpr Step applied(scl_state s) const
		{
			const bool blocked = then.from(Queue(s.blocked)) == Queue::stopped;

			return {{to.from(s.phase), blocked}, actions, to.refuses()};
		}
	};

	static constexpr Step unmet(scl_state s) { return {s, {}, true}; }
};

static_assert(Machine<Device>);

namespace on {
#define SCL_EVENT(NAME, name, text) inline constexpr scl_event name = SCL_EVENT_##NAME;
#include "scsi_lifecycle_enums.inc"
inline constexpr scl_event t_offline = transport_offline;
} // namespace on

namespace action {
#define SCL_ACTION(NAME, name) inline constexpr scl_action_bit name = SCL_ACTION_BIT_##NAME;
#include "scsi_lifecycle_enums.inc"
} // namespace action

namespace device {

using namespace phase;
using namespace action;
using enum Queue;
using Rule = Device::Rule;
using State = Device::State;
using Event = Device::Event;
using Step = Device::Step;

inline constexpr scl_phase t_offline = transport_offline;
inline constexpr auto healthy = created | running | quiesce;
inline constexpr auto alive = healthy | offline | t_offline;
// From where stock takes a device to SDEV_DEL.
inline constexpr auto removable = created | running | offline | t_offline | cancel;
inline constexpr auto either = flows | stopped;

inline constexpr Set<scl_action_bit> none;
inline constexpr auto halt = stop | drain, fail_all = start | disarm | report;

// clang-format off
constexpr Rule rules[] = {
	// event        from                           queue    to         queue    actions
	{on::block,     running | quiesce | offline,   either,  running,   stopped, halt},
	{on::block,     created,                       flows,   created,   stopped, halt},
	{on::block,     created,                       stopped, running,   stopped, halt},
	{on::block,     t_offline | del,               either,  refuse,    same,    none},
	// not as stock
	{on::block,     cancel,                        either,  cancel,    stopped, halt | arm},

	{on::unblock,   running | created,             stopped, same,      flows,   start},
	{on::unblock,   offline,                       either,  same,      flows,   start},
	{on::unblock,   t_offline,                     either,  running,   flows,   start},
	{on::unblock,   cancel,                        flows,   same,      flows,   start},
	{on::unblock,   healthy | del,                 flows,   refuse,    same,    none},
	// not as stock
	{on::unblock,   quiesce,                       stopped, same,      flows,   start},
	{on::unblock,   cancel,                        stopped, same,      flows,   start | disarm},

	{on::fail,      created | running,             stopped, t_offline, flows,   start},
	{on::fail,      offline | t_offline,           either,  same,      flows,   start},
	{on::fail,      cancel,                        flows,   same,      flows,   start},
	{on::fail,      healthy | del,                 flows,   refuse,    same,    none},
	// not as stock
	{on::fail,      quiesce,                       stopped, t_offline, flows,   start},
	{on::fail,      cancel,                        stopped, del,       flows,   fail_all},

	{on::remove,    alive,                         flows,   cancel,    flows,   none},
	{on::remove,    cancel,                        either,  same,      same,    none},
	{on::remove,    del,                           either,  refuse,    same,    none},
	// not as stock
	{on::remove,    alive,                         stopped, cancel,    stopped, arm},

	{on::removed,   removable,                     flows,   del,       flows,   none},
	{on::removed,   quiesce,                       either,  refuse,    same,    none},
	// not as stock
	{on::removed,   removable,                     stopped, del,       flows,   fail_all},
	{on::removed,   del,                           either,  same,      same,    start},

	// not as stock
	{on::deadline,  cancel,                        stopped, del,       flows,   fail_all},
	{on::deadline,  cancel,                        flows,   del,       flows,   abort | report},
	// To offline: its transport may block it again, of one in t_offline stock would warn.
	{on::deadline,  alive,                         stopped, offline,   flows,   start | report},
	{on::deadline,  healthy | t_offline,           flows,   offline,   flows,   abort | report},
	{on::deadline,  offline,                       flows,   offline,   flows,   abort},
	{on::deadline,  del,                           either,  same,      same,    abort},

	{on::offline,   healthy | offline,             flows,   offline,   same,    none},
	{on::offline,   running | quiesce | offline,   stopped, offline,   same,    none},
	{on::offline,   created,                       stopped, refuse,    same,    none},
	{on::offline,   t_offline | cancel | del,      either,  refuse,    same,    none},

	{on::t_offline, healthy | t_offline,           flows,   t_offline, same,    none},
	{on::t_offline, running | quiesce | t_offline, stopped, t_offline, same,    none},
	{on::t_offline, created,                       stopped, refuse,    same,    none},
	{on::t_offline, offline | cancel | del,        either,  refuse,    same,    none},

	{on::online,    created | offline,             flows,   running,   same,    none},
	{on::online,    running | quiesce | t_offline, either,  running,   same,    none},
	{on::online,    created,                       stopped, refuse,    same,    none},
	{on::online,    cancel | del,                  either,  refuse,    same,    none},
	// not as stock
	// The transport is to start it: stock leaves a queue that nothing starts.
	{on::online,    offline,                       stopped, running,   stopped, none},

	{on::quiesce,   running,                       flows,   quiesce,   same,    none},
	{on::quiesce,   quiesce | offline | t_offline, either,  quiesce,   same,    none},
	{on::quiesce,   running,                       stopped, refuse,    same,    none},
	{on::quiesce,   created | cancel | del,        either,  refuse,    same,    none},

	{on::resume,    quiesce,                       either,  running,   same,    none},
	{on::resume,    all_but(quiesce),              either,  same,      same,    none},
};
// clang-format on

} // namespace device

// A transport that unblocks a thousand devices asks three times of each: at run time the rules are
// not searched, but looked up by state and event.
struct Matrix {
	Device::Step to[2 * SCL_PHASES][SCL_EVENTS];
};

static constexpr Matrix step_matrix = [] {
	Matrix all{};

	for (const auto s : Device::states)
		for (const auto e : each<scl_event>)
			all.to[Device::place(s)][e] = step<Device>(device::rules, s, e);
	return all;
}();

// What the matrix has no place for, or no rule is about, changes nothing.
static constexpr bool is_in_matrix(scl_state s, scl_event e)
{
	return unsigned(s.phase) < SCL_PHASES && unsigned(e) < SCL_EVENTS &&
	       s != scl_state{phase::del, true};
}

static constexpr Device::Step step(scl_state s, scl_event e)
{
	return is_in_matrix(s, e) ? step_matrix.to[Device::place(s)][e] : Device::unmet(s);
}

} // namespace scl
