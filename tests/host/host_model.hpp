// SPDX-License-Identifier: GPL-2.0
//
// A host that is being removed, with its time: stock removes one LUN after the other, the guard
// polls when it is told to, the transport does as it likes. One millisecond a step.
#pragma once

#include <algorithm>

#include "shim.hpp"

struct Lun {
	Shim dev;
	scl_progress progress{};
	bool quiesced = false;
	bool held = false;
	bool swallows = false; // its LLD never answers a flush
	bool pending = false;  // its own I/O is parked while it is blocked
	bool flushed = false;  // its last flush completed
	bool told = false;     // a kill was reported
	scl_ms flush_done = 0; // for how long the LLD had its flush

	unsigned int sent = 0;		  // how many commands the LLD got
	unsigned int sent_then = 0;	  // at the last poll
	scl_ms stopped_since = SCL_NEVER; // at every poll since then its path was away

	void remember_the_path(scl_ms now)
	{
		if (!dev.queue_stopped)
			stopped_since = SCL_NEVER;
		else if (stopped_since == SCL_NEVER || sent != sent_then)
			stopped_since = now;
		sent_then = sent;
	}

	bool flushing() const
	{
		return dev.state() == scl_state{SCL_PHASE_CANCEL, 0} && !quiesced && !flushed;
	}
};

class Host {
public:
	static constexpr scl_ms flush_takes = 20, removal_takes = 10;

	scl_limits limits = limits_of(5000, 60000);
	scl_ms now = 1000;
	std::vector<Lun> luns;
	std::string wrong;

	explicit Host(size_t n) : luns(n)
	{
		for (Lun &l : luns)
			l.dev.meet(SCL_EVENT_ONLINE);
	}

	bool gone() const { return removing == luns.size(); }

	// An event that the transport, error handling or an administrator announces.
	scl_step meet(Lun &l, scl_event e)
	{
		scl_state from = l.dev.state();
		scl_step to = l.dev.meet(e);

		if (const char *broken = l.dev.broken(from, e, to); *broken && wrong.empty())
			wrong = row(from, e) + ": " + broken;
		if (to.actions & (SCL_ACTION_STOP | SCL_ACTION_ABORT))
			l.flush_done = 0;
		if (to.actions & SCL_ACTION_REPORT)
			l.told = true;
		if (to.actions & SCL_ACTION_ARM)
			look_at = now;
		return to;
	}

	void step()
	{
		if (look_at <= now)
			poll();
		if (!gone())
			remove();
		now++;
	}

	// Return: how long the removal of the host took, SCL_NEVER: it hangs.
	template <typename Transport> scl_ms run(scl_ms most, Transport transport)
	{
		const scl_ms begun = now;

		while (!gone()) {
			if (now - begun > most)
				return SCL_NEVER;
			transport();
			step();
		}
		return now - begun;
	}

	scl_ms run(scl_ms most)
	{
		return run(most, [] {});
	}

	scl_ms stock_takes() const { return luns.size() * (flush_takes + removal_takes + 2); }

private:
	size_t removing = 0;
	bool begun = false;
	scl_ms removal_left = removal_takes;
	scl_ms look_at = 0;

	static scl_snapshot snapshot_of(const Lun &l)
	{
		scl_snapshot snapshot = ::snapshot_of(l.dev.state());

		snapshot.quiesced = l.quiesced;
		snapshot.flushing =
			l.flushing() && l.flush_done ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE;
		snapshot.host_removing = 1;
		snapshot.held = l.held;
		snapshot.sent = l.sent;
		return snapshot;
	}

	void poll()
	{
		scl_ms again = SCL_NEVER;

		for (Lun &l : luns)
			for (int turns = 0;; turns++) {
				const scl_snapshot snapshot = snapshot_of(l);
				const bool expired = l.progress.expired;
				l.remember_the_path(now);
				scl_decision v = scl_decide(&l.progress, &snapshot, &limits, now);
				if (v.event == SCL_EVENT_DEADLINE && snapshot.state.blocked &&
				    !expired && now - l.stopped_since < limits.teardown)
					wrong = "its time was not up";
				if (v.event == SCL_EVENT_NONE) {
					again = std::min(again, v.again);
					break;
				}
				if (v.event == SCL_EVENT_RESUME)
					l.quiesced = false;
				meet(l, scl_event(v.event));
				if (turns > 3) {
					wrong = "a poll that does not end";
					break;
				}
			}
		look_at = again == SCL_NEVER ? again : now + again;
	}

	// P4: the tag set's freeze waits for what is parked in the queue of any other LUN.
	bool frozen() const
	{
		return std::ranges::any_of(
			luns, [](const Lun &l) { return l.pending && l.dev.queue_stopped; });
	}

	void remove()
	{
		Lun &l = luns[removing];

		if (!begun) {
			begun = true;
			removal_left = removal_takes;
			meet(l, SCL_EVENT_REMOVE);
			look_at = now;
			return;
		}
		if (l.dev.state().phase == SCL_PHASE_CANCEL && !l.flushed) {
			if (l.flushing() && !l.flush_done++)
				l.sent++;
			l.flushed = l.flushing() && !l.swallows && l.flush_done >= flush_takes;
			return;
		}
		if (l.dev.state().phase != SCL_PHASE_DEL)
			meet(l, SCL_EVENT_REMOVED);
		if (frozen() || --removal_left)
			return;
		begun = false;
		removing++;
	}
};
