// SPDX-License-Identifier: GPL-2.0
//
// What became of the cache flush of a device whose upper-level driver is gone.
#pragma once

#include "scsi_lifecycle_core.h"

namespace scl {

constexpr scl_fate fate(const scl_evidence &e)
{
	if (!e.cached)
		return SCL_FATE_NONE;
	if (e.killed)
		return SCL_FATE_KILLED;
	if (!e.sent)
		return SCL_FATE_NONE;
	return e.errors ? SCL_FATE_FAILED : SCL_FATE_COMPLETED;
}

} // namespace scl
