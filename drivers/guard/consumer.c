// SPDX-License-Identifier: GPL-2.0
//
// Those who are told, once each, that a device is gone.
#include <linux/export.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/wait.h>
#include <scsi/scsi_lifecycle.h>

#include "consumer.h"
#include "guard.h"
#include "life.h"

/* A call under way, on the stack of its worker. */
struct scl_call {
	struct list_head node;
	void (*gone)(struct scsi_lifecycle_consumer *consumer, const struct scsi_lifecycle_record *last);
	struct task_struct *worker;
	bool left;			/* detached by itself: its memory may be somebody else's */
};

/* A module whose exit has run, but whose gone() may. */
struct scl_leaver {
	struct list_head node;
	struct module *module;
	/* The next of its consumers that it forgot to detach. */
	struct scsi_lifecycle_consumer *consumer;
	struct scl_life *life;
	struct scl_consumer_step step;
};

static LIST_HEAD(calls);
static LIST_HEAD(leavers);
static DEFINE_SPINLOCK(calls_lock);	/* of both */
static DECLARE_WAIT_QUEUE_HEAD(returned);
static struct workqueue_struct *callers;

/* Caller holds the life's lock. What is left to do is done without it, the drop last. */
static struct scl_consumer_step happens(struct scl_life *life, struct scsi_lifecycle_consumer *consumer,
					enum scl_consumer_event event)
{
	struct scl_consumer_step step = scl_consumer_next(consumer->state, event);

	lockdep_assert_held(&life->lock);
	consumer->state = step.next;
	if (step.actions & SCL_CONSUMER_TAKE) {
		get_device(&life->dev);
		consumer->life = life;
		list_add_tail(&consumer->node, &life->consumers);
	}
	if (step.actions & SCL_CONSUMER_DROP) {
		list_del(&consumer->node);
		WRITE_ONCE(consumer->life, NULL);
	}
	return step;
}

static bool begin_call(struct scsi_lifecycle_consumer *consumer, struct scl_call *call, struct scsi_lifecycle_record *last)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life = READ_ONCE(consumer->life);
	bool tell = false;

	if (life) {
		spin_lock_irq(&life->lock);
		tell = happens(life, consumer, SCL_CONSUMER_CALL).actions & SCL_CONSUMER_TELL;
		if (tell) {
			consumer->call = call;
			call->gone = consumer->gone;
			*last = scl_journal_last(&life->journal);
		}
		spin_unlock_irq(&life->lock);
	}
	srcu_read_unlock(&scl_srcu, idx);
	return tell;
}

/*
 * The consumer has not been dropped, so its life is there; once it is told, who detaches it may take both away
 * before the lock is quite let go of.
 */
static void end_call(struct scsi_lifecycle_consumer *consumer)
{
	struct scl_life *life = consumer->life;
	struct scl_consumer_step step;
	int idx = srcu_read_lock(&scl_srcu);

	spin_lock_irq(&life->lock);
	consumer->call = NULL;
	step = happens(life, consumer, SCL_CONSUMER_RETURN);
	spin_unlock_irq(&life->lock);
	if (step.actions & SCL_CONSUMER_DROP)
		put_device(&life->dev);
	srcu_read_unlock(&scl_srcu, idx);
}

static void call_consumer(struct work_struct *work)
{
	struct scsi_lifecycle_consumer *consumer = container_of(work, struct scsi_lifecycle_consumer, work);
	struct scsi_lifecycle_record last;
	struct scl_call call = { .worker = current };

	if (!begin_call(consumer, &call, &last))
		return;
	spin_lock_irq(&calls_lock);
	list_add(&call.node, &calls);
	spin_unlock_irq(&calls_lock);

	call.gone(consumer, &last);

	if (!call.left)
		end_call(consumer);
	spin_lock_irq(&calls_lock);
	list_del(&call.node);
	spin_unlock_irq(&calls_lock);
	wake_up_all(&returned);
}

/* Interrupts are off. */
static bool is_leaving(const struct scsi_lifecycle_consumer *consumer)
{
	struct scl_leaver *leaver;
	bool found = false;

	spin_lock(&calls_lock);
	list_for_each_entry(leaver, &leavers, node)
		found |= within_module((unsigned long)consumer->gone, leaver->module);
	spin_unlock(&calls_lock);
	return found;
}

/**
 * scsi_lifecycle_attach - have somebody told when a device is gone
 * @sdev: the device
 * @consumer: who; zeroed but for gone, and there until it is detached
 *
 * Gone is when the device's removal is complete: its driver has left, and nothing of it is left at its LLD, or
 * waits; or when an LLD that is unloaded left its host behind, and then @last->from is not SCSI_LIFECYCLE_DEL.
 * @consumer->gone() is called then, exactly once, by a worker, with no lock held; it may sleep, and detach
 * @consumer. It neither keeps the device nor its LLD: what else the caller has of them he has to give back by other
 * means, before. The number of the device's node is kept until @consumer is detached.
 *
 * Context: any but NMI. Caller knows @sdev to be there. One at a time for one @consumer, and not while a
 * scsi_lifecycle_detach() of it has not returned, but for its own gone()'s.
 * Return: 0; -EINVAL without a device or a gone(); -EBUSY when it is attached already; -ENODEV when the removal is
 * complete, or the device is not known, for want of memory, or the exit of gone()'s module has run: then gone() is not called.
 */
int scsi_lifecycle_attach(struct scsi_device *sdev, struct scsi_lifecycle_consumer *consumer)
{
	struct scl_life *life;
	unsigned long flags;
	int idx, err = -ENODEV;

	if (!sdev || !consumer || !consumer->gone)
		return -EINVAL;
	idx = srcu_read_lock(&scl_srcu);
	life = scl_life_find(sdev);
	if (life) {
		spin_lock_irqsave(&life->lock, flags);
		if (consumer->state != SCL_CONSUMER_DETACHED) {
			err = -EBUSY;
		} else if (life->sdev == sdev && !is_leaving(consumer)) {
			/*
			 * Once: attached anew inside of gone(), its work has to know where it still runs, or a
			 * second worker would call gone() beside the first.
			 */
			if (!consumer->work.func)
				INIT_WORK(&consumer->work, call_consumer);
			happens(life, consumer, SCL_CONSUMER_ATTACH);
			err = 0;
		}
		spin_unlock_irqrestore(&life->lock, flags);
	}
	srcu_read_unlock(&scl_srcu, idx);
	return err;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_attach);

/* What a step leaves to do without the lock. */
static void finish(struct scl_life *life, struct scsi_lifecycle_consumer *consumer, struct scl_consumer_step step)
{
	/* Inside a call the next one may be queued behind it, and must not be waited for. */
	if (step.actions & SCL_CONSUMER_CANCEL && current_work() == &consumer->work)
		cancel_work(&consumer->work);
	else if (step.actions & SCL_CONSUMER_CANCEL)
		cancel_work_sync(&consumer->work);
	if (step.actions & SCL_CONSUMER_DROP)
		put_device(&life->dev);
}

static int detach(struct scsi_lifecycle_consumer *consumer)
{
	struct scl_consumer_step step = { .refused = true };
	struct scl_life *life;
	int idx;

	idx = srcu_read_lock(&scl_srcu);
	life = READ_ONCE(consumer->life);
	if (life) {
		spin_lock_irq(&life->lock);
		if (consumer->life == life) {
			bool itself = consumer->call && consumer->call->worker == current;

			step = happens(life, consumer, itself ? SCL_CONSUMER_DETACH_INSIDE : SCL_CONSUMER_DETACH);
			if (itself && !step.refused) {
				consumer->call->left = true;
				consumer->call = NULL;
			}
		}
		spin_unlock_irq(&life->lock);
	}
	srcu_read_unlock(&scl_srcu, idx);
	if (step.refused)
		return -ENOENT;
	finish(life, consumer, step);
	return 0;
}

/**
 * scsi_lifecycle_detach - tell somebody nothing any more
 * @consumer: who
 *
 * When it returns 0, gone() is not running and will not be called, but for the caller's own: it may be called inside
 * of gone(), and may race with it. Who gets 0 is the only one, and the memory of @consumer is his; whoever else may
 * call it has to know that it is there. A gone() that detached itself is waited for when its module is unloaded.
 *
 * Context: may sleep, and waits for gone() to return; without a lock that gone() takes, and not inside another
 * consumer's gone(): two that detach each other would wait for each other.
 * Return: 0; -ENOENT when it is not attached, or somebody else is detaching it.
 */
int scsi_lifecycle_detach(struct scsi_lifecycle_consumer *consumer)
{
	might_sleep();
	return consumer ? detach(consumer) : -ENOENT;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_detach);

/**
 * scl_consumers_gone - a device is gone
 * @life: its life, whose last record is there
 *
 * Context: any but NMI. The life's lock is held.
 */
void scl_consumers_gone(struct scl_life *life)
{
	struct scsi_lifecycle_consumer *consumer;

	list_for_each_entry(consumer, &life->consumers, node)
		if (happens(life, consumer, SCL_CONSUMER_GONE).actions & SCL_CONSUMER_QUEUE)
			queue_work(callers, &consumer->work);
}

/* The step is taken where the consumer is found: once it is detached, its gone() lets its memory be. */
static void detach_one_of(struct scl_life *life, void *arg)
{
	struct scsi_lifecycle_consumer *consumer;
	struct scl_leaver *leaver = arg;

	spin_lock_irq(&life->lock);
	list_for_each_entry(consumer, &life->consumers, node) {
		if (leaver->life || !within_module((unsigned long)consumer->gone, leaver->module))
			continue;
		leaver->step = happens(life, consumer, SCL_CONSUMER_DETACH);
		if (leaver->step.refused)
			continue;
		leaver->consumer = consumer;
		leaver->life = life;
		break;
	}
	spin_unlock_irq(&life->lock);
}

static bool calls_into(struct module *module)
{
	struct scl_call *call;
	bool found = false;

	spin_lock_irq(&calls_lock);
	list_for_each_entry(call, &calls, node)
		found |= within_module((unsigned long)call->gone, module);
	spin_unlock_irq(&calls_lock);
	return found;
}

/**
 * scl_consumers_leave - the text of a module is about to go
 * @module: the module; its exit has run
 *
 * Its exit detaches its consumers. What it forgot is detached here. A gone() that detached itself, and so was not waited for by
 * the exit, may still run: from now on it cannot attach its consumer anew, and it is waited for.
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_consumers_leave(struct module *module)
{
	struct scl_leaver leaver = { .module = module };

	spin_lock_irq(&calls_lock);
	list_add(&leaver.node, &leavers);
	spin_unlock_irq(&calls_lock);
	for (;;) {
		leaver.life = NULL;
		scl_lives_each(detach_one_of, &leaver);
		if (!leaver.life)
			break;
		pr_warn("%s left a consumer behind\n", module_name(module));
		finish(leaver.life, leaver.consumer, leaver.step);
	}
	while (!wait_event_timeout(returned, !calls_into(module), 10 * HZ))
		pr_warn("the unload of %s waits for its gone() to return\n", module_name(module));
	spin_lock_irq(&calls_lock);
	list_del(&leaver.node);
	spin_unlock_irq(&calls_lock);
}

int scl_consumers_init(void)
{
	callers = alloc_workqueue("scsi_lifecycle_gone", WQ_UNBOUND, 0);
	return callers ? 0 : -ENOMEM;
}

void scl_consumers_exit(void)
{
	destroy_workqueue(callers);
}
