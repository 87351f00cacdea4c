// SPDX-License-Identifier: GPL-2.0
//
// What an unmodified Linux 6.1 does, from drivers/scsi/scsi_lib.c and scsi_sysfs.c, written without
// a poll at the core: the two fields, and the functions that change them.
#pragma once

#include <initializer_list>

#include "scsi_lifecycle_core.h"

namespace stock_model {

enum sdev_state : unsigned char {
	SDEV_CREATED = 1,
	SDEV_RUNNING,
	SDEV_CANCEL,
	SDEV_DEL,
	SDEV_QUIESCE,
	SDEV_OFFLINE,
	SDEV_TRANSPORT_OFFLINE,
	SDEV_BLOCK,
	SDEV_CREATED_BLOCK,
};

inline constexpr unsigned char first = SDEV_CREATED, last = SDEV_CREATED_BLOCK;

struct Device {
	sdev_state state;
	bool queue_stopped;
	bool started = false; // scsi_start_queue() was called
	bool stopped = false; // scsi_stop_queue() was called

	static bool legal(sdev_state from, sdev_state to)
	{
		auto one_of = [from](std::initializer_list<sdev_state> states) {
			for (sdev_state s : states)
				if (s == from)
					return true;
			return false;
		};

		switch (to) {
		case SDEV_CREATED: return one_of({SDEV_CREATED_BLOCK});
		case SDEV_RUNNING:
			return one_of({SDEV_CREATED, SDEV_OFFLINE, SDEV_TRANSPORT_OFFLINE,
				       SDEV_QUIESCE, SDEV_BLOCK});
		case SDEV_QUIESCE:
			return one_of({SDEV_RUNNING, SDEV_OFFLINE, SDEV_TRANSPORT_OFFLINE});
		case SDEV_OFFLINE:
		case SDEV_TRANSPORT_OFFLINE:
			return one_of({SDEV_CREATED, SDEV_RUNNING, SDEV_QUIESCE, SDEV_BLOCK});
		case SDEV_BLOCK:
			return one_of(
				{SDEV_RUNNING, SDEV_CREATED_BLOCK, SDEV_QUIESCE, SDEV_OFFLINE});
		case SDEV_CREATED_BLOCK: return one_of({SDEV_CREATED});
		case SDEV_CANCEL:
			return one_of({SDEV_CREATED, SDEV_RUNNING, SDEV_QUIESCE, SDEV_OFFLINE,
				       SDEV_TRANSPORT_OFFLINE});
		case SDEV_DEL:
			return one_of({SDEV_CREATED, SDEV_RUNNING, SDEV_OFFLINE,
				       SDEV_TRANSPORT_OFFLINE, SDEV_CANCEL, SDEV_BLOCK,
				       SDEV_CREATED_BLOCK});
		}
		return false;
	}

	bool scsi_device_set_state(sdev_state to)
	{
		if (to != state && !legal(state, to))
			return false;
		state = to;
		return true;
	}

	void scsi_start_queue()
	{
		started = true;
		queue_stopped = false;
	}

	bool scsi_internal_device_block()
	{
		if (!scsi_device_set_state(SDEV_BLOCK) &&
		    !scsi_device_set_state(SDEV_CREATED_BLOCK))
			return false;
		stopped = true;
		queue_stopped = true;
		return true;
	}

	bool scsi_internal_device_unblock(sdev_state to)
	{
		switch (state) {
		case SDEV_BLOCK:
		case SDEV_TRANSPORT_OFFLINE: state = to; break;
		case SDEV_CREATED_BLOCK:
			state = to == SDEV_TRANSPORT_OFFLINE ? to : SDEV_CREATED;
			break;
		case SDEV_CANCEL:
		case SDEV_OFFLINE: break;
		default: return false;
		}
		scsi_start_queue();
		return true;
	}

	// __scsi_remove_device() of a visible device, up to the unregistering of its class device.
	bool remove_begins()
	{
		if (state == SDEV_DEL)
			return false;
		if (scsi_device_set_state(SDEV_CANCEL))
			return true;
		if (!scsi_device_set_state(SDEV_DEL))
			return false;
		scsi_start_queue();
		return true;
	}

	bool scsi_device_resume()
	{
		if (state == SDEV_QUIESCE)
			scsi_device_set_state(SDEV_RUNNING);
		return true;
	}

	// False where stock returns an error, or has no such event.
	bool meets(scl_event e)
	{
		switch (e) {
		case SCL_EVENT_BLOCK: return scsi_internal_device_block();
		case SCL_EVENT_UNBLOCK: return scsi_internal_device_unblock(SDEV_RUNNING);
		case SCL_EVENT_FAIL: return scsi_internal_device_unblock(SDEV_TRANSPORT_OFFLINE);
		case SCL_EVENT_REMOVE: return remove_begins();
		case SCL_EVENT_REMOVED: return scsi_device_set_state(SDEV_DEL);
		case SCL_EVENT_DEADLINE: return false;
		case SCL_EVENT_OFFLINE: return scsi_device_set_state(SDEV_OFFLINE);
		case SCL_EVENT_TRANSPORT_OFFLINE:
			return scsi_device_set_state(SDEV_TRANSPORT_OFFLINE);
		case SCL_EVENT_ONLINE: return scsi_device_set_state(SDEV_RUNNING);
		case SCL_EVENT_QUIESCE: return scsi_device_set_state(SDEV_QUIESCE);
		case SCL_EVENT_RESUME: return scsi_device_resume();
		case SCL_EVENTS: break;
		}
		return false;
	}
};

// The one pair of fields that stock itself would use for a state.
inline Device plain(scl_state s)
{
	// clang-format off
	static constexpr sdev_state flows[] = {
		SDEV_CREATED, SDEV_RUNNING, SDEV_QUIESCE, SDEV_OFFLINE, SDEV_TRANSPORT_OFFLINE,
		SDEV_CANCEL, SDEV_DEL,
	};
	// clang-format on

	if (s.blocked && s.phase == SCL_PHASE_CREATED)
		return {SDEV_CREATED_BLOCK, true};
	if (s.blocked && s.phase == SCL_PHASE_RUNNING)
		return {SDEV_BLOCK, true};
	return {flows[s.phase], s.blocked};
}

// What a pair of fields means: blocked is what the enum says, or the queue.
inline scl_state meaning(unsigned char state, bool queue_stopped)
{
	// clang-format off
	switch (state) {
	case SDEV_CREATED:		return {SCL_PHASE_CREATED, queue_stopped};
	case SDEV_CREATED_BLOCK:	return {SCL_PHASE_CREATED, 1};
	case SDEV_RUNNING:		return {SCL_PHASE_RUNNING, queue_stopped};
	case SDEV_BLOCK:		return {SCL_PHASE_RUNNING, 1};
	case SDEV_QUIESCE:		return {SCL_PHASE_QUIESCE, queue_stopped};
	case SDEV_OFFLINE:		return {SCL_PHASE_OFFLINE, queue_stopped};
	case SDEV_TRANSPORT_OFFLINE:	return {SCL_PHASE_TRANSPORT_OFFLINE, queue_stopped};
	case SDEV_CANCEL:		return {SCL_PHASE_CANCEL, queue_stopped};
	}
	// clang-format on
	return {SCL_PHASE_DEL, 0};
}

} // namespace stock_model
