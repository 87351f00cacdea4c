// SPDX-License-Identifier: GPL-2.0
//
// What wakes one of the mutants that plant.py has put into this build, and tells which places ran.
#include <linux/module.h>
#include <linux/workqueue.h>

#include "asleep.h"

int scl_mutant = SCL_NO_MUTANT;
EXPORT_SYMBOL_GPL(scl_mutant);
u8 scl_reached[SCL_MUTANTS];
EXPORT_SYMBOL_GPL(scl_reached);

static u8 told[SCL_MUTANTS];

static void tell(struct work_struct *work);
static DECLARE_DELAYED_WORK(tell_work, tell);

/* Again and again, and soon, for a machine that reboots has no last moment for it. */
static void tell(struct work_struct *work)
{
	int n;

	for (n = 0; n < SCL_MUTANTS; n++)
		if (scl_reached[n] && !told[n]) {
			told[n] = 1;
			pr_notice("scl_reached %d\n", n);
		}
	if (work)
		queue_delayed_work(system_unbound_wq, &tell_work, max(1, HZ / 100));
}

void scl_asleep_init(void)
{
	if (scl_mutant == SCL_TELL)
		queue_delayed_work(system_unbound_wq, &tell_work, 0);
}

void scl_asleep_exit(void)
{
	if (scl_mutant != SCL_TELL)
		return;
	cancel_delayed_work_sync(&tell_work);
	tell(NULL);
}

static int mutant_set(const char *text, const struct kernel_param *kp)
{
	int err = kstrtoint(text, 0, &scl_mutant);

	if (!err)
		scl_wake(scl_mutant);
	return err;
}

static const struct kernel_param_ops mutant_ops = { .set = mutant_set, .get = param_get_int };
module_param_cb(mutant, &mutant_ops, &scl_mutant, 0444);
