// SPDX-License-Identifier: GPL-2.0
//
// A poll of a device, in each state in which a poll may find it: what is done, reported and
// counted.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_host.h>

#include "failing.h"
#include "going.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "suites.h"

static void poll_device(struct scsi_device *sdev, struct scl_stock at)
{
	scl_disk_set(sdev, at);
	scl_removal_poll_now(sdev);
}

static void restore(struct scsi_device *sdev)
{
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
}

static struct request *a_command(struct kunit *test, struct scsi_device *sdev)
{
	struct request *rq = scsi_alloc_request(sdev->request_queue, REQ_OP_DRV_IN, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR(rq));
	return rq;
}

/*
 * A device that was added without memory has no object; its deadline, if it has to wait, begins
 * when there is memory.
 */
static void a_poll_remembers_a_device_that_waits_and_no_other(struct kunit *test)
{
	static const struct scl_stock states[] = {
		{ SDEV_RUNNING, 0 }, { SDEV_BLOCK, 1 }, { SDEV_CANCEL, 0 }, { SDEV_CANCEL, 1 },
	};
	struct scsi_device *sdev = scl_kunit_disk(test);
	int i;

	/* The monitor creates one for a device that is registered and in SDEV_CANCEL. */
	scl_disk_seem_registered(sdev, false);
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		scl_forget(sdev);
		poll_device(sdev, states[i]);
		restore(sdev);
		KUNIT_EXPECT_EQ_MSG(test, scl_in_section(!!scl_device_find(sdev)), i == 3,
				    "in state %d", i);
	}
	scl_disk_seem_registered(sdev, true);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* The stage says what is announced of it next. */
static void a_poll_remembers_a_device_where_it_is(struct kunit *test)
{
	static const struct {
		struct scl_stock at;
		bool registered;
		enum scl_stage stage;
	} all[] = {
		{ { SDEV_CANCEL, 1 }, false, SCL_STAGE_DETACHED },
		{ { SDEV_BLOCK, 1 }, true, SCL_STAGE_IN_USE },
		{ { SDEV_BLOCK, 1 }, false, SCL_STAGE_SCANNED },
	};
	struct scsi_device *sdev = scl_kunit_other(test);
	struct module *was = scl_set_lld(sdev->host, scl_going());
	struct scl_device *device;
	int i;

	scl_removal_tmo(sdev, SCL_TMO_OFF);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		scl_forget(sdev);
		scl_disk_seem_registered(sdev, all[i].registered);
		poll_device(sdev, all[i].at);
		device = scl_kunit_device(test, sdev);
		KUNIT_EXPECT_EQ_MSG(test, (int)device->stage, (int)all[i].stage, "%d", i);
		put_device(&device->dev);
		restore(sdev);
	}
	scl_disk_seem_registered(sdev, true);
	scl_set_lld(sdev->host, was);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	scl_forget(sdev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_device_that_waits_is_polled_without_memory_to_remember_it(struct kunit *test)
{
	struct scsi_device *sdev;

	scl_needs_faults(test);
	sdev = scl_kunit_disk(test);
	scl_forget(sdev);
	scl_fail_nth(1);
	poll_device(sdev, (struct scl_stock){ SDEV_CANCEL, 1 });
	KUNIT_EXPECT_TRUE(test, scl_has_failed());
	restore(sdev);
	KUNIT_EXPECT_NULL(test, scl_in_section(scl_device_find(sdev)));
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* Nor is there memory to remember it. */
static void a_flush_that_expires_without_memory_is_reported_lost(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark();
	struct scsi_device *sdev;

	scl_needs_faults(test);
	sdev = scl_kunit_disk(test);
	scl_removal_tmo(sdev, 0);
	scl_forget(sdev);
	scl_fail_nth(1);
	poll_device(sdev, (struct scl_stock){ SDEV_CANCEL, 1 });
	KUNIT_EXPECT_TRUE(test, scl_has_failed());
	KUNIT_EXPECT_EQ(test, sdev->sdev_state, SDEV_DEL);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost: blocked for at least "), 1U);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	restore(sdev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void quiesce(struct scsi_device *sdev)
{
	sdev->quiesced_by = current;
	blk_set_pm_only(sdev->request_queue);
}

static void is_started_and_counted_once(struct kunit *test, bool quiesced)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark();
	long rescued = scl_counted(SCL_COUNT_RESCUED);
	struct request *rq = a_command(test, sdev);

	if (quiesced)
		quiesce(sdev);
	/* As a device that went there before the module was loaded. */
	scl_forget(sdev);
	poll_device(sdev, (struct scl_stock){ SDEV_DEL, 1 });
	KUNIT_EXPECT_EQ(test, sdev->queue_stopped, 0U);
	KUNIT_EXPECT_NULL(test, sdev->quiesced_by);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_RESCUED), rescued + 1);
	scl_removal_poll_now(sdev);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_RESCUED), rescued + 1);
	KUNIT_EXPECT_EQ(test,
			scl_log_count(&log,
				      "scsi_lifecycle: removed with a stopped queue, started it"),
			1U);
	restore(sdev);
	blk_mq_free_request(rq);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_queue_stopped_in_del_is_started_and_counted_once(struct kunit *test)
{
	is_started_and_counted_once(test, false);
	is_started_and_counted_once(test, true);
}

/* The poll drops the references that it took. */
static void a_poll_of_a_queue_stopped_in_del_keeps_no_reference_on_it(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);

	poll_device(sdev, (struct scl_stock){ SDEV_DEL, 1 });
	KUNIT_EXPECT_EQ(test, sdev->queue_stopped, 0U);
	restore(sdev);
	/* The removal would wait for ever. */
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* From 6.5 on the mid-layer does not kick the list while the host recovers. */
static void a_command_that_came_back_in_del_is_sent_again(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct request *rq = a_command(test, sdev);
	struct request_queue *q = sdev->request_queue;
	static struct scl_end end;

	scl_end_will_be_noted(rq, &end);
	blk_mq_requeue_request(rq, false);
	KUNIT_EXPECT_FALSE(test, list_empty(&q->requeue_list));
	poll_device(sdev, (struct scl_stock){ SDEV_DEL, 0 });
	KUNIT_EXPECT_TRUE(test, scl_comes_true(list_empty_careful(&q->requeue_list)));
	blk_mq_kick_requeue_list(q);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&end.over, 20 * HZ), 0UL);
	KUNIT_EXPECT_NE(test, end.status, BLK_STS_OK);
	restore(sdev);
	scl_disk_put(sdev);
}

/* The device expired before the class could announce its removal. */
static void an_expired_device_is_reported_once_and_needs_no_more_polls(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_host *host = scl_in_section(scl_host_find(sdev->host));
	struct kmsg_dump_iter log = scl_log_mark(), again = log;
	long rescued = scl_counted(SCL_COUNT_RESCUED);
	int idx;

	KUNIT_ASSERT_NOT_NULL(test, host);
	cancel_delayed_work_sync(&host->poll);
	scl_removal_tmo(sdev, 0);
	poll_device(sdev, (struct scl_stock){ SDEV_CANCEL, 1 });
	KUNIT_EXPECT_EQ(test, sdev->sdev_state, SDEV_DEL);
	KUNIT_EXPECT_EQ(test, sdev->queue_stopped, 0U);
	/* Its queue was not stopped in DEL: the device has expired. */
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_RESCUED), rescued);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&host->poll));
	idx = srcu_read_lock(&scl_srcu);
	scl_removal_begins(host, sdev, SCL_STAGE_EVENT_ANNOUNCED);
	srcu_read_unlock(&scl_srcu, idx);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost: blocked for at least "), 1U);
	KUNIT_EXPECT_EQ(test, scl_log_count(&again, "cache flush lost"), 1U);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	restore(sdev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* The device expired in use, because its host is being removed, and is then removed itself. */
static void a_removal_without_a_path_is_reported_to_lose_its_flush(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark(), again = log;
	long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = scl_device_find(sdev);

	KUNIT_EXPECT_NOT_NULL(test, device);
	KUNIT_EXPECT_EQ(test, scsi_device_set_state(sdev, SDEV_OFFLINE), 0);
	if (device)
		device->progress.expired = true;
	srcu_read_unlock(&scl_srcu, idx);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED), killed + 1);
	KUNIT_EXPECT_EQ(test,
			scl_log_count(&log,
				      "cache flush lost: no path when the teardown's time was up"),
			1U);
	KUNIT_EXPECT_EQ(test, scl_log_count(&again, "cache flush lost"), 1U);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_poll_remembers_a_device_that_waits_and_no_other),
	KUNIT_CASE(a_poll_remembers_a_device_where_it_is),
	KUNIT_CASE(a_device_that_waits_is_polled_without_memory_to_remember_it),
	KUNIT_CASE(a_flush_that_expires_without_memory_is_reported_lost),
	KUNIT_CASE(a_queue_stopped_in_del_is_started_and_counted_once),
	KUNIT_CASE(a_poll_of_a_queue_stopped_in_del_keeps_no_reference_on_it),
	KUNIT_CASE(a_command_that_came_back_in_del_is_sent_again),
	KUNIT_CASE(an_expired_device_is_reported_once_and_needs_no_more_polls),
	KUNIT_CASE(a_removal_without_a_path_is_reported_to_lose_its_flush),
	{}
};

struct kunit_suite scl_poll_suite = {
	.name = "scsi_lifecycle_poll",
	.test_cases = cases,
};
