/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_DISK_H
#define SCSI_LIFECYCLE_KUNIT_DISK_H

#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

struct kunit;

/* Every state that stock can get a device into, as it spells it. */
#define SCL_KUNIT_SPELLINGS 13
extern const struct scl_stock scl_kunit_spellings[SCL_KUNIT_SPELLINGS];

struct scsi_device *scl_kunit_disk(struct kunit *test);
void scl_kunit_disk_put(struct scsi_device *sdev);
void scl_kunit_set(struct scsi_device *sdev, struct scl_stock at);

#endif
