// SPDX-License-Identifier: GPL-2.0
//
// The state of a device and the result of its flush are recorded, and uevents become due.
#include <linux/jiffies.h>
#include <trace/events/scsi_lifecycle.h>

#include "registry.h"

/* The interval between two uevents of one device: a device that flaps must not drown the others. */
#define UEVENT_GAP (HZ / 10)

/* Sends uevents and ends devices; no work on it waits for a device. */
struct workqueue_struct *scl_device_works;

int scl_uevents = SCL_UEVENTS_REMOVALS;

/* A uevent becomes due, if the administrator enabled it. */
static void uevent_due(struct scl_device *device, bool removal)
{
	unsigned long at = device->uevent_at + UEVENT_GAP;
	int wanted = READ_ONCE(scl_uevents);

	device->transitions++;
	if (wanted != SCL_UEVENTS_ALL && !(wanted == SCL_UEVENTS_REMOVALS && removal))
		return;
	device->uevent_due = true;
	device->uevent_state = device->state;
	device->uevent_cause = device->cause;
	queue_delayed_work(scl_device_works, &device->uevent,
			   time_after(at, jiffies) ? at - jiffies : 0);
}

/**
 * scl_device_take - record that a device takes a state
 * @device: the device
 * @to: the state; a repeated state is not recorded
 * @cause: enum scl_event; SCL_EVENT_NONE: it was found there
 *
 * Context: any but NMI. The object lock is held.
 */
void scl_device_take(struct scl_device *device, struct scl_state to, enum scl_event cause)
{
	lockdep_assert_held(&device->lock);
	if (to.phase == device->state.phase && to.blocked == device->state.blocked)
		return;
	cause = scl_cause_of(device->state, to, cause);
	trace_scl_transition(SCL_ADDRESS(device), device->state, cause, to, 0);
	scl_history_write(&device->history, SCSI_LIFECYCLE_REC_TRANSITION, device->state, to, cause,
			  NULL);
	device->state = to;
	device->cause = cause;
	uevent_due(device, cause == SCL_EVENT_REMOVE);
}

/**
 * scl_device_note - note the state that a device is in
 * @device: the device
 * @state: the state
 * @cause: enum scl_event; SCL_EVENT_NONE: it was found there
 *
 * Context: any but NMI. The device lock of sdev/state.c is held, so that states are noted in the
 * order in which they are taken.
 */
void scl_device_note(struct scl_device *device, struct scl_state state, enum scl_event cause)
{
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	if (device->sdev)
		scl_device_take(device, state, cause);
	spin_unlock_irqrestore(&device->lock, flags);
}

/**
 * scl_device_note_blocked - note that a device was blocked before its removal began
 * @device: the device
 *
 * Context: as scl_device_note().
 */
void scl_device_note_blocked(struct scl_device *device)
{
	struct scl_state state;
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	state = device->state;
	if (device->sdev && state.phase != SCL_PHASE_CANCEL && state.phase != SCL_PHASE_DEL) {
		state.blocked = true;
		scl_device_take(device, state, SCL_EVENT_NONE);
	}
	spin_unlock_irqrestore(&device->lock, flags);
}

/**
 * scl_device_set_outcome - note the result of a device's flush
 * @device: the device, whose driver is detached
 * @result: of the flush
 *
 * Context: process.
 */
void scl_device_set_outcome(struct scl_device *device, enum scl_flush_result result)
{
	spin_lock_irq(&device->lock);
	device->outcome =
		(struct scl_outcome){ result, device->account.last, device->account.ended };
	spin_unlock_irq(&device->lock);
}

/**
 * scl_device_uevent_flush - queue the uevent of a lost flush
 * @device: the device; nothing is queued for one that is removed
 * @result: of the flush
 *
 * Context: process.
 */
void scl_device_uevent_flush(struct scl_device *device, enum scl_flush_result result)
{
	spin_lock_irq(&device->lock);
	if (device->sdev && READ_ONCE(scl_uevents) != SCL_UEVENTS_OFF) {
		device->uevent_flush = result;
		mod_delayed_work(scl_device_works, &device->uevent, 0);
	}
	spin_unlock_irq(&device->lock);
}

/**
 * scl_device_uevent_again - queue uevents again that there was no memory for
 * @device: the device; nothing is queued for one that is removed
 *
 * Context: process. The object lock is held.
 */
void scl_device_uevent_again(struct scl_device *device)
{
	lockdep_assert_held(&device->lock);
	/* The work has been cancelled, and is not queued any more. */
	if (device->sdev)
		queue_delayed_work(scl_device_works, &device->uevent, UEVENT_GAP);
}
