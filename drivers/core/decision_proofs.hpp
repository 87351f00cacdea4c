// SPDX-License-Identifier: GPL-2.0
//
// What holds of the times of every device, whatever it and the others go through, or this does not
// compile.
#pragma once

#include "decision.hpp"

namespace scl::proofs {

// What a device may show, by a number: in use or being removed, blocked or not, with a command sent
// since the last poll or not, its host being removed, the machine going down, or neither.
inline constexpr unsigned int snapshots = 24;

constexpr scl_snapshot shown(unsigned int n, unsigned int sent = 0)
{
	scl_snapshot s{};

	s.state = {n & 1 ? phase::cancel : phase::running, (n & 2) != 0};
	s.sent = sent + (n >> 2 & 1);
	s.host_removing = n / 8 == 1;
	s.rebooting = n / 8 == 2;
	return s;
}

// Whatever a device shows at three polls, its time being two ticks: its commands are failed, for
// want of a path, only if all three saw it stopped, with no command sent between.
consteval bool no_device_fails_before_it_has_waited_its_time()
{
	const scl_limits limits{2, 2, SCL_NEVER, 0, false};

	for (unsigned int n = 0; n < snapshots * snapshots * snapshots; n++) {
		scl_progress p{};
		unsigned int sent = 0, stopped = 0;
		scl_ms now = 1000;

		for (unsigned int one : {n, n / snapshots, n / snapshots / snapshots}) {
			const scl_snapshot s = shown(one % snapshots, sent);
			stopped = !s.state.blocked ? 0 : s.sent != sent ? 1 : stopped + 1;
			sent = s.sent;
			if (decide(p, s, limits, now++).event == SCL_EVENT_DEADLINE && stopped < 3)
				return false;
		}
	}
	return true;
}

// The tick at which a device that was in use before, and shows this from then on, expires; 9: at
// none yet. It is held until that tick.
constexpr scl_ms expires_at(scl_progress p, scl_snapshot s, const scl_limits &limits,
			    scl_ms held_until = 0)
{
	decide(p, shown(0), limits, 999);
	for (scl_ms tick = 0; tick < 9; tick++) {
		s.held = tick < held_until;
		if (decide(p, s, limits, 1000 + tick).event == SCL_EVENT_DEADLINE)
			return tick;
	}
	return 9;
}

// Those that begin to wait together expire together, whatever was before.
consteval bool a_device_that_was_in_use_waits_its_time_whatever_was_before()
{
	const scl_limits limits{5, 7, SCL_NEVER, 0, false};

	for (unsigned int before = 0; before < snapshots; before++)
		for (unsigned int now = 0; now < snapshots; now++) {
			const scl_snapshot s = shown(now);
			scl_progress used{};
			decide(used, shown(before), limits, 900);
			const bool teardown = is_removing(s) || s.host_removing;
			const scl_ms limit = teardown ? 5 : s.rebooting ? 7 : 9;
			if (expires_at(used, s, limits) != (s.state.blocked ? limit : 9))
				return false;
		}
	return true;
}

// A hold stretches the time to its own limit and takes nothing away; once it is dropped there is no
// more of it. Off is for ever, 0 is at once, and a reboot has a limit beside those.
constexpr bool the_least_limit_counts(const scl_limits &limits, scl_ms held_until)
{
	const scl_ms own = latest(limits.teardown, least(limits.hold, held_until));
	scl_snapshot s = shown(3);

	if (expires_at({}, s, limits, held_until) != least(own, 9))
		return false;
	s.rebooting = true;
	return expires_at({}, s, limits, held_until) == least(least(own, limits.reboot), 9);
}

consteval bool the_least_limit_counts_and_a_hold_stretches_its_own()
{
	for (scl_ms teardown : {0ull, 3ull, SCL_NEVER})
		for (scl_ms hold : {0ull, 2ull, 6ull, SCL_NEVER})
			for (scl_ms reboot : {0ull, 4ull, SCL_NEVER})
				for (scl_ms until : {0ull, 2ull, 3ull, 4ull, 5ull, 9ull}) {
					const scl_limits l{teardown, reboot, SCL_NEVER, hold, 0};
					if (!the_least_limit_counts(l, until))
						return false;
				}
	return true;
}

// Ended, a teardown has no time, whatever its limits are and whether or not it is held; what is not
// torn down cannot be ended, and waits as before.
constexpr bool ends_now(scl_progress p, const scl_snapshot &s, const scl_limits &limits)
{
	const bool begun = tears_down(s);
	scl_snapshot detached = s;

	detached.detached = true;
	if (end(p, detached) != SCL_END_OVER || p.ended)
		return false;
	if (end(p, s) != (begun ? SCL_END_DONE : SCL_END_NOT_BEGUN) || p.ended != begun)
		return false;
	const scl_event event = decide(p, s, limits, 1000).event;
	if (begun && (end(p, s) != SCL_END_OVER || has_time(s.state, s.detached, p)))
		return false;
	const bool waits = s.state.blocked || (is_removing(s) && s.flushing);
	return event == (begun && waits ? SCL_EVENT_DEADLINE : SCL_EVENT_NONE);
}

consteval bool a_teardown_that_is_ended_has_no_time_left()
{
	const scl_limits limits{SCL_NEVER, SCL_NEVER, SCL_NEVER, SCL_NEVER, false};

	for (unsigned int before = 0; before < snapshots; before++)
		for (unsigned int now = 0; now < snapshots * 4; now++) {
			scl_snapshot s = shown(now % snapshots);
			scl_progress p{};
			decide(p, shown(before), limits, 900);
			s.held = now / snapshots & 1;
			s.flushing = now / snapshots & 2 ? SCL_FLUSH_DRIVER : SCL_FLUSH_NONE;
			if (!ends_now(p, s, limits))
				return false;
		}
	return true;
}

static_assert(no_device_fails_before_it_has_waited_its_time());
static_assert(a_device_that_was_in_use_waits_its_time_whatever_was_before());
static_assert(the_least_limit_counts_and_a_hold_stretches_its_own());
static_assert(a_teardown_that_is_ended_has_no_time_left());

} // namespace scl::proofs
