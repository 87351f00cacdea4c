// SPDX-License-Identifier: GPL-2.0
//
// Tracks which of the redirected functions are in force, and logs when that changes: another
// livepatch may take them, and livepatch itself notifies no owner (callbacks of a replaced patch
// are not called, Documentation/livepatch/callbacks.rst).
#define pr_fmt(fmt) "scsi_lifecycle_livepatch: " fmt

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>

#include "force.h"

static DEFINE_MUTEX(mutex);
static struct klp_func *functions; /* NULL until they are in force; this and below under mutex */
static struct list_head *stack[SCL_FUNCTIONS];	/* heads of the functions' patch stacks */
static bool before[SCL_FUNCTIONS];		/* in force at the last other load */
static bool lost[SCL_FUNCTIONS];

/*
 * Patches of one function form a stack (klp_ops.func_stack in kernel/livepatch/patch.h), and its
 * first entry is called; a livepatch that replaces all others first stacks functions that do
 * nothing. Pointers are only compared, never followed: this module may not take klp_mutex.
 */
static bool in_force(unsigned int i)
{
	return READ_ONCE(functions[i].patched) &&
	       READ_ONCE(functions[i].stack_node.prev) == stack[i];
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
 * A livepatch is enabled by its init, between COMING and LIVE, and is unloaded only when it is
 * disabled. (The administrator disables this one, and livepatch logs that.)
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
 * scl_force_register - register for the loading and unloading of other livepatches
 *
 * Context: may sleep; before the patch is enabled.
 * Return: 0, or the error of register_module_notifier().
 */
int scl_force_register(void)
{
	return register_module_notifier(&notifier);
}

/**
 * scl_force_unregister - unregister from other livepatches
 *
 * Context: may sleep.
 */
void scl_force_unregister(void)
{
	unregister_module_notifier(&notifier);
}

/**
 * scl_force_begins - track functions that are redirected from now on
 * @patched: the functions; each is the first of its stack, unless another livepatch was enabled
 * since. (That one is then taken for none, and its unload for a loss.)
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
