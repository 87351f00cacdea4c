// SPDX-License-Identifier: GPL-2.0
//
// Where a device is between its scan and its end, and whether its transport has stopped it: two
// axes. Stock keeps one enum and one flag that can disagree; decode() and encode() translate.
// (sdev_state RUNNING with a stopped queue reads as blocked: it is, whatever the enum says.)
#pragma once

#include "scsi_lifecycle_core.h"
#include "set.hpp"

constexpr bool operator==(const scl_state &a, const scl_state &b)
{
	return a.phase == b.phase && a.blocked == b.blocked;
}

constexpr bool operator==(const scl_stock &a, const scl_stock &b)
{
	return a.sdev_state == b.sdev_state && a.queue_stopped == b.queue_stopped;
}

namespace scl {

template <> inline constexpr unsigned int count<scl_phase> = SCL_PHASES;

namespace phase {
#define SCL_PHASE(NAME, name, text) inline constexpr scl_phase name = SCL_PHASE_##NAME;
#include "scsi_lifecycle_enums.inc"
} // namespace phase

constexpr bool under_removal(scl_state s)
{
	return s.phase == phase::cancel || s.phase == phase::del;
}

// As scsi_device_get() in drivers/scsi/scsi.c: no new references once removal has begun.
constexpr bool may_get(scl_state s)
{
	return s.phase < SCL_PHASES && !under_removal(s);
}

// Only a removal leads into a removal, whatever changed or found the device there first.
constexpr scl_event cause_of(scl_state from, scl_state to, scl_event cause)
{
	const bool begins = !under_removal(from) && under_removal(to);

	return begins && cause != SCL_EVENT_REMOVED ? SCL_EVENT_REMOVE : cause;
}

constexpr bool is_in_use(scl_state s)
{
	return s == scl_state{phase::running, false};
}

// In the order of the phases, each twice, but for del, which is never blocked.
inline constexpr struct States {
	static constexpr unsigned int all = 2 * SCL_PHASES - 1;

	struct At {
		unsigned int n;

		constexpr scl_state operator*() const { return {scl_phase(n / 2), n % 2 != 0}; }
		constexpr At &operator++() { return n++, *this; }
		constexpr bool operator==(const At &) const = default;
	};

	constexpr scl_state operator[](unsigned int n) const { return *At{n}; }
	constexpr At begin() const { return {0}; }
	constexpr At end() const { return {all}; }
} all_states{};

// enum scsi_device_state of include/scsi/scsi_device.h; the shims assert that the numbers agree.
namespace stock {
inline constexpr unsigned char created = 1, running = 2, cancel = 3, del = 4, quiesce = 5,
			       offline = 6, transport_offline = 7, block = 8, created_block = 9;

// As stock spells a phase, flowing and blocked, where its two fields agree.
inline constexpr struct {
	scl_phase phase;
	unsigned char flowing, blocked;
} spellings[] = {
	{phase::created, created, created_block},
	{phase::running, running, block},
	{phase::quiesce, quiesce, quiesce},
	{phase::offline, offline, offline},
	{phase::transport_offline, transport_offline, transport_offline},
	{phase::cancel, cancel, cancel},
};
} // namespace stock

static constexpr scl_state decode(scl_stock f)
{
	for (const auto &s : stock::spellings)
		if (f.sdev_state == s.flowing || f.sdev_state == s.blocked)
			return {s.phase, f.queue_stopped || f.sdev_state != s.flowing};
	return {phase::del, false};
}

static constexpr scl_stock encode(scl_state state)
{
	for (const auto &s : stock::spellings)
		if (s.phase == state.phase)
			return {state.blocked ? s.blocked : s.flowing, state.blocked};
	return {stock::del, false};
}

} // namespace scl
