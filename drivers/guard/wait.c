// SPDX-License-Identifier: GPL-2.0
#include "compat.h"
#include "device.h"
#include "guard.h"
#include "host.h"
#include "parked.h"
#include "record.h"
#include "report.h"
#include "transition.h"
#include "wait.h"
#include "walk.h"

/**
 * scl_blocker_find - the first device of a host that is blocked and holds commands
 * @host: the host's record
 *
 * Context: may sleep. Caller is in a read section of scl_srcu.
 */
struct scl_blocker scl_blocker_find(struct scl_host *host)
{
	struct scl_blocker blocker = {};
	struct scsi_device *sdev;

	scl_for_each_device(sdev, host->shost) {
		if (blocker.found || !scl_device_state(sdev).blocked)
			continue;
		blocker.commands = scl_parked_count(sdev);
		blocker.found = blocker.commands;
		blocker.channel = sdev->channel;
		blocker.id = sdev->id;
		blocker.lun = sdev->lun;
	}
	return blocker;
}

/*
 * blk_mq_del_queue_tag_set() of block/blk-mq.c takes the queue from the host's list, and then freezes the
 * one that is left there, with tag_list_lock held throughout. Newer kernels do not mend the entry
 * afterwards, so another that is removed and still held open looks the same; of those the host remembers
 * the last that the bus told of, unless it went before this module came.
 */
static bool is_leaving(const struct scl_host *host, struct scsi_device *sdev)
{
	const struct scsi_device *last = READ_ONCE(host->last_removed);
	struct request_queue *q = sdev->request_queue;

	return READ_ONCE(q->tag_set_list.prev) == LIST_POISON2 && mutex_is_locked(&host->shost->tag_set.tag_list_lock) &&
	       (!last || last == sdev);
}

/* state_mutex held. */
static struct scl_around around(const struct scl_host *host, struct scsi_device *sdev, const struct scl_record *rec,
				const struct scl_blocker *blocker)
{
	return (struct scl_around){
		.told = rec && rec->watch.condemned,
		.leaving = is_leaving(host, sdev),
		.recovering = scsi_host_in_recovery(host->shost),
		.sibling = blocker->found,
	};
}

/**
 * scl_wait_of - what the removal of a device waits for
 * @host: its host's record
 * @sdev: the device
 * @blocker: from scl_blocker_find()
 *
 * Context: may sleep. Caller is in a read section of scl_srcu, with state_mutex held.
 * Return: enum scl_waits.
 */
unsigned char scl_wait_of(struct scl_host *host, struct scsi_device *sdev, const struct scl_blocker *blocker)
{
	struct scl_sight sight = scl_device_sight(host, sdev);
	struct scl_around all = around(host, sdev, scl_record_find(sdev), blocker);
	struct scl_wait unknown = {};

	scl_wait_see(&unknown, &sight, &all, scl_now());
	return unknown.what;
}

/**
 * scl_wait_look - say what the removal of a device waits for, where that is worth a word
 * @host: its host's record
 * @sdev: the device
 * @blocker: from scl_blocker_find()
 *
 * Context: may sleep. Caller is the host's look.
 */
void scl_wait_look(struct scl_host *host, struct scsi_device *sdev, const struct scl_blocker *blocker)
{
	struct scl_record *rec = scl_record_find(sdev);
	struct scl_around all;
	struct scl_sight sight;
	struct scl_wait *wait;
	bool say;

	mutex_lock(&sdev->state_mutex);
	sight = scl_device_sight(host, sdev);
	all = around(host, sdev, rec, blocker);
	if (!rec && !all.leaving) {
		mutex_unlock(&sdev->state_mutex);
		return;
	}
	/* The record of one that takes leave is gone. There is one at a time. */
	if (!rec && host->leaving != sdev) {
		host->leaving = sdev;
		host->leaving_wait = (struct scl_wait){};
	}
	wait = rec ? &rec->wait : &host->leaving_wait;
	say = scl_wait_see(wait, &sight, &all, scl_now());
	mutex_unlock(&sdev->state_mutex);
	if (say)
		scl_report_wait(sdev, wait->what, scl_now() - wait->since, blocker);
}
