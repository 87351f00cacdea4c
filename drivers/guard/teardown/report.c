// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/module.h>
#include <scsi/scsi_host.h>
#include <trace/events/scsi_lifecycle.h>

#include "teardown.h"

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

/**
 * scl_counts_format - write a line for each counter
 * @buf: where to
 * @size: of @buf
 *
 * Context: any.
 * Return: the number of characters.
 */
int scl_counts_format(char *buf, size_t size)
{
	enum scl_count i;
	int length = 0;

	for (i = 0; i < SCL_COUNTS; i++)
		length += scnprintf(buf + length, size - length, "%s %ld\n", names[i],
				    scl_counted(i));
	return length;
}

struct census {
	unsigned int hosts, devices, removals;
};

static void count_host(struct scl_host *host, void *census)
{
	((struct census *)census)->hosts++;
}

static void count_device(struct scl_device *device, void *arg)
{
	enum scl_stage stage = READ_ONCE(device->stage);
	struct census *census = arg;

	census->devices += stage < SCL_STAGE_REMOVED;
	census->removals += stage == SCL_STAGE_REMOVING || stage == SCL_STAGE_DETACHED;
}

/**
 * scl_report_load - report that this module is loaded, and what it has found
 *
 * Context: may sleep.
 */
void scl_report_load(void)
{
	struct census census = {};

	scl_hosts_each(count_host, &census);
	scl_devices_each(count_device, &census);
	pr_info("%s loaded: %u host%s, %u device%s, %u removal%s under way, %sno livepatch\n",
		THIS_MODULE->version, census.hosts, census.hosts == 1 ? "" : "s", census.devices,
		census.devices == 1 ? "" : "s", census.removals, census.removals == 1 ? "" : "s",
		scl_rebooting() ? "the machine goes down, " : "");
}

/**
 * scl_report_kill - report commands of a device that were failed
 * @device: the object of the device, or NULL
 * @sdev: the device
 * @kill: how many, and why
 *
 * Context: may sleep; without state_mutex, which error handling may need to free memory.
 */
void scl_report_kill(struct scl_device *device, struct scsi_device *sdev,
		     const struct scl_kill *kill)
{
	const char *level = kill->lost ? KERN_ERR : KERN_WARNING;
	const char *loss = kill->lost ? "cache flush lost: " : "";
	const char *s = kill->commands == 1 ? "" : "s";
	scl_ms now = scl_now();

	trace_scl_kill(SCL_ADDRESS_OF(sdev), kill->commands, kill->lost);
	atomic_long_add(kill->commands, &counts[SCL_COUNT_COMMANDS_KILLED]);
	if (!kill->lost && !kill->commands)
		return;
	if (kill->from.blocked)
		sdev_printk(level, sdev,
			    "scsi_lifecycle: %sblocked for at least %llu ms, killed %u command%s\n",
			    loss, now - kill->progress.since, kill->commands, s);
	else if (kill->progress.flush)
		sdev_printk(level, sdev,
			    "scsi_lifecycle: %snot %s for %llu ms, %s %u command%s\n", loss,
			    kill->progress.untaken ? "taken" : "answered",
			    now - kill->progress.flush_since,
			    kill->progress.untaken ? "killed" : "aborted", kill->commands, s);
	else
		sdev_printk(level, sdev,
			    "scsi_lifecycle: %sno path when the teardown's time was up, killed %u command%s\n",
			    loss, kill->commands, s);
	/* A removal reports its flush result when it ends; a reboot does not get that far. */
	if (kill->lost && kill->from.phase != SCL_PHASE_CANCEL) {
		scl_count(SCL_COUNT_FLUSHES_KILLED);
		if (device)
			scl_device_uevent_flush(device, SCL_FLUSH_RESULT_KILLED);
	}
}

/**
 * scl_report_given_up - report that the path of a blocked device was given up
 * @sdev: the device
 * @from: the state it was in
 * @commands: how many commands failed by that
 *
 * The result of its flush is reported when its driver is detached.
 *
 * Context: any but NMI.
 */
void scl_report_given_up(struct scsi_device *sdev, struct scl_state from, unsigned int commands)
{
	trace_scl_kill(SCL_ADDRESS_OF(sdev), commands, false);
	atomic_long_add(commands, &counts[SCL_COUNT_COMMANDS_KILLED]);
	if (commands)
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: given up in %s and blocked, killed %u command%s\n",
			    scl_phase_name(from.phase), commands, commands == 1 ? "" : "s");
}

/**
 * scl_report_lost - report that stock failed the flush of a blocked device
 * @sdev: the device
 *
 * Context: any.
 */
void scl_report_lost(struct scsi_device *sdev)
{
	sdev_printk(KERN_ERR, sdev,
		    "scsi_lifecycle: cache flush lost: removed while blocked, the kernel does not send it\n");
}

/**
 * scl_report_stall - report what a removal waits for
 * @sdev: the device
 * @what: the cause of the stall
 * @since: milliseconds it has waited
 * @blocker: the sibling, if it is the cause
 *
 * Context: any.
 */
void scl_report_stall(struct scsi_device *sdev, enum scl_stall_on what, scl_ms since,
		      const struct scl_blocker *blocker)
{
	switch (what) {
	case SCL_STALL_ON_SIBLING:
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: its removal has waited %llu ms for %u:%u:%u:%llu, which %sholds %u command%s\n",
			    since, sdev->host->host_no, blocker->channel, blocker->id, blocker->lun,
			    blocker->blocked ? "is blocked and " : "", blocker->commands,
			    blocker->commands == 1 ? "" : "s");
		break;
	case SCL_STALL_ON_ERROR_HANDLING:
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: its removal has waited %llu ms for the error handling of host%u\n",
			    since, sdev->host->host_no);
		break;
	case SCL_STALL_ON_LLD_ABORT:
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: its removal has waited %llu ms for %s to let go of the flush, and only that can\n",
			    since, sdev->host->hostt->name);
		break;
	case SCL_STALL_ON_BUSY_LLD:
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: its removal has waited %llu ms for %s to take a command%s\n",
			    since, sdev->host->hostt->name,
			    sdev->host->host_self_blocked ? ": it has blocked its host's requests" :
			    "");
		break;
	case SCL_STALL_ON_LLD:
		sdev_printk(KERN_INFO, sdev,
			    "scsi_lifecycle: its removal has waited %llu ms for %s to answer\n",
			    since, sdev->host->hostt->name);
		break;
	case SCL_STALL_ON_NOTHING:
	case SCL_STALL_ON_PATH:
		break;
	}
}

/**
 * scl_report_give_back - report that giving back a spare queue takes long
 * @shost: its host
 * @since: milliseconds since that began
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
 * scl_report_rescue - report that a removal that waited for its own commands continues
 * @sdev: the device
 *
 * Context: any.
 */
void scl_report_rescue(struct scsi_device *sdev)
{
	scl_count(SCL_COUNT_RESCUED);
	sdev_printk(KERN_WARNING, sdev,
		    "scsi_lifecycle: removed with a stopped queue, started it\n");
}

/**
 * scl_report_result - count and report the result of a flush
 * @device: the device
 * @sdev: the same
 * @result: the result
 *
 * Context: may sleep.
 */
void scl_report_result(struct scl_device *device, struct scsi_device *sdev,
		       enum scl_flush_result result)
{
	static const enum scl_count count_of[] = {
		[SCL_FLUSH_RESULT_NONE]		= SCL_COUNT_FLUSHES_NONE,
		[SCL_FLUSH_RESULT_COMPLETED]	= SCL_COUNT_FLUSHES_COMPLETED,
		[SCL_FLUSH_RESULT_FAILED]	= SCL_COUNT_FLUSHES_FAILED,
		[SCL_FLUSH_RESULT_KILLED]	= SCL_COUNT_FLUSHES_KILLED,
		[SCL_FLUSH_RESULT_UNKNOWN]	= SCL_COUNT_FLUSHES_UNKNOWN,
	};
	const struct scl_flush_account *account = &device->account;

	scl_count(count_of[result]);
	switch (result) {
	case SCL_FLUSH_RESULT_COMPLETED:
		if (account->loss == SCL_LOSS_REPORTED_IN_REMOVAL)
			sdev_printk(KERN_WARNING, sdev,
				    "scsi_lifecycle: cache flush completed after all\n");
		break;
	case SCL_FLUSH_RESULT_FAILED:
		sdev_printk(KERN_ERR, sdev,
			    "scsi_lifecycle: cache flush failed: result 0x%08x, sense %x/%02x/%02x, %u %s\n",
			    account->last.result, account->last.sense_key, account->last.asc,
			    account->last.ascq, account->ended,
			    account->ended == 1 ? "try" : "tries");
		break;
	case SCL_FLUSH_RESULT_KILLED:
		if (account->loss != SCL_LOSS_REPORTED_IN_REMOVAL)
			sdev_printk(KERN_ERR, sdev,
				    "scsi_lifecycle: cache flush lost: its path was given up\n");
		break;
	case SCL_FLUSH_RESULT_UNKNOWN:
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: what became of its cache flush was not seen\n");
		break;
	case SCL_FLUSH_RESULT_NONE:
		break;
	}
	if (result == SCL_FLUSH_RESULT_KILLED || result == SCL_FLUSH_RESULT_FAILED)
		scl_device_uevent_flush(device, result);
}
