// SPDX-License-Identifier: GPL-2.0
//
// The stages of a device's removal. One rule a line, read as "on this event, in these stages: to
// this stage, and do this". A removal is announced, or it is found or adopted before that, or
// never: then there is no account to settle. Events that come again, or late, change nothing.
#pragma once

#include "machine.hpp"
#include "scsi_lifecycle_core.h"

namespace scl {

template <> inline constexpr unsigned int count<scl_stage> = SCL_STAGES;
template <> inline constexpr unsigned int count<scl_stage_event> = SCL_STAGE_EVENTS;
template <> inline constexpr unsigned int count<scl_stage_action_bit> = SCL_STAGE_ACTIONS;

using Stage = Simple<scl_stage, scl_stage_event, scl_stage_action_bit>;

namespace stage {

using Rule = Stage::Rule;
using State = Stage::State;
using Event = Stage::Event;
using Step = Stage::Step;

#define SCL_STAGE(NAME, name) inline constexpr State name = SCL_STAGE_##NAME;
#include "scsi_lifecycle_enums.inc"
namespace on {
#define SCL_STAGE_EVENT(NAME, name) inline constexpr Event name = SCL_STAGE_EVENT_##NAME;
#include "scsi_lifecycle_enums.inc"
} // namespace on
#define SCL_STAGE_ACTION(NAME, name) inline constexpr auto name = SCL_STAGE_BIT_##NAME;
#include "scsi_lifecycle_enums.inc"
inline constexpr Set<scl_stage_action_bit> none;

// The removal is complete, or the device is remembered no more.
inline constexpr auto ended = removed | forgotten;

// clang-format off
constexpr Rule rules[] = {
	// event        from                                to         actions
	{on::added,     scanned,                            in_use,    none},
	{on::added,     all_but(scanned),                   same,      none},

	{on::announced, scanned | in_use,                   removing,  begin},
	{on::announced, removing | detached | ended,        same,      none},

	{on::found,     scanned | in_use,                   removing,  begin},
	{on::found,     removing | detached | ended,        same,      none},

	{on::adopted,   scanned | in_use,                   removing,  begin | adopt},
	{on::adopted,   removing | detached | ended,        same,      none},

	{on::detached,  scanned | in_use,                   detached,  none},
	{on::detached,  removing,                           detached,  settle},
	{on::detached,  ended | detached,                   same,      none},

	// A device of which the bus was not told is not reported as removed.
	{on::removed,   scanned,                            forgotten, none},
	{on::removed,   in_use | removing | detached,       removed,   none},
	{on::removed,   ended,                              same,      none},

	{on::forgotten, scanned | in_use | removing | detached, forgotten, none},
	{on::forgotten, ended,                              same,      none},
};
// clang-format on

constexpr bool a_stage_never_comes_back(State s, Event, Step to)
{
	return to.next >= s;
}

constexpr bool an_end_is_the_end(State s, Event, Step to)
{
	return s < removed || to.next == s;
}

constexpr bool an_ending_event_ends(State s, Event e, Step to)
{
	return (e != on::removed && e != on::forgotten) || to.next >= removed || s >= removed;
}

constexpr bool only_a_device_that_was_announced_is_reported_as_removed(State s, Event, Step to)
{
	return s != scanned || to.next != removed;
}

constexpr bool tells_of_a_removal(Event e)
{
	return e == on::announced || e == on::found || e == on::adopted;
}

constexpr bool a_removal_begins_once(State s, Event e, Step to)
{
	const bool begins = s <= in_use && tells_of_a_removal(e);

	return to.does(begin) == begins && (s <= in_use && to.next == removing) == begins &&
	       to.does(adopt) == (begins && e == on::adopted);
}

constexpr bool what_begins_is_settled_when_its_driver_is_detached(State s, Event e, Step to)
{
	if (to.does(settle) != (s == removing && e == on::detached))
		return false;
	return e != on::detached || to.next >= detached;
}

#define SCL_STAGE_LAWS(LAW)                                                                        \
	LAW(is_a_machine<scl::Stage>)                                                              \
	LAW(a_stage_never_comes_back)                                                              \
	LAW(an_end_is_the_end)                                                                     \
	LAW(an_ending_event_ends)                                                                  \
	LAW(only_a_device_that_was_announced_is_reported_as_removed)                               \
	LAW(a_removal_begins_once)                                                                 \
	LAW(what_begins_is_settled_when_its_driver_is_detached)

#define SCL_LAW(law) static_assert(holds<Stage>(rules, law), #law);
SCL_STAGE_LAWS(SCL_LAW)
#undef SCL_LAW

} // namespace stage

} // namespace scl
