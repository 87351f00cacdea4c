// SPDX-License-Identifier: GPL-2.0
//
// What became of the cache flush of a device whose upper-level driver is gone. What was seen to happen counts; what was
// done to the device explains a failure, and no more.
#pragma once

#include "scsi_lifecycle_core.h"

namespace scl {

// What sd_sync_cache() of drivers/scsi/sd.c (6.12) takes for no error: there is no medium, no such command, the drive is
// locked by a password, a format is in progress.
constexpr bool is_no_error(const scl_evidence &e)
{
	return e.asc == 0x3a || e.asc == 0x20 || (e.asc == 0x74 && e.ascq == 0x71) || (e.asc == 0x04 && e.ascq == 0x04) ||
	       e.sense_key == 0x05;
}

constexpr scl_fate fate(const scl_evidence &e)
{
	if (e.ended && e.succeeded)
		return SCL_FATE_COMPLETED;
	if (e.ended && is_no_error(e))
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
