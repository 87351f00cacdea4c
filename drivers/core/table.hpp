// SPDX-License-Identifier: GPL-2.0
//
// The state machine: one rule a line, read as "in these phases, stopped or not, on this event: to
// this phase, stopped or not, and do this". Every (state, event) is met by exactly one rule, so
// their order means nothing. Rules marked * differ from stock; all others are what stock does, in
// scsi_device_set_state(), scsi_internal_device_(un)block_nowait() and scsi_device_resume() of
// drivers/scsi/scsi_lib.c, bug for bug: a blocked device that is blocked again while it is being
// scanned becomes running, an offline one that is blocked and unblocked comes back to life. Only where
// stock's two facts disagree, in SDEV_RUNNING and SDEV_CREATED with a stopped queue, is the queue
// believed, and stock's next step with it.
#pragma once

#include "state.hpp"

namespace scl {

enum class Event : unsigned char {
	block			= SCL_EVENT_BLOCK,
	unblock			= SCL_EVENT_UNBLOCK,
	fail			= SCL_EVENT_FAIL,
	remove			= SCL_EVENT_REMOVE,
	removed			= SCL_EVENT_REMOVED,
	deadline		= SCL_EVENT_DEADLINE,
	offline			= SCL_EVENT_OFFLINE,
	transport_offline	= SCL_EVENT_TRANSPORT_OFFLINE,
	online			= SCL_EVENT_ONLINE,
	quiesce			= SCL_EVENT_QUIESCE,
	resume			= SCL_EVENT_RESUME,
};

inline constexpr Event all_events[] = {
	Event::block,	Event::unblock,		  Event::fail,	 Event::remove,	 Event::removed, Event::deadline,
	Event::offline, Event::transport_offline, Event::online, Event::quiesce, Event::resume,
};

using Actions = unsigned char;

struct Step {
	State next;
	Actions actions;
	bool refused;

	constexpr bool does(scl_action a) const { return actions & a; }
};

namespace rule {

// A set of phases, a stopped queue or not, and what becomes of them.
using Phases = unsigned char;
enum Queue : unsigned char { flows = 1, stopped = 2, either = 3 };
enum class To : unsigned char { created, running, quiesce, offline, transport_offline, cancel, del, same, refuse };
enum class Then : unsigned char { flows, stopped, same };

constexpr Phases in(Phase p) { return Phases(1u << unsigned(p)); }
constexpr Phases created = in(Phase::created), running = in(Phase::running), quiesce = in(Phase::quiesce),
		 offline = in(Phase::offline), t_offline = in(Phase::transport_offline),
		 cancel = in(Phase::cancel), del = in(Phase::del);
constexpr Phases alive = created | running | quiesce | offline | t_offline;

constexpr Actions none = 0, stop = SCL_ACTION_STOP | SCL_ACTION_DRAIN, start = SCL_ACTION_START,
		  arm = SCL_ACTION_ARM, disarm = SCL_ACTION_DISARM, report = SCL_ACTION_REPORT,
		  abort = SCL_ACTION_ABORT, kill = start | disarm | report;

struct Rule {
	Event on;
	Phases from;
	Queue queue;
	To to;
	Then then;
	Actions actions;

	constexpr bool meets(State s, Event e) const
	{
		return e == on && (from & in(s.phase)) && (queue & (s.blocked ? stopped : flows));
	}
};

constexpr Rule rules[] = {
	// event	   from					queue	 to			queue after	actions
	{Event::block,	   running | quiesce | offline,		either,	 To::running,		Then::stopped,	stop},
	{Event::block,	   created,				flows,	 To::created,		Then::stopped,	stop},
	{Event::block,	   created,				stopped, To::running,		Then::stopped,	stop},
	{Event::block,	   cancel,				either,	 To::cancel,		Then::stopped,	stop | arm},	// *
	{Event::block,	   t_offline | del,			either,	 To::refuse,		Then::same,	none},

	{Event::unblock,   running | created,			stopped, To::same,		Then::flows,	start},
	{Event::unblock,   quiesce,				stopped, To::same,		Then::flows,	start},		// *
	{Event::unblock,   offline,				either,	 To::same,		Then::flows,	start},
	{Event::unblock,   t_offline,				either,	 To::running,		Then::flows,	start},
	{Event::unblock,   cancel,				flows,	 To::same,		Then::flows,	start},
	{Event::unblock,   cancel,				stopped, To::same,		Then::flows,	start | disarm}, // *
	{Event::unblock,   created | running | quiesce | del,	flows,	 To::refuse,		Then::same,	none},

	{Event::fail,	   created | running,			stopped, To::transport_offline, Then::flows,	start},
	{Event::fail,	   quiesce,				stopped, To::transport_offline, Then::flows,	start},		// *
	{Event::fail,	   offline | t_offline,			either,	 To::same,		Then::flows,	start},
	{Event::fail,	   cancel,				flows,	 To::same,		Then::flows,	start},
	{Event::fail,	   cancel,				stopped, To::del,		Then::flows,	kill},		// *
	{Event::fail,	   created | running | quiesce | del,	flows,	 To::refuse,		Then::same,	none},

	{Event::remove,	   alive,				flows,	 To::cancel,		Then::flows,	none},
	{Event::remove,	   alive,				stopped, To::cancel,		Then::stopped,	arm},		// *
	{Event::remove,	   cancel,				either,	 To::same,		Then::same,	none},
	{Event::remove,	   del,					either,	 To::refuse,		Then::same,	none},

	{Event::removed,   created | running | offline | t_offline | cancel, flows, To::del,	Then::flows,	none},
	{Event::removed,   created | running | offline | t_offline | cancel, stopped, To::del,	Then::flows,	kill},		// *
	{Event::removed,   quiesce,				either,	 To::refuse,		Then::same,	none},
	{Event::removed,   del,					either,	 To::same,		Then::flows,	start},		// *

	{Event::deadline,  cancel,				stopped, To::del,		Then::flows,	kill},		// *
	{Event::deadline,  cancel,				flows,	 To::del,		Then::flows,	abort | report}, // *
	// To offline, which its transport may block again: stock's device_block() warns of one that is transport_offline.
	{Event::deadline,  alive,				stopped, To::offline,		Then::flows,	start | report}, // *
	{Event::deadline,  created | running | quiesce | t_offline, flows, To::offline,		Then::flows,	abort | report}, // *
	{Event::deadline,  offline,				flows,	 To::offline,		Then::flows,	abort},		// *
	{Event::deadline,  del,					either,	 To::same,		Then::same,	abort},		// *

	{Event::offline,   created | running | quiesce | offline, flows, To::offline,		Then::same,	none},
	{Event::offline,   running | quiesce | offline,		stopped, To::offline,		Then::same,	none},
	{Event::offline,   created,				stopped, To::refuse,		Then::same,	none},
	{Event::offline,   t_offline | cancel | del,		either,	 To::refuse,		Then::same,	none},

	{Event::transport_offline, created | running | quiesce | t_offline, flows, To::transport_offline, Then::same, none},
	{Event::transport_offline, running | quiesce | t_offline, stopped, To::transport_offline, Then::same,	none},
	{Event::transport_offline, created,			stopped, To::refuse,		Then::same,	none},
	{Event::transport_offline, offline | cancel | del,	either,	 To::refuse,		Then::same,	none},

	{Event::online,	   created | offline,			flows,	 To::running,		Then::same,	none},
	{Event::online,	   running | quiesce | t_offline,	either,	 To::running,		Then::same,	none},
	// Only while the transport blocks it: it is the transport's to start (stock leaves a queue that nothing starts).
	{Event::online,	   offline,				stopped, To::running,		Then::stopped,	none},		// *
	{Event::online,	   created,				stopped, To::refuse,		Then::same,	none},
	{Event::online,	   cancel | del,			either,	 To::refuse,		Then::same,	none},

	{Event::quiesce,   running,				flows,	 To::quiesce,		Then::same,	none},
	{Event::quiesce,   quiesce | offline | t_offline,	either,	 To::quiesce,		Then::same,	none},
	{Event::quiesce,   running,				stopped, To::refuse,		Then::same,	none},
	{Event::quiesce,   created | cancel | del,		either,	 To::refuse,		Then::same,	none},

	{Event::resume,	   quiesce,				either,	 To::running,		Then::same,	none},
	{Event::resume,	   created | running | offline | t_offline | cancel | del, either, To::same, Then::same, none},
};

constexpr Step apply(const Rule &r, State s)
{
	if (r.to == To::refuse)
		return {s, none, true};
	return {{r.to == To::same ? s.phase : Phase(r.to), r.then == Then::same ? s.blocked : r.then == Then::stopped},
		r.actions, false};
}

} // namespace rule

constexpr Step step(State s, Event e)
{
	for (const auto &r : rule::rules)
		if (r.meets(s, e))
			return rule::apply(r, s);
	return {s, 0, true};
}

} // namespace scl
