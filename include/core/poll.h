/* SPDX-License-Identifier: GPL-2.0 */
/* What a poll of a device sees, and what it leads to. */
#ifndef SCSI_LIFECYCLE_CORE_POLL_H
#define SCSI_LIFECYCLE_CORE_POLL_H

#include "state.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What a poll of a device decides: drivers/core/decision.hpp ---- */

/* Between two polls of a teardown: the bound on how late anything unannounced is noticed in it. */
#define SCL_POLL_MS 250ULL
/* A flush that is not seen for so long is over; between two tries there is none for a moment. */
#define SCL_FLUSH_GAP_MS 1000ULL

/* The last commands that a removal, or a reboot, waits for, in the order in which they are sent. */
enum scl_flush SCL_OF_ANY_VALUE {
	SCL_FLUSH_NONE,
	SCL_FLUSH_FILE_SYSTEM,		/* a SYNCHRONIZE CACHE from before the removal */
	SCL_FLUSH_DRIVER,		/* the removal's own */
	SCL_FLUSH_STOP			/* no flush: the driver's next command, it stops the disk */
};

/* What a device waits for, or would as soon as its own removal begins. */
enum scl_wait_for SCL_OF_ANY_VALUE {
	SCL_WAIT_FOR_NOTHING,
	SCL_WAIT_FOR_PATH,		/* it is blocked */
	SCL_WAIT_FOR_RESUME		/* it is quiesced */
};

/* What one poll of a device saw. */
struct scl_snapshot {
	struct scl_state state;
	enum scl_flush flushing;	/* what was allocated and is not over */
	bool untaken;			/* and not at the LLD, though the queue is not stopped */
	bool quiesced;			/* scsi_device_quiesce() keeps all but PM commands out */
	bool stopped_in_del;		/* commands wait in the stopped queue of a device in del */
	bool host_removing;		/* the host is being removed, or its LLD unloaded */
	bool rebooting;			/* the machine goes down */
	bool recovering;		/* the host is in error handling */
	bool held;			/* an open file asked the teardown to wait */
	bool detached;			/* the removal has detached its driver */
	unsigned int sent;		/* how many commands the device has sent to the LLD, ever */
};

/* What the core remembers of one device between two polls. */
struct scl_progress {
	struct scl_state state;
	scl_ms since;			/* first seen in this state */
	scl_ms waits_since;		/* first seen waiting, if it waits */
	scl_ms reboot_since;		/* first seen while the machine goes down */
	scl_ms flush_since;		/* its flush was first seen */
	scl_ms flush_last;		/* and last */
	scl_ms flush_recovered;		/* of that, in error handling or not taken */
	unsigned int sent;		/* how many commands it had sent at the last poll */
	enum scl_wait_for waits_for;
	bool waited;			/* for one of them, ever */
	enum scl_flush flush;		/* the one that flush_since is of */
	bool untaken;			/* and the LLD has not taken it */
	bool seen;
	bool reboots;			/* reboot_since is set */
	bool expired;			/* its time was up, and no poll saw its path come back */
	bool ended;			/* the administrator ended its teardown */
};

struct scl_limits {
	scl_ms teardown;		/* SCL_NEVER: off */
	scl_ms reboot;			/* instead of teardown, where the machine goes down */
	scl_ms flush;
	scl_ms hold;			/* instead of teardown, where it is more and a file holds */
	bool flush_set;			/* by the administrator: error handling counts too */
};

struct scl_decision {
	enum scl_event event;		/* apply it first; SCL_EVENT_NONE: nothing to do */
	scl_ms again;			/* until the next poll, 0: at once; SCL_NEVER: none */
	scl_ms left;			/* until the device's deadline; SCL_NEVER: it has none */
};

/**
 * scl_decide - decide what one poll of a device leads to
 * @progress: what is remembered of the device; brought up to date
 * @snapshot: what the poll saw
 * @limits: of the device, as they are now
 * @now: the time
 *
 * Return: what to do, and when to poll again.
 */
struct scl_decision scl_decide(struct scl_progress *progress, const struct scl_snapshot *snapshot,
			       const struct scl_limits *limits, scl_ms now);

/**
 * scl_progress_update - remember what one poll of a device saw, and decide nothing
 * @progress: what is remembered of the device
 * @snapshot: what the poll saw
 * @now: the time
 */
void scl_progress_update(struct scl_progress *progress, const struct scl_snapshot *snapshot,
			 scl_ms now);

/**
 * scl_may_hold - tell whether an open file may still ask the teardown to wait
 * @state: the device's
 * @detached: its removal has detached its driver: no hold can lengthen what is left of it
 * @progress: what is remembered of it
 *
 * Return: true: it may.
 */
bool scl_may_hold(struct scl_state state, bool detached, const struct scl_progress *progress);

/* What comes of the administrator's wish to end a teardown. */
enum scl_end_answer SCL_OF_ANY_VALUE {
	SCL_END_DONE,
	SCL_END_NOT_BEGUN,		/* no removal has begun, of the device or of its host */
	SCL_END_OVER			/* it has expired, was ended, or its driver is detached */
};

/**
 * scl_end_teardown - leave the teardown of a device no time
 * @progress: what is remembered of the device
 * @snapshot: what was just seen of it
 *
 * The next scl_decide() finds that its limit is over: the one for its path, whether or not a file
 * holds it, or the one for its flush.
 *
 * Return: the answer; SCL_END_DONE alone changes anything.
 */
enum scl_end_answer scl_end_teardown(struct scl_progress *progress,
				     const struct scl_snapshot *snapshot);

/**
 * scl_expiry_name - name why the time of a device is up
 * @progress: what is remembered of the device, after scl_decide() found that
 * @snapshot: what the poll saw
 *
 * Return: a word of 19 characters at most.
 */
const char *scl_expiry_name(const struct scl_progress *progress,
			    const struct scl_snapshot *snapshot);

/**
 * scl_flush_default - compute all the time that stock gives a flush
 * @first_try: the time of one try
 *
 * Return: the time of all tries.
 */
scl_ms scl_flush_default(scl_ms first_try);

/* ---- What a removal waits for, and has waited for too long: drivers/core/stall.hpp ---- */

/* A removal that waits so long for what has no deadline is reported, */
#define SCL_REPORT_AFTER_MS 2000ULL
/* and one for its LLD, which has its own timers and tries. */
#define SCL_REPORT_LLD_AFTER_MS 90000ULL

enum scl_stall_on SCL_OF_ANY_VALUE {
	SCL_STALL_ON_NOTHING,		/* or nothing that can be seen */
	SCL_STALL_ON_PATH,		/* blocked or quiesced, or its queue is stopped in del */
	SCL_STALL_ON_LLD,		/* the LLD holds commands of the device */
	SCL_STALL_ON_LLD_ABORT,		/* the LLD holds the flush, which it was asked for */
	SCL_STALL_ON_BUSY_LLD,		/* commands wait to be sent, and the LLD takes none */
	SCL_STALL_ON_ERROR_HANDLING,	/* of the host: nothing is sent meanwhile */
	SCL_STALL_ON_SIBLING		/* another device, blocked or frozen, holds commands */
};

/* What is remembered of one such wait. */
struct scl_stall {
	scl_ms since;
	enum scl_stall_on what;
	bool said;
};

/* What else than its own state a removal may wait for. */
struct scl_environment {
	bool busy;			/* the LLD holds commands of the device */
	bool failed;			/* error handling has one of them */
	bool abort_requested;		/* the LLD was asked for the flush back */
	bool leaving_tag_set;		/* in del, and its queue leaves the host's tag set */
	bool recovering;		/* the host is in error handling */
	bool sibling;			/* another device, blocked or frozen, holds commands */
	bool unsent;			/* commands wait to be sent, and the queue runs */
};

/**
 * scl_stall_update - remember what a removal waits for
 * @stall: what is remembered of its wait
 * @snapshot: what a poll saw of the device
 * @environment: and of what is around it
 * @now: the time
 *
 * Return: report it now, and not again for this wait.
 */
bool scl_stall_update(struct scl_stall *stall, const struct scl_snapshot *snapshot,
		      const struct scl_environment *environment, scl_ms now);

/**
 * scl_stall_name - name what a removal waits for
 * @what: the thing
 *
 * Return: the name that the debugfs file has.
 */
const char *scl_stall_name(enum scl_stall_on what);

#ifdef __cplusplus
}
#endif

#endif
