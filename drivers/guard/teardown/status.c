// SPDX-License-Identifier: GPL-2.0
#include "sdev/sdev.h"
#include "teardown.h"

/**
 * scl_status_of - find out what user space is shown of a device
 * @host: its host
 * @device: its object, or NULL
 * @sdev: the device
 * @blocker: from scl_blocker_find(), or zeroed where waits_for is not asked for
 *
 * Notes the state, as a poll does; the decision that it shows is made on a copy.
 *
 * Context: may sleep. Caller is in a read section of scl_srcu and holds a reference on @sdev.
 */
struct scl_status scl_status_of(struct scl_host *host, struct scl_device *device,
				struct scsi_device *sdev, const struct scl_blocker *blocker)
{
	struct scl_limits limits = scl_limits_of(host, device, sdev);
	struct scl_progress progress = {};
	struct scl_status status = {};
	struct scl_snapshot snapshot;
	bool is_past;
	scl_ms now;

	if (device)
		status.openers = device->openers;
	mutex_lock(&sdev->state_mutex);
	now = scl_now();
	snapshot = scl_snapshot_of(host, device, sdev);
	if (device) {
		scl_progress_update(&device->progress, &snapshot, now);
		progress = device->progress;
	}
	status.waits_for = scl_stall_of(host, device, sdev, &snapshot, blocker);
	mutex_unlock(&sdev->state_mutex);

	/* What stock's own functions do next is not announced. */
	if (snapshot.state.blocked)
		scl_monitor_look();
	status.state = snapshot.state;
	/*
	 * All removals of a host have ended where its scan_mutex is free; while it is held, by a
	 * scan too, this one may wait in what follows the drain of its queue.
	 */
	is_past = !device && scl_removal_is_past_queue(sdev);
	status.gone = is_past && !mutex_is_locked(&sdev->host->scan_mutex);
	status.left = scl_decide(&progress, &snapshot, &limits, now).left;
	status.since = is_past ? now : now - progress.since;
	return status;
}

/**
 * scl_status_deadline - write the time until the deadline of a device
 * @buf: where to
 * @size: of @buf
 * @status: of the device
 *
 * Context: any.
 * Return: the number of characters.
 */
int scl_status_deadline(char *buf, size_t size, const struct scl_status *status)
{
	return status->left == SCL_NEVER ? scnprintf(buf, size, "-") :
					   scnprintf(buf, size, "%llu", status->left);
}

/**
 * scl_status_waits_for - name what the removal of a device waits for
 * @buf: where to
 * @size: of @buf
 * @status: of the device
 * @host_no: the number of its host
 * @blocker: as scl_status_of() got it
 *
 * Context: any.
 * Return: the number of characters.
 */
int scl_status_waits_for(char *buf, size_t size, const struct scl_status *status,
			 unsigned int host_no, const struct scl_blocker *blocker)
{
	if (status->waits_for == SCL_STALL_ON_SIBLING)
		return scnprintf(buf, size, "%u:%u:%u:%llu", host_no, blocker->channel, blocker->id,
				 blocker->lun);
	return scnprintf(buf, size, "%s", scl_stall_name(status->waits_for));
}

/**
 * scl_status_names - read the names of a device, which stay as they are when its removal begins
 * @device: its object, or NULL
 * @sdev: the device
 * @names: the names; each empty where it is not known
 *
 * Context: any. Caller is in a read section of scl_srcu and holds a reference on @sdev.
 */
void scl_status_names(const struct scl_device *device, struct scsi_device *sdev,
		      struct scl_names *names)
{
	/* Pairs with note_begin(), which writes the names once and before this. */
	if (device && smp_load_acquire(&device->removal.seen)) {
		strscpy(names->disk, device->removal.disk, sizeof(names->disk));
		strscpy(names->wwid, device->removal.wwid, sizeof(names->wwid));
		return;
	}
	scl_sdev_disk(sdev, names->disk);
	scl_sdev_wwid(sdev, names->wwid);
}
