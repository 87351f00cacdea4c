/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_POLICY_H
#define SCSI_LIFECYCLE_POLICY_H

#include "scsi_lifecycle_core.h"

/* No override here: the level above decides. */
#define SCL_INHERIT (SCL_NEVER - 1)

int scl_tmo_parse(const char *text, scl_ms *tmo);
int scl_tmo_format(char *buf, size_t size, scl_ms tmo);
struct scl_limits scl_limits(scl_ms host, scl_ms device);

#endif
