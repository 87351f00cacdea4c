// SPDX-License-Identifier: GPL-2.0
//
// What a transport or an administrator asks for, by stock's functions, as an event of the table.
#pragma once

#include "table.hpp"

namespace scl {

// The two names of a blocked device are reached from where stock reaches them, and by a block.
static constexpr scl_event event_for_state(scl_stock at, unsigned char sdev_state)
{
	const scl_state from = decode(at);
	const bool is_created = from.phase == phase::created;
	const bool is_flowing = is_created && !from.blocked;

	// clang-format off
	switch (sdev_state) {
	case stock::running:
		// Stock's function, before it was redirected, gave a device the name SDEV_BLOCK and
		// nothing else: the queue flows, and the name alone has to be taken back.
		if (at.sdev_state == stock::block && !at.queue_stopped)
			return on::unblock;
		return on::online;
	case stock::quiesce:		return on::quiesce;
	case stock::offline:		return on::offline;
	case stock::transport_offline:	return on::transport_offline;
	case stock::cancel:		return on::remove;
	case stock::del:		return on::removed;
	case stock::block:		return is_flowing ? SCL_EVENT_NONE : on::block;
	case stock::created_block:	return is_created ? on::block : SCL_EVENT_NONE;
	case stock::created:		return is_created ? on::unblock : SCL_EVENT_NONE;
	default:			return SCL_EVENT_NONE;	// no state of stock's
	}
	// clang-format on
}

static constexpr bool already_in_state(scl_stock at, unsigned char sdev_state)
{
	const scl_state is = decode(at);

	return is.phase == phase::created &&
	       sdev_state == (is.blocked ? stock::created_block : stock::created);
}

// A block and a removal alone lead there. Stock refuses a block under removal; from a name of a
// blocked device it goes on to SDEV_DEL, and from another with a stopped queue it waits too.
static constexpr scl_event event_to_give_back(scl_event before, scl_stock was, scl_event event,
					      scl_state now)
{
	if (now != scl_state{phase::cancel, true})
		return SCL_EVENT_NONE;
	if (decode(was) == now)
		return before;
	if (event == on::block)
		return on::unblock;
	return was.sdev_state == stock::block || was.sdev_state == stock::created_block
		       ? on::deadline
		       : SCL_EVENT_NONE;
}

static constexpr scl_event event_for_unblock(unsigned char sdev_state)
{
	if (sdev_state == stock::running)
		return on::unblock;
	return sdev_state == stock::transport_offline ? on::fail : SCL_EVENT_NONE;
}

} // namespace scl
