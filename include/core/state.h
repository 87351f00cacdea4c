/* SPDX-License-Identifier: GPL-2.0 */
/* The state of a device, and the events that change it. */
#ifndef SCSI_LIFECYCLE_CORE_STATE_H
#define SCSI_LIFECYCLE_CORE_STATE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- A device's state: drivers/core/table.hpp ---- */

/* Where a device is between its scan and its end. */
enum scl_phase SCL_OF_ANY_VALUE {
#define SCL_PHASE(NAME, name, text) SCL_PHASE_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_PHASES
};

/*
 * The state of a device is the pair; (cancel, blocked) is CANCEL_BLOCK. Blocked: the queue is
 * stopped for the transport's sake. del is never blocked.
 */
struct scl_state {
	enum scl_phase phase;
	bool blocked;
};

/* What the stock kernel keeps instead: sdev->sdev_state and sdev->queue_stopped. */
struct scl_stock {
	unsigned char sdev_state;	/* enum scsi_device_state */
	bool queue_stopped;
};

enum scl_event SCL_OF_ANY_VALUE {
#define SCL_EVENT(NAME, name, text) SCL_EVENT_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_EVENTS,
	SCL_EVENT_NONE = SCL_EVENTS
};

/*
 * What is done with the next state: the queue and the flush, by the function that stores it and
 * under the same lock; the rest by its caller. Each is harmless when repeated. A deadline needs no
 * disarming where it is polled.
 */
enum scl_action_bit SCL_OF_ANY_VALUE {
#define SCL_ACTION(NAME, name) SCL_ACTION_BIT_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_ACTIONS
};

enum scl_action SCL_OF_ANY_VALUE {
#define SCL_ACTION(NAME, name) SCL_ACTION_##NAME = 1 << SCL_ACTION_BIT_##NAME,
#include "../scsi_lifecycle_enums.inc"
};

struct scl_step {
	struct scl_state next;
	unsigned int actions;		/* of enum scl_action */
	bool refused;			/* nothing changes; the caller's error is -EINVAL */
};

/**
 * scl_state_decode - read a state from stock's two fields
 * @stock: the fields; a value that stock does not know reads as del
 *
 * Return: the state.
 */
struct scl_state scl_state_decode(struct scl_stock stock);

/**
 * scl_state_encode - write a state as stock spells it
 * @state: the state; a phase outside the enumeration is written as del
 *
 * Return: the fields.
 */
struct scl_stock scl_state_encode(struct scl_state state);

/**
 * scl_state_next - take a state through the table
 * @state: the state
 * @event: what happens to the device
 *
 * Return: the step.
 */
struct scl_step scl_state_next(struct scl_state state, enum scl_event event);

/**
 * scl_state_request - take a state through the table for a transport or an administrator
 * @state: the state
 * @event: what is asked for
 * @has_clock: the device is polled, so that a deadline can end its wait
 *
 * Return: as scl_state_next(), but refused where the device would wait and nothing would end
 * the wait: stock refuses there too, and goes on to SDEV_DEL.
 */
struct scl_step scl_state_request(struct scl_state state, enum scl_event event, bool has_clock);

/**
 * scl_state_reached - tell whether a block or an unblock of a group of devices reaches one of them
 * @state: its state
 * @event: what is asked for
 * @has_clock: as for scl_state_request()
 *
 * Return: false: the group's operation passes the device over, as stock does with every device
 * under removal: one in SDEV_DEL, and one that would wait with nothing to end the wait.
 */
bool scl_state_reached(struct scl_state state, enum scl_event event, bool has_clock);

/**
 * scl_event_for_state - find the event that takes a device to a state, as scsi_device_set_state()
 * @at: stock's fields
 * @sdev_state: the state that is asked for, enum scsi_device_state
 *
 * Return: the event; SCL_EVENT_NONE, which the table refuses, where stock lets no device get there.
 */
enum scl_event scl_event_for_state(struct scl_stock at, unsigned char sdev_state);

/**
 * scl_event_for_unblock - find the event of an unblock, as scsi_internal_device_unblock_nowait()
 * @sdev_state: the state that is asked for, enum scsi_device_state
 *
 * Return: the event; SCL_EVENT_NONE, which the table refuses, for what stock does not unblock to.
 */
enum scl_event scl_event_for_unblock(unsigned char sdev_state);

/**
 * scl_event_to_give_back - find the event that gives a device back to stock
 * @before: what this returned before of the device, at first SCL_EVENT_NONE
 * @was: stock's fields, before @event
 * @event: what happened; SCL_EVENT_NONE: nothing, and @now is what they are read as
 * @now: the state after it
 *
 * Return: the event that ends a wait under removal which stock would not have left; where it would
 * have left it too, and for a device that does not wait, SCL_EVENT_NONE.
 */
enum scl_event scl_event_to_give_back(enum scl_event before, struct scl_stock was,
				      enum scl_event event, struct scl_state now);

/**
 * scl_already_in_state - tell whether a device being scanned is where it is asked to be
 * @at: stock's fields
 * @sdev_state: the state that is asked for, enum scsi_device_state
 *
 * Stock takes SDEV_CREATED and SDEV_CREATED_BLOCK from themselves; other states have rules.
 *
 * Return: true: there is nothing to do.
 */
bool scl_already_in_state(struct scl_stock at, unsigned char sdev_state);

/**
 * scl_cause_of - choose what is recorded as the cause of a transition
 * @from: the state before
 * @to: the state now
 * @cause: what changed it; SCL_EVENT_NONE: it was found there
 *
 * The monitor may find a device under removal, or a transport block it there, before the class
 * announces the removal.
 *
 * Return: the cause.
 */
enum scl_event scl_cause_of(struct scl_state from, struct scl_state to, enum scl_event cause);

/**
 * scl_may_get - tell whether a device may be referred to anew, as scsi_device_get()
 * @state: the device's
 *
 * Return: true: it may.
 */
bool scl_may_get(struct scl_state state);

/**
 * scl_phase_name - name a phase as sysfs does
 * @phase: the phase
 *
 * Return: the name, or "unknown".
 */
const char *scl_phase_name(enum scl_phase phase);

/**
 * scl_event_name - name an event
 * @event: the event
 *
 * Return: the name, or "none".
 */
const char *scl_event_name(enum scl_event event);

#ifdef __cplusplus
}
#endif

#endif
