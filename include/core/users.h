/* SPDX-License-Identifier: GPL-2.0 */
/* What has a device beside its driver: open files and consumers. */
#ifndef SCSI_LIFECYCLE_CORE_USERS_H
#define SCSI_LIFECYCLE_CORE_USERS_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The open files of a device's node: drivers/core/opener.hpp ---- */

/* What an open file has of the device. */
enum scl_opener SCL_OF_ANY_VALUE {
#define SCL_OPENER(NAME, name) SCL_OPENER_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_OPENER_STATES
};

/* The sums of what all open files have. */
struct scl_openers {
	unsigned int open;		/* those that hold the device too */
	unsigned int holding;
	bool gone;			/* the device is, and both were given back */
};

enum scl_opener_event SCL_OF_ANY_VALUE {
#define SCL_OPENER_EVENT(NAME, name) SCL_OPENER_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_OPENER_EVENTS
};

enum scl_answer SCL_OF_ANY_VALUE {
#define SCL_ANSWER(NAME, name) SCL_ANSWER_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_ANSWERS
};

/**
 * scl_opener_next - take an open file through the table, and keep the sums
 * @all: the sums
 * @opener: what this file has
 * @event: what the file asks for
 *
 * Return: the answer; SCL_ANSWER_DONE alone changes anything.
 */
enum scl_answer scl_opener_next(struct scl_openers *all, enum scl_opener *opener,
				enum scl_opener_event event);

/**
 * scl_openers_gone - give back what all open files have, as the device goes
 * @all: the sums
 *
 * Return: this was the first time.
 */
bool scl_openers_gone(struct scl_openers *all);

/* ---- A consumer, called once when its device is gone: drivers/core/consumer.hpp ---- */

enum scl_consumer SCL_OF_ANY_VALUE {
#define SCL_CONSUMER(NAME, name) SCL_CONSUMER_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_CONSUMER_STATES
};

enum scl_consumer_event SCL_OF_ANY_VALUE {
#define SCL_CONSUMER_EVENT(NAME, name) SCL_CONSUMER_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_CONSUMER_EVENTS
};

enum scl_consumer_action_bit SCL_OF_ANY_VALUE {
#define SCL_CONSUMER_ACTION(NAME, name) SCL_CONSUMER_BIT_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_CONSUMER_ACTIONS
};

enum scl_consumer_action SCL_OF_ANY_VALUE {
#define SCL_CONSUMER_ACTION(NAME, name) SCL_CONSUMER_DO_##NAME = 1 << SCL_CONSUMER_BIT_##NAME,
#include "../scsi_lifecycle_enums.inc"
};

struct scl_consumer_step {
	enum scl_consumer next;
	unsigned int actions;		/* of enum scl_consumer_action */
	bool refused;
};

/**
 * scl_consumer_next - take a consumer through the table
 * @consumer: where it is
 * @event: what happens to it
 *
 * Return: the step.
 */
struct scl_consumer_step scl_consumer_next(enum scl_consumer consumer,
					   enum scl_consumer_event event);

#ifdef __cplusplus
}
#endif

#endif
