// SPDX-License-Identifier: GPL-2.0
//
// How much of a time is left, and the time that stock itself gives a flush.
#pragma once

#include "scsi_lifecycle_core.h"

namespace scl {

constexpr scl_ms least(scl_ms a, scl_ms b)
{
	return a < b ? a : b;
}

constexpr scl_ms latest(scl_ms a, scl_ms b)
{
	return a > b ? a : b;
}

constexpr scl_ms left(scl_ms since, scl_ms tmo, scl_ms now)
{
	if (tmo == SCL_NEVER)
		return SCL_NEVER;
	const scl_ms gone = now - since;
	return gone >= tmo ? 0 : tmo - gone;
}

// sd sends a flush three times (sd_sync_cache() in drivers/scsi/sd.c of 6.1; newer kernels allow
// one more), and the mid-layer tries each of them no longer than allowed + 1 times its timeout
// (scsi_cmd_runtime_exceeced() in drivers/scsi/scsi_lib.c), where allowed is SD_MAX_RETRIES, if the
// administrator left it. Stock ends no flush later than that which the LLD took, but for the time
// of error handling, which has a limit of its own or none.
inline constexpr unsigned int sd_flush_tries = 4, sd_max_retries = 5;

constexpr scl_ms flush_default(scl_ms first_try)
{
	return sd_flush_tries * (sd_max_retries + 1) * first_try;
}

// sd_start_stop_device() gives START STOP UNIT six times SD_TIMEOUT, whatever the disk's own is.
inline constexpr scl_ms stop_default = 6 * 30000;

} // namespace scl
