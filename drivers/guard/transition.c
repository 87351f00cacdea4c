// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/spinlock.h>
#include <scsi/scsi.h>

#include "compat.h"
#include "flush.h"
#include "guard.h"
#include "life.h"
#include "parked.h"
#include "transition.h"

/* drivers/core/state.hpp counts on these. */
static_assert(SDEV_CREATED == 1 && SDEV_RUNNING == 2 && SDEV_CANCEL == 3 && SDEV_DEL == 4);
static_assert(SDEV_QUIESCE == 5 && SDEV_OFFLINE == 6 && SDEV_TRANSPORT_OFFLINE == 7);
static_assert(SDEV_BLOCK == 8 && SDEV_CREATED_BLOCK == 9);

/*
 * The device lock: sdev_state and queue_stopped change together under it, which stock cannot say. A leaf,
 * taken in hard IRQ, and shared by devices whose addresses hash alike, for it must not be allocated.
 * Stock's functions, where they are not redirected, store sdev_state and stop the queue without it: whoever may
 * sleep holds state_mutex too, as they do, and so excludes them. From interrupts there is no more to be had
 * than among stock's own: the last writer wins.
 */
#define LOCK_BITS 6
static spinlock_t locks[1 << LOCK_BITS] = {
	[0 ... (1 << LOCK_BITS) - 1] = __SPIN_LOCK_UNLOCKED(locks),
};

static spinlock_t *lock_of(struct scsi_device *sdev)
{
	return &locks[hash_ptr(sdev, LOCK_BITS)];
}

/**
 * scl_stock_fields - what stock keeps of a device's state
 * @sdev: the device
 *
 * Context: any.
 */
struct scl_stock scl_stock_fields(struct scsi_device *sdev)
{
	return (struct scl_stock){
		.sdev_state = READ_ONCE(sdev->sdev_state),
		.queue_stopped = READ_ONCE(sdev->queue_stopped) != 0,
	};
}

/**
 * scl_device_state - the state of a device
 * @sdev: the device
 *
 * Context: any. The two facts it is made of may be from different moments.
 */
struct scl_state scl_device_state(struct scsi_device *sdev)
{
	return scl_read(scl_stock_fields(sdev));
}

/*
 * As scsi_start_queue() and scsi_stop_queue() of drivers/scsi/scsi_lib.c, which are not exported: the
 * flag, changed atomically, says who has to quiesce and who to unquiesce. What error handling put back while the
 * queue was stopped is on a list of its own, which some kernels never look at again for a device under removal
 * (P9). For a device that was dead before, see is_stuck() in sight.c.
 */
static void start_queue(struct scsi_device *sdev, bool was_dead)
{
	struct request_queue *q = sdev->request_queue;

	if (was_dead && !percpu_ref_tryget(&q->q_usage_counter))
		return;
	if (cmpxchg(&sdev->queue_stopped, 1, 0)) {
		blk_mq_unquiesce_queue(q);
		scl_parked_kick(sdev);
	}
	if (was_dead)
		percpu_ref_put(&q->q_usage_counter);
}

static void stop_queue(struct scsi_device *sdev)
{
	if (!cmpxchg(&sdev->queue_stopped, 0, 1))
		blk_mq_quiesce_queue_nowait(sdev->request_queue);
}

/**
 * scl_transition_see - note in a device's life the state it is found in
 * @sdev: the device
 * @cause: what brought it there, enum scl_event; SCL_EVENT_NONE: nobody said
 *
 * Stock's own functions, where they are not redirected, announce nothing.
 *
 * Context: any but NMI. Caller knows @sdev to be there.
 */
void scl_transition_see(struct scsi_device *sdev, unsigned char cause)
{
	spinlock_t *lock = lock_of(sdev);
	unsigned long flags;

	spin_lock_irqsave(lock, flags);
	scl_life_note(sdev, scl_device_state(sdev), cause);
	spin_unlock_irqrestore(lock, flags);
}

/**
 * scl_transition_from - take a device through the table, if it still is where it was seen
 * @sdev: the device
 * @from: what scl_stock_fields() said
 * @event: what happens to it
 * @step: the step; refused: nothing changed
 * @killed: how many commands that killed
 *
 * The next state is stored directly, as scsi_internal_device_unblock_nowait() does: the table has been
 * asked, and it only writes what stock knows. What is left to the caller: to wait for dispatchers
 * (SCL_ACTION_DRAIN), to see to the clock (SCL_ACTION_ARM) and to report.
 *
 * Context: any but NMI, and process for SCL_EVENT_DEADLINE, which aborts what is at the LLD; no lock needed.
 * Caller knows @sdev to be there.
 * Return: true; false: it is somewhere else meanwhile, and nothing was done.
 */
bool scl_transition_from(struct scsi_device *sdev, struct scl_stock from, enum scl_event event, struct scl_step *step,
			 unsigned int *killed)
{
	spinlock_t *lock = lock_of(sdev);
	struct scl_stock was, now;
	unsigned long flags;

	*killed = 0;
	spin_lock_irqsave(lock, flags);
	was = scl_stock_fields(sdev);
	if (was.sdev_state != from.sdev_state || was.queue_stopped != from.queue_stopped) {
		spin_unlock_irqrestore(lock, flags);
		return false;
	}
	*step = scl_next(scl_read(was), event);
	if (!step->refused) {
		now = scl_write(step->next);
		if (step->actions & SCL_ACTION_REPORT)
			*killed = scl_parked_count(sdev);
		if (now.sdev_state != was.sdev_state) {
			sdev->offline_already = false;
			WRITE_ONCE(sdev->sdev_state, now.sdev_state);
		}
		if (step->actions & SCL_ACTION_STOP)
			stop_queue(sdev);
		if (step->actions & SCL_ACTION_START)
			start_queue(sdev, was.sdev_state == SDEV_DEL);
		scl_life_note(sdev, step->next, event);
	}
	spin_unlock_irqrestore(lock, flags);

	if (!step->refused && (step->actions & SCL_ACTION_ABORT))
		*killed += scl_flush_abort(sdev, step->next.phase != SCL_PHASE_DEL);
	return true;
}

/**
 * scl_transition - take a device through the table, wherever it is
 * @sdev: the device
 * @event: what happens to it
 * @killed: how many commands that killed
 *
 * Context: as scl_transition_from().
 * Return: the step; refused: nothing changed.
 */
struct scl_step scl_transition(struct scsi_device *sdev, enum scl_event event, unsigned int *killed)
{
	struct scl_step step;

	while (!scl_transition_from(sdev, scl_stock_fields(sdev), event, &step, killed))
		;
	return step;
}
