// SPDX-License-Identifier: GPL-2.0
//
// Consumers are called once each when a device is removed: when, in what context; how they detach.
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <scsi/scsi_lifecycle.h>

#include "kunit_disk.h"
#include "kunit_device.h"
#include "listener.h"
#include "suites.h"

static void gone_is_called_once_when_the_removal_is_complete(struct kunit *test)
{
	struct scl_listener *listener = scl_listener(test, NULL);
	struct scsi_device *sdev = scl_kunit_disk(test);

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&listener->called));
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_listener_called(listener));
	KUNIT_EXPECT_EQ(test, listener->last.type, (u8)SCSI_LIFECYCLE_REC_GONE);
	KUNIT_EXPECT_EQ(test, listener->last.to, (u8)SCSI_LIFECYCLE_STATE_DEL);
	KUNIT_EXPECT_EQ(test, listener->last.flush, (u8)SCSI_LIFECYCLE_FLUSH_COMPLETED);
	/* The detach waits for all calls under way. */
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), 0);
	KUNIT_EXPECT_EQ(test, listener->calls, 1);
	scl_disk_put(sdev);
}

static void a_consumer_that_was_detached_before_the_removal_is_not_called(struct kunit *test)
{
	struct scl_listener *left = scl_listener(test, NULL), *stayed = scl_listener(test, NULL);
	struct scsi_device *sdev = scl_kunit_other(test);

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &left->consumer), 0);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &stayed->consumer), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&left->consumer), 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_listener_called(stayed));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&left->consumer), -ENOENT);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&stayed->consumer), 0);
	KUNIT_EXPECT_EQ(test, left->calls, 0);
	scl_disk_put(sdev);
}

static void attach_and_detach_refuse_what_they_have_to(struct kunit *test)
{
	struct scl_listener *listener = scl_listener(test, NULL), *late = scl_listener(test, NULL);
	struct scsi_device *sdev = scl_kunit_other(test), *other = scl_kunit_disk(test);
	struct scsi_lifecycle_consumer *deaf = kunit_kzalloc(test, sizeof(*deaf), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, deaf);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(NULL, &listener->consumer), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(sdev, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(sdev, deaf), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(NULL), -ENOENT);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), -ENOENT);

	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), -EBUSY);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(other, &listener->consumer), -EBUSY);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_listener_called(listener));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(other, &listener->consumer), -EBUSY);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(sdev, &late->consumer), -ENODEV);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&late->consumer), -ENOENT);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), -ENOENT);
	KUNIT_EXPECT_EQ(test, late->calls, 0);
	scl_disk_put(other);
	scl_disk_put(sdev);
}

/* A consumer that gone() frees before it returns. */
struct mortal {
	struct scsi_lifecycle_consumer consumer;
	struct scl_listener *heir;
};

static void frees_itself(struct scsi_lifecycle_consumer *consumer,
			 const struct scsi_lifecycle_record *last)
{
	struct mortal *mortal = container_of(consumer, struct mortal, consumer);
	struct scl_listener *heir = mortal->heir;

	heir->calls++;
	heir->errs[0] = scsi_lifecycle_detach(consumer);
	if (heir->next) {
		heir->errs[1] = scsi_lifecycle_attach(heir->next, consumer);
		complete(&heir->called);
		scl_listener_waits(heir);
		heir->errs[1] |= scsi_lifecycle_detach(consumer);
	}
	heir->errs[2] = scsi_lifecycle_detach(consumer);
	kfree(mortal);
	complete(&heir->called);
	WRITE_ONCE(heir->returns, heir->returns + 1);
}

static struct scl_listener *attach_mortal(struct kunit *test, struct scsi_device *sdev)
{
	struct mortal *mortal = kzalloc(sizeof(*mortal), GFP_KERNEL);
	struct scl_listener *heir = scl_listener(test, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mortal);
	*mortal = (struct mortal){ .consumer.gone = frees_itself, .heir = heir };
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &mortal->consumer), 0);
	return heir;
}

static void expect_death(struct kunit *test, struct scl_listener *heir, struct scl_device *device)
{
	KUNIT_ASSERT_TRUE(test, scl_listener_called(heir));
	KUNIT_EXPECT_EQ(test, heir->errs[0], 0);
	KUNIT_EXPECT_EQ(test, heir->errs[1], 0);
	KUNIT_EXPECT_EQ(test, heir->errs[2], -ENOENT);
	KUNIT_EXPECT_EQ(test, heir->calls, 1);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_references(device) == 1));
	put_device(&device->dev);
}

static void gone_may_detach_itself_and_free_its_memory(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	struct scl_listener *heir = attach_mortal(test, sdev);

	scsi_remove_device(sdev);
	expect_death(test, heir, device);
	scl_disk_put(sdev);
}

/* The next device's call is queued behind the one whose gone() detaches that consumer: no wait. */
static void gone_may_take_back_the_next_call(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test), *next = scl_kunit_disk(test);
	struct scl_device *device = scl_kunit_device(test, next);
	struct scl_listener *heir = attach_mortal(test, sdev);

	heir->next = next;
	scsi_remove_device(sdev);
	KUNIT_ASSERT_TRUE(test, scl_listener_called(heir));
	scsi_remove_device(next);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	complete(&heir->leave);
	expect_death(test, heir, device);
	scl_disk_put(next);
	scl_disk_put(sdev);
}

static void moves_on(struct scl_listener *listener)
{
	if (listener->calls > 1)
		return;
	listener->errs[0] = scsi_lifecycle_detach(&listener->consumer);
	listener->errs[1] = scsi_lifecycle_attach(listener->next, &listener->consumer);
	scl_listener_waits(listener);
}

static void detach_meets_a_call(struct kunit *test, void (*inside)(struct scl_listener *listener))
{
	struct scl_listener *listener = scl_listener(test, inside);
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_detacher detacher;

	listener->next = scl_kunit_disk(test);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	scsi_remove_device(sdev);
	KUNIT_ASSERT_TRUE(test, scl_listener_called(listener));
	KUNIT_ASSERT_TRUE(test, scl_comes_true(READ_ONCE(listener->consumer.device)));
	scl_detacher_begin(test, &detacher, listener);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&detacher.done, HZ / 2), 0UL);
	complete(&listener->leave);
	KUNIT_ASSERT_TRUE(test, scl_detacher_ends(&detacher));
	KUNIT_EXPECT_EQ(test, detacher.err, 0);
	KUNIT_EXPECT_EQ(test, detacher.returns, 1);
	scl_disk_put(listener->next);
	scl_disk_put(sdev);
}

static void a_detach_waits_for_the_call_under_way(struct kunit *test)
{
	detach_meets_a_call(test, scl_listener_waits);
	/* Its gone() attached it anew. */
	detach_meets_a_call(test, moves_on);
}

/* @called: its gone() is called meanwhile. */
static void two_detach(struct kunit *test, bool called)
{
	struct scl_listener *listener = scl_listener(test, scl_listener_waits);
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_detacher detachers[2];
	int i;

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	if (called) {
		scsi_remove_device(sdev);
		KUNIT_ASSERT_TRUE(test, scl_listener_called(listener));
	}
	for (i = 0; i < 2; i++)
		scl_detacher_begin(test, &detachers[i], listener);
	/* The detach that is refused does not wait. */
	KUNIT_EXPECT_TRUE(test, scl_comes_true(completion_done(&detachers[0].done) ||
					       completion_done(&detachers[1].done)));
	complete(&listener->leave);
	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_TRUE(test, scl_detacher_ends(&detachers[i]));
	KUNIT_EXPECT_EQ(test, min(detachers[0].err, detachers[1].err), -ENOENT);
	KUNIT_EXPECT_EQ(test, max(detachers[0].err, detachers[1].err), 0);
	KUNIT_EXPECT_EQ(test, listener->calls, (int)called);
	scl_disk_put(sdev);
}

static void of_two_detaches_of_a_consumer_exactly_one_succeeds(struct kunit *test)
{
	two_detach(test, false);
	two_detach(test, true);
}

/* The second device is removed during the first call: one call at a time, and none is lost. */
static void gone_may_detach_itself_and_attach_anew(struct kunit *test)
{
	struct scl_listener *listener = scl_listener(test, moves_on);
	struct scsi_device *sdev = scl_kunit_other(test);

	listener->next = scl_kunit_disk(test);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	scsi_remove_device(sdev);
	KUNIT_ASSERT_TRUE(test, scl_listener_called(listener));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(listener->consumer.device)));
	scsi_remove_device(listener->next);
	KUNIT_EXPECT_EQ(test, listener->calls, 1);
	complete(&listener->leave);
	KUNIT_EXPECT_TRUE(test, scl_listener_called(listener));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), 0);
	KUNIT_EXPECT_EQ(test, listener->calls, 2);
	KUNIT_EXPECT_EQ(test, listener->errs[0], 0);
	KUNIT_EXPECT_EQ(test, listener->errs[1], 0);
	scl_disk_put(listener->next);
	scl_disk_put(sdev);
}

struct depth {
	struct work_struct work;
	int locks;
};

static void measure(struct work_struct *work)
{
	container_of(work, struct depth, work)->locks = lockdep_depth(current);
}

static void checks_context(struct scl_listener *listener)
{
	listener->ok = current_work() == &listener->consumer.work && in_task() &&
		       !irqs_disabled() && !srcu_read_lock_held(&scl_srcu);
	listener->errs[0] = lockdep_depth(current);
}

/* A worker holds two of lockdep's locks by itself. */
static void gone_is_called_by_a_worker_without_locks(struct kunit *test)
{
	struct scl_listener *listener = scl_listener(test, checks_context);
	struct depth *depth = kunit_kzalloc(test, sizeof(*depth), GFP_KERNEL);
	struct scsi_device *sdev = scl_kunit_other(test);

	KUNIT_ASSERT_NOT_NULL(test, depth);
	INIT_WORK(&depth->work, measure);
	queue_work(system_unbound_wq, &depth->work);
	flush_work(&depth->work);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	scsi_remove_device(sdev);
	KUNIT_ASSERT_TRUE(test, scl_listener_called(listener));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), 0);
	KUNIT_EXPECT_TRUE(test, listener->ok);
	KUNIT_EXPECT_EQ(test, listener->errs[0], depth->locks);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(gone_is_called_once_when_the_removal_is_complete),
	KUNIT_CASE(a_consumer_that_was_detached_before_the_removal_is_not_called),
	KUNIT_CASE(attach_and_detach_refuse_what_they_have_to),
	KUNIT_CASE(gone_may_detach_itself_and_free_its_memory),
	KUNIT_CASE(a_detach_waits_for_the_call_under_way),
	KUNIT_CASE(of_two_detaches_of_a_consumer_exactly_one_succeeds),
	KUNIT_CASE(gone_may_detach_itself_and_attach_anew),
	KUNIT_CASE(gone_may_take_back_the_next_call),
	KUNIT_CASE(gone_is_called_by_a_worker_without_locks),
	{}
};

struct kunit_suite scl_consumer_suite = {
	.name = "scsi_lifecycle_consumer",
	.test_cases = cases,
};
