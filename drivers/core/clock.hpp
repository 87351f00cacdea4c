// SPDX-License-Identifier: GPL-2.0
//
// The clock of a teardown. It belongs to the host and starts when the first of its devices has to
// wait; the others share it, so that 256 of them wait no longer than one. It stops by being left
// alone: SCL_GAP_MS after nothing under removal was seen, the next one to wait begins a new teardown.
#pragma once

#include "scsi_lifecycle_core.h"

namespace scl {

// A removal was seen on the host.
constexpr void touch(scl_clock &c, scl_ms now)
{
	if (c.running && now - c.touched > SCL_GAP_MS)
		c.running = false;
	c.touched = now;
}

// A device has to wait: the first one starts the clock.
constexpr void arm(scl_clock &c, scl_ms now)
{
	touch(c, now);
	if (!c.running) {
		c.running = true;
		c.since = now;
	}
}

constexpr scl_ms left(const scl_clock &c, scl_ms tmo, scl_ms now)
{
	if (!c.running || tmo == SCL_NEVER)
		return SCL_NEVER;
	const scl_ms gone = now - c.since;
	return gone >= tmo ? 0 : tmo - gone;
}

} // namespace scl
