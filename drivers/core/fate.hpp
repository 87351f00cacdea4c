// SPDX-License-Identifier: GPL-2.0
//
// What became of the cache flush of a device whose upper-level driver is gone.
#pragma once

#include "scsi_lifecycle_core.h"

namespace scl {

// sd gives a flush up after so many tries (sd_sync_cache() in drivers/scsi/sd.c; 6.12 allows one more):
// fewer errors than that, such as the unit attention after a path came back, are not its failure.
inline constexpr unsigned int sd_flush_tries = 3;

constexpr scl_fate fate(const scl_evidence &e)
{
	if (!e.cached)
		return SCL_FATE_NONE;
	if (e.killed)
		return SCL_FATE_KILLED;
	if (!e.sent)
		return SCL_FATE_NONE;
	return e.errors >= sd_flush_tries ? SCL_FATE_FAILED : SCL_FATE_COMPLETED;
}

} // namespace scl
