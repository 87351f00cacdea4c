/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_GOING_H
#define SCSI_LIFECYCLE_KUNIT_GOING_H

#include <kunit/test.h>
#include <linux/module.h>
#include <linux/string.h>

#include "../drivers/guard/guard.h"
#include "../drivers/guard/host.h"

/* What try_module_get() makes of a module is all that tells one that is being unloaded. */
static inline struct module *scl_going(struct kunit *test)
{
	struct module *lld = kunit_kzalloc(test, sizeof(*lld), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, lld);
	strscpy(lld->name, "going", sizeof(lld->name));
	lld->state = MODULE_STATE_GOING;
	return lld;
}

/* The LLD that a host's record names; the one before is returned. */
static inline struct module *scl_set_lld(struct Scsi_Host *shost, struct module *lld)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_host_find(shost);
	struct module *was = NULL;

	if (host) {
		was = host->lld;
		host->lld = lld;
	}
	srcu_read_unlock(&scl_srcu, idx);
	return was;
}

#endif
