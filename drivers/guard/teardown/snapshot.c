// SPDX-License-Identifier: GPL-2.0
#include "sdev/sdev.h"
#include "teardown.h"

static bool rebooting;

/**
 * scl_rebooting - does the machine go down?
 *
 * Context: any.
 */
bool scl_rebooting(void)
{
	return READ_ONCE(rebooting);
}

/**
 * scl_set_rebooting - the machine goes down, and does not come back
 *
 * Context: any.
 */
void scl_set_rebooting(void)
{
	WRITE_ONCE(rebooting, true);
}

/**
 * scl_snapshot_of - take the snapshot that a poll decides by
 * @host: the host
 * @device: the object of the device, or NULL
 * @sdev: the device
 *
 * Context: may sleep. state_mutex held.
 */
struct scl_snapshot scl_snapshot_of(const struct scl_host *host, const struct scl_device *device,
				    struct scsi_device *sdev)
{
	struct scl_stock fields = scl_sdev_fields(sdev);
	struct scl_snapshot snapshot = {
		.state = scl_state_decode(fields),
		.quiesced = !!READ_ONCE(sdev->quiesced_by),
		.stopped_in_del = scl_queue_is_stuck(sdev, fields),
		.host_removing = scl_host_dying(host),
		.rebooting = scl_rebooting(),
		.recovering = scsi_host_in_recovery(host->shost),
		.sent = atomic_read(&sdev->iorequest_cnt),
		/*
		 * A hold counts no more when the machine goes down: its process cannot reconnect in
		 * time.
		 */
		.held = device && READ_ONCE(device->openers.holding) && !scl_rebooting(),
		.detached = device && READ_ONCE(device->stage) >= SCL_STAGE_DETACHED,
	};

	lockdep_assert_held(&sdev->state_mutex);
	if (snapshot.state.phase == SCL_PHASE_DEL) {
		snapshot.flushing = scl_flush_at_lld(sdev);
	} else if (!snapshot.state.blocked &&
		   (snapshot.rebooting || snapshot.state.phase == SCL_PHASE_CANCEL)) {
		snapshot.flushing = scl_flush_at_lld(sdev);
		/* A disk that is not removed is still written to, and its file systems flush it. */
		if (snapshot.state.phase != SCL_PHASE_CANCEL &&
		    snapshot.flushing == SCL_FLUSH_FILE_SYSTEM)
			snapshot.flushing = SCL_FLUSH_NONE;
		if (!snapshot.flushing) {
			snapshot.flushing = scl_flush_unstarted(sdev);
			snapshot.untaken = snapshot.flushing != SCL_FLUSH_NONE;
		}
	}
	return snapshot;
}
