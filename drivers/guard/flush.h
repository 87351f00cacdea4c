/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_FLUSH_H
#define SCSI_LIFECYCLE_FLUSH_H

#include <linux/blk-mq.h>
#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

enum scl_flush scl_flush_of(struct request *rq);
enum scl_flush scl_flush_at_lld(struct scsi_device *sdev);
unsigned int scl_flush_abort(struct scsi_device *sdev, bool of_driver);
unsigned int scl_failed_count(struct scsi_device *sdev);

#endif
