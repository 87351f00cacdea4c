// SPDX-License-Identifier: GPL-2.0
#include <linux/kthread.h>
#include <linux/string.h>

#include "../drivers/guard/gate.h"
#include "../drivers/guard/guard.h"
#include "../drivers/guard/host.h"
#include "going.h"

struct module *scl_going(struct kunit *test)
{
	struct module *lld = kunit_kzalloc(test, sizeof(*lld), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, lld);
	strscpy(lld->name, "going", sizeof(lld->name));
	lld->state = MODULE_STATE_GOING;
	return lld;
}

struct module *scl_set_lld(struct Scsi_Host *shost, struct module *lld)
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

static int close_gate(void *data)
{
	struct scl_closing *closing = data;

	scl_gate_close(closing->lld);
	complete(&closing->done);
	return 0;
}

void scl_closing_begin(struct kunit *test, struct scl_closing *closing, struct module *lld)
{
	closing->lld = lld;
	init_completion(&closing->done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(close_gate, closing, "gate")));
}
