/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_GOING_H
#define SCSI_LIFECYCLE_KUNIT_GOING_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/module.h>
#include <scsi/scsi_host.h>

/* The gate of a module that is being unloaded, closed in a thread of its own. */
struct scl_closing {
	struct module *lld;
	struct completion done;
};

/* What try_module_get() makes of a module is all that tells one that is being unloaded. */
struct module *scl_going(void);
/* The LLD that a host's record names; the one before is returned. */
struct module *scl_set_lld(struct Scsi_Host *shost, struct module *lld);
void scl_closing_begin(struct kunit *test, struct scl_closing *closing, struct module *lld);

#endif
