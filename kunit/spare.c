// SPDX-License-Identifier: GPL-2.0
//
// The spare queue: when it is added, how long it stays, and when it is given back. The two queues
// of scsi_debug's host are those of its disk and of its LUN for REPORT LUNS.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <scsi/scsi_host.h>

#include "file.h"
#include "going.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "pair.h"
#include "rooms.h"
#include "suites.h"

static void no_queue_stands_in_where_the_other_device_is_idle(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);

	scsi_remove_device(pair.disk);
	scl_disk_put(pair.disk);
	KUNIT_EXPECT_FALSE(test, scl_pair_stands_in(&pair));
	scl_pair_remove_other(&pair);
}

static void the_queue_that_stands_in_stays_while_the_other_device_is_blocked(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);

	scl_pair_block(test, pair.other);
	scl_pair_remove_disk(test, &pair);
	KUNIT_EXPECT_TRUE(test, scl_pair_stays_for(&pair, 2 * SCL_QUIET_MS));
	scl_pair_unblock(test, pair.other);
	/* The quiet time begins here. (The last poll that found it blocked was a while ago.) */
	KUNIT_EXPECT_TRUE(test, scl_pair_stays_for(&pair, SCL_QUIET_MS - 5000));
	KUNIT_EXPECT_FALSE(test, scl_pair_stays_for(&pair, SCL_LONG_MS - SCL_QUIET_MS + 5000));
	scl_pair_remove_other(&pair);
}

static void the_queue_that_stands_in_goes_with_the_last_device(struct kunit *test)
{
	struct scl_pair pair = scl_pair_quiet(test);

	scl_pair_remove_other(&pair);
	KUNIT_EXPECT_FALSE(test, scl_pair_stands_in(&pair));
}

static bool is_alone(struct scsi_device *sdev)
{
	return list_is_singular(&sdev->host->tag_set.tag_list);
}

/* As when the LLD leaves the host behind, with its last device. */
static void it_goes_with_what_is_known_of_its_host(struct kunit *test)
{
	struct scl_pair pair = scl_pair_quiet(test);
	struct module *lld = scl_going();
	struct Scsi_Host *shost = pair.host->shost;

	KUNIT_EXPECT_FALSE(test, is_alone(pair.other));
	scl_set_lld(shost, lld);
	scl_module_unloads(lld);
	KUNIT_EXPECT_TRUE(test, is_alone(pair.other));
	KUNIT_EXPECT_EQ(test, scl_in_section(scl_host_remember(shost)), 0);
	scl_pair_remove_other(&pair);
}

static void the_queue_that_stands_in_stays_while_a_scan_or_removal_has_the_host(struct kunit *test)
{
	struct scl_pair pair = scl_pair_quiet(test);

	mutex_lock(&pair.host->shost->scan_mutex);
	KUNIT_EXPECT_TRUE(test, scl_pair_stays_for(&pair, 2 * SCL_QUIET_MS));
	mutex_unlock(&pair.host->shost->scan_mutex);
	KUNIT_EXPECT_FALSE(test, scl_pair_stays_for(&pair, SCL_QUIET_MS));
	scl_pair_remove_other(&pair);
}

/*
 * The spare queue was added because the other device had a command, and its queue was kept waiting
 * for a moment, once.
 */
static struct scl_pair a_restless_pair(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);
	struct request *rq = scl_pair_command(test, pair.other);

	scl_pair_remove_disk(test, &pair);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(pair.host->spare.doublings) == 1));
	blk_mq_free_request(rq);
	return pair;
}

static void a_queue_that_does_not_rest_is_left_alone_for_twice_the_time(struct kunit *test)
{
	struct scl_pair pair = a_restless_pair(test);

	KUNIT_EXPECT_TRUE(test, scl_pair_stays_for(&pair, SCL_LONG_MS));
	KUNIT_EXPECT_FALSE(test, scl_pair_stays_for(&pair, SCL_QUIET_MS));
	scl_pair_remove_other(&pair);
}

static void after_a_block_a_queue_is_left_alone_for_ten_seconds_again(struct kunit *test)
{
	struct scl_pair pair = a_restless_pair(test);

	scl_pair_block(test, pair.other);
	KUNIT_EXPECT_TRUE(test, scl_pair_stays_for(&pair, 2000));
	scl_pair_unblock(test, pair.other);
	KUNIT_EXPECT_FALSE(test, scl_pair_stays_for(&pair, SCL_LONG_MS));
	scl_pair_remove_other(&pair);
}

static void at_the_next_removal_a_queue_is_left_alone_for_ten_seconds_again(struct kunit *test)
{
	struct scl_pair pair = a_restless_pair(test);
	struct request *rq;

	scl_pair_remove_other(&pair);

	pair = scl_pair(test);
	rq = scl_pair_command(test, pair.other);
	scl_pair_remove_disk(test, &pair);
	blk_mq_free_request(rq);
	KUNIT_EXPECT_FALSE(test, scl_pair_stays_for(&pair, SCL_LONG_MS));
	scl_pair_remove_other(&pair);
}

/* A hold that is released makes the guard poll at once. */
static void poll_at_once(struct kunit *test, struct scsi_device *sdev)
{
	struct file *file = scl_kunit_file(test, sdev, 0);

	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_HOLD), 0L);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_RELEASE), 0L);
	scl_file_close(file);
}

/* As where the path is lost just when the queue is given back: for more than two seconds. */
static void a_queue_that_is_given_back_slowly_is_reported_once(struct kunit *test)
{
	int turn;

	for (turn = 0; turn < 2; turn++) {
		struct scl_pair pair = scl_pair_quiet(test);
		struct kmsg_dump_iter log = scl_log_mark(), again = log;
		struct request *rq;
		unsigned int early;

		rq = blk_mq_alloc_request(pair.host->spare.queue, REQ_OP_DRV_IN, BLK_MQ_REQ_NOWAIT);
		KUNIT_ASSERT_FALSE(test, IS_ERR(rq));
		KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(pair.host->spare.gives_since)));
		poll_at_once(test, pair.other);
		KUNIT_EXPECT_TRUE(test, scl_pair_stays_for(&pair, 500));
		early = scl_log_count(&log, "no LUN could come or go");
		/* The log may report it after two seconds, which a busy machine may have taken. */
		if (scl_now() - READ_ONCE(pair.host->spare.gives_since) < SCL_REPORT_AFTER_MS)
			KUNIT_EXPECT_EQ(test, early, 0U);
		KUNIT_EXPECT_TRUE(test, scl_pair_stays_for(&pair, SCL_QUIET_MS));
		scl_expect_logged(test, &again, 1U,
				  "ms no LUN could come or go, as a queue is given back: ");
		blk_mq_free_request(rq);
		KUNIT_EXPECT_FALSE(test, scl_pair_stays_for(&pair, SCL_QUIET_MS));
		scl_pair_remove_other(&pair);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(no_queue_stands_in_where_the_other_device_is_idle),
	KUNIT_CASE(the_queue_that_stands_in_stays_while_the_other_device_is_blocked),
	KUNIT_CASE(the_queue_that_stands_in_goes_with_the_last_device),
	KUNIT_CASE(it_goes_with_what_is_known_of_its_host),
	KUNIT_CASE(the_queue_that_stands_in_stays_while_a_scan_or_removal_has_the_host),
	KUNIT_CASE(a_queue_that_does_not_rest_is_left_alone_for_twice_the_time),
	KUNIT_CASE(after_a_block_a_queue_is_left_alone_for_ten_seconds_again),
	KUNIT_CASE(at_the_next_removal_a_queue_is_left_alone_for_ten_seconds_again),
	KUNIT_CASE(a_queue_that_is_given_back_slowly_is_reported_once),
	{}
};

struct kunit_suite scl_spare_suite = {
	.name = "scsi_lifecycle_spare",
	.test_cases = cases,
};
