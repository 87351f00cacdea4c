/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_STUBBORN_ORDERS_H
#define SCSI_STUBBORN_ORDERS_H

#include <linux/types.h>

/* Which commands the LLD holds instead of answering them. */
enum stubborn_kind {
	STUBBORN_NOTHING,
	STUBBORN_INQUIRY,
	STUBBORN_WRITE,
	STUBBORN_FLUSH,
	STUBBORN_START,
	STUBBORN_KINDS
};

/* How a flush that is not held is answered. */
enum stubborn_answer {
	STUBBORN_GOOD,
	STUBBORN_BUSY,
	STUBBORN_ATTENTION,
	STUBBORN_MEDIUM_ERROR,
	STUBBORN_NO_CONNECT,
	STUBBORN_RECOVERED_ERROR,
	STUBBORN_UNKNOWN_COMMAND,
	STUBBORN_ANSWERS
};

/* Where the medium of every disk is. */
enum stubborn_medium {
	STUBBORN_FIXED,
	STUBBORN_IN,
	STUBBORN_OUT,
	STUBBORN_MEDIA
};

/* The steps of error handling, from the mildest on. */
enum stubborn_step {
	STUBBORN_ABORT,
	STUBBORN_DEVICE_RESET,
	STUBBORN_TARGET_RESET,
	STUBBORN_BUS_RESET,
	STUBBORN_HOST_RESET,
	STUBBORN_STEPS
};

int stubborn_kind_find(const char *name);
unsigned int stubborn_luns(void);
enum stubborn_kind stubborn_hold_kind(void);
enum stubborn_answer stubborn_next_answer(void);
enum stubborn_medium stubborn_medium(void);
void stubborn_count_flush(void);
bool stubborn_is_busy(void);
bool stubborn_keeps_timer(void);
bool stubborn_requeues(void);
bool stubborn_step_works(enum stubborn_step step);
void stubborn_count_step(enum stubborn_step step);
void stubborn_wait_for_transport(void);

#endif
