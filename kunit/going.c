// SPDX-License-Identifier: GPL-2.0
#include <linux/kthread.h>

#include "going.h"
#include "rooms.h"

/* Not in a test's memory: an assertion may end a test whose host points to it. */
static struct module going = { .name = "going", .state = MODULE_STATE_GOING };

struct module *scl_going(void)
{
	return &going;
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

static int notify_unload(void *data)
{
	struct scl_closing *closing = data;

	scl_module_unloads(closing->lld);
	complete(&closing->done);
	return 0;
}

void scl_closing_begin(struct kunit *test, struct scl_closing *closing, struct module *lld)
{
	closing->lld = lld;
	init_completion(&closing->done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(notify_unload, closing, "unload")));
}
