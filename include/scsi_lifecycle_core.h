/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The C face of the core: the only header that both languages include, hence no kernel type in it.
 *
 * The core decides and holds nothing: no lock, no allocation, no pointer kept. Every function may
 * be called in any context; the caller owns the structures it passes and serialises access to them.
 * An event that there is not is refused, and so is one in a state that there is not.
 * Times are milliseconds of one monotonic clock of the caller's choice.
 */
#ifndef SCSI_LIFECYCLE_CORE_H
#define SCSI_LIFECYCLE_CORE_H

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long long scl_ms;

#define SCL_NEVER (~0ULL)

/* Between two looks at a teardown: the bound on how late anything unannounced is noticed in it. */
#define SCL_LOOK_MS 250ULL
/* A flush that is not seen for so long is over; between two tries there is none for a moment. */
#define SCL_GAP_MS 1000ULL
/* A removal that waits so long for what has no clock is worth a word, */
#define SCL_SAY_MS 2000ULL
/* and one for its LLD, which has its own timers and tries. */
#define SCL_SAY_LLD_MS 90000ULL

/* Where a device is in its life. */
enum scl_phase {
	SCL_PHASE_CREATED,		/* being scanned, not yet visible */
	SCL_PHASE_RUNNING,		/* in use */
	SCL_PHASE_QUIESCE,		/* only power management commands pass */
	SCL_PHASE_OFFLINE,		/* given up by error handling or the administrator */
	SCL_PHASE_TRANSPORT_OFFLINE,	/* its transport gave the path up: commands fail at once */
	SCL_PHASE_CANCEL,		/* its removal has begun; its driver's last commands reach the LLD */
	SCL_PHASE_DEL,			/* nothing reaches the LLD any more */
	SCL_PHASES
};

/*
 * The state of a device is the pair; (cancel, blocked) is CANCEL_BLOCK. Blocked: the queue is
 * stopped for the transport's sake. del is never blocked.
 */
struct scl_state {
	unsigned char phase;
	unsigned char blocked;
};

/* What the stock kernel keeps instead: sdev->sdev_state and sdev->queue_stopped. */
struct scl_stock {
	unsigned char sdev_state;
	unsigned char queue_stopped;
};

enum scl_event {
	SCL_EVENT_BLOCK,		/* the transport lost its path for a while */
	SCL_EVENT_UNBLOCK,		/* the path is back */
	SCL_EVENT_FAIL,			/* the path is given up: unblock to transport_offline */
	SCL_EVENT_REMOVE,		/* removal begins */
	SCL_EVENT_REMOVED,		/* the upper-level driver is gone */
	SCL_EVENT_DEADLINE,		/* the teardown's time is up */
	SCL_EVENT_OFFLINE,
	SCL_EVENT_TRANSPORT_OFFLINE,
	SCL_EVENT_ONLINE,
	SCL_EVENT_QUIESCE,
	SCL_EVENT_RESUME,
	SCL_EVENTS,
	SCL_EVENT_NONE = SCL_EVENTS
};

/* What the caller does after it has stored the next state; each is harmless when repeated. */
enum scl_action {
	SCL_ACTION_STOP		= 1 << 0,	/* stop the queue */
	SCL_ACTION_DRAIN	= 1 << 1,	/* wait for dispatchers, where the caller may sleep */
	SCL_ACTION_START	= 1 << 2,	/* start the queue */
	SCL_ACTION_ARM		= 1 << 3,	/* the device must be polled: it waits, and has a deadline */
	SCL_ACTION_DISARM	= 1 << 4,	/* it waits no more */
	SCL_ACTION_ABORT	= 1 << 5,	/* abort the flush that the LLD still holds */
	SCL_ACTION_REPORT	= 1 << 6,	/* commands were killed: say so */
};

struct scl_step {
	struct scl_state next;
	unsigned char actions;
	unsigned char refused;		/* nothing changes; the caller's error is -EINVAL */
};

/* What the core remembers of one device between two polls. Zeroed: never polled. */
struct scl_watch {
	struct scl_state state;
	scl_ms since;			/* first seen in this state */
	scl_ms waits_since;		/* first seen waiting, if it waits */
	scl_ms reboot_since;		/* first seen while the machine goes down */
	scl_ms flush_since;		/* its flush was first seen */
	scl_ms flush_last;		/* and last */
	scl_ms flush_recovered;		/* so much of it was the host's error handling, or the LLD did not take it */
	unsigned int sent;		/* how many commands it had sent at the last poll */
	unsigned char seen;
	unsigned char waits;		/* 0, or for what: see verdict.hpp */
	unsigned char reboots;		/* reboot_since is set */
	unsigned char flush;		/* enum scl_flush: the one that flush_since is of */
	unsigned char untaken;		/* and the LLD has not taken it */
	unsigned char condemned;	/* its time was up, and its path was not seen to come back */
};

/* And what of one wait. Zeroed: there was none. */
struct scl_wait {
	scl_ms since;
	unsigned char what;		/* enum scl_waits */
	unsigned char said;
};

/* Whose SYNCHRONIZE CACHE a removal, or a reboot, waits for. */
enum scl_flush {
	SCL_FLUSH_NONE,
	SCL_FLUSH_FILE_SYSTEM,		/* sent before the removal */
	SCL_FLUSH_DRIVER,		/* the removal's own */
	SCL_FLUSH_STOP			/* none: the driver's next command, which stops the disk */
};

/* What a removal waits for. */
enum scl_waits {
	SCL_WAITS_NOT,			/* or for nothing that can be seen */
	SCL_WAITS_PATH,			/* blocked or quiesced, or its queue is stopped in del */
	SCL_WAITS_LLD,			/* it holds commands of the device */
	SCL_WAITS_DEAF_LLD,		/* the flush, and does so although it was told to let go */
	SCL_WAITS_BUSY_LLD,		/* commands wait to be sent, and it takes none */
	SCL_WAITS_ERROR_HANDLING,	/* of the host: nothing is sent meanwhile */
	SCL_WAITS_SIBLING		/* another device, which is blocked or frozen, and holds commands */
};

/* What one poll of a device saw. */
struct scl_sight {
	struct scl_state state;
	unsigned char quiesced;		/* scsi_device_quiesce() keeps all but PM commands out */
	unsigned char flushing;		/* enum scl_flush: what was allocated and is not over */
	unsigned char untaken;		/* and it is not at the LLD, though the queue is not stopped */
	unsigned char stuck;		/* in del, and commands wait in its stopped queue */
	unsigned char dying;		/* the host is being removed, or its LLD unloaded */
	unsigned char rebooting;	/* the machine goes down */
	unsigned char recovering;	/* the host is in error handling */
	unsigned char held;		/* an open file asked its teardown to wait */
	unsigned int sent;		/* how many commands it has sent to the LLD, ever */
};

/* What else a removal may wait for. */
struct scl_around {
	unsigned char busy;		/* the LLD holds commands of the device */
	unsigned char failed;		/* error handling has one of them */
	unsigned char told;		/* it was told to let go of the flush */
	unsigned char leaving;		/* in del, and its queue takes leave of the host's others */
	unsigned char recovering;	/* the host is in error handling */
	unsigned char sibling;		/* another device of the host is blocked or frozen, and holds commands */
	unsigned char unsent;		/* commands wait to be sent, though the queue is not stopped */
};

struct scl_limits {
	scl_ms teardown;		/* SCL_NEVER: off */
	scl_ms reboot;			/* instead of teardown, for who waits because the machine goes down */
	scl_ms flush;
	scl_ms hold;			/* instead of teardown, where it is more, for a device that is held */
	unsigned char flush_set;	/* the administrator's; else error handling does not count */
};

struct scl_verdict {
	unsigned char event;		/* apply it first; SCL_EVENT_NONE: nothing to do */
	scl_ms again;			/* look again after this, 0: at once; SCL_NEVER: no need to */
	scl_ms left;			/* until the deadline of this device; SCL_NEVER: it has none */
};

/* What became of the cache flush of a removed device. */
enum scl_fate {
	SCL_FATE_NONE,			/* no write cache, no medium, or a driver that sent nothing */
	SCL_FATE_COMPLETED,		/* the last one that the driver sent succeeded */
	SCL_FATE_FAILED,		/* the last one failed, and not because it was cut off */
	SCL_FATE_KILLED,		/* cut off before it was sent, or before it was answered */
	SCL_FATE_UNKNOWN		/* there was a cache, and what the driver did was not seen */
};

struct scl_evidence {
	unsigned char cached;		/* a disk with a volatile write cache */
	unsigned char killed;		/* cut off before its upper-level driver was gone */
	unsigned char watched;		/* every flush that ended since the removal began was seen to */
	unsigned char succeeded;	/* the last of those */
	unsigned int ended;		/* how many were seen to end */
	unsigned int ended_before;	/* and before the device was cut off, where it was */
	unsigned char asc, ascq;	/* of the last; 0 where there was no sense */
};

/*
 * One of those who have a device's node open. What they have of the device is counted for each of them and summed
 * in scl_openers; both zeroed: nobody, and nothing.
 */
enum scl_opener {
	SCL_OPENER_CLOSED,
	SCL_OPENER_OPEN,
	SCL_OPENER_HOLDING,		/* and the device's teardown waits for it */
	SCL_OPENER_STATES
};

struct scl_openers {
	unsigned int open;		/* those who hold it too */
	unsigned int holding;
	unsigned char gone;		/* the device is: what was left of both has been given back */
};

enum scl_opener_event {
	SCL_OPENER_OPENS,
	SCL_OPENER_HOLDS,
	SCL_OPENER_RELEASES,
	SCL_OPENER_CLOSES,
	SCL_OPENER_EVENTS
};

enum scl_answer {
	SCL_ANSWER_DONE,
	SCL_ANSWER_GONE,		/* there is nothing to have any more; nothing changed */
	SCL_ANSWER_HAS,			/* has it already */
	SCL_ANSWER_HAS_NOT		/* does not have what it gives back */
};

/* One who wants to be told, once, that a device is gone. Zeroed: detached. */
enum scl_consumer {
	SCL_CONSUMER_DETACHED,
	SCL_CONSUMER_ATTACHED,
	SCL_CONSUMER_DUE,		/* the device is gone, and the call is on its way */
	SCL_CONSUMER_CALLED,		/* it is being told */
	SCL_CONSUMER_TOLD,
	SCL_CONSUMER_LEAVING,		/* detached by another while it was being told */
	SCL_CONSUMER_STATES
};

enum scl_consumer_event {
	SCL_CONSUMER_ATTACH,
	SCL_CONSUMER_GONE,		/* the device is */
	SCL_CONSUMER_CALL,		/* a worker comes to call it */
	SCL_CONSUMER_RETURN,		/* and has */
	SCL_CONSUMER_DETACH,
	SCL_CONSUMER_DETACH_INSIDE,	/* by itself, while it is being told */
	SCL_CONSUMER_EVENTS
};

enum scl_consumer_action {
	SCL_CONSUMER_TAKE	= 1 << 0,	/* it refers to the device's life from now on */
	SCL_CONSUMER_QUEUE	= 1 << 1,	/* have a worker call it */
	SCL_CONSUMER_TELL	= 1 << 2,	/* this is the call */
	SCL_CONSUMER_CANCEL	= 1 << 3,	/* no worker is on its way to it when this returns */
	SCL_CONSUMER_DROP	= 1 << 4,	/* it does not refer to it any more; after all else */
};

struct scl_consumer_step {
	unsigned char next;
	unsigned char actions;
	unsigned char refused;
};

struct scl_state scl_read(struct scl_stock stock);
struct scl_stock scl_write(struct scl_state state);
struct scl_step scl_next(struct scl_state state, enum scl_event event);
int scl_may_get(struct scl_state state);
int scl_may_hold(struct scl_state state, const struct scl_watch *watch);
const char *scl_phase_name(unsigned char phase);
const char *scl_event_name(unsigned char event);

scl_ms scl_flush_default(scl_ms first_try);
void scl_watch_see(struct scl_watch *watch, const struct scl_sight *sight, scl_ms now);
int scl_wait_see(struct scl_wait *wait, const struct scl_sight *sight, const struct scl_around *around,
		 scl_ms now);
const char *scl_wait_name(unsigned char waits);
struct scl_verdict scl_judge(struct scl_watch *watch, const struct scl_sight *sight,
			     const struct scl_limits *limits, scl_ms now);
enum scl_fate scl_flush_fate(const struct scl_evidence *evidence);

enum scl_answer scl_opener_next(struct scl_openers *all, unsigned char *opener, enum scl_opener_event event);
int scl_openers_gone(struct scl_openers *all);
struct scl_consumer_step scl_consumer_next(unsigned char consumer, enum scl_consumer_event event);

#ifdef __cplusplus
}
#endif

#endif
