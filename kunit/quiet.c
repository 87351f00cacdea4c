// SPDX-License-Identifier: GPL-2.0
//
// What the spare queue leaves alone: where it is not added, and how it is given back without
// keeping a device waiting. See spare.c.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/kthread.h>
#include <scsi/scsi_host.h>

#include "compat.h"
#include "going.h"
#include "keeper.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "pair.h"
#include "removal.h"
#include "rooms.h"
#include "suites.h"

static unsigned int freezes(struct scsi_device *sdev)
{
	return READ_ONCE(sdev->request_queue->mq_freeze_depth);
}

/* The queue does not come to rest while this is there, though it is frozen now and then. */
static bool comes_to_be_asked(struct scsi_device *sdev)
{
	return scl_comes_true(freezes(sdev));
}

static bool comes_to_be_left(struct scsi_device *sdev)
{
	return scl_comes_true(!freezes(sdev));
}

static void the_removed_devices_own_commands_call_for_none(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);
	struct request *rq = scl_pair_command(test, pair.other);
	struct scl_removal removal;

	scl_removal_begin(test, &removal, pair.other);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(pair.other->sdev_state) == SDEV_DEL));
	KUNIT_EXPECT_FALSE(test, scl_pair_stands_in(&pair));
	blk_mq_free_request(rq);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	scl_disk_put(pair.other);
	scsi_remove_device(pair.disk);
	scl_disk_put(pair.disk);
}

/* As of a command that the LLD has, and that is not waiting to be sent. */
static void what_the_lld_has_of_the_other_device_calls_for_one(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);
	int token = sbitmap_get(&pair.other->budget_map);

	KUNIT_EXPECT_GE(test, token, 0);
	scl_pair_remove_disk(test, &pair);
	sbitmap_put(&pair.other->budget_map, token);
	scl_pair_remove_other(&pair);
}

/* The set is shared without it. */
static void no_queue_stands_in_where_two_others_stay(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);
	struct request_queue *third = scl_queue_alloc(&pair.host->shost->tag_set);

	KUNIT_ASSERT_FALSE(test, IS_ERR(third));
	scl_pair_block(test, pair.other);
	scsi_remove_device(pair.disk);
	scl_disk_put(pair.disk);
	KUNIT_EXPECT_FALSE(test, scl_pair_stands_in(&pair));
	scl_pair_unblock(test, pair.other);
	blk_mq_destroy_queue(third);
	blk_put_queue(third);
	scl_pair_remove_other(&pair);
}

static void no_queue_stands_in_on_a_host_that_goes(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);
	struct module *was;

	scl_pair_block(test, pair.other);
	was = scl_set_lld(pair.host->shost, scl_going());
	scsi_remove_device(pair.disk);
	WRITE_ONCE(pair.host->lld, was);
	scl_disk_put(pair.disk);
	KUNIT_EXPECT_FALSE(test, scl_pair_stands_in(&pair));
	scl_pair_unblock(test, pair.other);
	scl_pair_remove_other(&pair);
}

static void the_queue_that_stands_in_goes_with_the_last_device_of_a_dying_host(struct kunit *test)
{
	struct scl_pair pair = scl_pair_quiet(test);
	struct module *was = scl_set_lld(pair.host->shost, scl_going());

	scl_pair_remove_other(&pair);
	WRITE_ONCE(pair.host->lld, was);
	KUNIT_EXPECT_FALSE(test, scl_pair_stands_in(&pair));
}

static void on_a_host_that_is_not_remembered_removals_go_on(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);
	struct Scsi_Host *shost = pair.host->shost;

	scl_host_forget(shost);
	scsi_remove_device(pair.disk);
	KUNIT_EXPECT_EQ(test, READ_ONCE(pair.disk->sdev_state), SDEV_DEL);
	scsi_remove_device(pair.other);
	KUNIT_EXPECT_EQ(test, READ_ONCE(pair.other->sdev_state), SDEV_DEL);
	KUNIT_EXPECT_EQ(test, scl_in_section(scl_host_remember(shost)), 0);
	scl_disk_put(pair.other);
	scl_disk_put(pair.disk);
}

static int removed(void *data)
{
	struct scl_removal *removal = data;

	scl_spare_removed(removal->sdev);
	complete(&removal->done);
	return 0;
}

/* Its holder waits for a device, and the end of a removal holds a mutex that all devices need. */
static void the_end_of_a_removal_does_not_wait_for_the_tag_set(struct kunit *test)
{
	struct scl_pair pair = scl_pair_quiet(test);
	struct scl_removal removal = { .sdev = pair.other };
	struct scl_keeper keeper;
	bool in_time;

	init_completion(&removal.done);
	scl_keeper_begin(test, &keeper, &pair.host->shost->tag_set.tag_list_lock);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(removed, &removal, "removed")));
	in_time = wait_for_completion_timeout(&removal.done, 20 * HZ);
	KUNIT_EXPECT_TRUE(test, in_time);
	scl_keeper_end(&keeper);
	if (!in_time)
		wait_for_completion(&removal.done);
	KUNIT_EXPECT_TRUE(test, scl_pair_stands_in(&pair));
	scl_pair_remove_other(&pair);
}

static void the_queue_that_stands_in_stays_while_another_comes_or_goes(struct kunit *test)
{
	struct scl_pair pair = scl_pair_quiet(test);
	struct scl_keeper keeper;
	bool free;

	scl_keeper_begin(test, &keeper, &pair.host->shost->tag_set.tag_list_lock);
	KUNIT_EXPECT_TRUE(test, scl_pair_stays_for(&pair, 2 * SCL_QUIET_MS));
	/* The holder of that lock may need this one. */
	free = scl_comes_true(mutex_trylock(&pair.host->shost->scan_mutex));
	KUNIT_EXPECT_TRUE(test, free);
	if (free)
		mutex_unlock(&pair.host->shost->scan_mutex);
	scl_keeper_end(&keeper);
	/* At the next poll, and no later. */
	KUNIT_EXPECT_FALSE(test, scl_pair_stays_for(&pair, SCL_QUIET_MS / 2));
	scl_pair_remove_other(&pair);
}

static void where_two_other_queues_are_left_neither_has_to_rest(struct kunit *test)
{
	struct scl_pair pair = scl_pair_quiet(test);
	struct request *rq;

	pair.disk = scl_kunit_disk(test);
	rq = scl_pair_command(test, pair.disk);
	KUNIT_EXPECT_FALSE(test, scl_pair_stays_for(&pair, SCL_LONG_MS));
	blk_mq_free_request(rq);
	scsi_remove_device(pair.disk);
	scl_disk_put(pair.disk);
	scl_pair_remove_other(&pair);
}

static void a_path_that_is_lost_while_its_queue_comes_to_rest_keeps_it(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);
	struct request *rq = scl_pair_command(test, pair.other);

	scl_pair_remove_disk(test, &pair);
	KUNIT_EXPECT_TRUE(test, comes_to_be_asked(pair.other));
	scl_pair_block(test, pair.other);
	blk_mq_free_request(rq);
	KUNIT_EXPECT_TRUE(test, scl_pair_stays_for(&pair, 2000));
	KUNIT_EXPECT_EQ(test, freezes(pair.other), 0U);
	scl_pair_unblock(test, pair.other);
	KUNIT_EXPECT_FALSE(test, scl_pair_stays_for(&pair, SCL_LONG_MS));
	/* And without the spare queue the other device is as it was. */
	KUNIT_EXPECT_EQ(test, freezes(pair.other), 0U);
	scl_pair_remove_other(&pair);
}

/*
 * A command that it sends meanwhile waits for 200 ms. (The shortest of several times: UML's clock
 * runs on while the machine is busy.)
 */
static void a_device_in_use_is_kept_waiting_for_a_moment(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);
	struct request *rq = scl_pair_command(test, pair.other);
	unsigned long most = msecs_to_jiffies(400), shortest = ULONG_MAX, began;
	bool asked = true;
	scl_ms until;
	int turn;

	scl_pair_remove_disk(test, &pair);
	for (turn = 0; turn < 4 && asked && shortest > most; turn++) {
		/* Each time twice as long passes. */
		until = scl_now() + 2 * (SCL_QUIET_MS << turn);
		while (!(asked = freezes(pair.other)) && scl_now() < until)
			schedule_timeout_uninterruptible(1);
		KUNIT_EXPECT_TRUE(test, asked);
		began = jiffies;
		KUNIT_EXPECT_TRUE(test, comes_to_be_left(pair.other));
		shortest = min(shortest, jiffies - began);
	}
	KUNIT_EXPECT_LE(test, shortest, most);
	blk_mq_free_request(rq);
	scl_pair_remove_other(&pair);
}

/* As the worker has left it: it holds the lock for longer than the device waits. */
static int doublings(struct scl_spare *spare)
{
	int value;

	mutex_lock(&spare->lock);
	value = spare->doublings;
	mutex_unlock(&spare->lock);
	return value;
}

static void a_queue_that_does_not_rest_is_left_alone_for_640_seconds_at_most(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);
	struct request *rq = scl_pair_command(test, pair.other);
	struct scl_spare *spare = &pair.host->spare;

	scl_pair_remove_disk(test, &pair);
	WRITE_ONCE(spare->doublings, 6);
	WRITE_ONCE(spare->quiet_since, scl_now() - (SCL_QUIET_MS << 6));
	KUNIT_EXPECT_TRUE(test, comes_to_be_asked(pair.other));
	KUNIT_EXPECT_TRUE(test, comes_to_be_left(pair.other));
	KUNIT_EXPECT_EQ(test, doublings(spare), 6);
	blk_mq_free_request(rq);
	scl_pair_remove_other(&pair);
}

/* As a worker that decided before things changed. */
static void work_late(struct kunit *test, struct scl_pair *pair)
{
	struct scl_spare *spare = &pair->host->spare;
	unsigned int flags = current->flags;

	WRITE_ONCE(spare->doublings, 0);
	spare->give_back.func(&spare->give_back);
	/* The worker did not freeze the device's queue, which would not come to rest. */
	KUNIT_EXPECT_EQ(test, doublings(spare), 0);
	KUNIT_EXPECT_EQ(test, current->flags, flags);
}

static void a_work_that_comes_too_late_leaves_the_other_device_alone(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);
	struct request *rq;
	struct module *was;

	/* There is no queue to give back. */
	scsi_remove_device(pair.disk);
	scl_disk_put(pair.disk);
	rq = scl_pair_command(test, pair.other);
	work_late(test, &pair);
	KUNIT_EXPECT_FALSE(test, scl_pair_stands_in(&pair));
	blk_mq_free_request(rq);
	/* The device is blocked again. */
	pair.disk = scl_kunit_disk(test);
	rq = scl_pair_command(test, pair.other);
	scl_pair_block(test, pair.other);
	scl_pair_remove_disk(test, &pair);
	work_late(test, &pair);
	KUNIT_EXPECT_TRUE(test, scl_pair_stands_in(&pair));
	scl_pair_unblock(test, pair.other);
	/* The host is removed, and its last removal gives the queue back. */
	was = scl_set_lld(pair.host->shost, scl_going());
	work_late(test, &pair);
	WRITE_ONCE(pair.host->lld, was);
	KUNIT_EXPECT_TRUE(test, scl_pair_stands_in(&pair));
	blk_mq_free_request(rq);
	scl_pair_remove_other(&pair);
}

/* A queue's number may be reused once it is freed. */
static int highest_number(struct kunit *test)
{
	struct scl_pair pair = scl_pair(test);
	int highest = max(pair.disk->request_queue->id, pair.other->request_queue->id);
	struct request_queue *spare;

	scl_pair_block(test, pair.other);
	scl_pair_remove_disk(test, &pair);
	spare = READ_ONCE(pair.host->spare.queue);
	if (spare)
		highest = max(highest, spare->id);
	scl_pair_unblock(test, pair.other);
	KUNIT_EXPECT_FALSE(test, scl_pair_stays_for(&pair, SCL_LONG_MS));
	scl_pair_remove_other(&pair);
	return highest;
}

static void all_queues_are_freed(struct kunit *test)
{
	int highest = highest_number(test);

	KUNIT_EXPECT_LE(test, highest_number(test), highest);
	KUNIT_EXPECT_LE(test, highest_number(test), highest);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_removed_devices_own_commands_call_for_none),
	KUNIT_CASE(what_the_lld_has_of_the_other_device_calls_for_one),
	KUNIT_CASE(no_queue_stands_in_where_two_others_stay),
	KUNIT_CASE(no_queue_stands_in_on_a_host_that_goes),
	KUNIT_CASE(the_queue_that_stands_in_goes_with_the_last_device_of_a_dying_host),
	KUNIT_CASE(on_a_host_that_is_not_remembered_removals_go_on),
	KUNIT_CASE(the_end_of_a_removal_does_not_wait_for_the_tag_set),
	KUNIT_CASE(the_queue_that_stands_in_stays_while_another_comes_or_goes),
	KUNIT_CASE(where_two_other_queues_are_left_neither_has_to_rest),
	KUNIT_CASE(a_path_that_is_lost_while_its_queue_comes_to_rest_keeps_it),
	KUNIT_CASE(a_device_in_use_is_kept_waiting_for_a_moment),
	KUNIT_CASE(a_queue_that_does_not_rest_is_left_alone_for_640_seconds_at_most),
	KUNIT_CASE(a_work_that_comes_too_late_leaves_the_other_device_alone),
	KUNIT_CASE(all_queues_are_freed),
	{}
};

struct kunit_suite scl_quiet_suite = {
	.name = "scsi_lifecycle_quiet",
	.test_cases = cases,
};
