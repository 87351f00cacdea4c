/* SPDX-License-Identifier: GPL-2.0 */
/* Bounds removals and reboots, and accounts for their flushes. */
#ifndef SCSI_LIFECYCLE_TEARDOWN_H
#define SCSI_LIFECYCLE_TEARDOWN_H

#include "registry/registry.h"

/* monitor.c */
void scl_monitor_begin(void);
void scl_monitor_end(void);
void scl_monitor_look(void);
void scl_monitor_opened(struct scl_device *device);
bool scl_monitor_idles(void);
void scl_poll_init(struct scl_host *host);
void scl_poll_after(struct scl_host *host, scl_ms delay);
void scl_poll_now(struct scl_host *host);
void scl_reboot_begins(void);
void scl_reboot_notice(void);

/* expedite.c */
void scl_expedite(void);
void scl_expedite_device(struct scl_host *host, struct scsi_device *sdev);
void scl_expedite_host(struct scl_host *host, struct scsi_device *first);
bool scl_expedites(void);
void scl_expedite_exit(void);

/* removal.c */
scl_ms scl_removal_poll(struct scl_host *host, struct scl_device *device, struct scsi_device *sdev);
scl_ms scl_removal_begins(struct scl_host *host, struct scsi_device *sdev,
			  enum scl_stage_event how);
enum scl_end_answer scl_removal_end(struct scl_host *host, struct scl_device *device,
				    struct scsi_device *sdev);
struct scl_failure scl_failure_of(const struct scl_progress *progress, struct scsi_device *sdev,
				  struct scl_state from, enum scl_event event);
void scl_removal_detached(struct scsi_device *sdev);

/* snapshot.c */
bool scl_rebooting(void);
void scl_set_rebooting(void);
struct scl_snapshot scl_snapshot_of(const struct scl_host *host, const struct scl_device *device,
				    struct scsi_device *sdev);

/* observe.c */
void scl_observe_init(void);
void scl_observe_exit(void);
bool scl_observe_begin(void);
void scl_observe_end(void);
void scl_observe_start(struct scl_device *device, struct scsi_device *sdev, bool late);
void scl_observe_stop(struct scl_device *device);

/*
 * A device that holds commands, and is blocked or frozen: removals of other devices of its host may
 * come to wait for it.
 */
struct scl_blocker {
	bool searched;
	bool found;
	bool blocked;
	bool frozen; /* its queue: a removal or a new LUN waits for the commands */
	unsigned int channel, id;
	u64 lun;
	unsigned int commands;
};

/* stall.c */
struct scl_blocker scl_blocker_find(struct scl_host *host);
struct scl_blocker scl_blocker_for(struct scl_host *host, const struct scl_device *device,
				   struct scsi_device *sdev);
enum scl_stall_on scl_stall_of(struct scl_host *host, const struct scl_device *device,
			       struct scsi_device *sdev, const struct scl_snapshot *snapshot,
			       const struct scl_blocker *blocker);
void scl_stall_poll(struct scl_host *host, struct scl_device *device, struct scsi_device *sdev,
		    struct scl_blocker *blocker);

/* What user space is shown of a device. */
struct scl_status {
	struct scl_state state;
	scl_ms since;			/* milliseconds that it was seen in this state */
	scl_ms left;			/* until its deadline; SCL_NEVER: it has none */
	enum scl_stall_on waits_for;
	struct scl_openers openers;
	bool gone;			/* its removal is complete, and something refers to it */
};

/* The names of a device, as scl_sdev_disk() and scl_sdev_wwid() have them. */
struct scl_names {
	char disk[DISK_NAME_LEN];
	char wwid[SCL_WWID];
};

#define SCL_STATUS_TEXT 64	/* the longest that the next two write */

/* status.c */
struct scl_status scl_status_of(struct scl_host *host, struct scl_device *device,
				struct scsi_device *sdev, const struct scl_blocker *blocker);
int scl_status_deadline(char *buf, size_t size, const struct scl_status *status);
int scl_status_waits_for(char *buf, size_t size, const struct scl_status *status,
			 unsigned int host_no, const struct scl_blocker *blocker);
void scl_status_names(const struct scl_device *device, struct scsi_device *sdev,
		      struct scl_names *names);

/* limits.c */
int scl_tmo_parse(const char *text, unsigned int *tmo);
int scl_tmo_format(char *buf, size_t size, unsigned int tmo);
bool scl_hold_allowed(void);
struct scl_limits scl_limits(unsigned int host, unsigned int device, scl_ms first_try,
			     scl_ms transport);
struct scl_limits scl_limits_of(const struct scl_host *host, const struct scl_device *device,
				struct scsi_device *sdev);

/* transport.c */
scl_ms scl_transport_tmo(struct scsi_device *sdev);

/* spare.c */
void scl_spare_init(struct scl_spare *spare);
void scl_spare_add(struct scsi_device *sdev);
void scl_spare_poll(struct scl_host *host);
void scl_spare_removed(struct scsi_device *sdev);
void scl_spare_forget(struct scl_host *host, bool removed);

enum scl_count {
	SCL_COUNT_REMOVALS,
	SCL_COUNT_FLUSHES_COMPLETED,
	SCL_COUNT_FLUSHES_FAILED,
	SCL_COUNT_FLUSHES_KILLED,
	SCL_COUNT_FLUSHES_NONE,
	SCL_COUNT_FLUSHES_UNKNOWN,
	SCL_COUNT_COMMANDS_KILLED,
	SCL_COUNT_RESCUED,
	SCL_COUNTS
};

#define SCL_COUNTS_TEXT 512	/* names and numbers of all, and a NUL */

/* Commands that were failed, and the device at that moment. */
struct scl_kill {
	bool done;
	bool lost; /* the flush failed with them, or cannot be sent any more */
	unsigned int commands;
	struct scl_state from;
	struct scl_progress progress;
};

/* report.c */
void scl_count(enum scl_count what);
long scl_counted(enum scl_count what);
int scl_counts_format(char *buf, size_t size);
void scl_report_load(void);
void scl_report_kill(struct scl_device *device, struct scsi_device *sdev,
		     const struct scl_kill *kill);
void scl_report_given_up(struct scsi_device *sdev, struct scl_state from, unsigned int commands);
void scl_report_lost(struct scsi_device *sdev);
void scl_report_stall(struct scsi_device *sdev, enum scl_stall_on what, scl_ms since,
		      const struct scl_blocker *blocker);
void scl_report_give_back(struct Scsi_Host *shost, scl_ms since);
void scl_report_rescue(struct scsi_device *sdev);
void scl_report_result(struct scl_device *device, struct scsi_device *sdev,
		       enum scl_flush_result result);

#endif
