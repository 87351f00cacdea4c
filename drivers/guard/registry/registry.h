/* SPDX-License-Identifier: GPL-2.0 */
/* The objects of hosts and devices, and how they are found. */
#ifndef SCSI_LIFECYCLE_REGISTRY_H
#define SCSI_LIFECYCLE_REGISTRY_H

#include <linux/blkdev.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include <uapi/scsi/scsi_lifecycle.h>

#include "guard.h"

/* Timeouts are kept as the administrator writes them, in seconds. */
#define SCL_TMO_OFF	UINT_MAX	/* wait for ever */
#define SCL_TMO_DEFAULT	(UINT_MAX - 1)	/* not set: the level above, or the kernel, decides */
#define SCL_TMO_MAX	(UINT_MAX - 2)

/* A queue that no command ever enters; it keeps the host's tag set shared. See teardown/spare.c. */
struct scl_spare {
	struct mutex lock;	/* held over its end, which may wait for a device's commands */
	struct request_queue *queue;
	scl_ms quiet_since; /* since then no device of the host was blocked, or kept the queue */
	int doublings; /* of that time: attempts at which the other queue did not come to rest */
	struct work_struct give_back;
	scl_ms gives_since;	/* the queue is being given back since then; 0: it is not */
	bool said;		/* that this takes long has been reported */
};

struct scl_host {
	struct Scsi_Host *shost;	/* valid as long as this object */
	struct module *lld;		/* 6.1 forgets it in hostt when the LLD is being unloaded */
	unsigned int teardown_tmo;	/* override in seconds, or SCL_TMO_* */
	bool forgotten; /* under scl_devices_mutex: no device of it begins any more */
	bool late;			/* a device of it began late: scl_device_begin_late() */
	bool dying_seen;		/* its devices were polled since its removal began */
	bool queues_begun;		/* by scl_expedite_host() */
	struct scl_spare spare;
	struct delayed_work poll;
};

/* Polls of hosts, and other work of a teardown. */
extern struct workqueue_struct *scl_host_works;

int scl_hosts_init(void);
void scl_hosts_exit(void);
struct scl_host *scl_host_find(struct Scsi_Host *shost);
struct scl_host *scl_host_by_number(unsigned int host_no);
int scl_host_insert(struct scl_host *host);
void scl_host_erase(struct scl_host *host);
void scl_hosts_each(void (*fn)(struct scl_host *host, void *arg), void *arg);
struct scl_host *scl_host_next(unsigned long *number);
bool scl_host_is_of(const struct Scsi_Host *shost, const struct module *known,
		    const struct module *lld);
bool scl_host_dying(const struct scl_host *host);
bool scl_host_removed(const struct Scsi_Host *shost);

/* The result of a device's flush. */
struct scl_outcome {
	enum scl_flush_result flush;
	struct scl_flush_end last;
	unsigned int tries;
};

/* What a removal is reported with when it is complete. */
#define SCL_WWID 256

struct scl_removal_facts {
	char disk[DISK_NAME_LEN];	/* empty: its driver has no disk, or it is not known */
	char wwid[SCL_WWID];		/* the same */
	bool seen;			/* its begin was, and the next is set */
	scl_ms began;
	scl_ms ended;
};

#define SCL_HISTORY_RECORDS 64

/* The latest records of a device. The object lock protects all of it. */
struct scl_history {
	u64 written;		/* records written so far */
	u64 first;		/* number of the first record that ring has */
	bool over;		/* SCSI_LIFECYCLE_REC_GONE is written, and nothing follows */
	struct scsi_lifecycle_record last;
	struct scsi_lifecycle_record *ring; /* from the second record on, if there was memory */
	wait_queue_head_t readers;
};

void scl_history_init(struct scl_history *history);
void scl_history_free(struct scl_history *history);
void scl_history_write(struct scl_history *history, enum scsi_lifecycle_type type,
		       struct scl_state from, struct scl_state to, u8 cause,
		       const struct scl_outcome *outcome);
bool scl_history_read(const struct scl_history *history, u64 *next,
		      struct scsi_lifecycle_record *record);

/*
 * A device, from its announcement by the bus until its removal is complete and the worker of its
 * end has run, the last open file is closed and the last consumer detached; then it is freed, after
 * a grace period of scl_srcu. It holds neither the scsi_device nor its host, and outlives them. It
 * is found under scl_srcu, by the scsi_device's address until it ends and by the number of its node
 * until its release; it is valid in the read section, or with a reference on @dev.
 */
struct scl_device {
	struct device dev; /* of the node; counts the references: device_release() */
	struct cdev cdev;
	bool has_node;			/* scl_node_add() made it; no uevent before that */
	unsigned int number;
	unsigned int host_no, channel, id;
	u64 lun;
	const struct Scsi_Host *shost;	/* an address, no more */
	struct scl_host *host; /* NULL: it is not remembered; valid as long as sdev is set */
	unsigned int teardown_tmo;	/* override in seconds, or SCL_TMO_*; any context */

	/* Written under scl_devices_mutex and lock; at REMOVED and FORGOTTEN under lock alone. */
	enum scl_stage stage;

	/*
	 * Written under scl_devices_mutex when the removal begins, ended under lock when it is
	 * complete; then the worker of the end reads it.
	 */
	struct scl_removal_facts removal;

	/* Under the scsi_device's state_mutex. */
	struct scl_progress progress;
	struct scl_stall stall;

	/*
	 * Also written under state_mutex, with these exceptions. While queue is set, the end of a
	 * request writes account.last and account.ended without a lock; where the removal or the
	 * reboot was seen to begin, it is set before the first flush can be sent.
	 * scl_observe_start() writes account.observed under scl_devices_mutex. An unblock in a
	 * context that may not sleep gives the flush up without a lock: apply_from() in
	 * api/block.c. The removal reads all of it, without a lock, when the driver is detached.
	 */
	struct scl_flush_account account;
	struct request_queue *queue;

	enum scl_event give_back;	/* for scl_event_to_give_back(); under the device lock */

	spinlock_t lock;		/* all below, in hard IRQ too */
	struct scsi_device *sdev;	/* NULL once the device has ended; valid before */
	struct scl_state state;		/* the latest that was recorded */
	enum scl_event cause;
	struct scl_outcome outcome;
	unsigned int files;		/* open files */
	struct scl_openers openers;
	struct list_head consumers;
	struct scl_history history;	/* over when the node is removed and the uevent sent */

	struct delayed_work uevent;
	unsigned int transitions;	/* since the last uevent, under lock as all of these */
	bool uevent_due;		/* the state is to be reported: */
	struct scl_state uevent_state;
	enum scl_event uevent_cause;
	enum scl_flush_result uevent_flush;	/* a lost flush that is not reported yet, or NONE */
	unsigned long uevent_at;	/* the last one: jiffies */

	struct work_struct end;
	struct rcu_head rcu;
};

/* The transitions that udev is told of: the values of the parameter uevents. */
enum scl_uevents { SCL_UEVENTS_OFF, SCL_UEVENTS_REMOVALS, SCL_UEVENTS_ALL, SCL_UEVENTS };

extern struct mutex scl_devices_mutex;
extern int scl_uevents;
extern struct workqueue_struct *scl_device_works;

int scl_devices_init(work_func_t uevent, work_func_t end);
void scl_devices_exit(void);
struct scl_device *scl_device_create(struct scl_host *host, struct scsi_device *sdev,
				     struct scl_state state, enum scl_stage stage);
struct scl_device *scl_device_find(const struct scsi_device *sdev);
struct scsi_device *scl_device_get_sdev(struct scl_device *device);
struct scl_host *scl_device_host(const struct scl_device *device);
unsigned int scl_device_meets(struct scl_device *device, enum scl_stage_event event);
void scl_device_take(struct scl_device *device, struct scl_state to, enum scl_event cause);
void scl_device_note(struct scl_device *device, struct scl_state state, enum scl_event cause);
void scl_device_note_blocked(struct scl_device *device);
void scl_device_set_outcome(struct scl_device *device, enum scl_flush_result result);
void scl_device_uevent_flush(struct scl_device *device, enum scl_flush_result result);
void scl_device_uevent_again(struct scl_device *device);
void scl_device_end(struct scl_device *device, enum scl_stage_event event);
void scl_device_finish(struct scl_device *device, void (*gone)(struct scl_device *device));
void scl_devices_wait_ended(const struct Scsi_Host *shost);
void scl_devices_each(void (*fn)(struct scl_device *device, void *arg), void *arg);

/* Lookups of a device, and reads of its state: counted for tests. */
#ifdef SCL_TESTS
extern atomic_t scl_lookups, scl_state_reads;
#define scl_lookups_count() atomic_inc(&scl_lookups)
#define scl_state_reads_count() atomic_inc(&scl_state_reads)
#else
#define scl_lookups_count() do { } while (0)
#define scl_state_reads_count() do { } while (0)
#endif

#endif
