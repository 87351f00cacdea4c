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

/* @time: of the record; 0: now */
static void take(struct scl_device *device, struct scl_state to, enum scl_event cause, u64 time)
{
	lockdep_assert_held(&device->lock);
	if (to.phase == device->state.phase && to.blocked == device->state.blocked)
		return;
	cause = scl_cause_of(device->state, to, cause);
	trace_scl_transition(SCL_ADDRESS(device), device->state, cause, to, 0);
	scl_history_write_at(&device->history, SCSI_LIFECYCLE_REC_TRANSITION, device->state, to,
			     cause, NULL, time ?: ktime_get_ns());
	device->state = to;
	device->cause = cause;
	uevent_due(device, cause == SCL_EVENT_REMOVE);
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
	take(device, to, cause, 0);
}

/**
 * scl_device_note - note the state that a device is in
 * @device: the device
 * @state: the state
 * @cause: enum scl_event; SCL_EVENT_NONE: it was found there
 *
 * Context: any but NMI. The device lock of sdev/state.c is held, and interrupts are off with it, so
 * that states are noted in the order in which they are taken.
 */
void scl_device_note(struct scl_device *device, struct scl_state state, enum scl_event cause)
{
	spin_lock(&device->lock);
	if (device->sdev)
		scl_device_take(device, state, cause);
	spin_unlock(&device->lock);
}

/**
 * scl_device_note_step - note a step that is taken, and the state before it
 * @device: the device
 * @was: the state before; stock announces to no module how a device came there
 * @now: the state after
 * @event: what it was taken by
 * @time: of the step; 0: now
 *
 * Context: as scl_device_note().
 */
void scl_device_note_step(struct scl_device *device, struct scl_state was, struct scl_state now,
			  enum scl_event event, u64 time)
{
	spin_lock(&device->lock);
	if (device->sdev) {
		take(device, was, SCL_EVENT_NONE, time);
		take(device, now, event, time);
	}
	spin_unlock(&device->lock);
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
