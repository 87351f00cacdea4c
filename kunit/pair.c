// SPDX-License-Identifier: GPL-2.0
//
// The two queues of scsi_debug's host are those of its disk and of its LUN for REPORT LUNS.
#include <linux/blk-mq.h>
#include <scsi/scsi_host.h>

#include "kunit_disk.h"
#include "kunit_device.h"
#include "pair.h"
#include "rooms.h"

struct scl_pair scl_pair(struct kunit *test)
{
	struct scl_pair pair = { .disk = scl_kunit_disk(test), .other = scl_kunit_other(test) };

	pair.host = scl_in_section(scl_host_find(pair.disk->host));
	KUNIT_ASSERT_NOT_NULL(test, pair.host);
	return pair;
}

/*
 * The disk is removed, and the spare queue was added because the other device was blocked, which is
 * over.
 */
struct scl_pair scl_pair_quiet(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);

	scl_pair_block(test, pair.other);
	scl_pair_remove_disk(test, &pair);
	scl_pair_unblock(test, pair.other);
	return pair;
}

bool scl_pair_stands_in(const struct scl_pair *pair)
{
	return READ_ONCE(pair->host->spare.queue);
}

/* The same, for so long. */
bool scl_pair_stays_for(const struct scl_pair *pair, scl_ms ms)
{
	scl_ms until = scl_now() + ms;

	while (scl_pair_stands_in(pair) && scl_now() < until)
		schedule_timeout_uninterruptible(1);
	return scl_pair_stands_in(pair);
}

/* The disk is removed, and the spare queue was added for it. */
void scl_pair_remove_disk(struct kunit *test, struct scl_pair *pair)
{
	scsi_remove_device(pair->disk);
	scl_disk_put(pair->disk);
	KUNIT_EXPECT_TRUE(test, scl_pair_stands_in(pair));
}

void scl_pair_remove_other(struct scl_pair *pair)
{
	scsi_remove_device(pair->other);
	scl_disk_put(pair->other);
}

void scl_pair_block(struct kunit *test, struct scsi_device *sdev)
{
	KUNIT_EXPECT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
}

void scl_pair_unblock(struct kunit *test, struct scsi_device *sdev)
{
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
}

/*
 * As a command that the LLD has, or is to get: while it is there the queue does not come to rest.
 */
struct request *scl_pair_command(struct kunit *test, struct scsi_device *sdev)
{
	struct request *rq = blk_mq_alloc_request(sdev->request_queue, REQ_OP_DRV_IN, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR(rq));
	return rq;
}
