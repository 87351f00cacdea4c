// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <scsi/scsi_host.h>

#include "departure.h"
#include "end.h"
#include "event.h"
#include "guard.h"
#include "host.h"
#include "life.h"
#include "node.h"
#include "transition.h"

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

/**
 * scl_life_write - write a record
 * @life: of whom
 * @type: of the record
 * @to: the state it leads to
 * @cause: enum scsi_lifecycle_cause, or 0
 *
 * Context: any but NMI. The life's lock is held.
 */
void scl_life_write(struct scl_life *life, enum scsi_lifecycle_type type, struct scl_state to, unsigned char cause)
{
	lockdep_assert_held(&life->lock);
	scl_journal_write(&life->journal, type, life->state, to, cause,
			  type == SCSI_LIFECYCLE_GONE ? &life->outcome : NULL);
	life->state = to;
}

/**
 * scl_life_take - the device of a life takes a state
 * @life: the life
 * @to: which; the one it is in already is no news
 * @cause: enum scl_event
 *
 * Context: any but NMI. The life's lock is held.
 */
void scl_life_take(struct scl_life *life, struct scl_state to, unsigned char cause)
{
	lockdep_assert_held(&life->lock);
	if (to.phase == life->state.phase && to.blocked == life->state.blocked)
		return;
	scl_life_write(life, SCSI_LIFECYCLE_TRANSITION, to, cause);
	life->cause = cause;
	scl_event_due(life, cause == SCL_EVENT_REMOVE);
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
			scl_life_take(life, state, cause);
		spin_unlock_irqrestore(&life->lock, flags);
	}
	srcu_read_unlock(&scl_srcu, idx);
}

/**
 * scl_life_fate - what became of a device's flush
 * @sdev: the device, whose driver is gone
 * @fate: of the flush
 * @seen: what was seen of it
 *
 * Context: process.
 */
void scl_life_fate(struct scsi_device *sdev, enum scl_fate fate, const struct scl_flush_seen *seen)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life = scl_life_find(sdev);

	if (life) {
		spin_lock_irq(&life->lock);
		life->outcome = (struct scl_outcome){ fate, *seen };
		spin_unlock_irq(&life->lock);
	}
	srcu_read_unlock(&scl_srcu, idx);
}

/**
 * scl_life_detached - the driver of a device is gone
 * @sdev: the device
 *
 * Context: any.
 */
void scl_life_detached(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life = scl_life_find(sdev);

	if (life)
		WRITE_ONCE(life->detached, true);
	srcu_read_unlock(&scl_srcu, idx);
}

/**
 * scl_life_is_detached - is the driver of a device known to be gone?
 * @sdev: the device
 *
 * Context: any.
 */
bool scl_life_is_detached(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life = scl_life_find(sdev);
	bool detached = life && READ_ONCE(life->detached);

	srcu_read_unlock(&scl_srcu, idx);
	return detached;
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
 * scl_life_host - the host of the device that a life is of, or was
 * @life: the life
 *
 * Context: any. Caller is in a read section of scl_srcu, and the record and its host are valid in it.
 * Return: the host's record, or NULL when it is gone.
 */
struct scl_host *scl_life_host(const struct scl_life *life)
{
	struct scl_host *host = scl_host_by_number(life->host_no);

	return host && host->shost == life->shost ? host : NULL;
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
	life->outcome.flush = SCSI_LIFECYCLE_FLUSH_UNKNOWN;
	spin_lock_init(&life->lock);
	INIT_LIST_HEAD(&life->consumers);
	scl_journal_init(&life->journal);
	scl_event_init(life);
	INIT_WORK(&life->end, scl_life_see_off);
	device_initialize(&life->dev);
	life->dev.release = life_release;
	spin_lock_irq(&life->lock);
	scl_life_write(life, SCSI_LIFECYCLE_BORN, life->state, 0);
	spin_unlock_irq(&life->lock);
}

/*
 * True: the life can be found by its device. Between its two places somebody may have ended it, and then it is found
 * by its number alone.
 */
static bool publish(struct scl_life *life, struct scsi_device *sdev)
{
	void *other;
	bool there;

	/* It has its place already. The queue may not be frozen meanwhile: its I/O must not be waited for. */
	xa_store(&numbers, life->number, life, GFP_NOIO);
	other = xa_cmpxchg(&devices, (unsigned long)sdev, NULL, life, GFP_NOIO);
	if (xa_is_err(other))
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: no memory to tell its life\n");
	if (other)
		return false;
	spin_lock_irq(&life->lock);
	there = life->sdev;
	spin_unlock_irq(&life->lock);
	if (!there)
		scl_life_unlist(life, sdev);
	return there;
}

/* Found by its number alone from now on. */
void scl_life_unlist(struct scl_life *life, struct scsi_device *sdev)
{
	xa_cmpxchg(&devices, (unsigned long)sdev, life, NULL, GFP_NOIO);
}

/**
 * scl_life_begin - begin to tell the life of a device; harmless where it is told already
 * @sdev: the device
 *
 * A device without, for want of memory, is guarded all the same.
 *
 * Context: may sleep. Caller knows @sdev to be there.
 */
void scl_life_begin(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life;
	bool to_come;

	if (scl_life_find(sdev))
		goto out;
	life = kzalloc(sizeof(*life), GFP_NOIO);
	if (!life || xa_alloc(&numbers, &life->number, NULL, XA_LIMIT(0, MINORMASK), GFP_NOIO)) {
		kfree(life);
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: no memory to tell its life\n");
		goto out;
	}
	life_init(life, sdev);
	atomic_inc(&lives);
	to_come = scl_departure_delay(sdev);
	/* As whoever finds it by its number may, so it is ended once. */
	if (!publish(life, sdev) || (!to_come && scl_departure_has_begun(sdev)))
		scl_life_end(life, false);
	else
		scl_transition_see(sdev, SCL_EVENT_NONE);
	if (to_come)
		scl_departure_allow(sdev);
out:
	srcu_read_unlock(&scl_srcu, idx);
}

/**
 * scl_life_show - give the life of a device its node
 * @sdev: the device, which is in its class
 *
 * Context: may sleep; not from a read section of scl_srcu. Caller keeps @sdev from being removed.
 */
void scl_life_show(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life = scl_life_find(sdev);

	if (life)
		get_device(&life->dev);
	srcu_read_unlock(&scl_srcu, idx);
	if (!life)
		return;
	/*
	 * The node of an earlier device at this address has to be out of the way. Its removal was complete before
	 * this one could be scanned, both under scan_mutex, and while this one is no other of the host can be.
	 */
	scl_ends_wait(sdev->host);
	scl_node_add(life);
	put_device(&life->dev);
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
