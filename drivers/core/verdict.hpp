// SPDX-License-Identifier: GPL-2.0
//
// What one poll of a device leads to. A stock kernel announces neither a block nor an unblock, nor
// that a flush was sent, so a teardown is polled until it is over. Nothing but the device itself is asked, and
// what is remembered of it: no device's time can be used up by another's wait.
#pragma once

#include "time.hpp"
#include "state.hpp"
#include "table.hpp"

namespace scl {

constexpr State from_c(scl_state s) { return {Phase(s.phase), s.blocked != 0}; }
constexpr scl_state to_c(State s) { return {(unsigned char)s.phase, s.blocked}; }

// Brings what is remembered of the device's flush up to date with what is seen.
constexpr void remember_flush(scl_watch &w, const scl_sight &sight, scl_ms now)
{
	const State s = from_c(sight.state);

	if (s.blocked || !(s.phase == Phase::cancel || (sight.rebooting && !s.under_removal()))) {
		w.flush = SCL_FLUSH_NONE;
	} else if (sight.flushing) {
		if (sight.flushing != w.flush) {
			w.flush = sight.flushing;
			w.flush_since = now;
			w.flush_recovered = 0;
		} else if (sight.recovering || sight.untaken) {
			w.flush_recovered += now - w.flush_last;
		}
		w.flush_last = now;
		w.untaken = sight.untaken;
	} else if (w.flush && now - w.flush_last > SCL_GAP_MS) {
		w.flush = SCL_FLUSH_NONE;	// between two tries there is none for a moment
	}
}

enum class Wait : unsigned char { none, path, resume };

// What a device waits for, or would as soon as its own removal begins: those of a dying host all wait from the moment that
// this is seen.
constexpr Wait wait_of(const scl_sight &sight)
{
	const bool removing = sight.state.phase == SCL_PHASE_CANCEL;

	if (sight.state.blocked)
		return removing || sight.dying || sight.rebooting ? Wait::path : Wait::none;
	return sight.quiesced && (removing || sight.dying) ? Wait::resume : Wait::none;
}

// A device whose queue was seen stopped at two polls and that sent a command between them had its path meanwhile.
constexpr bool waits_anew(const scl_watch &w, const scl_sight &sight, Wait what)
{
	return Wait(w.waits) != what || (what == Wait::path && sight.sent != w.sent);
}

constexpr bool is_in_use(State s)
{
	return s == State{Phase::running, false};
}

// Brings the memory of the device up to date with what is seen.
constexpr void remember(scl_watch &w, const scl_sight &sight, scl_ms now)
{
	const State s = from_c(sight.state);

	if (!w.seen || from_c(w.state) != s) {
		w.seen = true;
		w.state = sight.state;
		w.since = now;
	}
	if (sight.rebooting && !w.reboots) {
		w.reboots = true;
		w.reboot_since = now;
	}
	remember_flush(w, sight, now);
	if (is_in_use(s))
		w.condemned = false;
}

constexpr scl_ms flush_limit(const scl_watch &w, const scl_limits &limits)
{
	return w.flush == SCL_FLUSH_STOP && !limits.flush_set ? latest(limits.flush, stop_default) : limits.flush;
}

// For how long its flush may still be waited for. While the host is in error handling, or the LLD does not take it, stock
// has no limit either: that does not count, unless the administrator set the time, or the machine is to go down.
constexpr scl_ms flush_left(const scl_watch &w, const scl_sight &sight, const scl_limits &limits, scl_ms now)
{
	if (!w.flush)
		return SCL_NEVER;
	const scl_ms since = limits.flush_set ? w.flush_since : w.flush_since + w.flush_recovered;
	const scl_ms usual = left(since, flush_limit(w, limits), now);
	if (!sight.rebooting)
		return usual;
	// An adapter's reset may take longer than the tries of a disk with short timeouts. The reboot's limit is for a path, and
	// takes nothing from a flush that has one.
	const scl_ms most = latest(flush_limit(w, limits), limits.reboot);
	return least(usual, left(latest(w.flush_since, w.reboot_since), most, now));
}

// A hold gives time and takes none; SCL_NEVER is the most there is.
constexpr scl_ms teardown_of(const scl_sight &sight, const scl_limits &limits)
{
	return sight.held && limits.hold > limits.teardown ? limits.hold : limits.teardown;
}

// For how long a device that waits may still wait: its removal or its host's has one limit, a reboot another.
constexpr scl_ms wait_left(const scl_watch &w, const scl_sight &sight, const scl_limits &limits, scl_ms now)
{
	const bool teardown = sight.dying || sight.state.phase == SCL_PHASE_CANCEL;
	const scl_ms own = teardown ? left(w.waits_since, teardown_of(sight, limits), now) : SCL_NEVER;

	return sight.rebooting ? least(own, left(latest(w.waits_since, w.reboot_since), limits.reboot, now)) : own;
}

constexpr scl_verdict verdict(Event e) { return {(unsigned char)e, 0, 0}; }

constexpr scl_ms next_poll(scl_ms deadline) { return least(deadline, SCL_LOOK_MS); }

// A device whose teardown has expired cannot be held.
constexpr bool may_hold(State s, const scl_watch &w)
{
	return s.phase != Phase::del && (!w.condemned || is_in_use(s));
}

constexpr void remember_wait(scl_watch &w, const scl_sight &sight, scl_ms now)
{
	const Wait what = wait_of(sight);

	if (what != Wait::none && waits_anew(w, sight, what))
		w.waits_since = now;
	w.waits = (unsigned char)what;
	w.sent = sight.sent;
}

// Nothing passes in del, but what waits still has to be let in to fail, and an LLD that did not let go of the flush when
// it was told to has to be told again.
constexpr scl_verdict judge_dead(const scl_watch &w, const scl_sight &sight)
{
	if (sight.quiesced)
		return verdict(Event::resume);
	if (sight.stuck)
		return verdict(Event::removed);
	if (sight.flushing && w.condemned)
		return {SCL_EVENT_DEADLINE, SCL_LOOK_MS, 0};
	return {SCL_EVENT_NONE, SCL_NEVER, SCL_NEVER};
}

constexpr scl_verdict judge_waiting(scl_watch &w, const scl_sight &sight, const scl_limits &limits, scl_ms now)
{
	// Stopped again after its time was up, and its path was not seen to come back: there is no second time.
	const scl_ms deadline = w.condemned ? 0 : wait_left(w, sight, limits, now);

	if (deadline)
		return {SCL_EVENT_NONE, next_poll(deadline), deadline};
	// A quiesced device has a path: let its flush through.
	if (sight.state.phase == SCL_PHASE_CANCEL && sight.quiesced)
		return verdict(Event::resume);
	w.condemned = true;
	return verdict(Event::deadline);
}

// Internal: too large to be inlined, and a COMDAT function breaks the link of a traced module.
static constexpr scl_verdict judge(scl_watch &watch, const scl_sight &sight, const scl_limits &limits, scl_ms now)
{
	const State s = from_c(sight.state);
	const bool removing = s.phase == Phase::cancel;
	const bool leaving = sight.dying || sight.rebooting;

	remember(watch, sight, now);
	if (s.phase == Phase::del)
		return judge_dead(watch, sight);

	remember_wait(watch, sight, now);
	if (wait_of(sight) == Wait::path || (removing && sight.quiesced))
		return judge_waiting(watch, sight, limits, now);

	// Cut off while it was still in use, now removed itself: the path is not back, so a flush would wait in the LLD
	// instead, once for each device. (A path that came back after the deadline came too late.)
	if (removing && watch.condemned)
		return verdict(Event::deadline);
	// The LLD was told to let go of the flush of a shutdown, and has not.
	if (watch.condemned && sight.flushing && sight.rebooting)
		return {SCL_EVENT_DEADLINE, SCL_LOOK_MS, 0};
	const scl_ms deadline = flush_left(watch, sight, limits, now);
	if (!deadline && sight.flushing) {
		watch.condemned = true;
		return verdict(Event::deadline);
	}
	if (removing || leaving)
		return {SCL_EVENT_NONE, deadline ? next_poll(deadline) : SCL_LOOK_MS, deadline};
	return {SCL_EVENT_NONE, SCL_NEVER, SCL_NEVER};
}

} // namespace scl
