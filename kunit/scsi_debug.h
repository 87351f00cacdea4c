/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_SCSI_DEBUG_H
#define SCSI_LIFECYCLE_KUNIT_SCSI_DEBUG_H

#include <kunit/test.h>

/* SDEBUG_OPT_TIMEOUT and SDEBUG_OPT_HOST_BUSY of drivers/scsi/scsi_debug.c. */
#define SCL_LLD_SWALLOWS "4"
#define SCL_LLD_IS_BUSY "0x8000"

/* With each command, until scl_lld_behave(). */
void scl_lld_misbehave(struct kunit *test, const char *how);
void scl_lld_behave(struct kunit *test);

void scl_second_host_add(struct kunit *test);
/* If scsi_debug is loaded: also for a suite's .exit. */
void scl_second_host_remove(struct kunit *test);

#endif
