/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_FORCE_H
#define SCSI_LIFECYCLE_FORCE_H

#include <linux/livepatch.h>

#define SCL_FUNCTIONS 7

int scl_force_register(void);
void scl_force_unregister(void);
void scl_force_begins(struct klp_func *functions);

#endif
