/* SPDX-License-Identifier: GPL-2.0 */
/* All internals of the guard, room by room. */
#ifndef SCSI_LIFECYCLE_KUNIT_ROOMS_H
#define SCSI_LIFECYCLE_KUNIT_ROOMS_H

#include "api/api.h"
#include "hooks/hooks.h"
#include "sdev/sdev.h"
#include "teardown/teardown.h"
#include "user/user.h"

#endif
