// SPDX-License-Identifier: GPL-2.0
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "registry.h"

/* Every value that the core and the uapi both define is the same in both. */
static_assert(SCL_PHASE_DEL == (int)SCSI_LIFECYCLE_STATE_DEL &&
	      SCSI_LIFECYCLE_STATE_BLOCKED > SCL_PHASES);
static_assert((int)SCSI_LIFECYCLE_CAUSE_RESUME == SCL_EVENT_RESUME);
static_assert((int)SCSI_LIFECYCLE_CAUSE_SEEN == SCL_EVENT_NONE);
static_assert((int)SCSI_LIFECYCLE_FLUSH_KILLED == SCL_FLUSH_RESULT_KILLED);
static_assert((int)SCSI_LIFECYCLE_FLUSH_UNKNOWN == SCL_FLUSH_RESULT_UNKNOWN);
static_assert(sizeof(struct scsi_lifecycle_record) == 32);

static u8 to_user(struct scl_state state)
{
	return state.phase | (state.blocked ? SCSI_LIFECYCLE_STATE_BLOCKED : 0);
}

void scl_history_init(struct scl_history *history)
{
	init_waitqueue_head(&history->readers);
}

void scl_history_free(struct scl_history *history)
{
	kfree(history->ring);
}

/*
 * Most devices have one record, SCSI_LIFECYCLE_REC_BORN, as long as they are in use. The ring is
 * allocated with the second; a reader gets the number of records that there was no memory for.
 */
static void keep(struct scl_history *history)
{
	u64 at = history->written - 1;

	if (!history->ring) {
		history->ring = kmalloc_array(SCL_HISTORY_RECORDS, sizeof(history->last),
					      GFP_NOWAIT | __GFP_NOWARN);
		history->first = at;
	}
	if (history->ring)
		history->ring[at % SCL_HISTORY_RECORDS] = history->last;
}

/**
 * scl_history_write_at - write one more record, over the oldest, and wake the readers
 * @history: the history; nothing is written after SCSI_LIFECYCLE_REC_GONE
 * @type: of the record
 * @from: the state before
 * @to: and after
 * @cause: enum scsi_lifecycle_cause, or 0
 * @outcome: the result of its flush, or NULL
 * @time: of the record, by ktime_get_ns(); no record is older than the one before it
 *
 * Context: any but NMI. The object lock is held.
 */
void scl_history_write_at(struct scl_history *history, enum scsi_lifecycle_type type,
			  struct scl_state from, struct scl_state to, u8 cause,
			  const struct scl_outcome *outcome, u64 time)
{
	struct scsi_lifecycle_record *record = &history->last;

	if (history->written)
		keep(history);
	*record = (struct scsi_lifecycle_record){
		.time = max(time, record->time),
		.version = SCSI_LIFECYCLE_VERSION,
		.type = type,
		.from = to_user(from),
		.to = to_user(to),
		.cause = cause,
		.size = sizeof(*record),
	};
	if (outcome) {
		record->flush = outcome->flush;
		record->tries = min(outcome->tries, 255U);
		record->result = outcome->last.result;
		record->sense_key = outcome->last.sense_key;
		record->asc = outcome->last.asc;
		record->ascq = outcome->last.ascq;
	}
	history->written++;
	if (type == SCSI_LIFECYCLE_REC_GONE)
		WRITE_ONCE(history->over, true);
	/* A reader is in the queue before it takes the object lock to see whether there is more. */
	if (waitqueue_active(&history->readers))
		wake_up_interruptible_all(&history->readers);
}

/**
 * scl_history_write - write one more record, of this moment
 * @history: the history
 * @type: of the record
 * @from: the state before
 * @to: and after
 * @cause: enum scsi_lifecycle_cause, or 0
 * @outcome: the result of its flush, or NULL
 *
 * Context: as scl_history_write_at().
 */
void scl_history_write(struct scl_history *history, enum scsi_lifecycle_type type,
		       struct scl_state from, struct scl_state to, u8 cause,
		       const struct scl_outcome *outcome)
{
	scl_history_write_at(history, type, from, to, cause, outcome, ktime_get_ns());
}

/* The number of the oldest record that is kept; the last record is in no ring. */
static u64 oldest(const struct scl_history *history)
{
	u64 written = history->written;

	if (!history->ring)
		return written - 1;
	return written > SCL_HISTORY_RECORDS ?
	       max(history->first, written - SCL_HISTORY_RECORDS) : history->first;
}

/**
 * scl_history_read - read the next record
 * @history: the history
 * @next: number of the record to read; then of the one after it
 * @record: the record, with how many before it were not kept
 *
 * Context: any. The object lock is held.
 * Return: true; false: there is none, and nothing changed.
 */
bool scl_history_read(const struct scl_history *history, u64 *next,
		      struct scsi_lifecycle_record *record)
{
	u64 at = max(*next, oldest(history));

	if (at >= history->written)
		return false;
	*record = at == history->written - 1 ? history->last :
						history->ring[at % SCL_HISTORY_RECORDS];
	record->lost = at - *next;
	*next = at + 1;
	return true;
}
