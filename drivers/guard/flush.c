// SPDX-License-Identifier: GPL-2.0
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_proto.h>

#include "compat.h"
#include "flush.h"
#include "guard.h"

struct search {
	struct scsi_device *sdev;
	bool abort;
	unsigned int found;
};

static bool is_flush(struct request *rq, void *data)
{
	struct scsi_cmnd *cmd = blk_mq_rq_to_pdu(rq);
	struct search *search = data;

	if (rq->q != search->sdev->request_queue ||
	    (cmd->cmnd[0] != SYNCHRONIZE_CACHE && cmd->cmnd[0] != SYNCHRONIZE_CACHE_16))
		return true;
	search->found++;
	if (search->abort)
		blk_abort_request(rq);
	return true;
}

/*
 * The host's tags are freed when its last device is (scsi_mq_free_tags() in drivers/scsi/scsi_lib.c).
 * A device in CANCEL whose state_mutex is held is not yet on its way there.
 */
static unsigned int search(struct scsi_device *sdev, bool abort)
{
	struct search search = { .sdev = sdev, .abort = abort };

	lockdep_assert_held(&sdev->state_mutex);
	blk_mq_tagset_busy_iter(sdev->request_queue->tag_set, is_flush, &search);
	return search.found;
}

/**
 * scl_flush_at_lld - was a SYNCHRONIZE CACHE sent to the LLD and not answered?
 * @sdev: the device, in SDEV_CANCEL
 *
 * Context: any but hard IRQ. state_mutex held.
 */
bool scl_flush_at_lld(struct scsi_device *sdev)
{
	return search(sdev, false) != 0;
}

/**
 * scl_flush_abort - hand the flush that the LLD holds to error handling
 * @sdev: the device, in SDEV_DEL by the caller's own hand under this very state_mutex
 *
 * Error handling does not send a command of such a device again (scsi_device_online() in
 * scsi_eh_flush_done_q() and scmd_eh_abort_handler() of drivers/scsi/scsi_error.c).
 *
 * Context: any but hard IRQ. state_mutex held.
 * Return: how many there were.
 */
unsigned int scl_flush_abort(struct scsi_device *sdev)
{
	return search(sdev, true);
}
