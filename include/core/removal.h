/* SPDX-License-Identifier: GPL-2.0 */
/* The stages of a removal, and the account of its flush. */
#ifndef SCSI_LIFECYCLE_CORE_REMOVAL_H
#define SCSI_LIFECYCLE_CORE_REMOVAL_H

#include "poll.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The stages of a removal: drivers/core/stage.hpp ---- */

enum scl_stage SCL_OF_ANY_VALUE {
#define SCL_STAGE(NAME, name) SCL_STAGE_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_STAGES
};

enum scl_stage_event SCL_OF_ANY_VALUE {
#define SCL_STAGE_EVENT(NAME, name) SCL_STAGE_EVENT_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_STAGE_EVENTS
};

enum scl_stage_action_bit SCL_OF_ANY_VALUE {
#define SCL_STAGE_ACTION(NAME, name) SCL_STAGE_BIT_##NAME,
#include "../scsi_lifecycle_enums.inc"
	SCL_STAGE_ACTIONS
};

enum scl_stage_action SCL_OF_ANY_VALUE {
#define SCL_STAGE_ACTION(NAME, name) SCL_STAGE_DO_##NAME = 1 << SCL_STAGE_BIT_##NAME,
#include "../scsi_lifecycle_enums.inc"
};

struct scl_stage_step {
	enum scl_stage next;
	unsigned int actions;		/* of enum scl_stage_action */
	bool refused;
};

/**
 * scl_stage_next - take a device through the stages of its removal
 * @stage: where it is
 * @event: what happens to it
 *
 * Return: the step.
 */
struct scl_stage_step scl_stage_next(enum scl_stage stage, enum scl_stage_event event);

/* ---- The flush account of a removal: drivers/core/account.hpp ---- */

/* What became of the cache flush of a removed device. */
enum scl_flush_result SCL_OF_ANY_VALUE {
	SCL_FLUSH_RESULT_NONE,		/* no cache, no medium, or a driver that sent nothing */
	SCL_FLUSH_RESULT_COMPLETED,	/* the last one that the driver sent succeeded */
	SCL_FLUSH_RESULT_FAILED,	/* the last one failed, and no deadline was why */
	SCL_FLUSH_RESULT_KILLED,	/* failed unsent or unanswered: a deadline, the transport */
	SCL_FLUSH_RESULT_UNKNOWN	/* there was a cache, and the driver was not observed */
};

/* How a flush ended. */
struct scl_flush_end {
	int result;			/* of struct scsi_cmnd */
	bool error;			/* the block layer's status, or the host byte, is one */
	bool good;			/* scsi_status_is_good() */
	bool deferred;			/* the sense is of an earlier command */
	unsigned char sense_key;	/* 0 where there is no sense, as the next two */
	unsigned char asc, ascq;
};

/* Where a lost flush was reported. */
enum scl_loss SCL_OF_ANY_VALUE {
	SCL_LOSS_NOT_REPORTED,
	SCL_LOSS_REPORTED_AT_REBOOT,	/* and counted, while the device was not removed */
	SCL_LOSS_REPORTED_IN_REMOVAL
};

/* What is remembered of the flushes of one device. */
struct scl_flush_account {
	struct scl_flush_end last;	/* the last one that was seen to end */
	unsigned int ended;		/* how many were */
	unsigned int ended_before;	/* and before commands were failed, where they were */
	enum scl_loss loss;
	bool observed;			/* each flush of the removal is seen to end */
	bool removing;			/* the removal has begun */
	bool adopted;			/* and hung before this module saw it */
	bool cached;			/* the device had a write cache to flush then */
	bool failed;			/* by a deadline, or as the path was given up */
	bool past_flush;		/* and its driver had no flush to send any more */
	bool expired;			/* in its removal, or stock sent it to del */
};

/* A removal that begins. */
struct scl_removal_start {
	bool adopted;			/* it hung before this module saw it */
	bool in_del;			/* the device is in del already */
	bool has_cache;			/* a disk with a volatile write cache */
};

/* Commands of a device that are about to be failed. */
struct scl_failure {
	struct scl_state from;		/* the device's */
	enum scl_event event;		/* what fails them */
	enum scl_flush pending;		/* the last of the driver's commands that is not over */
	enum scl_flush remembered;	/* and at the last poll */
	bool has_cache;			/* a disk with a volatile write cache */
	bool rebooting;
	bool shut_down;			/* and its driver, which flushes, has been told before */
};

/*
 * The account of a device's flush, in the order of a removal (a reboot fails commands without one).
 * scl_account_begin() opens it, and scl_account_ended() enters each flush that is seen to end.
 * Where the module fails commands, it calls scl_account_before_failing(), takes the device through
 * the table, and, if commands were to be failed, calls scl_account_after_failing(). Where a
 * transport gives the path up, it calls scl_account_give_up() before that, and
 * scl_account_take_back() if the device had changed meanwhile. scl_account_result() settles the
 * account when the driver is detached.
 */

/**
 * scl_flush_of_command - tell which of the commands that a removal waits for one is
 * @opcode: the first byte of its CDB
 * @passthrough: no file system sent it
 * @power_management: a driver sent it, and no user
 *
 * Return: which, or SCL_FLUSH_NONE.
 */
enum scl_flush scl_flush_of_command(unsigned char opcode, bool passthrough, bool power_management);

/**
 * scl_flush_later - choose which of two commands that were seen at once counts: the later one
 * @one: the one
 * @other: the other
 *
 * Return: that one.
 */
enum scl_flush scl_flush_later(enum scl_flush one, enum scl_flush other);

/**
 * scl_flush_succeeded - tell whether a flush ended well
 * @end: how it ended
 *
 * As scsi_io_completion_nz_result() of drivers/scsi/scsi_lib.c: a recovered error is none.
 *
 * Return: true: it did.
 */
bool scl_flush_succeeded(const struct scl_flush_end *end);

/**
 * scl_account_ended - enter a flush that was seen to end
 * @account: the device's
 * @end: how it ended
 */
void scl_account_ended(struct scl_flush_account *account, const struct scl_flush_end *end);

/**
 * scl_account_begin - open the account, as a removal begins
 * @account: the device's; observed is set
 * @progress: what is remembered of the device
 * @start: the removal
 *
 * Return: report the flush lost: stock throws it away.
 */
bool scl_account_begin(struct scl_flush_account *account, const struct scl_progress *progress,
		       const struct scl_removal_start *start);

/**
 * scl_account_before_failing - enter what was before commands of a device are failed
 * @account: the device's
 * @failure: which, and by what
 *
 * Return: the flush is lost with them, and was not reported lost yet.
 */
bool scl_account_before_failing(struct scl_flush_account *account,
				const struct scl_failure *failure);

/**
 * scl_account_after_failing - enter that they were failed; only after a step with SCL_ACTION_REPORT
 * @account: the device's
 * @failure: as for scl_account_before_failing()
 * @commands: how many there were
 * @lost: what scl_account_before_failing() returned
 *
 * Return: report the flush lost.
 */
bool scl_account_after_failing(struct scl_flush_account *account,
			       const struct scl_failure *failure, unsigned int commands, bool lost);

/**
 * scl_account_give_up - enter that the transport gives the path up, and what waits for it fails
 * @account: the device's
 * @failure: of which pending and remembered are read
 *
 * Return: this is new; scl_account_take_back() is due if nothing of the device fails after all.
 */
bool scl_account_give_up(struct scl_flush_account *account, const struct scl_failure *failure);

/**
 * scl_account_take_back - enter that nothing failed after all
 * @account: of which scl_account_give_up() returned true
 */
void scl_account_take_back(struct scl_flush_account *account);

/**
 * scl_account_result - tell what became of the flush of a device whose driver is detached
 * @account: the device's
 * @in_del: the device was in del before its driver was detached
 *
 * Return: what the history and the counters say.
 */
enum scl_flush_result scl_account_result(const struct scl_flush_account *account, bool in_del);

/**
 * scl_account_rescued - tell whether a removal that hung before this module saw it was ended by it
 * @account: the device's
 * @progress: what is remembered of the device
 * @in_del: the device was in del before its driver was detached
 *
 * Return: true: count it.
 */
bool scl_account_rescued(const struct scl_flush_account *account,
			 const struct scl_progress *progress, bool in_del);

#ifdef __cplusplus
}
#endif

#endif
