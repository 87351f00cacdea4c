// SPDX-License-Identifier: GPL-2.0
//
// What one poll of a device leads to. A stock kernel announces neither a block nor an unblock, nor
// that a flush was sent, so a teardown is polled until it is over. Only the device itself is asked,
// and what is remembered of it: no device's time can be used up by another's wait.
#pragma once

#include "state.hpp"
#include "time.hpp"

namespace scl {

constexpr bool is_removing(const scl_snapshot &s)
{
	return s.state.phase == phase::cancel;
}

// Its own removal has begun, or its host's.
constexpr bool tears_down(const scl_snapshot &s)
{
	return is_removing(s) || s.host_removing;
}

// Whether the flush of a device is waited for: by its removal, or by a reboot while it is in use.
constexpr bool waits_for_flush(const scl_snapshot &s)
{
	return !s.state.blocked && (is_removing(s) || (s.rebooting && !under_removal(s.state)));
}

static constexpr void remember_flush(scl_progress &p, const scl_snapshot &s, scl_ms now)
{
	if (!waits_for_flush(s)) {
		p.flush = SCL_FLUSH_NONE;
	} else if (s.flushing) {
		if (s.flushing != p.flush) {
			p.flush = s.flushing;
			p.flush_since = now;
			p.flush_recovered = 0;
		} else if (s.recovering || s.untaken) {
			p.flush_recovered += now - p.flush_last;
		}
		p.flush_last = now;
		p.untaken = s.untaken;
	} else if (p.flush && now - p.flush_last > SCL_FLUSH_GAP_MS) {
		p.flush = SCL_FLUSH_NONE; // between two tries there is none for a moment
	}
}

static constexpr void remember(scl_progress &p, const scl_snapshot &s, scl_ms now)
{
	if (!p.seen || p.state != s.state) {
		p.seen = true;
		p.state = s.state;
		p.since = now;
	}
	if (s.rebooting && !p.reboots) {
		p.reboots = true;
		p.reboot_since = now;
	}
	remember_flush(p, s, now);
	if (is_in_use(s.state))
		p.expired = false;
}

// All devices of a host that is being removed wait from the moment that this is seen.
constexpr scl_wait_for wait_of(const scl_snapshot &s)
{
	if (s.state.blocked)
		return tears_down(s) || s.rebooting ? SCL_WAIT_FOR_PATH : SCL_WAIT_FOR_NOTHING;
	return s.quiesced && tears_down(s) ? SCL_WAIT_FOR_RESUME : SCL_WAIT_FOR_NOTHING;
}

// A device whose queue was seen stopped at two polls and that sent a command between them had its
// path meanwhile.
constexpr bool waits_anew(const scl_progress &p, const scl_snapshot &s, scl_wait_for what)
{
	return p.waits_for != what || (what == SCL_WAIT_FOR_PATH && s.sent != p.sent);
}

static constexpr void remember_wait(scl_progress &p, const scl_snapshot &s, scl_ms now)
{
	const scl_wait_for what = wait_of(s);

	if (what != SCL_WAIT_FOR_NOTHING && waits_anew(p, s, what))
		p.waits_since = now;
	p.waits_for = what;
	p.waited |= what != SCL_WAIT_FOR_NOTHING;
	p.sent = s.sent;
}

constexpr scl_ms flush_limit(const scl_progress &p, const scl_limits &limits)
{
	const bool by_default = p.flush == SCL_FLUSH_STOP && !limits.flush_set;

	return by_default ? latest(limits.flush, stop_default) : limits.flush;
}

// While the host is in error handling, or the LLD does not take the flush, stock has no limit
// either: that does not count, unless the administrator set the time, or the machine is to go down.
static constexpr scl_ms flush_left(const scl_progress &p, const scl_snapshot &s,
				   const scl_limits &limits, scl_ms now)
{
	if (!p.flush)
		return SCL_NEVER;
	// Error handling keeps the flush of a healthy disk waiting too.
	if (p.ended && !s.recovering)
		return 0;
	const scl_ms since = limits.flush_set ? p.flush_since : p.flush_since + p.flush_recovered;
	const scl_ms usual = left(since, flush_limit(p, limits), now);
	if (!s.rebooting)
		return usual;
	// An adapter's reset may take longer than the tries of a disk with short timeouts. The
	// reboot's limit is for a path, and takes nothing from a flush that has one.
	const scl_ms most = latest(flush_limit(p, limits), limits.reboot);
	return least(usual, left(latest(p.flush_since, p.reboot_since), most, now));
}

// A hold gives time and takes none; SCL_NEVER is the most there is.
constexpr scl_ms teardown_limit(const scl_snapshot &s, const scl_limits &limits)
{
	return s.held && limits.hold > limits.teardown ? limits.hold : limits.teardown;
}

// A removal, the device's own or its host's, has one limit, a reboot another.
static constexpr scl_ms wait_left(const scl_progress &p, const scl_snapshot &s,
				  const scl_limits &limits, scl_ms now)
{
	scl_ms most = SCL_NEVER;

	if (tears_down(s))
		most = left(p.waits_since, teardown_limit(s, limits), now);
	if (s.rebooting)
		most = least(most, left(latest(p.waits_since, p.reboot_since), limits.reboot, now));
	return most;
}

constexpr scl_decision idle()
{
	return {SCL_EVENT_NONE, SCL_NEVER, SCL_NEVER};
}

constexpr scl_decision do_now(scl_event event)
{
	return {event, 0, 0};
}

constexpr scl_decision do_at_each_poll(scl_event event)
{
	return {event, SCL_POLL_MS, 0};
}

constexpr scl_decision wait_until(scl_ms left)
{
	return {SCL_EVENT_NONE, left ? least(left, SCL_POLL_MS) : SCL_POLL_MS, left};
}

constexpr scl_decision expire(scl_progress &p)
{
	p.expired = true;
	return do_now(SCL_EVENT_DEADLINE);
}

// Nothing passes in del, but what waits still has to be let in to fail, and an LLD that has not let
// go of the flush has to be asked for it again.
static constexpr scl_decision decide_in_del(const scl_progress &p, const scl_snapshot &s)
{
	if (s.quiesced)
		return do_now(SCL_EVENT_RESUME);
	if (s.stopped_in_del)
		return do_now(SCL_EVENT_REMOVED);
	return s.flushing && p.expired ? do_at_each_poll(SCL_EVENT_DEADLINE) : idle();
}

static constexpr scl_decision decide_on_a_wait(scl_progress &p, const scl_snapshot &s,
					       const scl_limits &limits, scl_ms now)
{
	// Stopped again after it expired, and not seen in use since, a device has no second time.
	// Nor has one whose teardown the administrator ended, held or not.
	const scl_ms left = p.expired || p.ended ? 0 : wait_left(p, s, limits, now);

	if (left)
		return wait_until(left);
	// A quiesced device has a path: let its flush through.
	return is_removing(s) && s.quiesced ? do_now(SCL_EVENT_RESUME) : expire(p);
}

static constexpr scl_decision decide(scl_progress &p, const scl_snapshot &s,
				     const scl_limits &limits, scl_ms now)
{
	remember(p, s, now);
	if (s.state.phase == phase::del)
		return decide_in_del(p, s);

	remember_wait(p, s, now);
	if (p.waits_for == SCL_WAIT_FOR_PATH ||
	    (p.waits_for == SCL_WAIT_FOR_RESUME && is_removing(s)))
		return decide_on_a_wait(p, s, limits, now);

	// Its commands were failed while it was in use, and now it is removed: the path is not
	// back, so a flush would wait in the LLD instead, once for each device.
	if (p.expired && is_removing(s))
		return do_now(SCL_EVENT_DEADLINE);
	// The LLD was asked for the flush of a reboot, and has not let go of it.
	if (p.expired && s.rebooting && s.flushing)
		return do_at_each_poll(SCL_EVENT_DEADLINE);

	const scl_ms left = flush_left(p, s, limits, now);
	if (s.flushing && !left)
		return expire(p);
	return tears_down(s) || s.rebooting ? wait_until(left) : idle();
}

// A device whose teardown has time left that can be given, or taken.
constexpr bool has_time(scl_state s, bool detached, const scl_progress &p)
{
	return s.phase < phase::del && !detached && !p.ended && (!p.expired || is_in_use(s));
}

// The administrator ends a teardown: whatever the device waits for, it has no time left for it,
// from the next decision on.
static constexpr scl_end_answer end(scl_progress &p, const scl_snapshot &s)
{
	if (!has_time(s.state, s.detached, p))
		return SCL_END_OVER;
	if (!tears_down(s))
		return SCL_END_NOT_BEGUN;
	p.ended = true;
	return SCL_END_DONE;
}

// Why the time of a device is up, where a decision has just found that.
static constexpr const char *expiry_name(const scl_progress &p, const scl_snapshot &s)
{
	if (p.ended)
		return "ended";
	if (s.state.blocked)
		return tears_down(s) ? "path" : "reboot";
	if (s.quiesced && is_removing(s))
		return "quiesced";
	if (s.flushing)
		return s.untaken ? "flush_not_taken" : "flush_not_answered";
	return "expired_before";
}

} // namespace scl
