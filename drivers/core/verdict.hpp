// SPDX-License-Identifier: GPL-2.0
//
// What one look at a device leads to. A stock kernel announces neither a block nor an unblock, nor
// that a flush was sent, so a teardown is looked at again and again until it is over.
#pragma once

#include "clock.hpp"
#include "state.hpp"
#include "table.hpp"

namespace scl {

constexpr State from_c(scl_state s) { return {Phase(s.phase), s.blocked != 0}; }
constexpr scl_state to_c(State s) { return {(unsigned char)s.phase, s.blocked}; }

// Brings the memory of the device up to date with what is seen.
constexpr void remember(scl_watch &w, const scl_sight &sight, scl_ms now)
{
	const State s = from_c(sight.state);

	if (!w.seen || from_c(w.state) != s) {
		w.seen = true;
		w.state = sight.state;
		w.since = now;
	}
	// Between two tries of one flush the LLD holds none for a moment: the sum counts.
	if (s.phase != Phase::cancel || s.blocked) {
		w.flush = SCL_FLUSH_NONE;
	} else if (sight.flushing) {
		if (sight.flushing != w.flush) {
			w.flush = sight.flushing;
			w.flush_since = now;
		}
		w.flush_last = now;
	} else if (w.flush && now - w.flush_last > SCL_GAP_MS) {
		w.flush = SCL_FLUSH_NONE;
	}
	if (s == State{Phase::running, false})
		w.condemned = false;
}

constexpr scl_ms flush_left(const scl_watch &w, scl_ms tmo, scl_ms now)
{
	return w.flush ? left(w.flush_since, tmo, now) : SCL_NEVER;
}

// A hold gives time and takes none; SCL_NEVER is the most there is.
constexpr scl_ms teardown_of(const scl_sight &sight, const scl_limits &limits)
{
	return sight.held && limits.hold > limits.teardown ? limits.hold : limits.teardown;
}

constexpr scl_verdict verdict(Event e) { return {(unsigned char)e, 0, 0}; }

// Whose time was up in this teardown has none left for anybody to ask for.
constexpr bool may_hold(State s, const scl_watch &w)
{
	return s.phase != Phase::del && (!w.condemned || s == State{Phase::running, false});
}

constexpr scl_verdict judge(scl_clock &clock, scl_watch &watch, const scl_sight &sight,
			    const scl_limits &limits, scl_ms now)
{
	const State s = from_c(sight.state);

	remember(watch, sight, now);
	if (sight.dying)
		touch(clock, now);

	// Nothing passes in del, but what waits still has to be let in to fail, and an LLD that did not
	// let go of the flush when it was told to has to be told again.
	if (s.phase == Phase::del) {
		if (sight.quiesced)
			return verdict(Event::resume);
		if (sight.stuck)
			return verdict(Event::removed);
		if (sight.flushing && watch.condemned)
			return {SCL_EVENT_DEADLINE, SCL_LOOK_MS, 0};
		return {SCL_EVENT_NONE, SCL_NEVER, SCL_NEVER};
	}

	const bool removing = s.phase == Phase::cancel;
	const bool waits = removing ? s.blocked || sight.quiesced : sight.dying && s.blocked;

	if (waits) {
		if (!watch.waits) {
			watch.waits = true;
			watch.waits_since = now;
			arm(clock, now);
		}
		touch(clock, now);
		// However the clock fares, looks that come late included, nobody waits longer than this.
		const scl_ms tmo = teardown_of(sight, limits);
		const scl_ms shared = left(clock, tmo, now);
		const scl_ms own = left(watch.waits_since, tmo, now);
		const scl_ms deadline = shared < own ? shared : own;
		if (deadline)
			return {SCL_EVENT_NONE, deadline < SCL_LOOK_MS ? deadline : SCL_LOOK_MS, deadline};
		// A quiesced device has a path: let its flush through.
		if (removing && sight.quiesced)
			return verdict(Event::resume);
		watch.condemned = true;
		return verdict(Event::deadline);
	}
	watch.waits = false;
	if (!removing)
		return {SCL_EVENT_NONE, sight.dying ? SCL_LOOK_MS : SCL_NEVER, SCL_NEVER};

	// Cut off in this teardown while it was still in use, now removed itself: the path is not
	// back, so a flush would wait in the LLD instead, once for each device. (A path that came
	// back after the deadline, and since the last look, came too late.)
	const scl_ms deadline = watch.condemned ? 0 : flush_left(watch, limits.flush, now);
	if (!deadline && (watch.condemned || sight.flushing)) {
		watch.condemned = true;
		return verdict(Event::deadline);
	}
	return {SCL_EVENT_NONE, deadline && deadline < SCL_LOOK_MS ? deadline : SCL_LOOK_MS, deadline};
}

} // namespace scl
