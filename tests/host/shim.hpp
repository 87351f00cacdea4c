// SPDX-License-Identifier: GPL-2.0
//
// A device in the hands of a shim: stock's two fields, changed only as the core says, and the
// queue, changed only by the actions.
#pragma once

#include "shown.hpp"
#include "stock_model.hpp"

struct Shim {
	scl_stock fields{stock_model::SDEV_CREATED, 0};
	bool queue_stopped = false;
	bool armed = false;

	static Shim born(bool blocked, bool armed)
	{
		using namespace stock_model;
		return {{(unsigned char)(blocked ? SDEV_CREATED_BLOCK : SDEV_CREATED), blocked},
			blocked,
			armed};
	}

	scl_state state() const { return scl_state_decode(fields); }

	scl_step meet(scl_event e)
	{
		scl_step to = scl_state_next(state(), e);

		if (to.refused)
			return to;
		fields = scl_state_encode(to.next);
		if (to.actions & SCL_ACTION_STOP)
			queue_stopped = true;
		if (to.actions & SCL_ACTION_START)
			queue_stopped = false;
		if (to.actions & SCL_ACTION_DISARM)
			armed = false;
		if (to.actions & SCL_ACTION_ARM)
			armed = true;
		return to;
	}

	// What is wrong after it met an event in state `from`; empty: nothing.
	const char *broken(scl_state from, scl_event e, scl_step to) const
	{
		const scl_state s = state();

		if (s.phase >= SCL_PHASES)
			return "a phase that does not exist";
		if (fields.sdev_state < stock_model::first || fields.sdev_state > stock_model::last)
			return "a value unknown to stock";
		if (!(s == to.next))
			return "what was written does not read back";
		if (fields.queue_stopped != queue_stopped || queue_stopped != s.blocked)
			return "the queue does not follow the state";
		if (to.refused && !(s == from && to.actions == 0))
			return "a refused event changed something";
		if (from.phase == SCL_PHASE_DEL && s.phase != SCL_PHASE_DEL)
			return "del was left";
		if (s.phase == SCL_PHASE_DEL && s.blocked)
			return "del is blocked";
		if (under_removal(from) && !under_removal(s))
			return "removal went back to life";
		if (under_removal(s) == !!scl_may_get(s))
			return "a reference under removal, or none before";
		if ((e == SCL_EVENT_UNBLOCK || e == SCL_EVENT_FAIL) && s.blocked)
			return "an unblock left it blocked";
		if (e == SCL_EVENT_BLOCK && !s.blocked && s.phase != SCL_PHASE_DEL &&
		    s.phase != SCL_PHASE_TRANSPORT_OFFLINE)
			return "a block did not reach it";
		if (from.blocked && !under_removal(from) && e == SCL_EVENT_REMOVE &&
		    s.phase != SCL_PHASE_CANCEL)
			return "removal of a blocked device did not wait";
		if (s.phase == SCL_PHASE_CANCEL && s.blocked && !armed)
			return "blocked under removal, and not polled";
		if (from.blocked && s.phase == SCL_PHASE_DEL && !(to.actions & SCL_ACTION_REPORT))
			return "killed without a word";
		if (e == SCL_EVENT_DEADLINE && !from.blocked && !(to.actions & SCL_ACTION_ABORT))
			return "a deadline left something at the LLD";
		if (e == SCL_EVENT_DEADLINE && !under_removal(s) &&
		    !(s == scl_state{SCL_PHASE_OFFLINE, 0}))
			return "a deadline left it in use";
		return "";
	}
};
