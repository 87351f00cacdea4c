/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_FLAKY_QUIESCE_H
#define SCSI_FLAKY_QUIESCE_H

struct scsi_device;
struct scsi_target;

int flaky_quiesce_device(struct scsi_device *sdev);
int flaky_quiesce_target(struct scsi_target *starget);

#endif
