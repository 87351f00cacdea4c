// SPDX-License-Identifier: GPL-2.0
#include "orders.h"
#include "disk.h"
#include "held.h"
#include "host.h"

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/wait.h>

/*
 * Orders and status are parameters: unlike a file of debugfs they can be written while the module
 * is being unloaded, when its exit waits for commands that it was ordered to hold.
 */

static DECLARE_WAIT_QUEUE_HEAD(orders_changed);

static unsigned int luns = 1;

static int luns_set(const char *text, const struct kernel_param *kp)
{
	return param_set_uint_minmax(text, kp, 1, STUBBORN_MAX_LUNS);
}

static const struct kernel_param_ops luns_ops = {
	.set = luns_set,
	.get = param_get_uint,
};
module_param_cb(luns, &luns_ops, &luns, 0644);
MODULE_PARM_DESC(luns, "so many LUNs answer a scan (default 1)");

/* An order that is one of several words; the first is the default. */
struct choice {
	const char *const *words;
	size_t count;
	int value;
};

#define CHOICE(of) { .words = (of), .count = ARRAY_SIZE(of) }

static int choice_set(const char *text, const struct kernel_param *kp)
{
	struct choice *choice = kp->arg;
	int found = __sysfs_match_string(choice->words, choice->count, text);

	if (found < 0)
		return found;
	WRITE_ONCE(choice->value, found);
	return 0;
}

static int choice_get(char *text, const struct kernel_param *kp)
{
	const struct choice *choice = kp->arg;

	return sysfs_emit(text, "%s\n", choice->words[READ_ONCE(choice->value)]);
}

static const struct kernel_param_ops choice_ops = {
	.set = choice_set,
	.get = choice_get,
};

static const char *const kinds[STUBBORN_KINDS] = { "nothing", "inquiry", "write", "flush",
						   "start" };
static struct choice hold = CHOICE(kinds);

/**
 * stubborn_kind_find - the kind of commands that a word stands for
 * @name: the word
 *
 * Context: any.
 * Return: the kind, or -EINVAL.
 */
int stubborn_kind_find(const char *name)
{
	return __sysfs_match_string(kinds, ARRAY_SIZE(kinds), name);
}

/* Before init no command can be held. */
static int hold_set(const char *text, const struct kernel_param *kp)
{
	int err = choice_set(text, kp);

	if (!err)
		stubborn_let_go();
	return err;
}

static const struct kernel_param_ops hold_ops = {
	.set = hold_set,
	.get = choice_get,
};
module_param_cb(hold, &hold_ops, &hold, 0644);
MODULE_PARM_DESC(hold,
		 "nothing (default), inquiry, write, flush or start: not answered until this is written again");

/* Status cannot be set, by insmod either. */
static int refuse(const char *text, const struct kernel_param *kp)
{
	return -EINVAL;
}

static int held_get(char *text, const struct kernel_param *kp)
{
	return sysfs_emit(text, "%u\n", stubborn_held());
}

static const struct kernel_param_ops held_ops = {
	.set = refuse,
	.get = held_get,
};
module_param_cb(held, &held_ops, NULL, 0444);
MODULE_PARM_DESC(held, "so many commands are held");

static bool busy;
module_param(busy, bool, 0644);
MODULE_PARM_DESC(busy, "no command is taken: queuecommand() says that the host is busy");

static bool block_requests;

static int block_requests_set(const char *text, const struct kernel_param *kp)
{
	bool before = block_requests;
	int err = param_set_bool(text, kp);

	if (err || block_requests == before)
		return err;
	err = stubborn_block_requests(block_requests);
	if (err)
		block_requests = before;
	return err;
}

static const struct kernel_param_ops block_requests_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = block_requests_set,
	.get = param_get_bool,
};
module_param_cb(block_requests, &block_requests_ops, &block_requests, 0644);
MODULE_PARM_DESC(block_requests,
		 "all hosts are under scsi_block_requests(); only while there is one");

static const char *const answer_words[STUBBORN_ANSWERS] = { "good",	      "busy",
							    "attention",      "medium_error",
							    "no_connect",     "recovered_error",
							    "unknown_command" };

static struct choice answer = CHOICE(answer_words);

module_param_cb(answer, &choice_ops, &answer, 0644);
MODULE_PARM_DESC(answer,
		 "to flushes: good (default), busy, attention, medium_error, no_connect, recovered_error or unknown_command");

static const char *const media[STUBBORN_MEDIA] = { "fixed", "in", "out" };
static struct choice medium = CHOICE(media);

module_param_cb(medium, &choice_ops, &medium, 0644);
MODULE_PARM_DESC(medium,
		 "fixed (default), or of a removable disk, in or out: a disk that is scanned later is removable");

static atomic_t answers = ATOMIC_INIT(INT_MAX);

static int answers_set(const char *text, const struct kernel_param *kp)
{
	unsigned int count;
	int err = kstrtouint(text, 0, &count);

	if (err)
		return err;
	if (count > INT_MAX)
		return -ERANGE;
	atomic_set(&answers, count);
	return 0;
}

static int count_get(char *text, const struct kernel_param *kp)
{
	return sysfs_emit(text, "%d\n", atomic_read(kp->arg));
}

static const struct kernel_param_ops answers_ops = {
	.set = answers_set,
	.get = count_get,
};
module_param_cb(answers, &answers_ops, &answers, 0644);
MODULE_PARM_DESC(answers,
		 "so many flushes more are answered so, and those after them good (default: all)");

static bool requeue;
module_param(requeue, bool, 0644);
MODULE_PARM_DESC(requeue,
		 "a held command that is let go is not carried out: it is to be sent again");

static bool keep_timer;
module_param(keep_timer, bool, 0644);
MODULE_PARM_DESC(keep_timer, "a command that times out gets its time anew, for ever");

static const char *const steps[STUBBORN_STEPS + 1] = { "abort", "device", "target",
						       "bus",	"host",	  "nothing" };
static struct choice eh_works = CHOICE(steps);

module_param_cb(eh_works, &choice_ops, &eh_works, 0644);
MODULE_PARM_DESC(eh_works,
		 "the mildest step of error handling that succeeds: abort (default), device, target, bus, host or nothing");

static bool eh_waits;

static int eh_waits_set(const char *text, const struct kernel_param *kp)
{
	int err = param_set_bool(text, kp);

	wake_up_all(&orders_changed);
	return err;
}

static const struct kernel_param_ops eh_waits_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = eh_waits_set,
	.get = param_get_bool,
};
module_param_cb(eh_waits, &eh_waits_ops, &eh_waits, 0644);
MODULE_PARM_DESC(eh_waits, "every reset waits first, as for a transport, until this is off");

static atomic_t counts[STUBBORN_STEPS];
static atomic_t flushed;

static const struct kernel_param_ops count_ops = {
	.set = refuse,
	.get = count_get,
};
module_param_cb(aborts, &count_ops, &counts[STUBBORN_ABORT], 0444);
module_param_cb(device_resets, &count_ops, &counts[STUBBORN_DEVICE_RESET], 0444);
module_param_cb(target_resets, &count_ops, &counts[STUBBORN_TARGET_RESET], 0444);
module_param_cb(bus_resets, &count_ops, &counts[STUBBORN_BUS_RESET], 0444);
module_param_cb(host_resets, &count_ops, &counts[STUBBORN_HOST_RESET], 0444);
module_param_cb(flushed, &count_ops, &flushed, 0444);
MODULE_PARM_DESC(flushed, "so many flushes were carried out");

unsigned int stubborn_luns(void)
{
	return READ_ONCE(luns);
}

enum stubborn_kind stubborn_hold_kind(void)
{
	return READ_ONCE(hold.value);
}

/**
 * stubborn_next_answer - how the next flush is to be answered
 *
 * Context: any. Each call uses up one of the answers that were ordered.
 */
enum stubborn_answer stubborn_next_answer(void)
{
	enum stubborn_answer next = READ_ONCE(answer.value);

	if (next == STUBBORN_GOOD || atomic_dec_if_positive(&answers) < 0)
		return STUBBORN_GOOD;
	return next;
}

enum stubborn_medium stubborn_medium(void)
{
	return READ_ONCE(medium.value);
}

void stubborn_count_flush(void)
{
	atomic_inc(&flushed);
}

bool stubborn_is_busy(void)
{
	return READ_ONCE(busy);
}

bool stubborn_keeps_timer(void)
{
	return READ_ONCE(keep_timer);
}

bool stubborn_requeues(void)
{
	return READ_ONCE(requeue);
}

bool stubborn_step_works(enum stubborn_step step)
{
	return step >= READ_ONCE(eh_works.value);
}

void stubborn_count_step(enum stubborn_step step)
{
	atomic_inc(&counts[step]);
}

/**
 * stubborn_wait_for_transport - as fc_block_rport() and iscsi_block_scsi_eh() do in error handling
 *
 * Context: may sleep, unkillable, until eh_waits is off.
 */
void stubborn_wait_for_transport(void)
{
	wait_event(orders_changed, !READ_ONCE(eh_waits));
}
