// SPDX-License-Identifier: GPL-2.0
//
// What became of the cache flush of a device whose upper-level driver is gone. What was seen to happen counts; what was
// done to the device explains a failure, and no more.
#pragma once

#include "scsi_lifecycle_core.h"

namespace scl {

// There is no medium, or the disk knows no such command: it has no cache to flush. What else sd_sync_cache() of
// drivers/scsi/sd.c takes for no error, so that a shutdown goes on (6.12: any ILLEGAL REQUEST, a password, a format), did not
// flush one.
constexpr bool has_nothing_to_flush(const scl_evidence &e)
{
	return e.asc == 0x3a || (e.asc == 0x20 && e.ascq == 0);	// other 20s are denied access
}

constexpr scl_fate fate(const scl_evidence &e)
{
	if (e.ended && e.succeeded)
		return SCL_FATE_COMPLETED;
	if (e.ended && has_nothing_to_flush(e))
		return SCL_FATE_NONE;
	// What the LLD had answered with an error before the device was cut off failed by itself.
	if (e.ended)
		return e.killed && e.ended > e.ended_before ? SCL_FATE_KILLED : SCL_FATE_FAILED;
	if (!e.cached)
		return SCL_FATE_NONE;
	// One that was over before it was watched may have completed, whatever was cut off later.
	if (!e.watched)
		return SCL_FATE_UNKNOWN;
	return e.killed ? SCL_FATE_KILLED : SCL_FATE_NONE;
}

} // namespace scl
