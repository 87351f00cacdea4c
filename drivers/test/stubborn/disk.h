/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_STUBBORN_DISK_H
#define SCSI_STUBBORN_DISK_H

/* Peripheral device addressing has one byte for them. */
#define STUBBORN_MAX_LUNS 256
#define STUBBORN_MAX_HOSTS 2

struct scsi_cmnd;

void stubborn_answer(struct scsi_cmnd *cmd);

#endif
