/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_EVENT_H
#define SCSI_LIFECYCLE_EVENT_H

struct scl_life;
struct scsi_device;

void scl_event_init(struct scl_life *life);
void scl_event_due(struct scl_life *life);
void scl_events_stop(struct scsi_device *sdev);
void scl_event_removed(struct scl_life *life);

#endif
