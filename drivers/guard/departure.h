/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_DEPARTURE_H
#define SCSI_LIFECYCLE_DEPARTURE_H

#include <linux/types.h>

struct scsi_device;

void scl_departure_register(void);
void scl_departure_unregister(void);
bool scl_departure_delay(struct scsi_device *sdev);
void scl_departure_allow(struct scsi_device *sdev);
bool scl_departure_has_begun(struct scsi_device *sdev);

#endif
