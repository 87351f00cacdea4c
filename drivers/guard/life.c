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

/* What the core and user space both have a number for has the same. */
static_assert((int)SCSI_LIFECYCLE_DEL == SCL_PHASE_DEL && SCSI_LIFECYCLE_BLOCKED > SCL_PHASES);
static_assert((int)SCSI_LIFECYCLE_RESUME == SCL_EVENT_RESUME && (int)SCSI_LIFECYCLE_SEEN == SCL_EVENT_NONE);
static_assert((int)SCSI_LIFECYCLE_FLUSH_KILLED == SCL_FATE_KILLED);
static_assert(sizeof(struct scsi_lifecycle_record) == 24);

static DEFINE_XARRAY(devices);		/* lives by the address of a device whose removal is not complete */
static DEFINE_XARRAY_ALLOC(numbers);	/* all lives by their number */
static atomic_t lives = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(none_left);
struct workqueue_struct *scl_life_queue;

static void life_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct scl_life, rcu));
	if (atomic_dec_and_test(&lives))
		wake_up_all(&none_left);
}

/* The last who spoke of it has let go. Only now is the number another's to have. */
static void life_release(struct device *dev)
{
	struct scl_life *life = container_of(dev, struct scl_life, dev);

	xa_erase(&numbers, life->number);
	call_srcu(&scl_srcu, &life->rcu, life_free);
}

static u8 to_user(struct scl_state state)
{
	return state.phase | (state.blocked ? SCSI_LIFECYCLE_BLOCKED : 0);
}

static void record(struct scl_life *life, u8 type, struct scl_state to, u8 cause)
{
	lockdep_assert_held(&life->lock);
	life->records[life->told++ % SCL_LIFE_RECORDS] = (struct scsi_lifecycle_record){
		.time = ktime_get_ns(),
		.version = SCSI_LIFECYCLE_VERSION,
		.type = type,
		.from = to_user(life->state),
		.to = to_user(to),
		.cause = cause,
		.flush = type == SCSI_LIFECYCLE_GONE ? life->flush : 0,
	};
	life->state = to;
	wake_up_interruptible_all(&life->readers);
}

static void note(struct scl_life *life, struct scl_state to, unsigned char cause)
{
	lockdep_assert_held(&life->lock);
	if (to.phase == life->state.phase && to.blocked == life->state.blocked)
		return;
	record(life, SCSI_LIFECYCLE_TRANSITION, to, cause);
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

/**
 * scl_life_held - did somebody ask a device's teardown to wait?
 * @sdev: the device
 *
 * Context: any. Who holds takes state_mutex for it: under that the answer stays true, or becomes false.
 */
bool scl_life_held(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life = scl_life_find(sdev);
	bool held = life && READ_ONCE(life->openers.holding);

	srcu_read_unlock(&scl_srcu, idx);
	return held;
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
	life->over = true;
	record(life, SCSI_LIFECYCLE_GONE, life->state, 0);
	scl_consumers_gone(life);
	spin_unlock_irq(&life->lock);
	put_device(&life->dev);
}

/**
 * scl_life_end - a device is gone, or forgotten
 * @life: its life; ended already is fine
 * @removed: its removal is complete
 *
 * What is left to do, a worker does: scl_lives_end_host() waits for that.
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
	init_waitqueue_head(&life->readers);
	scl_event_init(life);
	INIT_WORK(&life->end, life_end);
	device_initialize(&life->dev);
	life->dev.release = life_release;
	spin_lock_irq(&life->lock);
	record(life, SCSI_LIFECYCLE_BORN, life->state, 0);
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
	 * this one could be scanned, both under scan_mutex, so its end is queued.
	 */
	if (with_node)
		flush_workqueue(scl_life_queue);
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
	flush_workqueue(scl_life_queue);
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
	wait_event(none_left, !atomic_read(&lives));
	destroy_workqueue(scl_life_queue);
}
