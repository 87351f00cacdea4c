/* SPDX-License-Identifier: GPL-2.0 */
/* The one room that stores the state of a scsi_device, and searches its request_queue. */
#ifndef SCSI_LIFECYCLE_SDEV_H
#define SCSI_LIFECYCLE_SDEV_H

#include <linux/blk-mq.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "registry/registry.h"

/* state.c */
struct scl_stock scl_sdev_fields(struct scsi_device *sdev);
struct scl_state scl_sdev_state(struct scsi_device *sdev);
enum scl_event scl_sdev_event_to_give_back(const struct scl_device *device,
					   struct scsi_device *sdev);
void scl_sdev_note(struct scl_device *device, struct scsi_device *sdev, enum scl_event cause);
bool scl_sdev_apply_from(struct scl_device *device, struct scsi_device *sdev, struct scl_stock from,
			 enum scl_event event, struct scl_step *step, unsigned int *killed);
struct scl_step scl_sdev_apply(struct scl_device *device, struct scsi_device *sdev,
			       enum scl_event event, unsigned int *killed);

/* commands.c */
bool scl_queue_enter(struct request_queue *q);
void scl_queue_exit(struct request_queue *q);
void scl_queue_will_freeze(struct request_queue *q);
bool scl_queue_is_stuck(struct scsi_device *sdev, struct scl_stock fields);
bool scl_sdev_is_busy(struct scsi_device *sdev);
bool scl_sdev_has_cache(struct scsi_device *sdev);
scl_ms scl_sdev_first_try(struct scsi_device *sdev);
enum scl_flush scl_flush_of(struct request *rq);
enum scl_flush scl_flush_at_lld(struct scsi_device *sdev);
enum scl_flush scl_flush_unstarted(struct scsi_device *sdev);
unsigned int scl_flush_abort(struct scsi_device *sdev, bool of_driver);
unsigned int scl_count_failed(struct scsi_device *sdev);
unsigned int scl_count_unstarted(struct scsi_device *sdev);
void scl_kick_requeue_list(struct scsi_device *sdev);

/* tag_set.c */
unsigned int scl_tag_set_count(struct blk_mq_tag_set *set);
bool scl_tag_set_find_other(struct blk_mq_tag_set *set, const struct request_queue *spare,
			    struct request_queue **other);
bool scl_tag_set_is_single(struct blk_mq_tag_set *set, bool wait);
bool scl_queue_leaves_tag_set(struct scsi_device *sdev);
bool scl_queue_comes_to_rest(struct request_queue *q, unsigned int ms);
bool scl_cpu_is_going(void);

/* identity.c */
void scl_sdev_disk(struct scsi_device *sdev, char name[DISK_NAME_LEN]);
void scl_sdev_wwid(struct scsi_device *sdev, char wwid[SCL_WWID]);

/* iterate.c */
struct scsi_device *scl_next_device(struct Scsi_Host *shost, struct scsi_device *prev);

/* Every device of a host, in whatever state; break out with put_device(&sdev->sdev_gendev). */
#define scl_for_each_device(sdev, shost)			\
	for ((sdev) = scl_next_device((shost), NULL); (sdev);	\
	     (sdev) = scl_next_device((shost), (sdev)))

/* begin.c */
bool scl_removal_is_past_queue(struct scsi_device *sdev);
struct scl_device *scl_device_begin(struct scl_host *host, struct scsi_device *sdev,
				    enum scl_stage stage);
struct scl_device *scl_device_add(struct scsi_device *sdev);
void scl_device_starts_over(struct scl_device *device, struct scsi_device *sdev);
void scl_device_begin_late(struct scl_host *host, struct scsi_device *sdev);

#endif
