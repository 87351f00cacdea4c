// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/spinlock.h>
#include <scsi/scsi.h>
#include <trace/events/scsi_lifecycle.h>

#include "sdev.h"

/* drivers/core/state.hpp relies on these values. */
static_assert(SDEV_CREATED == 1 && SDEV_RUNNING == 2 && SDEV_CANCEL == 3 && SDEV_DEL == 4);
static_assert(SDEV_QUIESCE == 5 && SDEV_OFFLINE == 6 && SDEV_TRANSPORT_OFFLINE == 7);
static_assert(SDEV_BLOCK == 8 && SDEV_CREATED_BLOCK == 9);

/*
 * The device lock: sdev_state and queue_stopped change together under it, which stock cannot
 * express. A leaf, taken in hard IRQ, and shared by devices whose addresses hash alike, since it
 * must not be allocated. Stock's functions, where they are not redirected, store sdev_state and
 * stop the queue without it: a caller that may sleep holds state_mutex too, as they do, and so
 * excludes them. From interrupts there is no more to be had than among stock's own: the last writer
 * wins.
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
 * scl_sdev_fields - read the fields of a device's state
 * @sdev: the device
 *
 * Context: any.
 */
struct scl_stock scl_sdev_fields(struct scsi_device *sdev)
{
	scl_state_reads_count();
	return (struct scl_stock){
		.sdev_state = READ_ONCE(sdev->sdev_state),
		.queue_stopped = READ_ONCE(sdev->queue_stopped) != 0,
	};
}

/**
 * scl_sdev_state - read the state of a device
 * @sdev: the device
 *
 * Context: any. The two fields may be from different moments.
 */
struct scl_state scl_sdev_state(struct scsi_device *sdev)
{
	return scl_state_decode(scl_sdev_fields(sdev));
}

/*
 * As scsi_start_queue() and scsi_stop_queue() of drivers/scsi/scsi_lib.c, which are not exported:
 * the flag, changed atomically, decides which caller quiesces and which one unquiesces. Commands
 * that error handling requeued while the queue was stopped are on a list of their own, which some
 * kernels never kick again for a device under removal (P9). For a device that was in SDEV_DEL
 * before, see scl_queue_is_stuck() in commands.c.
 */
static void start_queue(struct scsi_device *sdev, bool was_dead)
{
	struct request_queue *q = sdev->request_queue;

	if (was_dead && !scl_queue_enter(q))
		return;
	if (cmpxchg(&sdev->queue_stopped, 1, 0)) {
		blk_mq_unquiesce_queue(q);
		scl_kick_requeue_list(sdev);
	}
	if (was_dead)
		scl_queue_exit(q);
}

static void stop_queue(struct scsi_device *sdev)
{
	if (!cmpxchg(&sdev->queue_stopped, 0, 1))
		blk_mq_quiesce_queue_nowait(sdev->request_queue);
}

/**
 * scl_sdev_event_to_give_back - find the event that gives a device back to stock
 * @device: its object
 * @sdev: the device
 *
 * Context: any.
 * Return: as scl_event_to_give_back().
 */
enum scl_event scl_sdev_event_to_give_back(const struct scl_device *device,
					   struct scsi_device *sdev)
{
	struct scl_stock at = scl_sdev_fields(sdev);

	return scl_event_to_give_back(READ_ONCE(device->give_back), at, SCL_EVENT_NONE,
				      scl_state_decode(at));
}

/*
 * That a device was blocked before its removal may not have been seen while nothing looked. It
 * shows now: its queue is stopped, or it is in SDEV_DEL already, to which stock takes a device that
 * was blocked. A removal that is not announced yet is found with no cause. A device that is not in
 * use yet is in SDEV_DEL because its scan failed.
 */
static void note(struct scl_device *device, struct scl_state state, enum scl_event cause)
{
	bool is_begin =
		cause == SCL_EVENT_REMOVE ||
		(cause == SCL_EVENT_NONE && READ_ONCE(device->stage) == SCL_STAGE_IN_USE);

	if (is_begin && (state.phase == SCL_PHASE_DEL ||
			 (state.phase == SCL_PHASE_CANCEL && state.blocked)))
		scl_device_note_blocked(device);
	scl_device_note(device, state, cause);
}

/**
 * scl_sdev_note - note the state that a device is found in
 * @device: its object, or NULL
 * @sdev: the device
 * @cause: what brought it there, enum scl_event; SCL_EVENT_NONE: unknown
 *
 * Stock's own functions, where they are not redirected, announce nothing.
 *
 * Context: any but NMI. Caller is in a read section of scl_srcu and knows @sdev to be there.
 */
void scl_sdev_note(struct scl_device *device, struct scsi_device *sdev, enum scl_event cause)
{
	spinlock_t *lock = lock_of(sdev);
	unsigned long flags;

	if (!device)
		return;
	spin_lock_irqsave(lock, flags);
	note(device, scl_sdev_state(sdev), cause);
	spin_unlock_irqrestore(lock, flags);
}

/**
 * scl_sdev_apply_from - take a device through the table, if it still is in the state that was read
 * @device: its object, or NULL
 * @sdev: the device
 * @from: what scl_sdev_fields() returned
 * @event: the event
 * @step: the step; refused: nothing changed
 * @killed: how many commands were failed
 *
 * The next state is stored directly, as scsi_internal_device_unblock_nowait() does: the table has
 * decided, and it only writes states that stock has. The caller has to wait for dispatchers
 * (SCL_ACTION_DRAIN), to poll for the deadline (SCL_ACTION_ARM) and to report.
 *
 * Context: any but NMI, and process for SCL_EVENT_DEADLINE, which aborts the flush at the LLD; no
 * lock needed. Caller is in a read section of scl_srcu and knows @sdev to be there.
 * Return: true; false: the state changed meanwhile, and nothing was done.
 */
bool scl_sdev_apply_from(struct scl_device *device, struct scsi_device *sdev, struct scl_stock from,
			 enum scl_event event, struct scl_step *step, unsigned int *killed)
{
	spinlock_t *lock = lock_of(sdev);
	struct scl_stock was, now;
	unsigned long flags;

	*killed = 0;
	spin_lock_irqsave(lock, flags);
	was = scl_sdev_fields(sdev);
	if (was.sdev_state != from.sdev_state || was.queue_stopped != from.queue_stopped) {
		spin_unlock_irqrestore(lock, flags);
		return false;
	}
	*step = scl_state_next(scl_state_decode(was), event);
	if (step->refused) {
		trace_scl_transition(SCL_ADDRESS_OF(sdev), step->next, event, step->next, -EINVAL);
	} else {
		now = scl_state_encode(step->next);
		if (step->actions & SCL_ACTION_REPORT)
			*killed = scl_count_unstarted(sdev);
		if (now.sdev_state != was.sdev_state) {
			sdev->offline_already = false;
			WRITE_ONCE(sdev->sdev_state, now.sdev_state);
		}
		if (step->actions & SCL_ACTION_STOP)
			stop_queue(sdev);
		if (step->actions & SCL_ACTION_START)
			start_queue(sdev, was.sdev_state == SDEV_DEL);
		/* It may have begun since the caller looked it up. */
		device = device ?: scl_device_find(sdev);
		if (device) {
			/* Stock announces to no module how the device came where it was. */
			scl_device_note(device, scl_state_decode(was), SCL_EVENT_NONE);
			scl_device_note(device, step->next, event);
			WRITE_ONCE(device->give_back,
				   scl_event_to_give_back(device->give_back, was, event,
							  step->next));
		}
	}
	spin_unlock_irqrestore(lock, flags);

	if (!step->refused && (step->actions & SCL_ACTION_ABORT))
		*killed += scl_flush_abort(sdev, step->next.phase != SCL_PHASE_DEL);
	return true;
}

/**
 * scl_sdev_apply - take a device through the table, whatever its state
 * @device: its object, or NULL
 * @sdev: the device
 * @event: the event
 * @killed: how many commands were failed
 *
 * Context: as scl_sdev_apply_from().
 * Return: the step; refused: nothing changed.
 */
struct scl_step scl_sdev_apply(struct scl_device *device, struct scsi_device *sdev,
			       enum scl_event event, unsigned int *killed)
{
	struct scl_step step;

	while (!scl_sdev_apply_from(device, sdev, scl_sdev_fields(sdev), event, &step, killed))
		;
	return step;
}
