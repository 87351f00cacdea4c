// SPDX-License-Identifier: GPL-2.0
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_proto.h>

#include "compat.h"
#include "flush.h"
#include "guard.h"

struct search {
	struct request_queue *q;
	bool abort;
	unsigned int found;
	enum scl_flush whose;
};

static bool is_flush(struct request *rq, void *data)
{
	struct scsi_cmnd *cmd = blk_mq_rq_to_pdu(rq);
	struct search *search = data;

	if (rq->q != search->q ||
	    (cmd->cmnd[0] != SYNCHRONIZE_CACHE && cmd->cmnd[0] != SYNCHRONIZE_CACHE_16))
		return true;
	/* sd sends its own as a command for power management; a user's (sg) has a timeout of its user's. */
	if (blk_rq_is_passthrough(rq) && !(rq->rq_flags & RQF_PM))
		return true;
	search->found++;
	if (blk_rq_is_passthrough(rq))
		search->whose = SCL_FLUSH_DRIVER;
	else if (!search->whose)
		search->whose = SCL_FLUSH_FILE_SYSTEM;
	if (search->abort)
		blk_abort_request(rq);
	return true;
}

/*
 * The host's tags are freed when the last of its queues is destroyed (scsi_mq_free_tags() in
 * drivers/scsi/scsi_lib.c). A reference on q_usage_counter keeps this one from it, and cannot be had
 * where no command is left.
 */
static struct search search(struct scsi_device *sdev, busy_tag_iter_fn *fn, bool abort)
{
	struct search search = { .q = sdev->request_queue, .abort = abort };

	if (percpu_ref_tryget(&search.q->q_usage_counter)) {
		blk_mq_tagset_busy_iter(search.q->tag_set, fn, &search);
		percpu_ref_put(&search.q->q_usage_counter);
	}
	return search;
}

/**
 * scl_flush_at_lld - was a SYNCHRONIZE CACHE sent to the LLD and not answered?
 * @sdev: the device
 *
 * Context: process.
 * Return: whose it is.
 */
enum scl_flush scl_flush_at_lld(struct scsi_device *sdev)
{
	return search(sdev, is_flush, false).whose;
}

/**
 * scl_flush_abort - hand the flush that the LLD holds to error handling, as if it had timed out
 * @sdev: the device, in SDEV_DEL
 *
 * Error handling does not send the driver's flush again (scsi_noretry_cmd() of
 * drivers/scsi/scsi_error.c: a command that timed out), unless its abort failed, and nothing that it
 * requeues passes scsi_device_state_check() in SDEV_DEL. An LLD or transport whose eh_timed_out() resets
 * the timer keeps it: then this is to be tried again.
 *
 * Context: process.
 * Return: how many there were.
 */
unsigned int scl_flush_abort(struct scsi_device *sdev)
{
	return search(sdev, is_flush, true).found;
}

static bool is_failed(struct request *rq, void *data)
{
	struct scsi_cmnd *cmd = blk_mq_rq_to_pdu(rq);
	struct search *search = data;

	/* scsi_eh_scmd_add() puts it on a list, and it is on one or another until it is over. */
	search->found += rq->q == search->q && !list_empty(&cmd->eh_entry);
	return true;
}

/**
 * scl_failed_count - how many commands of a device error handling has
 * @sdev: the device
 *
 * Context: process.
 */
unsigned int scl_failed_count(struct scsi_device *sdev)
{
	return search(sdev, is_failed, false).found;
}
