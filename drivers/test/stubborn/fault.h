/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_STUBBORN_FAULT_H
#define SCSI_STUBBORN_FAULT_H

#include <linux/types.h>

struct scsi_cmnd;

bool stubborn_is_gone(const struct scsi_cmnd *cmd);
bool stubborn_refuses(const struct scsi_cmnd *cmd);
bool stubborn_swallows(const struct scsi_cmnd *cmd);
unsigned int stubborn_delay_of(const struct scsi_cmnd *cmd);

#endif
