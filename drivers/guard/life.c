// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <scsi/scsi_host.h>

#include "consumer.h"
#include "departure.h"
#include "event.h"
#include "guard.h"
#include "life.h"
#include "node.h"
#include "transition.h"

static DEFINE_XARRAY(devices);		/* lives by the address of a device whose removal is not complete */
static DEFINE_XARRAY_ALLOC(numbers);	/* all lives by their number */
static atomic_t lives = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(ended);
struct workqueue_struct *scl_life_queue;

static void life_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct scl_life, rcu));
	if (atomic_dec_and_test(&lives))
		wake_up_all(&ended);
}

/* The last who spoke of it has let go. Only now is the number another's to have. */
static void life_release(struct device *dev)
{
	struct scl_life *life = container_of(dev, struct scl_life, dev);

	xa_erase(&numbers, life->number);
	call_srcu(&scl_srcu, &life->rcu, life_free);
}

static void write(struct scl_life *life, enum scsi_lifecycle_type type, struct scl_state to, unsigned char cause)
{
	lockdep_assert_held(&life->lock);
	scl_journal_write(&life->journal, type, life->state, to, cause,
			  type == SCSI_LIFECYCLE_GONE ? READ_ONCE(life->flush) : 0);
	life->state = to;
}

static void note(struct scl_life *life, struct scl_state to, unsigned char cause)
{
	lockdep_assert_held(&life->lock);
	if (to.phase == life->state.phase && to.blocked == life->state.blocked)
		return;
	write(life, SCSI_LIFECYCLE_TRANSITION, to, cause);
	life->cause = cause;
	scl_event_due(life);
}

/**
 * scl_life_note - a device is in a state
 * @sdev: the device
 * @state: which
 * @cause: enum scl_event; SCL_EVENT_NONE: it was found there
 *
 * Context: any but NMI. The device lock is held, so that states are told in the order they are taken.
 */
void scl_life_note(struct scsi_device *sdev, struct scl_state state, unsigned char cause)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life = scl_life_find(sdev);
	unsigned long flags;

	if (life) {
		spin_lock_irqsave(&life->lock, flags);
		if (life->sdev == sdev)
			note(life, state, cause);
		spin_unlock_irqrestore(&life->lock, flags);
	}
	srcu_read_unlock(&scl_srcu, idx);
}

/**
 * scl_life_fate - what became of a device's flush
 * @sdev: the device, whose driver is gone
 * @fate: of the flush
 *
 * Context: process.
 */
void scl_life_fate(struct scsi_device *sdev, enum scl_fate fate)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life = scl_life_find(sdev);

	if (life)
		WRITE_ONCE(life->flush, fate);
	srcu_read_unlock(&scl_srcu, idx);
}

/**
 * scl_life_find - the life of a device
 * @sdev: the device, whose removal is not complete; only its address is used
 *
 * Context: any. Caller is in a read section of scl_srcu, and the life is valid in it.
 * Return: the life, or NULL.
 */
struct scl_life *scl_life_find(struct scsi_device *sdev)
{
	return xa_load(&devices, (unsigned long)sdev);
}

/**
 * scl_life_device - the device that a life is of
 * @life: the life
 *
 * As long as the life has the device, its removal is not complete and holds it.
 *
 * Context: any but NMI. Caller is in a read section of scl_srcu and drops the reference in it.
 * Return: the device, with a reference, or NULL when it is gone.
 */
struct scsi_device *scl_life_device(struct scl_life *life)
{
	struct scsi_device *sdev;
	unsigned long flags;

	spin_lock_irqsave(&life->lock, flags);
	sdev = life->sdev;
	if (sdev)
		get_device(&sdev->sdev_gendev);
	spin_unlock_irqrestore(&life->lock, flags);
	return sdev;
}

/*
 * In a worker, where nobody's locks are held: those of the removal, or of a close.
 */
static void life_end(struct work_struct *work)
{
	struct scl_life *life = container_of(work, struct scl_life, end);

	/* Nobody queues it any more: who does looks for the device under the lock first. */
	cancel_delayed_work_sync(&life->event);
	if (life->has_node)
		scl_node_remove(life);
	if (life->removed)
		scl_event_removed(life);

	spin_lock_irq(&life->lock);
	write(life, SCSI_LIFECYCLE_GONE, life->state, 0);
	scl_consumers_gone(life);
	spin_unlock_irq(&life->lock);
	wake_up_all(&ended);
	put_device(&life->dev);
}

/**
 * scl_life_end - a device is gone, or forgotten
 * @life: its life; ended already is fine
 * @removed: its removal is complete
 *
 * What is left to do, a worker does: see wait_for_ends().
 *
 * Context: process, and not in interrupts. Caller is in a read section of scl_srcu.
 */
void scl_life_end(struct scl_life *life, bool removed)
{
	struct scsi_device *sdev;

	spin_lock_irq(&life->lock);
	sdev = life->sdev;
	if (sdev) {
		if (removed)
			note(life, (struct scl_state){ .phase = SCL_PHASE_DEL }, SCL_EVENT_REMOVED);
		life->sdev = NULL;
		life->removed = removed;
		scl_openers_gone(&life->openers);
	}
	spin_unlock_irq(&life->lock);
	if (!sdev)
		return;
	xa_cmpxchg(&devices, (unsigned long)sdev, life, NULL, GFP_KERNEL);
	queue_work(scl_life_queue, &life->end);
}

struct ending {
	const struct Scsi_Host *shost;	/* NULL: of any */
	bool found;
};

static void find_ending(struct scl_life *life, void *arg)
{
	struct ending *ending = arg;

	if ((!ending->shost || life->shost == ending->shost) && !READ_ONCE(life->sdev) && !READ_ONCE(life->journal.over))
		ending->found = true;
}

static bool is_ending(const struct Scsi_Host *shost)
{
	struct ending ending = { .shost = shost };

	scl_lives_each(find_ending, &ending);
	return ending.found;
}

/*
 * For nothing else that the queue has to do, and not by flush_workqueue(): LLDs scan in workers of queues for memory
 * reclaim, which the workqueue would warn of.
 */
static void wait_for_ends(const struct Scsi_Host *shost)
{
	wait_event(ended, !is_ending(shost));
}

static void life_init(struct scl_life *life, struct scsi_device *sdev)
{
	life->host_no = sdev->host->host_no;
	life->channel = sdev->channel;
	life->id = sdev->id;
	life->lun = sdev->lun;
	life->shost = sdev->host;
	life->sdev = sdev;
	life->state = scl_device_state(sdev);
	life->flush = SCSI_LIFECYCLE_FLUSH_UNKNOWN;
	spin_lock_init(&life->lock);
	INIT_LIST_HEAD(&life->consumers);
	scl_journal_init(&life->journal);
	scl_event_init(life);
	INIT_WORK(&life->end, life_end);
	device_initialize(&life->dev);
	life->dev.release = life_release;
	spin_lock_irq(&life->lock);
	write(life, SCSI_LIFECYCLE_BORN, life->state, 0);
	spin_unlock_irq(&life->lock);
}

/**
 * scl_life_begin - begin to tell the life of a device; harmless where it is told already
 * @sdev: the device
 * @with_node: and give it one
 *
 * A device without, for want of memory, is guarded all the same.
 *
 * Context: may sleep. Caller knows @sdev to be there. With a node not in a read section of scl_srcu.
 */
void scl_life_begin(struct scsi_device *sdev, bool with_node)
{
	struct scl_life *life, *other;
	bool late;
	int idx;

	/*
	 * The node of an earlier device at this address has to be out of the way. Its removal was complete before
	 * this one could be scanned, both under scan_mutex, and while this one is no other of the host can be.
	 */
	if (with_node)
		wait_for_ends(sdev->host);
	life = kzalloc(sizeof(*life), GFP_KERNEL);
	if (!life || xa_alloc(&numbers, &life->number, NULL, XA_LIMIT(0, SCL_NODES - 1), GFP_KERNEL))
		goto no_memory;
	life_init(life, sdev);
	atomic_inc(&lives);
	/* It has its place already, and no memory is needed. */
	idx = srcu_read_lock(&scl_srcu);
	xa_store(&numbers, life->number, life, GFP_KERNEL);
	other = xa_cmpxchg(&devices, (unsigned long)sdev, NULL, life, GFP_KERNEL);
	late = !other && scl_departure_has_begun(sdev);
	/* As whoever finds it by its number may, so it is ended once. */
	if (other || late)
		scl_life_end(life, false);
	srcu_read_unlock(&scl_srcu, idx);
	if (xa_is_err(other)) {
		life = NULL;
		goto no_memory;
	}
	if (other || late)
		return;
	scl_transition_see(sdev, SCL_EVENT_NONE);
	if (with_node)
		scl_node_add(life);
	return;

no_memory:
	kfree(life);
	sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: no memory to tell its life\n");
}

/**
 * scl_lives_each - call a function for each life, ended ones included
 * @fn: the function; finds itself in a read section of scl_srcu
 * @arg: for @fn
 *
 * Context: may sleep, if @fn may.
 */
void scl_lives_each(void (*fn)(struct scl_life *life, void *arg), void *arg)
{
	struct scl_life *life;
	unsigned long number;
	int idx = srcu_read_lock(&scl_srcu);

	xa_for_each(&numbers, number, life)
		fn(life, arg);
	srcu_read_unlock(&scl_srcu, idx);
}

struct leaver {
	const struct Scsi_Host *shost;	/* NULL: all */
	bool removed;
};

static void end_if_of(struct scl_life *life, void *arg)
{
	struct leaver *leaver = arg;

	if (!leaver->shost || life->shost == leaver->shost)
		scl_life_end(life, leaver->removed);
}

/**
 * scl_lives_end_host - a host goes away; no life refers to it or its devices when this returns
 * @shost: the host
 * @removed: and its devices with it
 *
 * All its devices have gone before, but for one whose LLD did not remove it.
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_lives_end_host(const struct Scsi_Host *shost, bool removed)
{
	scl_lives_each(end_if_of, &(struct leaver){ shost, removed });
	wait_for_ends(shost);
}

int scl_lives_init(void)
{
	scl_life_queue = alloc_workqueue("scsi_lifecycle_lives", WQ_UNBOUND, 0);
	return scl_life_queue ? 0 : -ENOMEM;
}

/**
 * scl_lives_exit - the module goes away; nobody has a node open, and there is no consumer
 *
 * Context: may sleep.
 */
void scl_lives_exit(void)
{
	scl_lives_end_host(NULL, false);
	wait_event(ended, !atomic_read(&lives));
	destroy_workqueue(scl_life_queue);
}
