/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_TRANSITION_H
#define SCSI_LIFECYCLE_TRANSITION_H

#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

struct scl_stock scl_stock_fields(struct scsi_device *sdev);
struct scl_state scl_device_state(struct scsi_device *sdev);
void scl_transition_see(struct scsi_device *sdev, unsigned char cause);
bool scl_transition_from(struct scsi_device *sdev, struct scl_stock from, enum scl_event event, struct scl_step *step,
			 unsigned int *killed);
struct scl_step scl_transition(struct scsi_device *sdev, enum scl_event event, unsigned int *killed);

#endif
