// SPDX-License-Identifier: GPL-2.0
//
// What holds of the times of every device, whatever it and the others go through, or this does not compile.
#pragma once

#include "verdict.hpp"

namespace scl::proofs {

// A blocked device in one of the three situations that make it wait.
enum class Reason : unsigned char { removal, dying_host, reboot };

inline constexpr Reason all_reasons[] = {Reason::removal, Reason::dying_host, Reason::reboot};

constexpr scl_sight blocked_because(Reason r)
{
	scl_sight sight{};

	sight.state = {(unsigned char)(r == Reason::removal ? Phase::cancel : Phase::running), 1};
	sight.dying = r == Reason::dying_host;
	sight.rebooting = r == Reason::reboot;
	return sight;
}

constexpr scl_limits waiting_for(scl_ms teardown, scl_ms reboot, scl_ms hold = 0)
{
	scl_limits limits{};

	limits.teardown = teardown;
	limits.reboot = reboot;
	limits.flush = SCL_NEVER;
	limits.hold = hold;
	return limits;
}

// The sights that a device may give, by a number: in use or being removed, blocked or not, for one of the reasons or
// none, with a command sent since the last or not.
constexpr scl_sight any_sight(unsigned int n, unsigned int sent)
{
	scl_sight sight{};

	sight.state = {(unsigned char)(n & 1 ? Phase::cancel : Phase::running), (unsigned char)(n >> 1 & 1)};
	sight.sent = sent + (n >> 2 & 1);
	sight.dying = n / 8 == 1;
	sight.rebooting = n / 8 == 2;
	return sight;
}

inline constexpr unsigned int sights = 24;

// Whatever a device goes through in three polls, its time being two ticks: its commands are failed, for want of a path,
// only if all three saw it stopped, with no command sent between. Nothing of another device is asked, so whatever the
// others do.
consteval bool no_device_fails_before_it_has_waited_its_time()
{
	const scl_limits limits = waiting_for(2, 2);

	for (unsigned int a = 0; a < sights; a++)
		for (unsigned int b = 0; b < sights; b++)
			for (unsigned int c = 0; c < sights; c++) {
				scl_watch watch{};
				unsigned int sent = 0, stopped = 0;
				scl_ms now = 1000;

				for (unsigned int n : {a, b, c}) {
					const scl_sight sight = any_sight(n, sent);
					stopped = !sight.state.blocked ? 0 : sight.sent != sent ? 1 : stopped + 1;
					sent = sight.sent;
					if (judge(watch, sight, limits, now++).event == SCL_EVENT_DEADLINE && stopped < 3)
						return false;
				}
			}
	return true;
}

// Those that wait from the same moment end at the same moment, whatever was before: a wait that was over, another state.
consteval bool those_that_wait_together_end_together()
{
	const scl_limits limits = waiting_for(50, 50);

	for (Reason r : all_reasons)
		for (unsigned int before = 0; before < sights; before++) {
			scl_watch fresh{}, used{};
			scl_sight earlier = any_sight(before, 0), flows{};
			flows.state = {SCL_PHASE_RUNNING, 0};

			judge(used, earlier, limits, 900);
			judge(used, flows, limits, 950);
			for (scl_ms waited = 0; waited <= 50; waited += 5) {
				const scl_event one = scl_event(judge(fresh, blocked_because(r), limits, 1000 + waited).event);
				const scl_event two = scl_event(judge(used, blocked_because(r), limits, 1000 + waited).event);
				if (one != two || (one == SCL_EVENT_DEADLINE) != (waited == 50))
					return false;
			}
		}
	return true;
}

// A LUN of a dying host that is blocked waits from then on, and its own removal, which comes later, gives it no more.
consteval bool a_removal_that_comes_while_its_host_dies_adds_no_time()
{
	const scl_limits limits = waiting_for(50, SCL_NEVER);
	scl_watch watch{};
	scl_sight removal = blocked_because(Reason::removal);

	removal.dying = 1;
	judge(watch, blocked_because(Reason::dying_host), limits, 1000);
	return judge(watch, removal, limits, 1049).event == SCL_EVENT_NONE &&
	       judge(watch, removal, limits, 1050).event == SCL_EVENT_DEADLINE;
}

// So do those that are quiesced: they are resumed together, each when its own removal has begun. One that is blocked after
// that waits for its path from then.
consteval bool a_quiesced_lun_of_a_dying_host_waits_with_the_others()
{
	const scl_limits limits = waiting_for(50, SCL_NEVER);
	scl_watch watch{}, other{};
	scl_sight sight{};

	sight.state = {SCL_PHASE_QUIESCE, 0};
	sight.quiesced = sight.dying = 1;
	if (judge(watch, sight, limits, 1000).event != SCL_EVENT_NONE || judge(watch, sight, limits, 1060).event != SCL_EVENT_NONE)
		return false;
	sight.state = {SCL_PHASE_CANCEL, 0};
	if (judge(watch, sight, limits, 1070).event != SCL_EVENT_RESUME)
		return false;
	judge(other, sight, limits, 1000);
	sight.state.blocked = 1;
	return judge(other, sight, limits, 1049).left == 50;
}

// A reboot has a limit of its own, counted from when it began; a removal that was under way keeps its own as well.
consteval bool a_reboot_has_its_own_limit()
{
	scl_watch watch{}, removal{};
	const scl_limits limits = waiting_for(5, 60);
	scl_sight both = blocked_because(Reason::removal);

	judge(watch, blocked_because(Reason::reboot), limits, 1000);
	if (judge(watch, blocked_because(Reason::reboot), limits, 1059).event != SCL_EVENT_NONE ||
	    judge(watch, blocked_because(Reason::reboot), limits, 1060).event != SCL_EVENT_DEADLINE)
		return false;
	// Waits for ever, until the machine goes down.
	const scl_limits off = waiting_for(SCL_NEVER, 60);
	judge(removal, both, off, 1000);
	both.rebooting = 1;
	return judge(removal, both, off, 5000).left == 60 && judge(removal, both, off, 5060).event == SCL_EVENT_DEADLINE;
}

// Polls may come late by any time: no device that waits is given more than its time and one poll.
consteval bool late_polls_move_no_deadline()
{
	for (Reason r : all_reasons)
		for (scl_ms late : {SCL_LOOK_MS, SCL_GAP_MS + 1, 4 * SCL_GAP_MS}) {
			scl_watch watch{};
			scl_ms now = 1000;
			while (judge(watch, blocked_because(r), waiting_for(5000, 5000), now).event == SCL_EVENT_NONE)
				if ((now += late) > 1000 + 5000 + late)
					return false;
		}
	return true;
}

// A path that came back gives the next wait its whole time, whether a poll saw it or a command that was sent tells of it.
consteval bool a_wait_that_was_over_is_over()
{
	const scl_limits limits = waiting_for(5000, SCL_NEVER);
	scl_sight flows{}, again = blocked_because(Reason::removal);
	scl_watch seen{}, told{};

	flows.state = {SCL_PHASE_CANCEL, 0};
	judge(seen, blocked_because(Reason::removal), limits, 1000);
	judge(seen, flows, limits, 5000);
	judge(told, blocked_because(Reason::removal), limits, 1000);
	again.sent = 1;
	return judge(seen, blocked_because(Reason::removal), limits, 5250).left == limits.teardown &&
	       judge(told, again, limits, 5250).left == limits.teardown;
}

// Stopped again after its time was up it has no second time; seen in use again it has.
consteval bool a_time_that_was_up_stays_up_until_the_path_is_seen()
{
	const scl_limits limits = waiting_for(10, 10);
	scl_sight fails{}, works{};
	scl_watch watch{};

	fails.state = {SCL_PHASE_OFFLINE, 0};
	fails.dying = works.dying = 1;
	works.state = {SCL_PHASE_RUNNING, 0};
	judge(watch, blocked_because(Reason::dying_host), limits, 1000);
	judge(watch, blocked_because(Reason::dying_host), limits, 1010);
	judge(watch, fails, limits, 1020);
	if (judge(watch, blocked_because(Reason::dying_host), limits, 1030).event != SCL_EVENT_DEADLINE)
		return false;
	judge(watch, works, limits, 1040);
	return judge(watch, blocked_because(Reason::dying_host), limits, 1050).left == 10;
}

consteval bool off_waits_for_ever_and_zero_not_at_all()
{
	for (Reason r : all_reasons) {
		scl_watch off{}, none{};
		const scl_limits never = waiting_for(SCL_NEVER, SCL_NEVER);
		if (judge(off, blocked_because(r), never, 1).event != SCL_EVENT_NONE ||
		    judge(off, blocked_because(r), never, SCL_NEVER / 2).event != SCL_EVENT_NONE ||
		    judge(none, blocked_because(r), waiting_for(0, 0), 1).event != SCL_EVENT_DEADLINE)
			return false;
	}
	return true;
}

constexpr scl_sight flushing(unsigned char recovering)
{
	scl_sight sight{};

	sight.state = {SCL_PHASE_CANCEL, 0};
	sight.flushing = SCL_FLUSH_DRIVER;
	sight.recovering = recovering;
	return sight;
}

// By default error handling is not counted, in a time that the administrator set it is.
consteval bool a_flush_has_the_time_that_stock_gives_it()
{
	for (unsigned char set : {0, 1}) {
		scl_limits limits = waiting_for(SCL_NEVER, SCL_NEVER);
		scl_watch watch{};
		limits.flush = 100;
		limits.flush_set = set;
		judge(watch, flushing(0), limits, 1000);
		judge(watch, flushing(0), limits, 1050);
		judge(watch, flushing(1), limits, 1090);
		if ((judge(watch, flushing(0), limits, 1100).event == SCL_EVENT_DEADLINE) != set)
			return false;
		if (!set && (judge(watch, flushing(0), limits, 1139).event != SCL_EVENT_NONE ||
			     judge(watch, flushing(0), limits, 1140).event != SCL_EVENT_DEADLINE))
			return false;
	}
	return true;
}

// Its deadline, seen to the millisecond, if it is held at every moment that is_held says. None: SCL_NEVER.
template <typename Held> consteval scl_ms deadline_when(scl_limits limits, Held is_held)
{
	scl_watch watch{};
	const scl_ms begun = 1000;

	for (scl_ms waited = 0; waited <= 100; waited++) {
		scl_sight sight = blocked_because(Reason::removal);
		sight.held = is_held(waited);
		if (judge(watch, sight, limits, begun + waited).event == SCL_EVENT_DEADLINE)
			return waited;
	}
	return SCL_NEVER;
}

consteval bool a_hold_waits_no_longer_than_its_limit()
{
	for (scl_ms teardown : {0ull, 30ull, SCL_NEVER})
		for (scl_ms hold : {0ull, 20ull, 90ull, SCL_NEVER}) {
			const scl_ms most = hold > teardown ? hold : teardown;
			const scl_limits limits = waiting_for(teardown, SCL_NEVER, hold);
			if (deadline_when(limits, [](scl_ms) -> unsigned char { return 1; }) != most)
				return false;
			// Nor one that is taken again and again.
			if (deadline_when(limits, [](scl_ms at) -> unsigned char { return at % 7 != 6; }) > most)
				return false;
		}
	return true;
}

// Dropped before the teardown's time is up it is as if there had been none, after that the time is up at once.
consteval bool a_hold_that_is_dropped_gives_nothing()
{
	for (scl_ms dropped : {0ull, 1ull, 29ull, 30ull, 31ull, 89ull})
		if (deadline_when(waiting_for(30, SCL_NEVER, 90), [=](scl_ms at) -> unsigned char { return at < dropped; }) !=
		    (dropped > 30 ? dropped : 30))
			return false;
	return true;
}

static_assert(no_device_fails_before_it_has_waited_its_time());
static_assert(those_that_wait_together_end_together());
static_assert(a_removal_that_comes_while_its_host_dies_adds_no_time());
static_assert(a_quiesced_lun_of_a_dying_host_waits_with_the_others());
static_assert(a_reboot_has_its_own_limit());
static_assert(late_polls_move_no_deadline());
static_assert(a_wait_that_was_over_is_over());
static_assert(a_time_that_was_up_stays_up_until_the_path_is_seen());
static_assert(off_waits_for_ever_and_zero_not_at_all());
static_assert(a_flush_has_the_time_that_stock_gives_it());
static_assert(a_hold_waits_no_longer_than_its_limit());
static_assert(a_hold_that_is_dropped_gives_nothing());

} // namespace scl::proofs
