// SPDX-License-Identifier: GPL-2.0
//
// The running kernel's own functions beside this project's and the table: every function that
// changes a device's state, from all values of the two fields, those included that no function
// means to leave. Where they differ it is listed here, and they must.
#include <linux/blk-mq.h>
#include <scsi/scsi_lifecycle.h>

#include "compare.h"
#include "compat.h"
#include "disk.h"

enum function {
	SET_STATE,
	BLOCK_NOWAIT,
	UNBLOCK_NOWAIT,
	TARGET_BLOCK,
	TARGET_UNBLOCK,
	HOST_BLOCK,
	HOST_UNBLOCK,
	RESUME,
};

static const char *const names[] = {
	[SET_STATE]	 = "set_state",
	[BLOCK_NOWAIT]	 = "block_nowait",
	[UNBLOCK_NOWAIT] = "unblock_nowait",
	[TARGET_BLOCK]	 = "target_block",
	[TARGET_UNBLOCK] = "target_unblock",
	[HOST_BLOCK]	 = "host_block",
	[HOST_UNBLOCK]	 = "host_unblock",
	[RESUME]	 = "resume",
};

/* No value of enum scsi_device_state: below it, above it, far from it. */
#define BELOW 0
#define ABOVE (SDEV_CREATED_BLOCK + 1)
#define FAR 99

static const unsigned char states[] = {
	BELOW, SDEV_CREATED, SDEV_RUNNING, SDEV_CANCEL, SDEV_DEL, SDEV_QUIESCE, SDEV_OFFLINE,
	SDEV_TRANSPORT_OFFLINE, SDEV_BLOCK, SDEV_CREATED_BLOCK, ABOVE, FAR,
};

static const struct call {
	enum function function;
	unsigned char asked;
	enum scl_event event;	/* what the table calls it; SCL_EVENT_NONE: nothing */
} calls[] = {
	{ SET_STATE,	  BELOW,		  SCL_EVENT_NONE },
	{ SET_STATE,	  SDEV_CREATED,		  SCL_EVENT_NONE },
	{ SET_STATE,	  SDEV_RUNNING,		  SCL_EVENT_ONLINE },
	{ SET_STATE,	  SDEV_CANCEL,		  SCL_EVENT_REMOVE },
	{ SET_STATE,	  SDEV_DEL,		  SCL_EVENT_REMOVED },
	{ SET_STATE,	  SDEV_QUIESCE,		  SCL_EVENT_QUIESCE },
	{ SET_STATE,	  SDEV_OFFLINE,		  SCL_EVENT_OFFLINE },
	{ SET_STATE,	  SDEV_TRANSPORT_OFFLINE, SCL_EVENT_TRANSPORT_OFFLINE },
	{ SET_STATE,	  SDEV_BLOCK,		  SCL_EVENT_NONE },
	{ SET_STATE,	  SDEV_CREATED_BLOCK,	  SCL_EVENT_NONE },
	{ SET_STATE,	  ABOVE,		  SCL_EVENT_NONE },
	{ SET_STATE,	  FAR,			  SCL_EVENT_NONE },
	{ BLOCK_NOWAIT,	  0,			  SCL_EVENT_BLOCK },
	{ UNBLOCK_NOWAIT, SDEV_RUNNING,		  SCL_EVENT_UNBLOCK },
	{ UNBLOCK_NOWAIT, SDEV_TRANSPORT_OFFLINE, SCL_EVENT_FAIL },
	{ UNBLOCK_NOWAIT, SDEV_OFFLINE,		  SCL_EVENT_NONE },
	{ TARGET_BLOCK,	  0,			  SCL_EVENT_BLOCK },
	{ TARGET_UNBLOCK, SDEV_RUNNING,		  SCL_EVENT_UNBLOCK },
	{ TARGET_UNBLOCK, SDEV_TRANSPORT_OFFLINE, SCL_EVENT_FAIL },
	{ HOST_BLOCK,	  0,			  SCL_EVENT_BLOCK },
	{ HOST_UNBLOCK,	  SDEV_RUNNING,		  SCL_EVENT_UNBLOCK },
	{ HOST_UNBLOCK,	  SDEV_TRANSPORT_OFFLINE, SCL_EVENT_FAIL },
	{ RESUME,	  0,			  SCL_EVENT_RESUME },
};

/*
 * ---- the differences: sets of states that a device is in, of functions, and of the states that
 * these are called with
 */

#define IN(state) (1u << (state))
#define NO_STATE (IN(BELOW) | IN(ABOVE))
#define ALL (IN(ABOVE + 1) - 1)

#define DO(function) (1u << (function))
#define BLOCKS (DO(BLOCK_NOWAIT) | DO(TARGET_BLOCK) | DO(HOST_BLOCK))
#define WALKING_UNBLOCKS (DO(TARGET_UNBLOCK) | DO(HOST_UNBLOCK))
#define UNBLOCKS (DO(UNBLOCK_NOWAIT) | WALKING_UNBLOCKS)
#define WALKS (DO(TARGET_BLOCK) | DO(HOST_BLOCK) | WALKING_UNBLOCKS)
#define ANSWERS_NOTHING (DO(TARGET_BLOCK) | DO(TARGET_UNBLOCK))
#define EITHER_WAY (IN(SDEV_RUNNING) | IN(SDEV_TRANSPORT_OFFLINE))

enum queue { FLOWS = 1, STOPPED = 2, EITHER = 3 };

static const struct {
	unsigned int from;
	enum queue queue;
	unsigned int functions, asked;
} differs[] = {
	/* A device that is blocked when its removal begins keeps its flush. */
	{ IN(SDEV_BLOCK) | IN(SDEV_CREATED_BLOCK), EITHER, DO(SET_STATE), IN(SDEV_CANCEL) },

	/*
	 * A block and an unblock reach a device under removal; giving its path up fails the waiting
	 * commands.
	 */
	{ IN(SDEV_CANCEL), FLOWS, BLOCKS, ALL },
	{ IN(SDEV_CANCEL), STOPPED, DO(BLOCK_NOWAIT), ALL },
	{ IN(SDEV_CANCEL), EITHER, DO(SET_STATE), IN(SDEV_BLOCK) },
	{ IN(SDEV_CANCEL), STOPPED, WALKING_UNBLOCKS, IN(SDEV_RUNNING) },
	{ IN(SDEV_CANCEL), STOPPED, UNBLOCKS, IN(SDEV_TRANSPORT_OFFLINE) },

	/* An unblock leaves nothing blocked; stock's refuses a quiesced device, stopped or not. */
	{ IN(SDEV_QUIESCE), STOPPED, UNBLOCKS, EITHER_WAY },

	/* The queue of a device in SDEV_DEL is never left stopped. */
	{ ALL & ~IN(SDEV_QUIESCE) & ~NO_STATE, STOPPED, DO(SET_STATE), IN(SDEV_DEL) },

	/*
	 * Stock reports running, and its unblock then refuses; this reports blocked, as the queue
	 * is.
	 */
	{ IN(SDEV_RUNNING) | IN(SDEV_QUIESCE) | IN(SDEV_OFFLINE) | IN(SDEV_TRANSPORT_OFFLINE) |
		  IN(SDEV_BLOCK),
	  STOPPED, DO(SET_STATE), IN(SDEV_RUNNING) },

	/*
	 * Where stock reports running, the queue decides: the device is blocked, and an unblock
	 * starts it.
	 */
	{ IN(SDEV_RUNNING), STOPPED, UNBLOCKS, EITHER_WAY },
	{ IN(SDEV_RUNNING), STOPPED, DO(SET_STATE), IN(SDEV_QUIESCE) },
	{ IN(SDEV_CREATED), STOPPED, BLOCKS, ALL },
	{ IN(SDEV_CREATED), STOPPED, UNBLOCKS, EITHER_WAY },
	{ IN(SDEV_CREATED), STOPPED, DO(SET_STATE),
	  IN(SDEV_RUNNING) | IN(SDEV_OFFLINE) | IN(SDEV_TRANSPORT_OFFLINE) | IN(SDEV_BLOCK) |
		  IN(SDEV_CREATED_BLOCK) },

	/* SDEV_CREATED asked for by name starts the queue, as an unblock to it does, */
	{ IN(SDEV_CREATED) | IN(SDEV_CREATED_BLOCK), STOPPED, DO(SET_STATE), IN(SDEV_CREATED) },
	/* and SDEV_BLOCK and SDEV_CREATED_BLOCK stop it, as a block does. */
	{ IN(SDEV_CREATED), FLOWS, DO(SET_STATE), IN(SDEV_CREATED_BLOCK) },
	{ IN(SDEV_RUNNING) | IN(SDEV_QUIESCE) | IN(SDEV_OFFLINE) | IN(SDEV_BLOCK) |
		  IN(SDEV_CREATED_BLOCK),
	  FLOWS, DO(SET_STATE), IN(SDEV_BLOCK) },

	/*
	 * Stock stores whatever number it is called with; a device in no valid state is as dead
	 * here as in SDEV_DEL.
	 */
	{ ALL, EITHER, DO(SET_STATE), NO_STATE },
	{ NO_STATE, EITHER, DO(SET_STATE), IN(SDEV_DEL) },
	{ NO_STATE, EITHER, DO(HOST_BLOCK) | DO(HOST_UNBLOCK), ALL },
};

static unsigned int as_set(unsigned char state)
{
	return IN(min_t(unsigned int, state, ABOVE));
}

static bool is_listed(struct scl_stock from, const struct call *call)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(differs); i++)
		if ((differs[i].from & as_set(from.sdev_state)) &&
		    (differs[i].queue & (from.queue_stopped ? STOPPED : FLOWS)) &&
		    (differs[i].functions & DO(call->function)) &&
		    (differs[i].asked & as_set(call->asked)))
			return true;
	return false;
}

/* ---- what is compared */

static int stock_does(struct scsi_device *sdev, const struct call *call)
{
	struct device *target = &scsi_target(sdev)->dev;

	switch (call->function) {
	case SET_STATE:
		return scsi_device_set_state(sdev, call->asked);
	case BLOCK_NOWAIT:
		return scsi_internal_device_block_nowait(sdev);
	case UNBLOCK_NOWAIT:
		return scsi_internal_device_unblock_nowait(sdev, call->asked);
	case TARGET_BLOCK:
		return scl_block_target(sdev->host, target);
	case TARGET_UNBLOCK:
		scsi_target_unblock(target, call->asked);
		return 0;
	case HOST_BLOCK:
		return scsi_host_block(sdev->host);
	case HOST_UNBLOCK:
		return scsi_host_unblock(sdev->host, call->asked);
	case RESUME:
		scsi_device_resume(sdev);
		return 0;
	}
	return -EOPNOTSUPP;
}

static int we_do(struct scsi_device *sdev, const struct call *call)
{
	struct device *target = &scsi_target(sdev)->dev;

	switch (call->function) {
	case SET_STATE:
		return scsi_lifecycle_set_state(sdev, call->asked);
	case BLOCK_NOWAIT:
		return scsi_lifecycle_block_nowait(sdev);
	case UNBLOCK_NOWAIT:
		return scsi_lifecycle_unblock_nowait(sdev, call->asked);
	case TARGET_BLOCK:
		scsi_lifecycle_block(sdev->host, target);
		return 0;
	case TARGET_UNBLOCK:
		scsi_lifecycle_unblock(sdev->host, target, call->asked);
		return 0;
	case HOST_BLOCK:
		return scsi_lifecycle_host_block(sdev->host);
	case HOST_UNBLOCK:
		return scsi_lifecycle_host_unblock(sdev->host, call->asked);
	case RESUME:
		break;
	}
	return -EOPNOTSUPP;
}

/* The other functions take the mutex themselves. */
static bool wants_state_mutex(const struct call *call)
{
	return DO(call->function) & (DO(SET_STATE) | DO(BLOCK_NOWAIT) | DO(UNBLOCK_NOWAIT));
}

/*
 * The guard polls a device under its state_mutex, and starts the queue of a device in SDEV_DEL:
 * with the mutex held it does not interfere.
 */
static struct scl_result outcome(struct scsi_device *sdev, struct scl_stock from,
				 const struct call *call,
				 int (*does)(struct scsi_device *sdev, const struct call *call))
{
	struct scl_result outcome;

	if (wants_state_mutex(call))
		mutex_lock(&sdev->state_mutex);
	scl_disk_set(sdev, from);
	outcome.err = does(sdev, call);
	outcome.at = (struct scl_stock){ sdev->sdev_state, sdev->queue_stopped };
	if (wants_state_mutex(call))
		mutex_unlock(&sdev->state_mutex);
	return outcome;
}

static bool can_be_tried(struct scl_stock from, const struct call *call, bool patched)
{
	if (!wants_state_mutex(call) && from.sdev_state == SDEV_DEL && from.queue_stopped)
		return false;
	/*
	 * Where it is refused, stock's function warns: device_block(), later scsi_device_block(),
	 * of scsi_lib.c.
	 */
	return patched || call->function != TARGET_BLOCK ||
	       !(as_set(from.sdev_state) & (NO_STATE | IN(SDEV_TRANSPORT_OFFLINE)));
}

static bool same(struct scl_result a, struct scl_result b)
{
	return a.err == b.err && a.at.sdev_state == b.at.sdev_state &&
	       a.at.queue_stopped == b.at.queue_stopped;
}

/*
 * The table knows states, whatever fields spell them. An iteration passes over devices in SDEV_DEL.
 */
static bool as_the_table_says(struct scl_stock from, const struct call *call,
			      struct scl_result outcome)
{
	struct scl_step step = scl_state_next(scl_state_decode(from), call->event);
	struct scl_state now = scl_state_decode(outcome.at);

	if (DO(call->function) & WALKS && scl_state_decode(from).phase == SCL_PHASE_DEL)
		return same(outcome, (struct scl_result){ 0, from });
	return (DO(call->function) & ANSWERS_NOTHING || step.refused == (outcome.err != 0)) &&
	       step.next.phase == now.phase && step.next.blocked == now.blocked;
}

/*
 * Named blocked, and the queue flows: the table believes the name, yet nothing but a block stops
 * the queue.
 */
static bool is_blocked_by_name_alone(struct scl_stock at)
{
	return !at.queue_stopped &&
	       (at.sdev_state == SDEV_BLOCK || at.sdev_state == SDEV_CREATED_BLOCK);
}

static const char *whats_wrong(const struct scl_compared *pair, const struct call *call,
			       bool listed)
{
	if (!pair->equal && !listed)
		return "differs";
	if (pair->equal && listed)
		return "listed, and does not differ";
	if (call->event != SCL_EVENT_NONE && !is_blocked_by_name_alone(pair->from) &&
	    !as_the_table_says(pair->from, call, pair->here))
		return "not what the table says";
	return NULL;
}

/**
 * scl_compare - compare all functions in all states
 * @sdev: a disk that is not in use, the only one of its host; afterwards it is running
 * @patched: the livepatch is on: nothing may differ
 * @see: called for each pair
 * @data: for @see
 *
 * Context: may sleep. The guard's deadline must not come meanwhile.
 */
void scl_compare(struct scsi_device *sdev, bool patched,
		 void (*see)(const struct scl_compared *pair, void *data), void *data)
{
	const struct scl_stock runs = { SDEV_RUNNING, 0 };
	unsigned int i, c;

	for (i = 0; i < 2 * ARRAY_SIZE(states); i++) {
		struct scl_stock from = { states[i / 2], i % 2 };

		for (c = 0; c < ARRAY_SIZE(calls); c++) {
			const struct call *call = &calls[c];
			struct scl_compared pair = { .from = from,
						     .function = names[call->function],
						     .asked = call->asked };

			if (!can_be_tried(from, call, patched))
				continue;
			pair.stock = outcome(sdev, from, call, stock_does);
			/* Only stock resumes a device. */
			pair.here = call->function == RESUME ? pair.stock :
							       outcome(sdev, from, call, we_do);
			pair.equal = same(pair.stock, pair.here);
			pair.wrong = whats_wrong(&pair, call, !patched && is_listed(from, call));
			scl_disk_set(sdev, runs);
			if (blk_queue_quiesced(sdev->request_queue))
				pair.wrong = "the queue is stopped more often than it was started";
			see(&pair, data);
		}
	}
}
