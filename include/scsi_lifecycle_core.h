/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The C face of the core: the only headers that both languages include, hence no kernel type in
 * them.
 *
 * The core decides and holds nothing: no lock, no allocation, no pointer kept. Every function may
 * be called in any context; the caller owns the structures it passes and serialises access to
 * them. A zeroed structure is a valid beginning. Times are milliseconds of one monotonic clock of
 * the caller's choice.
 *
 * A state or an event outside its enumeration is refused.
 */
#ifndef SCSI_LIFECYCLE_CORE_H
#define SCSI_LIFECYCLE_CORE_H

#include "core/poll.h"
#include "core/removal.h"
#include "core/state.h"
#include "core/users.h"

#endif
