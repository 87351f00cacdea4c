// SPDX-License-Identifier: GPL-2.0
#include "compat.h"
#include "device.h"
#include "flush.h"
#include "guard.h"
#include "host.h"
#include "parked.h"
#include "record.h"
#include "report.h"
#include "transition.h"
#include "wait.h"
#include "walk.h"

/**
 * scl_blocker_find - the first device of a host that holds commands and is blocked, or frozen until it has none
 * @host: the host's record
 *
 * Context: may sleep. Caller is in a read section of scl_srcu.
 */
struct scl_blocker scl_blocker_find(struct scl_host *host)
{
	struct scl_blocker blocker = { .searched = true };
	struct scsi_device *sdev;

	scl_for_each_device(sdev, host->shost) {
		if (blocker.found)
			continue;
		blocker.blocked = scl_device_state(sdev).blocked;
		blocker.frozen = READ_ONCE(sdev->request_queue->mq_freeze_depth) > 0;
		blocker.commands = scl_parked_count(sdev);
		blocker.found = blocker.commands && (blocker.blocked || blocker.frozen);
		blocker.channel = sdev->channel;
		blocker.id = sdev->id;
		blocker.lun = sdev->lun;
	}
	return blocker;
}

/*
 * blk_mq_del_queue_tag_set() of block/blk-mq.c takes the queue from the host's list, and then freezes the
 * one that is left there, with tag_list_lock held throughout. Newer kernels do not mend the entry
 * afterwards, so another that is removed and still held open looks the same; the host remembers whom the bus
 * told of last. Of those that went before this module came, each may be the one.
 */
static bool is_leaving(const struct scl_host *host, struct scsi_device *sdev)
{
	const void *last = READ_ONCE(host->last_removed);
	struct request_queue *q = sdev->request_queue;

	return READ_ONCE(q->tag_set_list.prev) == LIST_POISON2 && mutex_is_locked(&host->shost->tag_set.tag_list_lock) &&
	       (!last || last == sdev);
}

/*
 * Only under removal: a scan makes the map that this is counted in, and makes it anew when the device is running
 * already (scsi_realloc_sdev_budget_map() of drivers/scsi/scsi_scan.c), with nothing to keep a reader out.
 */
static bool is_busy(struct scsi_device *sdev)
{
	return !scl_may_get(scl_device_state(sdev)) && sdev->budget_map.map && scsi_device_busy(sdev) > 0;
}

/* state_mutex held. */
static struct scl_around around(const struct scl_host *host, struct scsi_device *sdev, const struct scl_record *rec,
				const struct scl_blocker *blocker)
{
	bool leaving = is_leaving(host, sdev), busy = is_busy(sdev);
	struct scl_state state = scl_device_state(sdev);

	return (struct scl_around){
		.busy = busy,
		.failed = busy && scl_failed_count(sdev) > 0,
		.told = rec && rec->watch.condemned,
		.leaving = leaving,
		.recovering = scsi_host_in_recovery(host->shost),
		.sibling = blocker->found && (leaving ? blocker->frozen : blocker->blocked),
		.unsent = state.phase == SCL_PHASE_CANCEL && !state.blocked && scl_parked_count(sdev),
	};
}

/**
 * scl_wait_of - what the removal of a device waits for
 * @host: its host's record
 * @sdev: the device
 * @sight: of it, now
 * @blocker: from scl_blocker_find()
 *
 * Context: may sleep. Caller is in a read section of scl_srcu, with state_mutex held.
 * Return: enum scl_waits.
 */
unsigned char scl_wait_of(struct scl_host *host, struct scsi_device *sdev, const struct scl_sight *sight,
			  const struct scl_blocker *blocker)
{
	struct scl_around all = around(host, sdev, scl_record_find(sdev), blocker);
	struct scl_wait unknown = {};

	scl_wait_see(&unknown, sight, &all, scl_now());
	return unknown.what;
}

/* May it come to wait for a sibling? Only a hint: what is so is asked under state_mutex. */
static bool asks_for_blocker(const struct scl_host *host, struct scsi_device *sdev)
{
	struct scl_state state = scl_device_state(sdev);

	return state.phase == SCL_PHASE_CANCEL ? !state.blocked : is_leaving(host, sdev);
}

/**
 * scl_wait_look - say what the removal of a device waits for, where that is worth a word
 * @host: its host's record
 * @sdev: the device
 * @blocker: zeroed before the first device of a look; found where one asks for it
 *
 * Context: may sleep. Caller is the host's look.
 */
void scl_wait_look(struct scl_host *host, struct scsi_device *sdev, struct scl_blocker *blocker)
{
	struct scl_record *rec = scl_record_find(sdev);
	struct scl_around all;
	struct scl_sight sight;
	struct scl_wait *wait;
	bool say;

	if (scl_may_get(scl_device_state(sdev)))
		return;
	if (!blocker->searched && asks_for_blocker(host, sdev))
		*blocker = scl_blocker_find(host);

	mutex_lock(&sdev->state_mutex);
	sight = scl_device_sight(host, sdev);
	all = around(host, sdev, rec, blocker);
	if (!rec && !all.leaving && !all.busy) {
		mutex_unlock(&sdev->state_mutex);
		return;
	}
	/*
	 * The record of one whose driver is gone is gone too. There is one such removal at a time, under
	 * scan_mutex; where it is not known which, because it went before this module came, they have one wait.
	 */
	if (!rec && host->leaving_removal != READ_ONCE(host->removals)) {
		host->leaving_removal = READ_ONCE(host->removals);
		host->leaving_wait = (struct scl_wait){};
	}
	wait = rec ? &rec->wait : &host->leaving_wait;
	say = scl_wait_see(wait, &sight, &all, scl_now());
	mutex_unlock(&sdev->state_mutex);
	if (say)
		scl_report_wait(sdev, wait->what, scl_now() - wait->since, blocker);
}
