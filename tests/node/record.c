// SPDX-License-Identifier: GPL-2.0
#include "node.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const types[] = {
	[SCSI_LIFECYCLE_REC_BORN] = "born",
	[SCSI_LIFECYCLE_REC_TRANSITION] = "transition",
	[SCSI_LIFECYCLE_REC_GONE] = "gone",
};

static const char *const phases[] = {
	[SCSI_LIFECYCLE_STATE_CREATED] = "created",
	[SCSI_LIFECYCLE_STATE_RUNNING] = "running",
	[SCSI_LIFECYCLE_STATE_QUIESCE] = "quiesce",
	[SCSI_LIFECYCLE_STATE_OFFLINE] = "offline",
	[SCSI_LIFECYCLE_STATE_TRANSPORT_OFFLINE] = "transport_offline",
	[SCSI_LIFECYCLE_STATE_CANCEL] = "cancel",
	[SCSI_LIFECYCLE_STATE_DEL] = "del",
};

static const char *const causes[] = {
	[SCSI_LIFECYCLE_CAUSE_BLOCK] = "block",
	[SCSI_LIFECYCLE_CAUSE_UNBLOCK] = "unblock",
	[SCSI_LIFECYCLE_CAUSE_FAIL] = "fail",
	[SCSI_LIFECYCLE_CAUSE_REMOVE] = "remove",
	[SCSI_LIFECYCLE_CAUSE_REMOVED] = "removed",
	[SCSI_LIFECYCLE_CAUSE_DEADLINE] = "deadline",
	[SCSI_LIFECYCLE_CAUSE_OFFLINE] = "set_offline",
	[SCSI_LIFECYCLE_CAUSE_TRANSPORT_OFFLINE] = "set_transport_offline",
	[SCSI_LIFECYCLE_CAUSE_ONLINE] = "set_online",
	[SCSI_LIFECYCLE_CAUSE_QUIESCE] = "set_quiesce",
	[SCSI_LIFECYCLE_CAUSE_RESUME] = "resume",
	[SCSI_LIFECYCLE_CAUSE_SEEN] = "seen",
};

static const char *const flushes[] = {
	[SCSI_LIFECYCLE_FLUSH_NONE] = "none",
	[SCSI_LIFECYCLE_FLUSH_COMPLETED] = "completed",
	[SCSI_LIFECYCLE_FLUSH_FAILED] = "failed",
	[SCSI_LIFECYCLE_FLUSH_KILLED] = "killed",
	[SCSI_LIFECYCLE_FLUSH_UNKNOWN] = "unknown",
};

#define KNOWN(names, value) ((value) < sizeof(names) / sizeof((names)[0]))
#define NAME(names, value) (KNOWN(names, value) ? (names)[value] : "?")

static uint8_t phase(uint8_t state)
{
	return state & ~SCSI_LIFECYCLE_STATE_BLOCKED;
}

static const char *blocked(uint8_t state)
{
	return state & SCSI_LIFECYCLE_STATE_BLOCKED ? "+blocked" : "";
}

void print_record(const record *r)
{
	printf("time=%" PRIu64 " lost=%" PRIu64 " type=%s from=%s%s to=%s%s cause=%s flush=%s",
	       (uint64_t)r->time, (uint64_t)r->lost, NAME(types, r->type),
	       NAME(phases, phase(r->from)), blocked(r->from), NAME(phases, phase(r->to)),
	       blocked(r->to),
	       r->type == SCSI_LIFECYCLE_REC_TRANSITION ? NAME(causes, r->cause) : "-",
	       r->type == SCSI_LIFECYCLE_REC_GONE ? NAME(flushes, r->flush) : "-");
	if (r->type == SCSI_LIFECYCLE_REC_GONE && r->tries)
		printf(" tries=%u result=0x%08x sense=%x/%02x/%02x", r->tries,
		       (unsigned int)r->result, r->sense_key, r->asc, r->ascq);
	puts("");
}

static const char *wrong_in_itself(const record *r)
{
	if (r->version != SCSI_LIFECYCLE_VERSION)
		return "the version is another";
	if (r->size != sizeof(*r))
		return "the size is another";
	if (r->reserved)
		return "a reserved byte is not 0";
	if (!KNOWN(types, r->type))
		return "the type is unknown";
	if (!KNOWN(phases, phase(r->from)) || !KNOWN(phases, phase(r->to)))
		return "the phase is unknown";
	if (r->type == SCSI_LIFECYCLE_REC_TRANSITION && !KNOWN(causes, r->cause))
		return "the cause is unknown";
	if (r->type == SCSI_LIFECYCLE_REC_GONE && !KNOWN(flushes, r->flush))
		return "the flush is unknown";
	if (r->type == SCSI_LIFECYCLE_REC_BORN && r->from != r->to)
		return "it is born in two states";
	if (r->time > now_ns())
		return "it comes from the future";
	return NULL;
}

const char *story_tell(struct story *story, const record *r)
{
	const char *wrong = wrong_in_itself(r);
	bool first = !story->records;

	if (wrong)
		return wrong;
	if (story->gone)
		return "a record follows GONE";
	if (first && !r->lost && r->type != SCSI_LIFECYCLE_REC_BORN)
		return "nothing is lost, and the first record is not BORN";
	if (r->type == SCSI_LIFECYCLE_REC_BORN && (!first || r->lost))
		return "something is before BORN";
	if (r->time < story->time)
		return "time goes back";
	if (!first && !r->lost && r->type == SCSI_LIFECYCLE_REC_TRANSITION && r->from != story->to)
		return "a transition is not from where the one before went to";
	story->records++;
	story->time = r->time;
	story->lost += r->lost;
	story->to = r->to;
	story->gone = r->type == SCSI_LIFECYCLE_REC_GONE;
	return NULL;
}

const char *story_end(const struct story *story)
{
	return story->gone ? NULL : "the file ends before GONE";
}
