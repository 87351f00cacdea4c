/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_LIFE_H
#define SCSI_LIFECYCLE_LIFE_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <scsi/scsi_device.h>

#include "journal.h"
#include "scsi_lifecycle_core.h"

struct scl_host;

/* Ends and events of lives; nothing on it waits for a device. */
extern struct workqueue_struct *scl_life_queue;

/*
 * The life of a device, from the first sight of it until nobody speaks of it any more. It holds neither the
 * device nor its host, and stays when they go: for who has its node open, and for its consumers. The reference
 * count is the node's, and its release gives the number back. Found under scl_srcu, and valid in the read section.
 */
struct scl_life {
	struct device dev;
	struct cdev cdev;
	bool has_node;
	unsigned int number;
	unsigned int host_no, channel, id;
	u64 lun;
	const struct Scsi_Host *shost;	/* an address, no more */

	spinlock_t lock;		/* all below, in hard IRQ too */
	struct scsi_device *sdev;	/* NULL once its removal is complete; before that it is there */
	struct scl_state state;		/* the last that was told */
	unsigned char cause;
	struct scl_outcome outcome;
	bool detached;			/* its driver is gone */
	bool removed;			/* and not only forgotten */
	unsigned int files;		/* that are open */
	struct scl_openers openers;
	struct list_head consumers;
	struct scl_journal journal;	/* over once the node is gone, and the host's event sent */

	struct delayed_work event;
	unsigned int untold;		/* transitions since the last event, under lock as these: */
	struct scl_state event_state;	/* what the next event tells */
	unsigned char event_cause;
	unsigned long event_at;

	struct work_struct end;
	struct rcu_head rcu;
};

int scl_lives_init(void);
void scl_lives_exit(void);
void scl_life_begin(struct scsi_device *sdev);
void scl_life_show(struct scsi_device *sdev);
struct scl_life *scl_life_find(struct scsi_device *sdev);
struct scsi_device *scl_life_device(struct scl_life *life);
struct scl_host *scl_life_host(const struct scl_life *life);
void scl_life_note(struct scsi_device *sdev, struct scl_state state, unsigned char cause);
void scl_life_write(struct scl_life *life, enum scsi_lifecycle_type type, struct scl_state to, unsigned char cause);
void scl_life_take(struct scl_life *life, struct scl_state to, unsigned char cause);
void scl_life_unlist(struct scl_life *life, struct scsi_device *sdev);
void scl_life_fate(struct scsi_device *sdev, enum scl_fate fate, const struct scl_flush_seen *seen);
void scl_life_detached(struct scsi_device *sdev);
bool scl_life_is_detached(struct scsi_device *sdev);
void scl_lives_each(void (*fn)(struct scl_life *life, void *arg), void *arg);

#endif
