/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_STUBBORN_HELD_H
#define SCSI_STUBBORN_HELD_H

#include <linux/list.h>
#include <linux/types.h>

struct scsi_cmnd;
struct scsi_device;

/* The LLD's part of a command. */
struct stubborn_cmd {
	struct list_head node;
};

bool stubborn_hold(struct scsi_cmnd *cmd);
void stubborn_let_go(void);
void stubborn_forget(const struct scsi_cmnd *cmd, const struct scsi_device *sdev);
unsigned int stubborn_held(void);

#endif
