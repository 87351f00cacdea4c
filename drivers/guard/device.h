/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_DEVICE_H
#define SCSI_LIFECYCLE_DEVICE_H

#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

struct scl_host;
struct scl_record;

struct scl_sight scl_device_sight(const struct scl_host *host, struct scsi_device *sdev);
struct scl_limits scl_device_limits(const struct scl_host *host, const struct scl_record *rec,
				    struct scsi_device *sdev);
struct scl_record *scl_device_remember(struct scsi_device *sdev);
struct scl_record *scl_device_remember_anew(struct scsi_device *sdev);
scl_ms scl_device_look(struct scl_host *host, struct scsi_device *sdev);
void scl_device_observe(struct scsi_device *sdev);
/* How a removal is known. */
enum scl_begin {
	SCL_BEGIN_ANNOUNCED,		/* the device's class is told */
	SCL_BEGIN_FOUND,		/* it was come upon before that */
	SCL_BEGIN_ADOPTED,		/* it was under way when this module came */
};

void scl_device_removal_begins(struct scl_host *host, struct scsi_device *sdev, enum scl_begin how);
void scl_device_detached(struct scsi_device *sdev);
void scl_device_removed(struct scl_host *host, struct scsi_device *sdev);

#endif
