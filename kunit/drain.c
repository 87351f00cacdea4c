// SPDX-License-Identifier: GPL-2.0
//
// Consumers while the device is removed: the object that they refer to stays, for consumers that
// are attached, for consumers that are called, and for consumers that attach in between. And none
// can attach once the removal is complete.
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "listener.h"
#include "removal.h"
#include "suites.h"

/* Reads the fields of the device: KASAN checks that it is there. */
static bool is_intact(struct scsi_lifecycle_consumer *consumer)
{
	struct scl_device *device = consumer->device;
	struct scsi_lifecycle_record last;

	spin_lock_irq(&device->lock);
	last = device->history.last;
	spin_unlock_irq(&device->lock);
	return last.type == SCSI_LIFECYCLE_REC_GONE && !scl_number_is_free(device->number);
}

static void tastes(struct scl_listener *listener)
{
	listener->errs[0] = is_intact(&listener->consumer);
	scl_listener_waits(listener);
	listener->errs[1] = is_intact(&listener->consumer);
}

/*
 * FreeBSD CAM and GEOM: a periph's instance was freed when its device was removed, while the layer
 * above still tasted it, from a thread that slept.
 */
static void a_device_is_kept_as_long_as_a_consumer_is_attached(struct kunit *test)
{
	struct scl_listener *listener = scl_listener(test, tastes);
	struct scsi_device *sdev = scl_kunit_other(test), *next;
	struct scl_device *device = scl_kunit_device(test, sdev);
	unsigned int number = device->number;

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	scsi_remove_device(sdev);
	KUNIT_ASSERT_TRUE(test, scl_listener_called(listener));
	/* The consumer's reference, and the test's, which is dropped. */
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_references(device) == 2));
	put_device(&device->dev);
	scl_disk_put(sdev);
	next = scl_kunit_other(test);
	KUNIT_EXPECT_FALSE(test, scl_number_is_free(number));
	complete(&listener->leave);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(listener->returns)));
	KUNIT_EXPECT_TRUE(test, listener->errs[0] && listener->errs[1]);
	/* It was called, and stays until it is detached. */
	KUNIT_EXPECT_TRUE(test, is_intact(&listener->consumer));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_number_is_free(number)));
	scl_disk_put(next);
}

/* The same for a consumer that attaches while the device is removed. */
static void a_consumer_that_attaches_during_the_removal_is_called(struct kunit *test)
{
	struct scl_listener *listener = scl_listener(test, tastes);
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_removal removal;

	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_CANCEL));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&listener->called));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	scl_disk_put(sdev);
	KUNIT_EXPECT_TRUE(test, scl_listener_called(listener));
	complete(&listener->leave);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), 0);
	KUNIT_EXPECT_EQ(test, listener->calls, 1);
	KUNIT_EXPECT_TRUE(test, listener->errs[0] && listener->errs[1]);
}

#define THREADS 4
#define KEPT 3

/* What one guest got, with a device that is known to be valid. */
struct guest {
	struct scsi_device *sdev;
	struct completion done;
	struct scl_listener *kept[KEPT];	/* attached, and left so */
	struct file *file;
	int got_in, refused, late, odd;
};

static bool closed;			/* the device is removed */
static bool enough;

static struct scl_listener *new_listener(struct guest *guest)
{
	struct scl_listener *listener = kzalloc(sizeof(*listener), GFP_KERNEL);

	if (!listener)
		guest->odd++;
	return listener;
}

static void note_call(struct scsi_lifecycle_consumer *consumer,
		      const struct scsi_lifecycle_record *last)
{
	struct scl_listener *listener = container_of(consumer, struct scl_listener, consumer);

	listener->ok = is_intact(consumer);
	WRITE_ONCE(listener->calls, listener->calls + 1);
}

static void count(struct guest *guest, bool was_closed, int err)
{
	guest->got_in += !err;
	guest->refused += !!err;
	guest->late += was_closed && !err;
	guest->odd += err && err != -ENODEV && err != -ENXIO && err != -ENOENT;
}

/* Every second one detaches at once. The last ones that attached stay. */
static void attach_once(struct guest *guest, int turn)
{
	struct scl_listener *listener = new_listener(guest), **place = &guest->kept[turn % KEPT];
	bool was_closed = READ_ONCE(closed);
	int err;

	if (!listener)
		return;
	listener->consumer.gone = note_call;
	err = scsi_lifecycle_attach(guest->sdev, &listener->consumer);
	count(guest, was_closed, err);
	if (err) {
		kfree(listener);
		return;
	}
	if (turn & 1)
		swap(*place, listener);
	if (!listener)
		return;
	cond_resched();
	guest->odd += scsi_lifecycle_detach(&listener->consumer) != 0;
	guest->odd += listener->calls > 1;
	kfree(listener);
}

/* Opens by the node's name, which may be removed, or by its inode, which an open file keeps. */
static void open_once(struct guest *guest, int turn)
{
	bool was_closed = READ_ONCE(closed);
	struct file *file = turn & 1 && guest->file ? scl_file_reopen(guest->file) :
						      scl_file_open(guest->sdev, 0);

	count(guest, was_closed, PTR_ERR_OR_ZERO(file));
	if (IS_ERR(file))
		return;
	swap(file, guest->file);
	if (file)
		scl_file_close(file);
}

static int use(void *data)
{
	struct guest *guest = data;
	int turn;

	for (turn = 0; !READ_ONCE(enough); turn++) {
		attach_once(guest, turn);
		cond_resched();
		open_once(guest, turn);
		cond_resched();
	}
	complete(&guest->done);
	return 0;
}

static void close_file(struct kunit *test, struct guest *guest, unsigned int number)
{
	if (!guest->file)
		return;
	KUNIT_EXPECT_FALSE(test, scl_number_is_free(number));
	scl_file_close(guest->file);
}

/* A consumer that is still attached was called, once, and finds the device unchanged. */
static void expect_called(struct kunit *test, struct guest *guest, unsigned int number)
{
	int i;

	for (i = 0; i < KEPT; i++) {
		struct scl_listener *kept = guest->kept[i];

		if (!kept)
			continue;
		KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(kept->calls)));
		KUNIT_EXPECT_FALSE(test, scl_number_is_free(number));
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&kept->consumer), 0);
		KUNIT_EXPECT_EQ(test, kept->calls, 1);
		KUNIT_EXPECT_TRUE(test, kept->ok);
		kfree(kept);
	}
}

static void drain(struct kunit *test, struct guest *guests)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	unsigned int number = device->number;
	int i;

	put_device(&device->dev);
	closed = false;
	enough = false;
	for (i = 0; i < THREADS; i++) {
		guests[i] = (struct guest){ .sdev = sdev };
		init_completion(&guests[i].done);
		KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(use, &guests[i], "guest")));
	}
	for (i = 0; i < THREADS; i++)
		KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(guests[i].got_in) > 4 * KEPT));
	scsi_remove_device(sdev);
	WRITE_ONCE(closed, true);
	for (i = 0; i < THREADS; i++) {
		int refused = READ_ONCE(guests[i].refused);

		KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(guests[i].refused) > refused + 4));
	}
	WRITE_ONCE(enough, true);
	for (i = 0; i < THREADS; i++)
		KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&guests[i].done, 20 * HZ), 0UL);
	for (i = 0; i < THREADS; i++) {
		KUNIT_EXPECT_EQ(test, guests[i].late, 0);
		KUNIT_EXPECT_EQ(test, guests[i].odd, 0);
		close_file(test, &guests[i], number);
	}
	/* The device stays until the last consumer is detached, and these are the last. */
	for (i = 0; i < THREADS; i++)
		expect_called(test, &guests[i], number);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_number_is_free(number)));
	scl_disk_put(sdev);
}

/*
 * NetBSD, where a driver's detach has to do it itself: no new users, drain the old ones, then free.
 * Each of the three was forgotten in some driver.
 */
static void no_new_users_then_the_old_ones_detach_then_the_device_ends(struct kunit *test)
{
	struct guest *guests = kunit_kcalloc(test, THREADS, sizeof(*guests), GFP_KERNEL);
	int round;

	KUNIT_ASSERT_NOT_NULL(test, guests);
	for (round = 0; round < 10 && test->status == KUNIT_SUCCESS; round++)
		drain(test, guests);
}

struct prober {
	struct notifier_block nb;
	struct scl_listener *listener;
	int err;
};

static int added(struct notifier_block *nb, unsigned long action, void *data)
{
	struct prober *prober = container_of(nb, struct prober, nb);
	struct device *dev = data;

	if (action == BUS_NOTIFY_ADD_DEVICE && scsi_is_sdev_device(dev))
		prober->err =
			scsi_lifecycle_attach(to_scsi_device(dev), &prober->listener->consumer);
	return NOTIFY_DONE;
}

/*
 * The bus announces a device before any probe(), and that comes before the device is in its class.
 */
static void a_consumer_may_attach_as_soon_as_the_bus_announces_a_device(struct kunit *test)
{
	struct prober prober = { .nb.notifier_call = added,
				 .err = 1,
				 .listener = scl_listener(test, NULL) };
	struct scsi_device *sdev = scl_kunit_other(test);
	const struct bus_type *bus = sdev->sdev_gendev.bus;

	scsi_remove_device(sdev);
	scl_disk_put(sdev);
	KUNIT_ASSERT_EQ(test, bus_register_notifier((void *)bus, &prober.nb), 0);
	sdev = scl_disk_get_other();
	bus_unregister_notifier((void *)bus, &prober.nb);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sdev));
	KUNIT_EXPECT_EQ(test, prober.err, 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_listener_called(prober.listener));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&prober.listener->consumer), 0);
	scl_disk_put(sdev);
}

static void a_gone_that_waits_holds_up_no_other_consumer(struct kunit *test)
{
	struct scl_listener *waits = scl_listener(test, scl_listener_waits),
			    *beside = scl_listener(test, NULL),
			    *elsewhere = scl_listener(test, NULL);
	struct scsi_device *sdev = scl_kunit_other(test), *other = scl_kunit_disk(test);

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &waits->consumer), 0);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &beside->consumer), 0);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(other, &elsewhere->consumer), 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_listener_called(waits));
	KUNIT_EXPECT_TRUE(test, scl_listener_called(beside));
	scsi_remove_device(other);
	KUNIT_EXPECT_TRUE(test, scl_listener_called(elsewhere));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&elsewhere->consumer), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&beside->consumer), 0);
	KUNIT_EXPECT_EQ(test, READ_ONCE(waits->returns), 0);
	complete(&waits->leave);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&waits->consumer), 0);
	KUNIT_EXPECT_TRUE(test, waits->ok);
	scl_disk_put(other);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_consumer_may_attach_as_soon_as_the_bus_announces_a_device),
	KUNIT_CASE(a_device_is_kept_as_long_as_a_consumer_is_attached),
	KUNIT_CASE(a_consumer_that_attaches_during_the_removal_is_called),
	KUNIT_CASE(no_new_users_then_the_old_ones_detach_then_the_device_ends),
	KUNIT_CASE(a_gone_that_waits_holds_up_no_other_consumer),
	{}
};

struct kunit_suite scl_drain_suite = {
	.name = "scsi_lifecycle_drain",
	.test_cases = cases,
};
