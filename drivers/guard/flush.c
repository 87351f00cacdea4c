// SPDX-License-Identifier: GPL-2.0
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_proto.h>

#include "compat.h"
#include "flush.h"
#include "guard.h"

struct search {
	struct request_queue *q;
	bool abort;
	bool of_driver;			/* and of no file system */
	unsigned int found;
	enum scl_flush whose;
};

/**
 * scl_flush_of - which of the commands that a removal waits for is this?
 * @rq: a request of a SCSI device
 *
 * sd sends its own as commands for power management; a user's (sg) has a timeout of its user's.
 *
 * Context: any. What is said of a request that is being allocated or freed is not to be relied on.
 */
enum scl_flush scl_flush_of(struct request *rq)
{
	struct scsi_cmnd *cmd = blk_mq_rq_to_pdu(rq);
	bool driver = blk_rq_is_passthrough(rq);

	if (driver && !(rq->rq_flags & RQF_PM))
		return SCL_FLUSH_NONE;
	switch (cmd->cmnd[0]) {
	case SYNCHRONIZE_CACHE:
	case SYNCHRONIZE_CACHE_16:
		return driver ? SCL_FLUSH_DRIVER : SCL_FLUSH_FILE_SYSTEM;
	case START_STOP:
		return driver ? SCL_FLUSH_STOP : SCL_FLUSH_NONE;
	default:
		return SCL_FLUSH_NONE;
	}
}

static bool is_flush(struct request *rq, void *data)
{
	struct search *search = data;
	enum scl_flush whose = rq->q == search->q ? scl_flush_of(rq) : SCL_FLUSH_NONE;

	if (!whose || (search->of_driver && whose == SCL_FLUSH_FILE_SYSTEM))
		return true;
	search->found++;
	search->whose = max(search->whose, whose);
	if (search->abort)
		blk_abort_request(rq);
	return true;
}

/*
 * The host's tags are freed when the last of its queues is destroyed (scsi_mq_free_tags() in
 * drivers/scsi/scsi_lib.c). A reference on q_usage_counter keeps this one from it, and cannot be had
 * where no command is left.
 */
static struct search search(struct scsi_device *sdev, busy_tag_iter_fn *fn, bool abort, bool of_driver)
{
	struct search search = { .q = sdev->request_queue, .abort = abort, .of_driver = of_driver };

	if (percpu_ref_tryget(&search.q->q_usage_counter)) {
		blk_mq_tagset_busy_iter(search.q->tag_set, fn, &search);
		percpu_ref_put(&search.q->q_usage_counter);
	}
	return search;
}

/**
 * scl_flush_at_lld - was one of the last commands sent to the LLD and not answered?
 * @sdev: the device
 *
 * Context: any but NMI.
 * Return: whose it is.
 */
enum scl_flush scl_flush_at_lld(struct scsi_device *sdev)
{
	return search(sdev, is_flush, false, false).whose;
}

/**
 * scl_flush_abort - hand the flush that the LLD holds to error handling, as if it had timed out
 * @sdev: the device, in SDEV_DEL, or offline because the machine goes down
 * @of_driver: only the driver's own: a file system's has its own time while nothing is removed
 *
 * Error handling does not send the driver's flush again (scsi_noretry_cmd() of
 * drivers/scsi/scsi_error.c: a command that timed out), unless its abort failed, and nothing that it
 * requeues passes scsi_device_state_check() in SDEV_DEL. An LLD or transport whose eh_timed_out() resets
 * the timer keeps it: then this is to be tried again.
 *
 * Context: process.
 * Return: how many there were.
 */
unsigned int scl_flush_abort(struct scsi_device *sdev, bool of_driver)
{
	return search(sdev, is_flush, true, of_driver).found;
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
	return search(sdev, is_failed, false, false).found;
}
