/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_GOING_H
#define SCSI_LIFECYCLE_KUNIT_GOING_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/module.h>
#include <scsi/scsi_host.h>

/* The notifier call of a module that is being unloaded, made in a thread of its own. */
struct scl_closing {
	struct module *lld;
	struct completion done;
};

/* try_module_get() fails for a module that is being unloaded, and nothing else shows it. */
struct module *scl_going(void);
/* Sets the LLD that a scl_host names, and returns the one before. */
struct module *scl_set_lld(struct Scsi_Host *shost, struct module *lld);
void scl_closing_begin(struct kunit *test, struct scl_closing *closing, struct module *lld);

#endif
