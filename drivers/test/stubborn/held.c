// SPDX-License-Identifier: GPL-2.0
#include "held.h"
#include "disk.h"
#include "fault.h"
#include "orders.h"

#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_proto.h>

/* Protects held. A leaf, taken where commands are queued. */
static DEFINE_SPINLOCK(held_lock);
static LIST_HEAD(held);

/*
 * Error handling returns a command to its owner once a handler has reported that the LLD let go of
 * it. This mutex makes the handler wait for a command that is being answered. Outside held_lock.
 */
static DEFINE_MUTEX(answer_mutex);

/* How long a slow command may be overdue. */
#define LATE_MS 10

static void answer_slow(struct work_struct *work);
static DECLARE_DELAYED_WORK(answer_work, answer_slow);

/**
 * stubborn_kind_of - the kind by which orders and faults name a command
 * @cmd: the command
 *
 * Context: any.
 */
enum stubborn_kind stubborn_kind_of(const struct scsi_cmnd *cmd)
{
	switch (cmd->cmnd[0]) {
	case INQUIRY:
		return STUBBORN_INQUIRY;
	case START_STOP:
		return STUBBORN_START;
	case WRITE_10:
		return STUBBORN_WRITE;
	case SYNCHRONIZE_CACHE:
	case SYNCHRONIZE_CACHE_16:
		return STUBBORN_FLUSH;
	default:
		return STUBBORN_NOTHING;
	}
}

static bool to_be_held(const struct scsi_cmnd *cmd)
{
	enum stubborn_kind kind = stubborn_kind_of(cmd);

	return kind && kind == stubborn_hold_kind();
}

static struct scsi_cmnd *cmd_of(struct stubborn_cmd *priv)
{
	return (struct scsi_cmnd *)priv - 1;
}

/**
 * stubborn_hold - hold a command if the orders say so
 * @cmd: the command
 *
 * Context: any.
 * Return: true: it is held, and may be let go already.
 */
bool stubborn_hold(struct scsi_cmnd *cmd)
{
	struct stubborn_cmd *priv = scsi_cmd_priv(cmd);
	unsigned long flags;
	unsigned int delay;
	bool hold;

	priv->swallowed = stubborn_swallows(cmd);
	delay = stubborn_delay_of(cmd);
	priv->due = jiffies + msecs_to_jiffies(delay);

	/*
	 * Under the lock: orders that change meanwhile are followed by stubborn_let_go(), which
	 * takes it.
	 */
	spin_lock_irqsave(&held_lock, flags);
	hold = priv->swallowed || delay || to_be_held(cmd);
	if (hold)
		list_add_tail(&priv->node, &held);
	spin_unlock_irqrestore(&held_lock, flags);
	if (delay)
		schedule_delayed_work(&answer_work, msecs_to_jiffies(LATE_MS));
	return hold;
}

static bool may_go(struct stubborn_cmd *priv)
{
	return !priv->swallowed && !time_before(jiffies, priv->due) && !to_be_held(cmd_of(priv));
}

static struct scsi_cmnd *next_to_go(void)
{
	struct stubborn_cmd *priv;
	struct scsi_cmnd *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&held_lock, flags);
	list_for_each_entry(priv, &held, node) {
		if (may_go(priv)) {
			found = cmd_of(priv);
			list_del(&priv->node);
			break;
		}
	}
	spin_unlock_irqrestore(&held_lock, flags);
	return found;
}

/**
 * stubborn_let_go - answer the commands that are not to be held any more
 *
 * Context: may sleep.
 */
void stubborn_let_go(void)
{
	struct scsi_cmnd *cmd;

	mutex_lock(&answer_mutex);
	while ((cmd = next_to_go())) {
		if (stubborn_requeues())
			cmd->result = DID_REQUEUE << 16;
		else
			stubborn_answer(cmd);
		scsi_done(cmd);
	}
	mutex_unlock(&answer_mutex);
}

/* A command held for another reason is checked in vain, until it is let go. */
static void answer_slow(struct work_struct *work)
{
	stubborn_let_go();
	if (stubborn_held())
		schedule_delayed_work(&answer_work, msecs_to_jiffies(LATE_MS));
}

/**
 * stubborn_answer_stop - no slow command is answered afterwards
 *
 * Context: may sleep, with no command held.
 */
void stubborn_answer_stop(void)
{
	cancel_delayed_work_sync(&answer_work);
}

/**
 * stubborn_forget - drop commands without an answer
 * @cmd: this one, or NULL
 * @sdev: all of this device, or NULL; with neither, all there are
 *
 * Context: may sleep. Nothing of them is touched after it returns.
 */
void stubborn_forget(const struct scsi_cmnd *cmd, const struct scsi_device *sdev)
{
	struct stubborn_cmd *priv, *next;
	unsigned long flags;

	mutex_lock(&answer_mutex);
	spin_lock_irqsave(&held_lock, flags);
	list_for_each_entry_safe(priv, next, &held, node) {
		struct scsi_cmnd *each = cmd_of(priv);

		if ((!cmd || each == cmd) && (!sdev || each->device == sdev))
			list_del(&priv->node);
	}
	spin_unlock_irqrestore(&held_lock, flags);
	mutex_unlock(&answer_mutex);
}

unsigned int stubborn_held(void)
{
	unsigned int count = 0;
	struct list_head *each;
	unsigned long flags;

	spin_lock_irqsave(&held_lock, flags);
	list_for_each(each, &held)
		count++;
	spin_unlock_irqrestore(&held_lock, flags);
	return count;
}
