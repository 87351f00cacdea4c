// SPDX-License-Identifier: GPL-2.0
//
// Which of the redirected functions are in force, and a word in the log when that changes: another
// livepatch may have them, and livepatch itself tells nobody (callbacks of a replaced patch are not called,
// Documentation/livepatch/callbacks.rst).
#define pr_fmt(fmt) "scsi_lifecycle_livepatch: " fmt

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>

#include "force.h"

static DEFINE_MUTEX(mutex);
static struct klp_func *functions;		/* NULL until they are in force; this and below under mutex */
static struct list_head *stack[SCL_FUNCTIONS];	/* where the patches of each begin */
static bool before[SCL_FUNCTIONS];		/* in force when the last other livepatch came */
static bool lost[SCL_FUNCTIONS];

/*
 * Patches of one function form a stack (klp_ops.func_stack in kernel/livepatch/patch.h), and the first in
 * it is called; one that replaces all others first stacks functions that do nothing. Only compared, never
 * followed: klp_mutex is not ours to take.
 */
static bool in_force(unsigned int i)
{
	return READ_ONCE(functions[i].patched) && READ_ONCE(functions[i].stack_node.prev) == stack[i];
}

static void comes(void)
{
	unsigned int i;

	for (i = 0; i < SCL_FUNCTIONS; i++)
		before[i] = in_force(i);
}

static void has_come(void)
{
	unsigned int i;

	for (i = 0; i < SCL_FUNCTIONS; i++)
		if (before[i] && !in_force(i)) {
			lost[i] = true;
			pr_warn("%s is not redirected any more, another livepatch has it; the guard still holds\n",
				functions[i].old_name);
		}
}

static void goes(void)
{
	unsigned int i;

	for (i = 0; i < SCL_FUNCTIONS; i++)
		if (lost[i] && in_force(i)) {
			lost[i] = false;
			pr_info("%s is redirected again\n", functions[i].old_name);
		}
}

/*
 * A livepatch is enabled by its init, between COMING and LIVE, and is unloaded only when it is disabled. (That
 * this one was disabled is the administrator's doing, and livepatch says so.)
 */
static int module_event(struct notifier_block *nb, unsigned long action, void *data)
{
	if (data == THIS_MODULE || !is_livepatch_module(data))
		return NOTIFY_DONE;
	mutex_lock(&mutex);
	if (functions && action == MODULE_STATE_COMING)
		comes();
	else if (functions && action == MODULE_STATE_LIVE)
		has_come();
	else if (functions && action == MODULE_STATE_GOING)
		goes();
	mutex_unlock(&mutex);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = module_event,
};

/**
 * scl_force_register - hear of other livepatches
 *
 * Context: may sleep; before the patch is enabled.
 * Return: 0, or the error of register_module_notifier().
 */
int scl_force_register(void)
{
	return register_module_notifier(&notifier);
}

/**
 * scl_force_unregister - hear of no other livepatch any more
 *
 * Context: may sleep.
 */
void scl_force_unregister(void)
{
	unregister_module_notifier(&notifier);
}

/**
 * scl_force_begins - the functions are redirected from now on
 * @patched: they; each is the first of its stack, if no other livepatch was enabled since. (One that was, in the
 *	moment between, is taken for none, and its leaving for a loss.)
 *
 * Context: may sleep.
 */
void scl_force_begins(struct klp_func *patched)
{
	unsigned int i;

	mutex_lock(&mutex);
	for (i = 0; i < SCL_FUNCTIONS; i++)
		stack[i] = READ_ONCE(patched[i].stack_node.prev);
	functions = patched;
	mutex_unlock(&mutex);
}
