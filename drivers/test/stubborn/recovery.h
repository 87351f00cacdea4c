/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_STUBBORN_RECOVERY_H
#define SCSI_STUBBORN_RECOVERY_H

#include "compat.h"

struct scsi_cmnd;

scl_timed_out stubborn_timed_out(struct scsi_cmnd *cmd);
int stubborn_abort(struct scsi_cmnd *cmd);
int stubborn_device_reset(struct scsi_cmnd *cmd);
int stubborn_target_reset(struct scsi_cmnd *cmd);
int stubborn_bus_reset(struct scsi_cmnd *cmd);
int stubborn_host_reset(struct scsi_cmnd *cmd);

#endif
