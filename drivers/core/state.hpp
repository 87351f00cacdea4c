// SPDX-License-Identifier: GPL-2.0
//
// Where a device is in its life, and whether its transport has stopped it: two axes. Stock keeps
// one enum and one flag that can disagree; read() and write() translate. (sdev_state RUNNING with
// a stopped queue reads as blocked: it is, whatever the enum says.)
#pragma once

#include "scsi_lifecycle_core.h"

namespace scl {

enum class Phase : unsigned char {
	created			= SCL_PHASE_CREATED,
	running			= SCL_PHASE_RUNNING,
	quiesce			= SCL_PHASE_QUIESCE,
	offline			= SCL_PHASE_OFFLINE,
	transport_offline	= SCL_PHASE_TRANSPORT_OFFLINE,
	cancel			= SCL_PHASE_CANCEL,
	del			= SCL_PHASE_DEL,
};

struct State {
	Phase phase;
	bool blocked;

	constexpr bool operator==(const State &) const = default;
	constexpr bool under_removal() const { return phase == Phase::cancel || phase == Phase::del; }
	// As scsi_device_get() in drivers/scsi/scsi.c: no new references once removal has begun.
	constexpr bool may_get() const { return !under_removal(); }
};

inline constexpr State all_states[] = {
	{Phase::created, false},	   {Phase::created, true},
	{Phase::running, false},	   {Phase::running, true},
	{Phase::quiesce, false},	   {Phase::quiesce, true},
	{Phase::offline, false},	   {Phase::offline, true},
	{Phase::transport_offline, false}, {Phase::transport_offline, true},
	{Phase::cancel, false},		   {Phase::cancel, true},
	{Phase::del, false},
};

// enum scsi_device_state of include/scsi/scsi_device.h; the shims assert that the numbers agree.
namespace stock {
inline constexpr unsigned char created = 1, running = 2, cancel = 3, del = 4, quiesce = 5, offline = 6,
			       transport_offline = 7, block = 8, created_block = 9;

struct Fields {
	unsigned char sdev_state;
	bool queue_stopped;

	constexpr bool operator==(const Fields &) const = default;
};
} // namespace stock

constexpr State read(stock::Fields f)
{
	switch (f.sdev_state) {
	case stock::created:		return {Phase::created, f.queue_stopped};
	case stock::created_block:	return {Phase::created, true};
	case stock::running:		return {Phase::running, f.queue_stopped};
	case stock::block:		return {Phase::running, true};
	case stock::quiesce:		return {Phase::quiesce, f.queue_stopped};
	case stock::offline:		return {Phase::offline, f.queue_stopped};
	case stock::transport_offline:	return {Phase::transport_offline, f.queue_stopped};
	case stock::cancel:		return {Phase::cancel, f.queue_stopped};
	default:			return {Phase::del, false};
	}
}

// As stock spells it, where its two fields agree.
constexpr stock::Fields write(State s)
{
	switch (s.phase) {
	case Phase::created:
		return {s.blocked ? stock::created_block : stock::created, s.blocked};
	case Phase::running:
		return {s.blocked ? stock::block : stock::running, s.blocked};
	case Phase::quiesce:		return {stock::quiesce, s.blocked};
	case Phase::offline:		return {stock::offline, s.blocked};
	case Phase::transport_offline:	return {stock::transport_offline, s.blocked};
	case Phase::cancel:		return {stock::cancel, s.blocked};
	case Phase::del:		break;
	}
	return {stock::del, false};
}

} // namespace scl
