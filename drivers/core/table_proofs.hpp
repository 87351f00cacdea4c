// SPDX-License-Identifier: GPL-2.0
//
// What holds of every state, every event and every sequence of events, or this does not compile.
#pragma once

#include "table.hpp"

namespace scl::device {

constexpr bool del_is_for_ever_and_never_blocked(State s, Event, Step to)
{
	return (s.phase != del || to.next == s) && !(to.next.phase == del && to.next.blocked);
}

constexpr bool a_removal_never_goes_back_to_life(State s, Event, Step to)
{
	return !under_removal(s) || under_removal(to.next);
}

constexpr bool the_queue_follows_the_state(State s, Event, Step to)
{
	if (to.next.blocked)
		return !to.does(start) && (s.blocked || to.does(stop));
	return !to.does(stop) && (!s.blocked || to.does(start));
}

constexpr bool an_unblock_leaves_nothing_blocked(State, Event e, Step to)
{
	return (e != on::unblock && e != on::fail) || !to.next.blocked;
}

constexpr bool a_deadline_or_its_driver_s_end_takes_a_removal_to_del(State s, Event e, Step to)
{
	return s.phase != cancel || (e != on::deadline && e != on::removed) || to.next.phase == del;
}

constexpr bool what_is_failed_is_reported(State s, Event e, Step to)
{
	const bool at_its_end = s.blocked && to.next.phase == del;
	const bool at_its_deadline = e == on::deadline && s.phase != del && to.next != s;

	return !(at_its_end || at_its_deadline) || to.does(report);
}

// What no stopped queue holds any more is at the LLD, and has to be taken back from it.
constexpr bool a_deadline_leaves_nothing_at_the_lld(State s, Event e, Step to)
{
	return e != on::deadline || s.blocked || to.does(abort);
}

// Stock's functions warn of a device that its transport may not block.
constexpr bool a_deadline_leaves_what_is_in_use_to_its_transport(Table<Rule> table)
{
	return holds<Device>(table, [=](State s, Event e, Step to) {
		return e != on::deadline || under_removal(s) ||
		       !step<Device>(table, to.next, on::block).refused;
	});
}

// From a block until the transport unblocks the device or gives its path up, commands wait or fail.
// Only a deadline ends that earlier, and it fails them; an administrator may set such a device
// running after it, on a host that is being removed.
constexpr bool after_a_block_nothing_reaches_the_lld(Table<Rule> table)
{
	constexpr auto ends = on::unblock | on::fail | on::deadline | on::removed;
	constexpr auto fails = offline | t_offline | del;

	return on_every_path<Device>(
		table, {{{created, false}, false}},
		[=](State, Event e, Step to, bool stopped) {
			return to.refused ? stopped : e == on::block || (stopped && !ends.has(e));
		},
		[=](State s, bool stopped) { return !stopped || s.blocked || fails.has(s.phase); });
}

constexpr bool what_is_blocked_under_removal_has_a_deadline(Table<Rule> table)
{
	return on_every_path<Device>(
		table, {{{created, false}, false}, {{created, true}, false}},
		[](State, Event, Step to, bool armed) {
			return (armed && !to.does(disarm)) || to.does(arm);
		},
		[](State s, bool armed) {
			return armed || s != State{cancel, true};
		});
}

// A test breaks a table, and sees which of these it breaks.
#define SCL_DEVICE_LAWS(LAW)                                                                       \
	LAW(is_a_machine<scl::Device>)                                                             \
	LAW(del_is_for_ever_and_never_blocked)                                                     \
	LAW(a_removal_never_goes_back_to_life)                                                     \
	LAW(the_queue_follows_the_state)                                                           \
	LAW(an_unblock_leaves_nothing_blocked)                                                     \
	LAW(a_deadline_or_its_driver_s_end_takes_a_removal_to_del)                                 \
	LAW(what_is_failed_is_reported)                                                            \
	LAW(a_deadline_leaves_nothing_at_the_lld)                                                  \
	LAW(a_deadline_leaves_what_is_in_use_to_its_transport)                                     \
	LAW(after_a_block_nothing_reaches_the_lld)                                                 \
	LAW(what_is_blocked_under_removal_has_a_deadline)

#define SCL_LAW(law) static_assert(holds<Device>(rules, law), #law);
SCL_DEVICE_LAWS(SCL_LAW)
#undef SCL_LAW

} // namespace scl::device

namespace scl {

consteval bool every_state_is_written_as_stock_knows_it_and_reads_back()
{
	for (scl_state s : all_states) {
		const scl_stock f = encode(s);
		const bool is_known =
			f.sdev_state >= stock::created && f.sdev_state <= stock::created_block;
		if (!is_known || decode(f) != s || f.queue_stopped != s.blocked)
			return false;
	}
	return true;
}

constexpr bool disagree(scl_stock f)
{
	if (f.queue_stopped)
		return f.sdev_state == stock::created || f.sdev_state == stock::running ||
		       f.sdev_state == stock::del;
	return f.sdev_state == stock::block || f.sdev_state == stock::created_block;
}

consteval bool stock_s_fields_are_written_back_as_they_were_unless_they_disagree()
{
	for (unsigned char v = stock::created; v <= stock::created_block; v++)
		for (bool stopped : {false, true}) {
			const scl_stock f{v, stopped};
			if ((encode(decode(f)) == f) == disagree(f))
				return false;
		}
	return true;
}

static_assert(every_state_is_written_as_stock_knows_it_and_reads_back());
static_assert(stock_s_fields_are_written_back_as_they_were_unless_they_disagree());

} // namespace scl
