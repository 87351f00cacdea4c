/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The C face of the core: the only header that both languages include, hence no kernel type in it.
 *
 * The core decides and holds nothing: no lock, no allocation, no pointer kept. Every function may
 * be called in any context; the caller owns the structures it passes and serialises access to them.
 * A state or event that there is not is refused.
 * Times are milliseconds of one monotonic clock of the caller's choice.
 */
#ifndef SCSI_LIFECYCLE_CORE_H
#define SCSI_LIFECYCLE_CORE_H

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long long scl_ms;

#define SCL_NEVER (~0ULL)

/* Between two looks at a teardown: the bound on how late anything unannounced is noticed. */
#define SCL_LOOK_MS 250ULL
/* Waits on one host that follow each other within this time are one teardown, with one clock. */
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
	SCL_ACTION_ARM		= 1 << 3,	/* the teardown clock must run */
	SCL_ACTION_DISARM	= 1 << 4,	/* this device waits for the clock no more */
	SCL_ACTION_ABORT	= 1 << 5,	/* abort the flush that the LLD still holds */
	SCL_ACTION_REPORT	= 1 << 6,	/* commands were killed: say so */
};

struct scl_step {
	struct scl_state next;
	unsigned char actions;
	unsigned char refused;		/* nothing changes; the caller's error is -EINVAL */
};

/* The time of one teardown, shared by all devices of a host. Zeroed: not running. */
struct scl_clock {
	scl_ms since;
	scl_ms touched;
	unsigned char running;
};

/* What the core remembers of one device between two looks. Zeroed: never looked at. */
struct scl_watch {
	struct scl_state state;
	scl_ms since;			/* first seen in this state */
	scl_ms waits_since;		/* first seen waiting for the clock, if it waits */
	scl_ms flush_since;		/* its flush was first seen at the LLD */
	scl_ms flush_last;		/* and last */
	unsigned char seen;
	unsigned char waits;
	unsigned char flush;		/* enum scl_flush: the one that flush_since is of */
	unsigned char condemned;	/* its time in this teardown was up; a flush would only wait again */
};

/* And what of one wait. Zeroed: there was none. */
struct scl_wait {
	scl_ms since;
	unsigned char what;		/* enum scl_waits */
	unsigned char said;
};

/* Whose SYNCHRONIZE CACHE the LLD holds. */
enum scl_flush {
	SCL_FLUSH_NONE,
	SCL_FLUSH_FILE_SYSTEM,		/* sent before the removal, which waits for it */
	SCL_FLUSH_DRIVER,		/* the removal's own */
};

/* What a removal waits for. */
enum scl_waits {
	SCL_WAITS_NOT,			/* or for nothing that can be seen */
	SCL_WAITS_PATH,			/* blocked or quiesced */
	SCL_WAITS_LLD,			/* it holds commands of the device */
	SCL_WAITS_DEAF_LLD,		/* the flush, and does so although it was told to let go */
	SCL_WAITS_ERROR_HANDLING,	/* of the host: nothing is sent meanwhile */
	SCL_WAITS_SIBLING		/* another device, which is blocked and holds commands */
};

/* What one look at a device saw. */
struct scl_sight {
	struct scl_state state;
	unsigned char quiesced;		/* scsi_device_quiesce() keeps all but PM commands out */
	unsigned char flushing;		/* enum scl_flush: what is at the LLD */
	unsigned char stuck;		/* in del, and commands wait in its stopped queue */
	unsigned char dying;		/* host under removal, LLD being unloaded, or reboot */
	unsigned char held;		/* somebody asked its teardown to wait for him */
};

/* What else a removal may wait for. */
struct scl_around {
	unsigned char busy;		/* the LLD holds commands of the device */
	unsigned char failed;		/* error handling has one of them */
	unsigned char told;		/* it was told to let go of the flush */
	unsigned char leaving;		/* in del, and its queue takes leave of the host's others */
	unsigned char recovering;	/* the host is in error handling */
	unsigned char sibling;		/* another device of the host is blocked and holds commands */
};

struct scl_limits {
	scl_ms teardown;		/* SCL_NEVER: off */
	scl_ms flush;
	scl_ms hold;			/* instead of teardown, where it is more, for a device that is held */
};

struct scl_verdict {
	unsigned char event;		/* apply it first; SCL_EVENT_NONE: nothing to do */
	scl_ms again;			/* look again after this, 0: at once; SCL_NEVER: no need to */
	scl_ms left;			/* until the deadline of this device; SCL_NEVER: it has none */
};

/* What became of the cache flush of a removed device. */
enum scl_fate {
	SCL_FATE_NONE,			/* no write cache, or a driver that sent nothing */
	SCL_FATE_COMPLETED,
	SCL_FATE_FAILED,		/* commands failed or timed out so often that it may be one of them */
	SCL_FATE_KILLED			/* cut off before it was sent, or before it was answered */
};

struct scl_evidence {
	unsigned char cached;		/* a disk with a volatile write cache */
	unsigned char killed;		/* cut off before its upper-level driver was gone */
	unsigned char sent;		/* commands were sent to the LLD during the removal; the flush is one */
	unsigned int errors;		/* how often one failed or timed out, tried again or not */
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

scl_ms scl_clock_left(const struct scl_clock *clock, scl_ms tmo, scl_ms now);
void scl_watch_see(struct scl_watch *watch, const struct scl_sight *sight, scl_ms now);
int scl_wait_see(struct scl_wait *wait, const struct scl_sight *sight, const struct scl_around *around,
		 scl_ms now);
const char *scl_wait_name(unsigned char waits);
struct scl_verdict scl_judge(struct scl_clock *clock, struct scl_watch *watch,
			     const struct scl_sight *sight, const struct scl_limits *limits,
			     scl_ms now);
enum scl_fate scl_flush_fate(const struct scl_evidence *evidence);

enum scl_answer scl_opener_next(struct scl_openers *all, unsigned char *opener, enum scl_opener_event event);
int scl_openers_gone(struct scl_openers *all);
struct scl_consumer_step scl_consumer_next(unsigned char consumer, enum scl_consumer_event event);

#ifdef __cplusplus
}
#endif

#endif
