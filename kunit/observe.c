// SPDX-License-Identifier: GPL-2.0
//
// The end of requests is observed while a removal is under way, and with it the result of a
// driver's flush.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_proto.h>

#include "kunit_disk.h"
#include "kunit_device.h"
#include "occupant.h"
#include "rooms.h"
#include "suites.h"

/*
 * How long the probe stays for the next removal, and how long a removal waits for it, in jiffies,
 * by which both are timed.
 */
#define LINGER HZ
#define LONGEST_WAIT HZ
/* Other load of the machine counts too: the best of some tries. */
#define TRIES 3U

static struct tracepoint *completion;

static void find(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, "block_rq_complete"))
		completion = tp;
}

static int find_it(struct kunit *test)
{
	for_each_kernel_tracepoint(find, NULL);
	return completion ? 0 : -ENOENT;
}

/* Is the kernel's text as it is while nothing is removed? */
static bool is_still(void)
{
	return !static_key_enabled(&completion->key);
}

static unsigned int probes(void)
{
	struct tracepoint_func *each;
	unsigned int count = 0;

	rcu_read_lock();
	each = rcu_dereference(completion->funcs);
	while (each && each[count].func)
		count++;
	rcu_read_unlock();
	return count;
}

static void requests_are_observed_from_the_first_removal_to_the_last(struct kunit *test)
{
	unsigned long began, wait = ULONG_MAX, linger = ULONG_MAX;
	unsigned int i;

	KUNIT_ASSERT_TRUE(test, scl_comes_true(is_still()));
	for (i = 0; i < TRIES; i++) {
		began = jiffies;
		KUNIT_EXPECT_TRUE(test, scl_observe_begin());
		wait = min(wait, jiffies - began);
		KUNIT_EXPECT_FALSE(test, is_still());
		KUNIT_EXPECT_TRUE(test, scl_observe_begin());
		scl_observe_end();
		schedule_timeout_uninterruptible(2 * LINGER);
		KUNIT_EXPECT_FALSE(test, is_still());
		scl_observe_end();
		began = jiffies;
		KUNIT_EXPECT_TRUE(test, scl_comes_true(is_still()));
		linger = min(linger, jiffies - began);
	}
	KUNIT_EXPECT_LT(test, wait, (unsigned long)LONGEST_WAIT / 2);
	KUNIT_EXPECT_GE(test, linger, (unsigned long)LINGER / 2);
	KUNIT_EXPECT_LT(test, linger, 2UL * LINGER);
}

static void a_device_that_is_forgotten_is_observed_no_more(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);

	KUNIT_EXPECT_TRUE(test, scl_comes_true(is_still()));
	scl_observe(device, sdev);
	KUNIT_EXPECT_TRUE(test, device->account.observed);
	scl_observe(device, sdev);
	/* Once is enough, and not for a device that has ended. */
	scl_observe_stop(device);
	scl_observe_stop(device);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(is_still()));
	scl_observe(device, sdev);
	scl_forget(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(is_still()));
	scl_observe(device, sdev);
	KUNIT_EXPECT_TRUE(test, is_still());
	put_device(&device->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(is_still()));
}

static unsigned int ends;

static void count_end(void *unused, struct request *rq, blk_status_t status, unsigned int bytes)
{
	ends++;
}

/* A request that was never sent comes to its end. */
static void end(struct kunit *test, struct scsi_device *sdev, bool drivers, u8 opcode, int result,
		const u8 *sense, blk_status_t status)
{
	struct request *rq = scsi_alloc_request(sdev->request_queue, REQ_OP_DRV_OUT, 0);
	struct scsi_cmnd *cmd = blk_mq_rq_to_pdu(rq);

	KUNIT_EXPECT_FALSE(test, IS_ERR(rq));
	if (IS_ERR(rq))
		return;
	if (drivers)
		rq->rq_flags |= RQF_PM;
	cmd->cmnd[0] = opcode;
	cmd->result = result;
	memset(cmd->sense_buffer, 0, SCSI_SENSE_BUFFERSIZE);
	if (sense)
		memcpy(cmd->sense_buffer, sense, 18);
	blk_update_request(rq, status, 0);
	blk_mq_free_request(rq);
}

static void anothers_probe_stays(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	int i;

	ends = 0;
	KUNIT_EXPECT_TRUE(test, scl_comes_true(is_still()));
	KUNIT_ASSERT_EQ(test, tracepoint_probe_register(completion, count_end, NULL), 0);
	/* When the wait is over, and when the module is unloaded before or after that. */
	for (i = 0; i < 3; i++) {
		/* A busy machine may register it later than a removal waits. */
		KUNIT_EXPECT_TRUE(test, scl_observe_begin() || scl_comes_true(probes() == 2));
		KUNIT_EXPECT_EQ(test, probes(), 2U);
		scl_observe_end();
		if (i != 1)
			KUNIT_EXPECT_TRUE(test, scl_comes_true(probes() != 2));
		if (i)
			scl_observe_exit();
		KUNIT_EXPECT_EQ(test, probes(), 1U);
	}
	end(test, sdev, true, SYNCHRONIZE_CACHE, 0, NULL, BLK_STS_OK);
	KUNIT_EXPECT_GE(test, ends, 1U);
	if (probes())
		tracepoint_probe_unregister(completion, count_end, NULL);
	tracepoint_synchronize_unregister();
	scl_disk_put(sdev);
}

#define CHECK SAM_STAT_CHECK_CONDITION
#define FIXED(response, key, asc, ascq) { response, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq }
#define SENSE(response, k, a, q) .sense = FIXED(response, k, a, q), .key = k, .asc = a, .ascq = q

static const struct ending {
	int result;
	blk_status_t status;
	u8 sense[18];
	bool succeeded;
	u8 key, asc, ascq;
} endings[] = {
	{ .succeeded = true },
	{ .status = BLK_STS_IOERR },
	{ .result = DID_TIME_OUT << 16 },
	{ .result = SAM_STAT_BUSY },
	/* Sense is of a check condition. */
	{ .sense = FIXED(0x70, MEDIUM_ERROR, 0x0c, 0x02), .succeeded = true },
	{ .result = SAM_STAT_BUSY, .sense = FIXED(0x70, RECOVERED_ERROR, 0x17, 0x01) },
	{ .result = CHECK },
	{ .result = CHECK, SENSE(0x70, MEDIUM_ERROR, 0x0c, 0x02) },
	{ .result = CHECK, SENSE(0x70, RECOVERED_ERROR, 0x17, 0x01), .succeeded = true },
	{ .result = CHECK, SENSE(0x71, RECOVERED_ERROR, 0x17, 0x01) },	/* of an earlier command */
	{ .result = CHECK, SENSE(0x70, RECOVERED_ERROR, 0x17, 0x01), .status = BLK_STS_IOERR },
	{ .result = DID_TIME_OUT << 16 | CHECK, SENSE(0x70, RECOVERED_ERROR, 0x17, 0x01) },
};

static void the_result_of_a_flush_is_observed(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	int i, idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = scl_device_find(sdev);

	scl_assert_in_section(test, idx, device);
	scl_observe(device, sdev);
	for (i = 0; i < ARRAY_SIZE(endings); i++) {
		const struct ending *with = &endings[i];

		end(test, sdev, true, i & 1 ? SYNCHRONIZE_CACHE_16 : SYNCHRONIZE_CACHE,
		    with->result, with->sense, with->status);
		KUNIT_EXPECT_EQ(test, device->account.ended, i + 1U);
		KUNIT_EXPECT_EQ(test, device->account.last.result, with->result);
		KUNIT_EXPECT_EQ_MSG(test, scl_flush_succeeded(&device->account.last),
				    with->succeeded, "ending %d", i);
		KUNIT_EXPECT_EQ_MSG(test, device->account.last.sense_key, with->key, "ending %d",
				    i);
		KUNIT_EXPECT_EQ_MSG(test, device->account.last.asc, with->asc, "ending %d", i);
		KUNIT_EXPECT_EQ_MSG(test, device->account.last.ascq, with->ascq, "ending %d", i);
	}
	srcu_read_unlock(&scl_srcu, idx);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void only_flushes_of_a_removals_driver_are_observed(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = scl_device_find(disk), *others = scl_device_find(other);

	scl_assert_in_section(test, idx, device);
	scl_assert_in_section(test, idx, others);
	scl_observe(others, other);
	end(test, other, true, START_STOP, 0, NULL, BLK_STS_OK);
	end(test, other, true, TEST_UNIT_READY, 0, NULL, BLK_STS_OK);
	end(test, other, false, SYNCHRONIZE_CACHE, 0, NULL, BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, others->account.ended, 0U);
	/* A device that is not removed, and one that is not remembered. */
	end(test, disk, true, SYNCHRONIZE_CACHE, 0, NULL, BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, device->account.ended, 0U);
	scl_forget(disk);
	end(test, disk, true, SYNCHRONIZE_CACHE, 0, NULL, BLK_STS_OK);
	end(test, other, true, SYNCHRONIZE_CACHE, 0, NULL, BLK_STS_OK);
	KUNIT_EXPECT_EQ(test, others->account.ended, 1U);
	srcu_read_unlock(&scl_srcu, idx);
	scsi_remove_device(other);
	scsi_remove_device(disk);
	scl_disk_put(other);
	scl_disk_put(disk);
}

static unsigned long expect_not_in_time(struct kunit *test)
{
	unsigned long began = jiffies;

	KUNIT_EXPECT_FALSE(test, scl_observe_begin());
	return jiffies - began;
}

/* Three begins are to be ended here. */
static void expect_after_all(struct kunit *test)
{
	int i;

	KUNIT_EXPECT_TRUE(test, scl_comes_true(!is_still()));
	KUNIT_EXPECT_TRUE(test, scl_observe_begin());
	for (i = 0; i < 3; i++)
		scl_observe_end();
	/* The next removal waits for the probe again after it was unregistered. */
	KUNIT_EXPECT_TRUE(test, scl_comes_true(is_still()));
	KUNIT_EXPECT_TRUE(test, scl_observe_begin());
	scl_observe_end();
}

static void expect_shorter_waits(struct kunit *test, bool one_by_one)
{
	unsigned long first = ULONG_MAX, next = ULONG_MAX;
	struct scl_occupant occupant;
	unsigned int i;

	for (i = 0; i < TRIES; i++) {
		KUNIT_EXPECT_TRUE(test, scl_comes_true(is_still()));
		scl_occupy_begin(&occupant);
		first = min(first, expect_not_in_time(test));
		if (one_by_one)
			scl_observe_end();
		next = min(next, expect_not_in_time(test));
		KUNIT_EXPECT_TRUE(test, is_still());
		scl_occupy_end(&occupant);
		if (one_by_one)
			scl_observe_end();
		else
			expect_after_all(test);
	}
	KUNIT_EXPECT_GE(test, first, (unsigned long)LONGEST_WAIT / 2);
	KUNIT_EXPECT_LT(test, first, 2UL * LONGEST_WAIT);
	KUNIT_EXPECT_GE(test, next, (unsigned long)LONGEST_WAIT / 6);
	KUNIT_EXPECT_LT(test, next, (unsigned long)LONGEST_WAIT / 2);
}

static void a_removal_goes_on_without_a_late_probe_and_the_next_one_sooner(struct kunit *test)
{
	expect_shorter_waits(test, false);
}

/* As the LUNs of a host that is removed: one ends before the next begins. */
static void of_removals_one_by_one_too_the_next_waits_less_for_a_late_probe(struct kunit *test)
{
	expect_shorter_waits(test, true);
}

static void a_probe_that_was_late_for_one_removal_is_waited_for_at_the_next(struct kunit *test)
{
	struct scl_occupant occupant;

	KUNIT_EXPECT_TRUE(test, scl_comes_true(is_still()));
	scl_occupy_begin(&occupant);
	expect_not_in_time(test);
	scl_observe_end();
	scl_occupy_end(&occupant);
	KUNIT_EXPECT_TRUE(test, scl_observe_begin());
	scl_observe_end();
}

static void the_worker_may_wait_for_memory_again(struct kunit *test)
{
	struct scl_occupant occupant;

	KUNIT_EXPECT_TRUE(test, scl_comes_true(is_still()));
	KUNIT_EXPECT_TRUE(test, scl_observe_begin());
	scl_occupy_begin(&occupant);
	scl_occupy_end(&occupant);
	KUNIT_EXPECT_FALSE(test, occupant.noio);
	scl_observe_end();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(requests_are_observed_from_the_first_removal_to_the_last),
	KUNIT_CASE(a_device_that_is_forgotten_is_observed_no_more),
	KUNIT_CASE(anothers_probe_stays),
	KUNIT_CASE(the_result_of_a_flush_is_observed),
	KUNIT_CASE(only_flushes_of_a_removals_driver_are_observed),
	KUNIT_CASE(a_removal_goes_on_without_a_late_probe_and_the_next_one_sooner),
	KUNIT_CASE(of_removals_one_by_one_too_the_next_waits_less_for_a_late_probe),
	KUNIT_CASE(a_probe_that_was_late_for_one_removal_is_waited_for_at_the_next),
	KUNIT_CASE(the_worker_may_wait_for_memory_again),
	{}
};

struct kunit_suite scl_observe_suite = {
	.name = "scsi_lifecycle_observe",
	.init = find_it,
	.test_cases = cases,
};
