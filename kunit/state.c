// SPDX-License-Identifier: GPL-2.0
//
// One step of a device: only from the state in which it was read, and the actions that come with
// it.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
#include "suites.h"

static void a_step_from_where_the_device_is_no_more_is_not_taken(struct kunit *test)
{
	static const struct scl_stock past[] = { { SDEV_OFFLINE, 0 },
						 { SDEV_RUNNING, 1 },
						 { SDEV_BLOCK, 1 } };
	static const struct scl_stock now = { SDEV_RUNNING, 0 };
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_step step;
	unsigned int killed;
	int i;

	for (i = 0; i < ARRAY_SIZE(past); i++) {
		KUNIT_EXPECT_FALSE_MSG(test,
				       scl_sdev_apply_from(NULL, sdev, past[i], SCL_EVENT_BLOCK, 0,
							   &step, &killed),
				       "%d", i);
		KUNIT_EXPECT_EQ(test, READ_ONCE(sdev->sdev_state), SDEV_RUNNING);
		KUNIT_EXPECT_EQ(test, READ_ONCE(sdev->queue_stopped), 0U);
	}
	KUNIT_EXPECT_TRUE(test,
			  scl_sdev_apply_from(NULL, sdev, now, SCL_EVENT_BLOCK, 0, &step, &killed));
	KUNIT_EXPECT_EQ(test, READ_ONCE(sdev->sdev_state), SDEV_BLOCK);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* Stock began the removal, and no hook or poll has noted that yet. */
static void what_no_hook_announced_is_recorded_before_the_step_that_follows(struct kunit *test)
{
	static const struct scl_stock at = { SDEV_CANCEL, 1 };
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scsi_lifecycle_record records[4] = {};
	struct file *file = scl_kunit_file(test, sdev, O_NONBLOCK);
	struct scl_step step;
	unsigned int killed;
	ssize_t size;

	scl_disk_seem_registered(sdev, false);
	scl_disk_set(sdev, at);
	KUNIT_EXPECT_TRUE(test,
			  scl_in_section(scl_sdev_apply_from(NULL, sdev, at, SCL_EVENT_FAIL, 0,
							     &step, &killed)));
	size = scl_file_read(file, records, sizeof(records));
	KUNIT_EXPECT_EQ(test, size, 3 * (ssize_t)sizeof(records[0]));
	KUNIT_EXPECT_EQ(test, records[1].cause, (u8)SCSI_LIFECYCLE_CAUSE_REMOVE);
	KUNIT_EXPECT_EQ(test, records[1].to,
			(u8)(SCSI_LIFECYCLE_STATE_CANCEL | SCSI_LIFECYCLE_STATE_BLOCKED));
	KUNIT_EXPECT_EQ(test, records[2].cause, (u8)SCSI_LIFECYCLE_CAUSE_FAIL);
	KUNIT_EXPECT_EQ(test, records[2].to, (u8)SCSI_LIFECYCLE_STATE_DEL);
	scl_file_close(file);
	scl_disk_recover(sdev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* As scsi_device_set_state() does. */
static void a_device_in_another_state_has_its_rejected_commands_logged_again(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);

	sdev->offline_already = true;
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_set_state(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_TRUE(test, sdev->offline_already);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_set_state(sdev, SDEV_OFFLINE), 0);
	KUNIT_EXPECT_FALSE(test, sdev->offline_already);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_set_state(sdev, SDEV_RUNNING), 0);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* As error handling does, for example, which does not kick the list: P9 of docs/hang-paths.md. */
static void a_command_that_came_back_to_a_stopped_queue_is_sent_with_its_start(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct request_queue *q = sdev->request_queue;
	struct request *rq = scl_kunit_command(test, sdev, 30);
	unsigned int sent = atomic_read(&sdev->iorequest_cnt);

	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	blk_mq_requeue_request(rq, false);
	KUNIT_EXPECT_FALSE(test, list_empty_careful(&q->requeue_list));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(list_empty_careful(&q->requeue_list)));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(atomic_read(&sdev->iorequest_cnt) > sent));
	blk_mq_kick_requeue_list(q);
	scl_disk_put(sdev);
}

/* A device whose release has begun is still listed, here as the last. */
static void an_iteration_passes_over_a_device_in_its_release(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test), *at = NULL;
	struct scsi_device *released = kunit_kzalloc(test, sizeof(*released), GFP_KERNEL);
	unsigned int references = kref_read(&sdev->sdev_gendev.kobj.kref);
	struct Scsi_Host *shost = sdev->host;
	bool met = false;
	int idx;

	KUNIT_ASSERT_NOT_NULL(test, released);
	released->host = shost;
	list_add_tail(&released->siblings, &shost->__devices);
	idx = srcu_read_lock(&scl_srcu);
	while ((at = scl_next_device(shost, at)) && at != released)
		met |= at == sdev;
	srcu_read_unlock(&scl_srcu, idx);
	list_del(&released->siblings);
	KUNIT_EXPECT_TRUE(test, met);
	KUNIT_EXPECT_NULL(test, at);
	KUNIT_EXPECT_EQ(test, kref_read(&sdev->sdev_gendev.kobj.kref), references);
	scl_disk_put(sdev);
}

static enum scl_event give_back_of(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	enum scl_event event = scl_sdev_event_to_give_back(scl_device_find(sdev), sdev);

	srcu_read_unlock(&scl_srcu, idx);
	return event;
}

static void a_wait_that_stock_has_not_is_given_back_as_stock_would_end_it(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	KUNIT_EXPECT_EQ(test, give_back_of(sdev), SCL_EVENT_NONE);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_BLOCK, 1 });
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_set_state(sdev, SDEV_CANCEL), 0);
	KUNIT_EXPECT_EQ(test, give_back_of(sdev), SCL_EVENT_DEADLINE);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_EQ(test, give_back_of(sdev), SCL_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_EQ(test, give_back_of(sdev), SCL_EVENT_UNBLOCK);
	/* Stock's own functions announce nothing. */
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 0 });
	KUNIT_EXPECT_EQ(test, give_back_of(sdev), SCL_EVENT_NONE);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_OFFLINE, 1 });
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_set_state(sdev, SDEV_CANCEL), 0);
	KUNIT_EXPECT_EQ(test, give_back_of(sdev), SCL_EVENT_NONE);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scl_disk_put(sdev);
}

/* How it came to wait is not known: stock may have left it waiting. */
static void a_wait_that_was_found_is_not_given_back(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);

	scl_disk_set(sdev, (struct scl_stock){ SDEV_BLOCK, 1 });
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_set_state(sdev, SDEV_CANCEL), 0);
	KUNIT_EXPECT_EQ(test, give_back_of(sdev), SCL_EVENT_DEADLINE);
	scl_forget(sdev);
	KUNIT_ASSERT_NOT_NULL(test, scl_begin_at(sdev, SCL_STAGE_IN_USE));
	KUNIT_EXPECT_EQ(test, give_back_of(sdev), SCL_EVENT_NONE);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_step_from_where_the_device_is_no_more_is_not_taken),
	KUNIT_CASE(a_wait_that_stock_has_not_is_given_back_as_stock_would_end_it),
	KUNIT_CASE(a_wait_that_was_found_is_not_given_back),
	KUNIT_CASE(what_no_hook_announced_is_recorded_before_the_step_that_follows),
	KUNIT_CASE(a_device_in_another_state_has_its_rejected_commands_logged_again),
	KUNIT_CASE(a_command_that_came_back_to_a_stopped_queue_is_sent_with_its_start),
	KUNIT_CASE(an_iteration_passes_over_a_device_in_its_release),
	{}
};

struct kunit_suite scl_state_suite = {
	.name = "scsi_lifecycle_state",
	.test_cases = cases,
};
