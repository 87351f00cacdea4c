/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_DISK_H
#define SCSI_LIFECYCLE_KUNIT_DISK_H

#include <scsi/scsi_device.h>

struct kunit;

struct scsi_device *scl_kunit_disk(struct kunit *test);
void scl_kunit_disk_put(struct scsi_device *sdev);
void scl_kunit_set_queue(struct scsi_device *sdev, bool stopped);

#endif
