/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_ACCOUNT_H
#define SCSI_LIFECYCLE_ACCOUNT_H

#include <scsi/scsi_device.h>

#include "record.h"
#include "scsi_lifecycle_core.h"

bool scl_account_has_cache(struct scsi_device *sdev);
void scl_account_cut(struct scl_record *rec, struct scsi_device *sdev);
bool scl_account_given_up(struct scsi_device *sdev);
void scl_account_not_given_up(struct scsi_device *sdev);
bool scl_account_loses(struct scsi_device *sdev, const struct scl_record *rec, const struct scl_watch *watch,
		       struct scl_state from, enum scl_event event);
enum scl_fate scl_account_close(const struct scl_record *rec, bool killed);

#endif
