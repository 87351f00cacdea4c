// SPDX-License-Identifier: GPL-2.0
#include <scsi/scsi_host.h>

#include "device.h"
#include "flush.h"
#include "guard.h"
#include "host.h"
#include "node.h"
#include "parked.h"
#include "transition.h"

/*
 * The queue of a device in SDEV_DEL may be destroyed already. While blk_mq_destroy_queue() still waits
 * for the commands that the stopped queue holds, a reference on q_usage_counter can be had, and keeps
 * it waiting; once that wait is over, none can.
 */
static bool is_stuck(struct scsi_device *sdev, struct scl_stock fields)
{
	if (fields.sdev_state != SDEV_DEL || !fields.queue_stopped ||
	    !percpu_ref_tryget(&sdev->request_queue->q_usage_counter))
		return false;
	percpu_ref_put(&sdev->request_queue->q_usage_counter);
	return true;
}

/**
 * scl_device_sight - what there is to be seen of a device
 * @host: its host's record
 * @sdev: the device
 *
 * Context: may sleep. state_mutex held.
 */
struct scl_sight scl_device_sight(const struct scl_host *host, struct scsi_device *sdev)
{
	struct scl_stock fields = scl_stock_fields(sdev);
	struct scl_sight sight = {
		.state = scl_read(fields),
		.quiesced = READ_ONCE(sdev->quiesced_by) != NULL,
		.stuck = is_stuck(sdev, fields),
		.dying = scl_host_dying(host),
		.rebooting = scl_rebooting(),
		.recovering = scsi_host_in_recovery(host->shost),
		.sent = atomic_read(&sdev->iorequest_cnt),
		/* A process that is about to reconnect when the machine goes down comes too late. */
		.held = scl_node_held(sdev) && !scl_rebooting(),
	};

	lockdep_assert_held(&sdev->state_mutex);
	if (sight.state.phase == SCL_PHASE_DEL) {
		sight.flushing = scl_flush_at_lld(sdev);
	} else if (!sight.state.blocked && (sight.rebooting || sight.state.phase == SCL_PHASE_CANCEL)) {
		sight.flushing = scl_flush_at_lld(sdev);
		/* A disk that is not removed goes on being written to, and its file systems flush it. */
		if (sight.state.phase != SCL_PHASE_CANCEL && sight.flushing == SCL_FLUSH_FILE_SYSTEM)
			sight.flushing = SCL_FLUSH_NONE;
		if (!sight.flushing) {
			sight.flushing = scl_parked_flush(sdev);
			sight.untaken = sight.flushing != SCL_FLUSH_NONE;
		}
	}
	return sight;
}
