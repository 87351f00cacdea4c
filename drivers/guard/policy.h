/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_POLICY_H
#define SCSI_LIFECYCLE_POLICY_H

#include <linux/limits.h>
#include <linux/types.h>

#include "scsi_lifecycle_core.h"

/* Timeouts are kept as they are written, in seconds. */
#define SCL_TMO_OFF	UINT_MAX	/* wait for ever */
#define SCL_TMO_DEFAULT	(UINT_MAX - 1)	/* not set: the level above, or the kernel, decides */
#define SCL_TMO_MAX	(UINT_MAX - 2)

int scl_tmo_parse(const char *text, unsigned int *tmo);
int scl_tmo_format(char *buf, size_t size, unsigned int tmo);
bool scl_hold_allowed(void);
struct scl_limits scl_limits(unsigned int host, unsigned int device, scl_ms first_try, scl_ms transport);

#endif
