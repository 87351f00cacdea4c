// SPDX-License-Identifier: GPL-2.0
//
// Consumers are called, once each, when a device is removed.
#include <linux/export.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/wait.h>

#include "api.h"

/* A call under way, on the stack of its worker. */
struct scl_call {
	struct list_head node;
	void (*gone)(struct scsi_lifecycle_consumer *consumer,
		     const struct scsi_lifecycle_record *last);
	struct task_struct *worker;
	bool left;			/* its gone() detached it: the memory may be in other use */
};

/* A module whose exit has run; its gone() may still run. */
struct scl_unload {
	struct list_head node;
	struct module *module;
	/* the next of its consumers whose detach it forgot */
	struct scsi_lifecycle_consumer *consumer;
	struct scl_device *device;
	struct scl_consumer_step step;
};

static LIST_HEAD(calls);
static LIST_HEAD(unloads);
static DEFINE_SPINLOCK(calls_lock);	/* protects both lists */
static DECLARE_WAIT_QUEUE_HEAD(returned);
static struct workqueue_struct *callers;

/* Caller holds the object lock. finish() does the rest without it, the put last. */
static struct scl_consumer_step take_step(struct scl_device *device,
					  struct scsi_lifecycle_consumer *consumer,
					  enum scl_consumer_event event)
{
	struct scl_consumer_step step = scl_consumer_next(consumer->state, event);

	lockdep_assert_held(&device->lock);
	consumer->state = step.next;
	if (step.actions & SCL_CONSUMER_DO_GET) {
		get_device(&device->dev);
		consumer->device = device;
		list_add_tail(&consumer->node, &device->consumers);
	}
	if (step.actions & SCL_CONSUMER_DO_PUT) {
		list_del(&consumer->node);
		WRITE_ONCE(consumer->device, NULL);
	}
	return step;
}

static bool begin_call(struct scsi_lifecycle_consumer *consumer, struct scl_call *call,
		       struct scsi_lifecycle_record *last)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = READ_ONCE(consumer->device);
	bool call_it = false;

	if (device) {
		spin_lock_irq(&device->lock);
		call_it = take_step(device, consumer, SCL_CONSUMER_CALL).actions &
			  SCL_CONSUMER_DO_CALL;
		if (call_it) {
			consumer->call = call;
			call->gone = consumer->gone;
			*last = device->history.last;
		}
		spin_unlock_irq(&device->lock);
	}
	srcu_read_unlock(&scl_srcu, idx);
	return call_it;
}

/*
 * The consumer is attached, so its device is valid. Once the step is taken, a caller that detaches
 * the consumer may put the last reference before the lock is released: hence the read section.
 */
static void end_call(struct scsi_lifecycle_consumer *consumer)
{
	struct scl_device *device = consumer->device;
	struct scl_consumer_step step;
	int idx = srcu_read_lock(&scl_srcu);

	spin_lock_irq(&device->lock);
	consumer->call = NULL;
	step = take_step(device, consumer, SCL_CONSUMER_RETURN);
	spin_unlock_irq(&device->lock);
	if (step.actions & SCL_CONSUMER_DO_PUT)
		put_device(&device->dev);
	srcu_read_unlock(&scl_srcu, idx);
}

static void call_consumer(struct work_struct *work)
{
	struct scsi_lifecycle_consumer *consumer =
		container_of(work, struct scsi_lifecycle_consumer, work);
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
static bool is_unloading(const struct scsi_lifecycle_consumer *consumer)
{
	struct scl_unload *unload;
	bool found = false;

	spin_lock(&calls_lock);
	list_for_each_entry(unload, &unloads, node)
		found |= within_module((unsigned long)consumer->gone, unload->module);
	spin_unlock(&calls_lock);
	return found;
}

/**
 * scsi_lifecycle_attach - have a function called when a device is removed
 * @sdev: the device
 * @consumer: zeroed but for gone; it has to be there until it is detached
 *
 * gone() is called exactly once, by a worker, with no lock held; it may sleep, and detach its
 * consumer. It is called when the removal of @sdev is complete: its driver is detached, and no
 * command of it is at its LLD or waits; or when an LLD that is unloaded left its host behind, and
 * @last->from is not SCSI_LIFECYCLE_STATE_DEL. A consumer keeps neither the device nor its LLD:
 * gone() or the caller has to drop other references on them by other means. The number of the
 * device's node is not reused until the consumer is detached.
 *
 * Context: any but NMI. Caller knows @sdev to be there. One caller at a time for one consumer, and
 * not while a scsi_lifecycle_detach() of it has not returned, unless gone() itself attaches it
 * anew.
 * Return: 0; -EINVAL without a device or a gone(); -EBUSY when it is attached already; -ENODEV when
 * the removal is complete, when the device is not remembered, for want of memory, or when the exit
 * of gone()'s module has run: then gone() is not called.
 */
int scsi_lifecycle_attach(struct scsi_device *sdev, struct scsi_lifecycle_consumer *consumer)
{
	struct scl_device *device;
	unsigned long flags;
	int idx, err = -ENODEV;

	if (!sdev || !consumer || !consumer->gone)
		return -EINVAL;
	idx = srcu_read_lock(&scl_srcu);
	device = scl_device_find(sdev);
	if (device) {
		spin_lock_irqsave(&device->lock, flags);
		if (consumer->state != SCL_CONSUMER_DETACHED) {
			err = -EBUSY;
		} else if (device->sdev == sdev && !is_unloading(consumer)) {
			/*
			 * Once: when it is attached anew inside of gone(), the work has to remember
			 * that it runs, or a second worker would call gone() beside the first.
			 */
			if (!consumer->work.func)
				INIT_WORK(&consumer->work, call_consumer);
			take_step(device, consumer, SCL_CONSUMER_ATTACH);
			err = 0;
		}
		spin_unlock_irqrestore(&device->lock, flags);
	}
	srcu_read_unlock(&scl_srcu, idx);
	return err;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_attach);

/* What a step leaves to do without the object lock. */
static void finish(struct scl_device *device, struct scsi_lifecycle_consumer *consumer,
		   struct scl_consumer_step step)
{
	/* Inside a gone() the next call may be queued behind it, and must not be waited for. */
	if (step.actions & SCL_CONSUMER_DO_CANCEL && current_work() == &consumer->work)
		cancel_work(&consumer->work);
	else if (step.actions & SCL_CONSUMER_DO_CANCEL)
		cancel_work_sync(&consumer->work);
	if (step.actions & SCL_CONSUMER_DO_PUT)
		put_device(&device->dev);
}

static int detach(struct scsi_lifecycle_consumer *consumer)
{
	struct scl_consumer_step step = { .refused = true };
	struct scl_device *device;
	int idx;

	idx = srcu_read_lock(&scl_srcu);
	device = READ_ONCE(consumer->device);
	if (device) {
		spin_lock_irq(&device->lock);
		if (consumer->device == device) {
			bool itself = consumer->call && consumer->call->worker == current;

			step = take_step(device, consumer,
					 itself ? SCL_CONSUMER_DETACH_INSIDE :
						  SCL_CONSUMER_DETACH);
			if (itself && !step.refused) {
				consumer->call->left = true;
				consumer->call = NULL;
			}
		}
		spin_unlock_irq(&device->lock);
	}
	srcu_read_unlock(&scl_srcu, idx);
	if (step.refused)
		return -ENOENT;
	finish(device, consumer, step);
	return 0;
}

/**
 * scsi_lifecycle_detach - have a consumer called no more
 * @consumer: the consumer
 *
 * When it returns 0, gone() is not running and will not be called; if gone() itself is the caller,
 * it is running. It may race with gone(). Only one caller gets 0, and may free the consumer;
 * another that may call this has to know that the consumer is there. The unload of its module waits
 * for a gone() that detached itself.
 *
 * Context: may sleep, and waits for gone() to return; without a lock that gone() takes, and not
 * inside another consumer's gone(): two that detach each other would wait for each other.
 * Return: 0; -ENOENT when it is not attached, or another caller is detaching it.
 */
int scsi_lifecycle_detach(struct scsi_lifecycle_consumer *consumer)
{
	might_sleep();
	return consumer ? detach(consumer) : -ENOENT;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_detach);

/**
 * scl_consumers_gone - have all consumers of a device called
 * @device: the device; its last record is written
 *
 * Context: any but NMI. The object lock is held.
 */
void scl_consumers_gone(struct scl_device *device)
{
	struct scsi_lifecycle_consumer *consumer;

	list_for_each_entry(consumer, &device->consumers, node)
		if (take_step(device, consumer, SCL_CONSUMER_GONE).actions &
		    SCL_CONSUMER_DO_QUEUE)
			queue_work(callers, &consumer->work);
}

/*
 * The step is taken where the consumer is found: once a consumer is detached, the worker of its
 * gone() does not touch its memory.
 */
static void detach_one_of(struct scl_device *device, void *arg)
{
	struct scsi_lifecycle_consumer *consumer;
	struct scl_unload *unload = arg;

	spin_lock_irq(&device->lock);
	list_for_each_entry(consumer, &device->consumers, node) {
		if (unload->device || !within_module((unsigned long)consumer->gone, unload->module))
			continue;
		unload->step = take_step(device, consumer, SCL_CONSUMER_DETACH);
		if (unload->step.refused)
			continue;
		unload->consumer = consumer;
		unload->device = device;
		break;
	}
	spin_unlock_irq(&device->lock);
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
 * scl_consumers_unload - detach the consumers of a module whose text is about to be freed
 * @module: the module; its exit has run
 *
 * A module's exit detaches its consumers. Those that it forgot are detached here, and reported. A
 * gone() that detached itself, so that the exit did not wait for it, may still run: from now on it
 * cannot attach its consumer anew, and this waits for it.
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_consumers_unload(struct module *module)
{
	struct scl_unload unload = { .module = module };

	spin_lock_irq(&calls_lock);
	list_add(&unload.node, &unloads);
	spin_unlock_irq(&calls_lock);
	for (;;) {
		unload.device = NULL;
		scl_devices_each(detach_one_of, &unload);
		if (!unload.device)
			break;
		pr_warn("%s left a consumer behind\n", module_name(module));
		finish(unload.device, unload.consumer, unload.step);
	}
	while (!wait_event_timeout(returned, !calls_into(module), 10 * HZ))
		pr_warn("the unload of %s waits for its gone() to return\n", module_name(module));
	spin_lock_irq(&calls_lock);
	list_del(&unload.node);
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
