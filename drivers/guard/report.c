// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/kobject.h>
#include <scsi/scsi_host.h>

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

static void tell_user_space(struct scsi_device *sdev)
{
	char *env[] = { "SCSI_LIFECYCLE_FLUSH=killed", NULL };

	kobject_uevent_env(&sdev->sdev_gendev.kobj, KOBJ_CHANGE, env);
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
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: %snot answered for %llu ms, aborted %u command%s\n",
			    loss, now - kill->watch.flush_since, kill->commands, s);
	else
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: %sno path when the teardown's time was up, killed %u command%s\n",
			    loss, kill->commands, s);
	/* A removal accounts for its flush when it ends; a reboot does not get there. */
	if (kill->lost && kill->from.phase != SCL_PHASE_CANCEL) {
		scl_count(SCL_COUNT_FLUSHES_KILLED);
		tell_user_space(sdev);
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
			    "scsi_lifecycle: its removal has waited %llu ms for %u:%u:%u:%llu, which is blocked and holds %u command%s\n",
			    since, sdev->host->host_no, blocker->channel, blocker->id, blocker->lun, blocker->commands,
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
	default:
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: its removal has waited %llu ms for %s to answer\n",
			    since, sdev->host->hostt->name);
	}
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
 * @rescued: its removal hung before this module saw it
 *
 * Context: may sleep.
 */
void scl_report_fate(struct scsi_device *sdev, enum scl_fate fate, bool rescued)
{
	static const enum scl_count count_of[] = {
		[SCL_FATE_NONE]		= SCL_COUNT_FLUSHES_NONE,
		[SCL_FATE_COMPLETED]	= SCL_COUNT_FLUSHES_COMPLETED,
		[SCL_FATE_FAILED]	= SCL_COUNT_FLUSHES_FAILED,
		[SCL_FATE_KILLED]	= SCL_COUNT_FLUSHES_KILLED,
	};

	scl_count(count_of[fate]);
	if (rescued)
		scl_count(SCL_COUNT_RESCUED);
	if (fate == SCL_FATE_KILLED)
		tell_user_space(sdev);
	if (fate == SCL_FATE_FAILED)
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: commands of its removal failed, its cache flush may be lost\n");
}
