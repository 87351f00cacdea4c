// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <scsi/scsi_host.h>

#include "event.h"
#include "guard.h"
#include "report.h"
#include "wait.h"

static atomic_long_t counts[SCL_COUNTS];

static const char *const names[SCL_COUNTS] = {
	[SCL_COUNT_REMOVALS]		= "removals",
	[SCL_COUNT_FLUSHES_COMPLETED]	= "flushes_completed",
	[SCL_COUNT_FLUSHES_FAILED]	= "flushes_failed",
	[SCL_COUNT_FLUSHES_KILLED]	= "flushes_killed",
	[SCL_COUNT_FLUSHES_NONE]	= "flushes_none",
	[SCL_COUNT_FLUSHES_UNKNOWN]	= "flushes_unknown",
	[SCL_COUNT_COMMANDS_KILLED]	= "commands_killed",
	[SCL_COUNT_RESCUED]		= "rescued",
};

void scl_count(enum scl_count what)
{
	atomic_long_inc(&counts[what]);
}

long scl_counted(enum scl_count what)
{
	return atomic_long_read(&counts[what]);
}

void scl_counts_show(struct seq_file *m)
{
	enum scl_count i;

	for (i = 0; i < SCL_COUNTS; i++)
		seq_printf(m, "%s %ld\n", names[i], scl_counted(i));
}

/**
 * scl_report_kill - commands of a device were killed
 * @sdev: the device
 * @kill: which, and why
 *
 * Context: may sleep; without state_mutex, which error handling may need for memory to become free.
 */
void scl_report_kill(struct scsi_device *sdev, const struct scl_kill *kill)
{
	const char *loss = kill->lost ? "cache flush lost: " : "";
	const char *s = kill->commands == 1 ? "" : "s";
	scl_ms now = scl_now();

	atomic_long_add(kill->commands, &counts[SCL_COUNT_COMMANDS_KILLED]);
	if (!kill->lost && !kill->commands)
		return;
	if (kill->from.blocked)
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: %sblocked for at least %llu ms, killed %u command%s\n", loss,
			    now - kill->watch.since, kill->commands, s);
	else if (kill->watch.flush)
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: %snot %s for %llu ms, %s %u command%s\n", loss,
			    kill->watch.untaken ? "taken" : "answered", now - kill->watch.flush_since,
			    kill->watch.untaken ? "killed" : "aborted", kill->commands, s);
	else
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: %sno path when the teardown's time was up, killed %u command%s\n",
			    loss, kill->commands, s);
	/* A removal accounts for its flush when it ends; a reboot does not get there. */
	if (kill->lost && kill->from.phase != SCL_PHASE_CANCEL) {
		scl_count(SCL_COUNT_FLUSHES_KILLED);
		scl_event_flush(sdev, SCL_FATE_KILLED);
	}
}

/**
 * scl_report_given_up - the path of a blocked device was given up, by its transport or its removal
 * @sdev: the device
 * @from: the state it was in
 * @commands: how many commands that killed
 *
 * What became of its flush is said when its driver is gone.
 *
 * Context: any but NMI.
 */
void scl_report_given_up(struct scsi_device *sdev, struct scl_state from, unsigned int commands)
{
	atomic_long_add(commands, &counts[SCL_COUNT_COMMANDS_KILLED]);
	if (commands)
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: given up in %s and blocked, killed %u command%s\n",
			    scl_phase_name(from.phase), commands, commands == 1 ? "" : "s");
}

/**
 * scl_report_lost - stock threw the flush of a blocked device away
 * @sdev: the device
 *
 * Context: any.
 */
void scl_report_lost(struct scsi_device *sdev)
{
	sdev_printk(KERN_WARNING, sdev,
		    "scsi_lifecycle: cache flush lost: removed while blocked, the kernel does not send it\n");
}

/**
 * scl_report_wait - a removal waits for what has no clock here
 * @sdev: the device
 * @waits: for what, enum scl_waits
 * @since: milliseconds it has waited for that
 * @blocker: for whom, where it is a sibling
 *
 * Context: any.
 */
void scl_report_wait(struct scsi_device *sdev, unsigned char waits, scl_ms since, const struct scl_blocker *blocker)
{
	switch (waits) {
	case SCL_WAITS_SIBLING:
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: its removal has waited %llu ms for %u:%u:%u:%llu, which %sholds %u command%s\n",
			    since, sdev->host->host_no, blocker->channel, blocker->id, blocker->lun,
			    blocker->blocked ? "is blocked and " : "", blocker->commands,
			    blocker->commands == 1 ? "" : "s");
		break;
	case SCL_WAITS_ERROR_HANDLING:
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: its removal has waited %llu ms for the error handling of host%u\n", since,
			    sdev->host->host_no);
		break;
	case SCL_WAITS_DEAF_LLD:
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: its removal has waited %llu ms for %s to let go of the flush, and only that can\n",
			    since, sdev->host->hostt->name);
		break;
	case SCL_WAITS_BUSY_LLD:
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: its removal has waited %llu ms for %s to take a command%s\n", since,
			    sdev->host->hostt->name,
			    sdev->host->host_self_blocked ? ": it has blocked its host's requests" : "");
		break;
	default:
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: its removal has waited %llu ms for %s to answer\n",
			    since, sdev->host->hostt->name);
	}
}

/**
 * scl_report_give_back - a queue that stands in is being given back for long
 * @shost: its host
 * @since: milliseconds since it began to be
 *
 * Context: may sleep.
 */
void scl_report_give_back(struct Scsi_Host *shost, scl_ms since)
{
	shost_printk(KERN_WARNING, shost,
		     "scsi_lifecycle: for %llu ms no LUN could come or go, as a queue is given back: commands of the last one do not end, its path is gone, or a CPU goes offline\n",
		     since);
}

/**
 * scl_report_rescue - a removal that waited for its own commands goes on
 * @sdev: the device
 *
 * Context: any.
 */
void scl_report_rescue(struct scsi_device *sdev)
{
	scl_count(SCL_COUNT_RESCUED);
	sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: removed with a stopped queue, started it\n");
}

/**
 * scl_report_fate - the upper-level driver is gone
 * @sdev: the device
 * @fate: what became of its flush
 * @said: it was reported lost already
 * @flush: what was seen of it
 *
 * Context: may sleep.
 */
void scl_report_fate(struct scsi_device *sdev, enum scl_fate fate, bool said, const struct scl_flush_seen *flush)
{
	static const enum scl_count count_of[] = {
		[SCL_FATE_NONE]		= SCL_COUNT_FLUSHES_NONE,
		[SCL_FATE_COMPLETED]	= SCL_COUNT_FLUSHES_COMPLETED,
		[SCL_FATE_FAILED]	= SCL_COUNT_FLUSHES_FAILED,
		[SCL_FATE_KILLED]	= SCL_COUNT_FLUSHES_KILLED,
		[SCL_FATE_UNKNOWN]	= SCL_COUNT_FLUSHES_UNKNOWN,
	};

	scl_count(count_of[fate]);
	switch (fate) {
	case SCL_FATE_COMPLETED:
		if (said)
			sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: cache flush completed after all\n");
		break;
	case SCL_FATE_FAILED:
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: cache flush failed: result 0x%08x, sense %x/%02x/%02x, %u %s\n", flush->result,
			    flush->sense_key, flush->asc, flush->ascq, flush->ended, flush->ended == 1 ? "try" : "tries");
		break;
	case SCL_FATE_KILLED:
		if (!said)
			sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: cache flush lost: its path was given up\n");
		break;
	case SCL_FATE_UNKNOWN:
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: what became of its cache flush was not seen\n");
		break;
	case SCL_FATE_NONE:
		break;
	}
	if (fate == SCL_FATE_KILLED || fate == SCL_FATE_FAILED)
		scl_event_flush(sdev, fate);
}
