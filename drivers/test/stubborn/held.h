/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_STUBBORN_HELD_H
#define SCSI_STUBBORN_HELD_H

#include "orders.h"

#include <linux/list.h>
#include <linux/types.h>

struct scsi_cmnd;
struct scsi_device;

/* The LLD's part of a command. */
struct stubborn_cmd {
	struct list_head node;
	bool swallowed;		/* never answered; only error handling gets it back */
	unsigned long due;	/* jiffies; not answered before */
};

enum stubborn_kind stubborn_kind_of(const struct scsi_cmnd *cmd);

bool stubborn_hold(struct scsi_cmnd *cmd);
void stubborn_let_go(void);
void stubborn_answer_stop(void);
void stubborn_forget(const struct scsi_cmnd *cmd, const struct scsi_device *sdev);
unsigned int stubborn_held(void);

#endif
