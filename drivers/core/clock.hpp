// SPDX-License-Identifier: GPL-2.0
//
// The clock of a teardown. It belongs to the host and starts when the first of its devices has to
// wait; the others share it, so that 256 of them wait no longer than one. It is not stopped: SCL_GAP_MS
// after nobody waited any more, the next one to wait begins a new teardown.
#pragma once

#include "scsi_lifecycle_core.h"

namespace scl {

// A device waits, or the host is going away as a whole, which is one teardown from end to end.
constexpr void touch(scl_clock &c, scl_ms now)
{
	c.touched = now;
}

// A device begins to wait.
constexpr void arm(scl_clock &c, scl_ms now)
{
	if (!c.running || now - c.touched > SCL_GAP_MS) {
		c.running = true;
		c.since = now;
	}
	touch(c, now);
}

constexpr scl_ms left(scl_ms since, scl_ms tmo, scl_ms now)
{
	if (tmo == SCL_NEVER)
		return SCL_NEVER;
	const scl_ms gone = now - since;
	return gone >= tmo ? 0 : tmo - gone;
}

constexpr scl_ms left(const scl_clock &c, scl_ms tmo, scl_ms now)
{
	return c.running ? left(c.since, tmo, now) : SCL_NEVER;
}

} // namespace scl
