// SPDX-License-Identifier: GPL-2.0
#include "sdev/sdev.h"
#include "teardown.h"

/**
 * scl_blocker_find - find the first device of a host that holds commands and is blocked, or frozen
 * until it has none
 * @host: the host
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
		blocker.blocked = scl_sdev_state(sdev).blocked;
		blocker.frozen = READ_ONCE(sdev->request_queue->mq_freeze_depth) > 0;
		blocker.commands = scl_count_unstarted(sdev);
		blocker.found = blocker.commands && (blocker.blocked || blocker.frozen);
		blocker.channel = sdev->channel;
		blocker.id = sdev->id;
		blocker.lun = sdev->lun;
	}
	return blocker;
}

/*
 * Another device that is removed and still held open looks the same, but has no object any more.
 * (More than one may have got this far before this module was loaded: each of them may be the one.)
 */
static bool leaves_tag_set(const struct scl_device *device, struct scsi_device *sdev)
{
	return device && scl_queue_leaves_tag_set(sdev);
}

/* state_mutex held. */
static struct scl_environment environment_of(const struct scl_host *host,
					     const struct scl_device *device,
					     struct scsi_device *sdev,
					     const struct scl_blocker *blocker)
{
	struct scl_state state = scl_sdev_state(sdev);
	bool leaving = leaves_tag_set(device, sdev);
	bool busy = !scl_may_get(state) && scl_sdev_is_busy(sdev);

	return (struct scl_environment){
		.busy = busy,
		.failed = busy && scl_count_failed(sdev),
		.abort_requested = device && device->progress.expired,
		.leaving_tag_set = leaving,
		.recovering = scsi_host_in_recovery(host->shost),
		.sibling = blocker->found && (leaving ? blocker->frozen : blocker->blocked),
		.unsent = state.phase == SCL_PHASE_CANCEL && !state.blocked &&
			  scl_count_unstarted(sdev),
	};
}

/**
 * scl_stall_of - find out what the removal of a device waits for
 * @host: its host
 * @device: its object, or NULL
 * @sdev: the device
 * @snapshot: of the device, just taken
 * @blocker: from scl_blocker_find()
 *
 * Context: may sleep. Caller is in a read section of scl_srcu, with state_mutex held.
 */
enum scl_stall_on scl_stall_of(struct scl_host *host, const struct scl_device *device,
			       struct scsi_device *sdev, const struct scl_snapshot *snapshot,
			       const struct scl_blocker *blocker)
{
	struct scl_environment environment = environment_of(host, device, sdev, blocker);
	struct scl_stall unknown = {};

	scl_stall_update(&unknown, snapshot, &environment, scl_now());
	return unknown.what;
}

/* May it come to wait for a sibling? Only a hint: the answer is found again under state_mutex. */
static bool asks_for_blocker(const struct scl_device *device, struct scsi_device *sdev)
{
	struct scl_state state = scl_sdev_state(sdev);

	return state.phase == SCL_PHASE_CANCEL ? !state.blocked : leaves_tag_set(device, sdev);
}

/**
 * scl_blocker_for - find what the removal of a device may wait for among the others of its host
 * @host: its host
 * @device: its object, or NULL
 * @sdev: the device
 *
 * Context: as scl_blocker_find().
 * Return: the device; none, and nothing was searched, where no removal of @sdev can wait for one.
 */
struct scl_blocker scl_blocker_for(struct scl_host *host, const struct scl_device *device,
				   struct scsi_device *sdev)
{
	if (!asks_for_blocker(device, sdev))
		return (struct scl_blocker){};
	return scl_blocker_find(host);
}

/**
 * scl_stall_poll - report what the removal of a device waits for, if it has waited long enough
 * @host: its host
 * @device: its object, or NULL
 * @sdev: the device
 * @blocker: zeroed before the first device of a poll; found for the first device that needs it
 *
 * Context: may sleep. Caller is the host's poll.
 */
void scl_stall_poll(struct scl_host *host, struct scl_device *device, struct scsi_device *sdev,
		    struct scl_blocker *blocker)
{
	struct scl_environment environment;
	struct scl_snapshot snapshot;
	struct scl_stall stall;
	bool say;

	if (!device || scl_may_get(scl_sdev_state(sdev)))
		return;
	if (!blocker->searched)
		*blocker = scl_blocker_for(host, device, sdev);

	mutex_lock(&sdev->state_mutex);
	snapshot = scl_snapshot_of(host, device, sdev);
	environment = environment_of(host, device, sdev, blocker);
	say = scl_stall_update(&device->stall, &snapshot, &environment, scl_now());
	stall = device->stall;
	mutex_unlock(&sdev->state_mutex);
	if (say)
		scl_report_stall(sdev, stall.what, scl_now() - stall.since, blocker);
}
