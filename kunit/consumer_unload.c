// SPDX-License-Identifier: GPL-2.0
//
// Consumers that are detached: late, while another caller detaches them, and with their module. All
// gone()s here are of the suites' module, for which the notifier is called as at its unload.
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/srcu.h>
#include <scsi/scsi_lifecycle.h>

#include "going.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "listener.h"
#include "suites.h"

#define LEFT_BEHIND "scsi_lifecycle_kunit left a consumer behind"

/* The minor of a released device is free. */
static void expect_free(struct kunit *test, unsigned int number)
{
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_number_is_free(number)));
}

static unsigned int number_of(struct kunit *test, struct scsi_device *sdev)
{
	struct scl_device *device = scl_kunit_device(test, sdev);
	unsigned int number = device->number;

	put_device(&device->dev);
	return number;
}

static void a_detach_long_after_another_is_refused(struct kunit *test)
{
	struct scl_listener *listener = scl_listener(test, NULL);
	struct scsi_device *sdev = scl_kunit_other(test);
	unsigned int number = number_of(test, sdev);

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), 0);
	scsi_remove_device(sdev);
	expect_free(test, number);
	/* Its memory as well: KASAN would see it. */
	srcu_barrier(&scl_srcu);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), -ENOENT);
	KUNIT_EXPECT_EQ(test, listener->calls, 0);
	scl_disk_put(sdev);
}

/* Its worker had begun, and the detach does not wait for it. */
static void a_call_that_comes_after_the_detach_calls_no_consumer(struct kunit *test)
{
	struct scl_listener *listener = scl_listener(test, NULL);
	struct scsi_device *sdev = scl_kunit_other(test);

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), 0);
	listener->consumer.work.func(&listener->consumer.work);
	KUNIT_EXPECT_EQ(test, listener->calls, 0);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* The device may still be found, and no consumer of it is called any more. */
static void an_attach_to_a_removed_device_is_refused(struct kunit *test)
{
	struct scl_listener *late = scl_listener(test, NULL);
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);

	WRITE_ONCE(device->sdev, NULL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(sdev, &late->consumer), -ENODEV);
	WRITE_ONCE(device->sdev, sdev);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&late->consumer), -ENOENT);
	put_device(&device->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void waits_and_leaves(struct scl_listener *listener)
{
	scl_listener_waits(listener);
	listener->errs[0] = scsi_lifecycle_detach(&listener->consumer);
}

/* A listener whose gone() has been called, and stays in the call. */
static struct scl_listener *
is_called(struct kunit *test, void (*inside)(struct scl_listener *listener),
	  struct scsi_device *sdev)
{
	struct scl_listener *listener = scl_listener(test, inside);

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	scsi_remove_device(sdev);
	KUNIT_ASSERT_TRUE(test, scl_listener_called(listener));
	scl_disk_put(sdev);
	return listener;
}

static void gone_cannot_detach_what_another_detaches(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	unsigned int number = number_of(test, sdev);
	struct scl_listener *listener = is_called(test, waits_and_leaves, sdev);
	struct scl_detacher detacher;

	scl_detacher_begin(test, &detacher, listener);
	/* It waits for the call under way. */
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&detacher.done, HZ / 2), 0UL);
	complete(&listener->leave);
	KUNIT_ASSERT_TRUE(test, scl_detacher_ends(&detacher));
	KUNIT_EXPECT_EQ(test, detacher.err, 0);
	KUNIT_EXPECT_EQ(test, listener->errs[0], -ENOENT);
	expect_free(test, number);
}

static void leaves_and_waits(struct scl_listener *listener)
{
	listener->errs[0] = scsi_lifecycle_detach(&listener->consumer);
	/* For longer than the notifier waits. */
	listener->ok = wait_for_completion_timeout(&listener->leave, 120 * HZ);
	/* -ENODEV once its module's exit has run. */
	listener->errs[1] = scsi_lifecycle_attach(listener->next, &listener->consumer);
}

static void the_unload_waits_for_a_gone_that_detached_itself_and_cannot_attach(struct kunit *test)
{
	struct scl_listener *listener, *late = scl_listener(test, NULL);
	struct scsi_device *next = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark();
	struct scl_closing closing;

	listener = is_called(test, leaves_and_waits, scl_kunit_other(test));
	listener->next = next;
	scl_closing_begin(test, &closing, THIS_MODULE);
	/* Each ten seconds. */
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&closing.done, 108 * HZ), 0UL);
	scl_expect_logged(test, &log, 10U,
			  "the unload of scsi_lifecycle_kunit waits for its gone() to return");
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(next, &late->consumer), -ENODEV);
	complete(&listener->leave);
	/* At once, and not when the next log line is due. */
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&closing.done, 6 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, listener->returns, 1);
	KUNIT_EXPECT_EQ(test, listener->errs[0], 0);
	KUNIT_EXPECT_EQ(test, listener->errs[1], -ENODEV);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(next, &late->consumer), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&late->consumer), 0);
	scl_disk_put(next);
}

/* scripts/kunit expects these consumers. */
static void consumers_that_a_module_forgot_are_detached_when_it_is_unloaded(struct kunit *test)
{
	struct scl_listener *first = scl_listener(test, NULL), *second = scl_listener(test, NULL);
	struct scsi_device *sdev = scl_kunit_other(test), *other = scl_kunit_disk(test);
	unsigned int numbers[] = { number_of(test, sdev), number_of(test, other) };
	struct kmsg_dump_iter log = scl_log_mark();
	struct scl_closing closing;

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &first->consumer), 0);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(other, &second->consumer), 0);
	scl_closing_begin(test, &closing, THIS_MODULE);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&closing.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, LEFT_BEHIND), 2U);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&first->consumer), -ENOENT);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&second->consumer), -ENOENT);
	scsi_remove_device(sdev);
	scsi_remove_device(other);
	expect_free(test, numbers[0]);
	expect_free(test, numbers[1]);
	KUNIT_EXPECT_EQ(test, first->calls + second->calls, 0);
	scl_disk_put(other);
	scl_disk_put(sdev);
}

/* The module's exit waits for the call, and the notifier with it. */
static void a_consumer_that_is_being_detached_is_not_said_to_be_forgotten(struct kunit *test)
{
	struct scl_listener *listener = is_called(test, scl_listener_waits, scl_kunit_other(test));
	struct kmsg_dump_iter log = scl_log_mark();
	struct scl_detacher detacher;
	struct scl_closing closing;

	scl_detacher_begin(test, &detacher, listener);
	/* It waits for the call under way. */
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&detacher.done, HZ / 2), 0UL);
	scl_closing_begin(test, &closing, THIS_MODULE);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&closing.done, HZ / 2), 0UL);
	complete(&listener->leave);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&closing.done, 20 * HZ), 0UL);
	KUNIT_ASSERT_TRUE(test, scl_detacher_ends(&detacher));
	KUNIT_EXPECT_EQ(test, detacher.err, 0);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, LEFT_BEHIND), 0U);
}

static void the_unload_of_a_module_leaves_the_consumers_of_others_alone(struct kunit *test)
{
	struct scl_listener *listener = scl_listener(test, NULL);
	struct module *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_closing closing;

	KUNIT_ASSERT_NOT_NULL(test, other);
	strscpy(other->name, "other", sizeof(other->name));
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	scl_closing_begin(test, &closing, other);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&closing.done, 20 * HZ), 0UL);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_listener_called(listener));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), 0);
	scl_disk_put(sdev);
}

#define MANY 8

static void eight_consumers_that_wait_hold_up_no_other_consumer(struct kunit *test)
{
	struct scl_listener *waits[MANY], *last = scl_listener(test, NULL);
	struct scsi_device *sdev = scl_kunit_other(test);
	int i;

	for (i = 0; i < MANY; i++) {
		waits[i] = scl_listener(test, scl_listener_waits);
		KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &waits[i]->consumer), 0);
	}
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &last->consumer), 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&last->called, 10 * HZ), 0UL);
	for (i = 0; i < MANY; i++)
		complete(&waits[i]->leave);
	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&waits[i]->consumer), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&last->consumer), 0);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_detach_long_after_another_is_refused),
	KUNIT_CASE(a_call_that_comes_after_the_detach_calls_no_consumer),
	KUNIT_CASE(an_attach_to_a_removed_device_is_refused),
	KUNIT_CASE(gone_cannot_detach_what_another_detaches),
	KUNIT_CASE(the_unload_waits_for_a_gone_that_detached_itself_and_cannot_attach),
	KUNIT_CASE(consumers_that_a_module_forgot_are_detached_when_it_is_unloaded),
	KUNIT_CASE(a_consumer_that_is_being_detached_is_not_said_to_be_forgotten),
	KUNIT_CASE(the_unload_of_a_module_leaves_the_consumers_of_others_alone),
	KUNIT_CASE(eight_consumers_that_wait_hold_up_no_other_consumer),
	{}
};

struct kunit_suite scl_consumer_unload_suite = {
	.name = "scsi_lifecycle_consumer_unload",
	.test_cases = cases,
};
