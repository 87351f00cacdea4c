// SPDX-License-Identifier: GPL-2.0
#include <linux/minmax.h>
#include <linux/sched.h>

#include "guard.h"
#include "journal.h"

/* What the core and user space both have a number for has the same. */
static_assert((int)SCSI_LIFECYCLE_DEL == SCL_PHASE_DEL && SCSI_LIFECYCLE_BLOCKED > SCL_PHASES);
static_assert((int)SCSI_LIFECYCLE_RESUME == SCL_EVENT_RESUME && (int)SCSI_LIFECYCLE_SEEN == SCL_EVENT_NONE);
static_assert((int)SCSI_LIFECYCLE_FLUSH_KILLED == SCL_FATE_KILLED);
static_assert((int)SCSI_LIFECYCLE_FLUSH_UNKNOWN == SCL_FATE_UNKNOWN);
static_assert(sizeof(struct scsi_lifecycle_record) == 32);

static u8 to_user(struct scl_state state)
{
	return state.phase | (state.blocked ? SCSI_LIFECYCLE_BLOCKED : 0);
}

void scl_journal_init(struct scl_journal *journal)
{
	init_waitqueue_head(&journal->readers);
}

/**
 * scl_journal_write - write one more record, over the oldest, and wake who reads
 * @journal: the journal; nothing is written after SCSI_LIFECYCLE_GONE
 * @type: of the record
 * @from: the state before
 * @to: and after
 * @cause: enum scsi_lifecycle_cause, or 0
 * @outcome: what became of its flush, or NULL
 *
 * Context: any but NMI. The caller locks.
 */
void scl_journal_write(struct scl_journal *journal, enum scsi_lifecycle_type type, struct scl_state from,
		       struct scl_state to, u8 cause, const struct scl_outcome *outcome)
{
	struct scsi_lifecycle_record *record = &journal->records[journal->written++ % SCL_JOURNAL_RECORDS];

	*record = (struct scsi_lifecycle_record){
		.time = ktime_get_ns(),
		.version = SCSI_LIFECYCLE_VERSION,
		.type = type,
		.from = to_user(from),
		.to = to_user(to),
		.cause = cause,
		.size = sizeof(*record),
	};
	if (outcome) {
		record->flush = outcome->flush;
		record->tries = min(outcome->seen.ended, 255U);
		record->result = outcome->seen.result;
		record->sense_key = outcome->seen.sense_key;
		record->asc = outcome->seen.asc;
		record->ascq = outcome->seen.ascq;
	}
	if (type == SCSI_LIFECYCLE_GONE)
		WRITE_ONCE(journal->over, true);
	wake_up_interruptible_all(&journal->readers);
}

/**
 * scl_journal_read - read the next record that is left
 * @journal: the journal
 * @next: number of the record to read; then of the one after it
 * @record: the record, with how many before it were not kept
 *
 * Context: any. The caller locks.
 * Return: true; false: there is none, and nothing changed.
 */
bool scl_journal_read(const struct scl_journal *journal, u64 *next, struct scsi_lifecycle_record *record)
{
	u64 at = *next;

	if (journal->written > SCL_JOURNAL_RECORDS)
		at = max(at, journal->written - SCL_JOURNAL_RECORDS);
	if (at >= journal->written)
		return false;
	*record = journal->records[at % SCL_JOURNAL_RECORDS];
	record->lost = at - *next;
	*next = at + 1;
	return true;
}

/* There is always one. */
struct scsi_lifecycle_record scl_journal_last(const struct scl_journal *journal)
{
	return journal->records[(journal->written - 1) % SCL_JOURNAL_RECORDS];
}
