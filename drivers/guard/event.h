/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_EVENT_H
#define SCSI_LIFECYCLE_EVENT_H

#include "scsi_lifecycle_core.h"

struct scl_life;
struct scsi_device;

void scl_event_init(struct scl_life *life);
void scl_event_due(struct scl_life *life, bool removal);
void scl_event_last(struct scl_life *life);
void scl_event_flush(struct scsi_device *sdev, enum scl_fate fate);
void scl_event_removed(struct scl_life *life);

#endif
