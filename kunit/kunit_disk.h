/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_DISK_H
#define SCSI_LIFECYCLE_KUNIT_DISK_H

#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <scsi/scsi_cmnd.h>

#include "disk.h"

static inline struct scsi_device *scl_kunit_disk(struct kunit *test)
{
	struct scsi_device *sdev = scl_disk_get();

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(sdev), "no disk: modprobe scsi_debug first");
	return sdev;
}

static inline struct scsi_device *scl_kunit_other(struct kunit *test)
{
	struct scsi_device *sdev = scl_disk_get_other();

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(sdev), "no second device: %ld", PTR_ERR(sdev));
	return sdev;
}

/* A TEST UNIT READY that is not sent yet. */
static inline struct request *scl_kunit_command(struct kunit *test, struct scsi_device *sdev,
						unsigned int seconds)
{
	struct request *rq = scsi_alloc_request(sdev->request_queue, REQ_OP_DRV_IN, 0);
	struct scsi_cmnd *cmd;

	KUNIT_ASSERT_FALSE(test, IS_ERR(rq));
	cmd = blk_mq_rq_to_pdu(rq);
	cmd->cmd_len = 6;
	memset(cmd->cmnd, 0, 6);
	rq->timeout = seconds * HZ;
	return rq;
}

/*
 * The result of a request for which no thread waits. It may outlive a test, so this is in no test's
 * memory.
 */
struct scl_end {
	struct completion over;
	blk_status_t status;
};

static inline enum rq_end_io_ret scl_end_note(struct request *rq, blk_status_t status)
{
	struct scl_end *end = rq->end_io_data;

	end->status = status;
	complete(&end->over);
	return RQ_END_IO_FREE;
}

/* The request is freed at its end. */
static inline void scl_end_will_be_noted(struct request *rq, struct scl_end *end)
{
	init_completion(&end->over);
	rq->end_io = scl_end_note;
	rq->end_io_data = end;
}

#endif
