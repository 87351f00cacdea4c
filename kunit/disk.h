/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_DISK_H
#define SCSI_LIFECYCLE_DISK_H

#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

/* Every state that stock can get a device into, as it spells it. */
#define SCL_SPELLINGS 13
extern const struct scl_stock scl_spellings[SCL_SPELLINGS];

struct scsi_device *scl_disk_get(void);
struct scsi_device *scl_disk_get_other(void);
struct scsi_device *scl_disk_get_at(int host, unsigned int channel, unsigned int id);
void scl_disk_put(struct scsi_device *sdev);
void scl_disk_set(struct scsi_device *sdev, struct scl_stock at);
void scl_disk_seem_registered(struct scsi_device *sdev, bool registered);
void scl_disk_recover(struct scsi_device *sdev);

#endif
