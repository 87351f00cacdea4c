// SPDX-License-Identifier: GPL-2.0
//
// The queue that stands in for one that is destroyed: when it comes, how long it stays, and what sends it away. The two
// queues of scsi_debug's host are those of its disk and of its LUN for REPORT LUNS.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <scsi/scsi_host.h>

#include "../drivers/guard/guard.h"
#include "../drivers/guard/host.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_life.h"
#include "suites.h"

/* What the guard promises: docs/design.md. */
#define QUIET_MS	10000
#define LONG_MS		15000	/* longer than that, and shorter than twice that */

struct pair {
	struct scsi_device *disk, *other;
	struct scl_host *host;		/* there as long as nobody unloads scsi_debug */
};

static struct pair a_pair(struct kunit *test)
{
	struct pair pair = { .disk = scl_kunit_disk(test), .other = scl_kunit_other(test) };

	pair.host = scl_in_section(scl_host_find(pair.disk->host));
	KUNIT_ASSERT_NOT_NULL(test, pair.host);
	return pair;
}

static bool stands_in(struct scl_host *host)
{
	return READ_ONCE(host->spare.queue);
}

/* The same, for so long. */
static bool stays_for(struct scl_host *host, scl_ms ms)
{
	scl_ms until = scl_now() + ms;

	while (stands_in(host) && scl_now() < until)
		schedule_timeout_uninterruptible(1);
	return stands_in(host);
}

static void block(struct kunit *test, struct scsi_device *sdev)
{
	KUNIT_EXPECT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
}

static void unblock(struct kunit *test, struct scsi_device *sdev)
{
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
}

/* As one that the LLD has, or is to get: while it is there the queue does not come to rest. */
static struct request *a_command(struct kunit *test, struct scsi_device *sdev)
{
	struct request *rq = blk_mq_alloc_request(sdev->request_queue, REQ_OP_DRV_IN, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR(rq));
	return rq;
}

/* The disk goes, and the queue has come for it. */
static void remove_disk(struct kunit *test, struct pair *pair)
{
	scsi_remove_device(pair->disk);
	scl_disk_put(pair->disk);
	KUNIT_EXPECT_TRUE(test, stands_in(pair->host));
}

/* It has come because the other device was blocked, which is over. */
static struct pair a_quiet_pair(struct kunit *test)
{
	struct pair pair = a_pair(test);

	block(test, pair.other);
	remove_disk(test, &pair);
	unblock(test, pair.other);
	return pair;
}

static void remove_other(struct pair *pair)
{
	scsi_remove_device(pair->other);
	scl_disk_put(pair->other);
}

static void none_stands_in_where_the_other_device_is_idle(struct kunit *test)
{
	struct pair pair = a_pair(test);

	scsi_remove_device(pair.disk);
	scl_disk_put(pair.disk);
	KUNIT_EXPECT_FALSE(test, stands_in(pair.host));
	remove_other(&pair);
}

static void it_stays_while_the_other_device_is_blocked(struct kunit *test)
{
	struct pair pair = a_pair(test);

	block(test, pair.other);
	remove_disk(test, &pair);
	KUNIT_EXPECT_TRUE(test, stays_for(pair.host, 2 * QUIET_MS));
	unblock(test, pair.other);
	/* Only from now on it is quiet. (A poll may have seen it blocked a second ago.) */
	KUNIT_EXPECT_TRUE(test, stays_for(pair.host, QUIET_MS - 2000));
	KUNIT_EXPECT_FALSE(test, stays_for(pair.host, LONG_MS - QUIET_MS + 2000));
	remove_other(&pair);
}

static void it_goes_with_the_last_device(struct kunit *test)
{
	struct pair pair = a_quiet_pair(test);

	remove_other(&pair);
	KUNIT_EXPECT_FALSE(test, stands_in(pair.host));
}

static void it_stays_while_a_scan_or_a_removal_has_the_host(struct kunit *test)
{
	struct pair pair = a_quiet_pair(test);

	mutex_lock(&pair.host->shost->scan_mutex);
	KUNIT_EXPECT_TRUE(test, stays_for(pair.host, 2 * QUIET_MS));
	mutex_unlock(&pair.host->shost->scan_mutex);
	KUNIT_EXPECT_FALSE(test, stays_for(pair.host, QUIET_MS));
	remove_other(&pair);
}

/* It has come because the other device had a command, whose queue was kept waiting for a moment, once. */
static struct pair a_restless_pair(struct kunit *test)
{
	struct pair pair = a_pair(test);
	struct request *rq = a_command(test, pair.other);

	remove_disk(test, &pair);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(pair.host->spare.doublings) == 1));
	blk_mq_free_request(rq);
	return pair;
}

static void a_queue_that_does_not_rest_is_left_alone_for_twice_the_time(struct kunit *test)
{
	struct pair pair = a_restless_pair(test);

	KUNIT_EXPECT_TRUE(test, stays_for(pair.host, LONG_MS));
	KUNIT_EXPECT_FALSE(test, stays_for(pair.host, QUIET_MS));
	remove_other(&pair);
}

static void after_a_block_it_is_left_alone_for_the_first_time_again(struct kunit *test)
{
	struct pair pair = a_restless_pair(test);

	block(test, pair.other);
	KUNIT_EXPECT_TRUE(test, stays_for(pair.host, 2000));
	unblock(test, pair.other);
	KUNIT_EXPECT_FALSE(test, stays_for(pair.host, LONG_MS));
	remove_other(&pair);
}

static void the_next_one_is_left_alone_for_the_first_time_again(struct kunit *test)
{
	struct pair pair = a_restless_pair(test);
	struct request *rq;

	remove_other(&pair);

	pair = a_pair(test);
	rq = a_command(test, pair.other);
	remove_disk(test, &pair);
	blk_mq_free_request(rq);
	KUNIT_EXPECT_FALSE(test, stays_for(pair.host, LONG_MS));
	remove_other(&pair);
}

/* As where the path is lost just when the queue is given back. */
static void a_queue_that_is_given_back_for_long_is_said_to_be_once(struct kunit *test)
{
	struct pair pair = a_quiet_pair(test);
	struct kmsg_dump_iter log = scl_log_mark();
	struct request *rq;

	rq = blk_mq_alloc_request(pair.host->spare.queue, REQ_OP_DRV_IN, BLK_MQ_REQ_NOWAIT);
	KUNIT_ASSERT_FALSE(test, IS_ERR(rq));
	KUNIT_EXPECT_TRUE(test, stays_for(pair.host, 2 * QUIET_MS));
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "ms no LUN could come or go, as a queue is given back: "), 1U);
	blk_mq_free_request(rq);
	KUNIT_EXPECT_FALSE(test, stays_for(pair.host, QUIET_MS));
	remove_other(&pair);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(none_stands_in_where_the_other_device_is_idle),
	KUNIT_CASE(it_stays_while_the_other_device_is_blocked),
	KUNIT_CASE(it_goes_with_the_last_device),
	KUNIT_CASE(it_stays_while_a_scan_or_a_removal_has_the_host),
	KUNIT_CASE(a_queue_that_does_not_rest_is_left_alone_for_twice_the_time),
	KUNIT_CASE(after_a_block_it_is_left_alone_for_the_first_time_again),
	KUNIT_CASE(the_next_one_is_left_alone_for_the_first_time_again),
	KUNIT_CASE(a_queue_that_is_given_back_for_long_is_said_to_be_once),
	{}
};

struct kunit_suite scl_spare_suite = {
	.name = "scsi_lifecycle_spare",
	.test_cases = cases,
};
