/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_PARKED_H
#define SCSI_LIFECYCLE_PARKED_H

#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

unsigned int scl_parked_count(struct scsi_device *sdev);
enum scl_flush scl_parked_flush(struct scsi_device *sdev);
void scl_parked_kick(struct scsi_device *sdev);

#endif
