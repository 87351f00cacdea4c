// SPDX-License-Identifier: GPL-2.0
//
// The flush account of a removal: which has a flush to lose, what is reported lost when commands
// fail, and the flush result. Before the driver is detached a test sets what the probe observed.
#include <kunit/test.h>
#include <linux/notifier.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "listener.h"
#include "removal.h"
#include "rooms.h"
#include "scsi_debug.h"
#include "suites.h"

struct counts {
	long before[SCL_COUNTS];
};

static struct counts counts(void)
{
	struct counts counts;
	int i;

	for (i = 0; i < SCL_COUNTS; i++)
		counts.before[i] = scl_counted(i);
	return counts;
}

/* One more removal than before has this flush result, and none has another. */
static void expect_result(struct kunit *test, const struct counts *counts, enum scl_count which)
{
	int i;

	for (i = SCL_COUNT_FLUSHES_COMPLETED; i <= SCL_COUNT_FLUSHES_UNKNOWN; i++)
		KUNIT_EXPECT_EQ_MSG(test, scl_counted(i) - counts->before[i], (long)(i == which),
				    "counter %d", i);
}

/* What happens to a device whose removal the class has announced, before its driver is detached. */
struct middle {
	struct notifier_block nb;
	struct kunit *test;
	struct scsi_device *sdev;
	void (*act)(struct kunit *test, struct scsi_device *sdev, struct scl_device *device);
};

static int middle(struct notifier_block *nb, unsigned long action, void *dev)
{
	struct middle *middle = container_of(nb, struct middle, nb);
	struct scl_device *device;
	int idx;

	if (action != BUS_NOTIFY_DEL_DEVICE || dev != &middle->sdev->sdev_gendev)
		return NOTIFY_DONE;
	idx = srcu_read_lock(&scl_srcu);
	device = scl_device_find(middle->sdev);
	KUNIT_EXPECT_NOT_NULL(middle->test, device);
	if (device)
		middle->act(middle->test, middle->sdev, device);
	srcu_read_unlock(&scl_srcu, idx);
	return NOTIFY_DONE;
}

static void remove_meanwhile(struct kunit *test, struct scsi_device *sdev,
			     void (*act)(struct kunit *test, struct scsi_device *sdev,
					 struct scl_device *device))
{
	struct middle it = { .nb.notifier_call = middle, .test = test, .sdev = sdev, .act = act };
	const struct bus_type *bus = sdev->sdev_gendev.bus;

	KUNIT_ASSERT_EQ(test, bus_register_notifier((void *)bus, &it.nb), 0);
	scsi_remove_device(sdev);
	bus_unregister_notifier((void *)bus, &it.nb);
	scl_disk_put(sdev);
}

static void give_up(struct kunit *test, struct scsi_device *sdev)
{
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_TRANSPORT_OFFLINE), 0);
	KUNIT_EXPECT_EQ(test, READ_ONCE(sdev->sdev_state), SDEV_DEL);
}

static void block_and_give_up(struct kunit *test, struct scsi_device *sdev)
{
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	give_up(test, sdev);
}

static void fails_and_is_given_up(struct kunit *test, struct scsi_device *sdev,
				  struct scl_device *device)
{
	device->account.ended = 1;
	block_and_give_up(test, sdev);
}

static void a_flush_that_failed_before_the_path_was_given_up_failed_by_itself(struct kunit *test)
{
	struct counts before = counts();

	remove_meanwhile(test, scl_kunit_other(test), fails_and_is_given_up);
	expect_result(test, &before, SCL_COUNT_FLUSHES_FAILED);
}

static void is_given_up_twice(struct kunit *test, struct scsi_device *sdev,
			      struct scl_device *device)
{
	fails_and_is_given_up(test, sdev, device);
	/* The try that failed here. */
	device->account.ended = 2;
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 1 });
	give_up(test, sdev);
}

static void the_first_of_two_failures_decides_the_flush_result(struct kunit *test)
{
	struct counts before = counts();

	remove_meanwhile(test, scl_kunit_other(test), is_given_up_twice);
	expect_result(test, &before, SCL_COUNT_FLUSHES_KILLED);
}

static void stops_and_is_given_up(struct kunit *test, struct scsi_device *sdev,
				  struct scl_device *device)
{
	device->account.cached = true;
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	device->progress.flush = SCL_FLUSH_STOP;
	give_up(test, sdev);
}

static void a_disk_that_is_being_stopped_has_no_flush_left_to_send(struct kunit *test)
{
	struct counts before = counts();

	remove_meanwhile(test, scl_kunit_other(test), stops_and_is_given_up);
	expect_result(test, &before, SCL_COUNT_FLUSHES_NONE);
}

/* What was observed of the flush of a disk with a cache when the device expires. */
static struct {
	bool observed;
	unsigned int tries;
	bool succeeded;
	bool is_reported_lost;
	enum scl_count which;
} const expiries[] = {
	{ true, 0, false, true, SCL_COUNT_FLUSHES_KILLED },
	{ true, 1, false, true, SCL_COUNT_FLUSHES_FAILED },
	{ true, 1, true, false, SCL_COUNT_FLUSHES_COMPLETED },
	{ false, 0, false, false, SCL_COUNT_FLUSHES_UNKNOWN },
	{ false, 1, false, true, SCL_COUNT_FLUSHES_FAILED },
}, *expiry;

static void expires(struct kunit *test, struct scsi_device *sdev, struct scl_device *device)
{
	device->account.cached = true;
	device->account.observed = expiry->observed;
	device->account.ended = expiry->tries;
	device->account.last.good = expiry->succeeded;
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_DEL));
}

static void a_flush_that_may_have_been_due_is_reported_lost_at_the_expiry(struct kunit *test)
{
	for (expiry = expiries; expiry < expiries + ARRAY_SIZE(expiries); expiry++) {
		struct scsi_device *sdev = scl_kunit_other(test);
		struct kmsg_dump_iter log = scl_log_mark();
		struct Scsi_Host *shost = sdev->host;
		struct counts before = counts();

		scl_removal_tmo(sdev, 0);
		remove_meanwhile(test, sdev, expires);
		KUNIT_EXPECT_EQ_MSG(test,
				    scl_log_count(&log, "cache flush lost: blocked for at least"),
				    (unsigned int)expiry->is_reported_lost, "row %td of host %u",
				    expiry - expiries, shost->host_no);
		expect_result(test, &before, expiry->which);
	}
}

static void is_blocked(struct kunit *test, struct scsi_device *sdev, struct scl_device *device)
{
	device->account.cached = true;
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
}

/* The driver has sent all its commands. */
static void commands_failed_after_the_driver_is_detached_lose_no_flush(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct kmsg_dump_iter log = scl_log_mark();
	struct counts before = counts();

	scl_removal_tmo(sdev, SCL_TMO_OFF);
	remove_meanwhile(test, sdev, is_blocked);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost"), 0U);
	expect_result(test, &before, SCL_COUNT_FLUSHES_NONE);
}

/*
 * The removal was neither announced nor found yet: a caller that waits for this very device may
 * hold the class's mutex.
 */
static void a_removal_that_is_neither_announced_nor_found_loses_its_flush_too(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark();

	scl_removal_tmo(sdev, 0);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 0 });
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_DEL));
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost: blocked for at least"), 1U);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void forget_that_it_was_observed(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = scl_device_find(sdev);

	if (device)
		device->account.observed = false;
	srcu_read_unlock(&scl_srcu, idx);
}

/* As a removal that hung before the module was loaded. */
static void a_pending_flush_is_lost_though_its_removal_was_not_announced(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark();
	struct scl_removal removal;
	bool in_time;

	scl_removal_tmo(sdev, SCL_TMO_OFF);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&removal.done, HZ), 0UL);
	forget_that_it_was_observed(sdev);
	scl_removal_tmo(sdev, 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost: blocked for at least"), 1U);
	scl_disk_put(sdev);

	sdev = scl_kunit_disk(test);
	scl_file_write_param(test, "flush_tmo", "3");
	scl_lld_misbehave(test, SCL_LLD_SWALLOWS);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&removal.done, HZ), 0UL);
	forget_that_it_was_observed(sdev);
	in_time = wait_for_completion_timeout(&removal.done, 60 * HZ);
	KUNIT_EXPECT_TRUE(test, in_time);
	scl_lld_behave(test);
	if (!in_time)
		wait_for_completion(&removal.done);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost: not answered for"), 1U);
	scl_disk_put(sdev);
}

static void a_disk_without_a_write_cache_has_no_flush_to_lose(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark();
	struct counts before = counts();
	char path[80];

	scnprintf(path, sizeof(path), "/sys/class/scsi_disk/%s/cache_type",
		  dev_name(&sdev->sdev_gendev));
	KUNIT_EXPECT_EQ(test, scl_file_write(path, "temporary write through"), 0);
	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost"), 0U);
	expect_result(test, &before, SCL_COUNT_FLUSHES_NONE);
	scl_disk_put(sdev);
}

static struct device_driver no_sd = { .name = "no_sd" };

static void lets_go_and_is_given_up(struct kunit *test, struct scsi_device *sdev,
				    struct scl_device *device)
{
	sdev->sdev_gendev.driver = NULL;
	block_and_give_up(test, sdev);
}

/* Among drivers only sd flushes, though the queue of another may report a cache. */
static void a_disk_of_another_driver_has_no_flush_to_lose(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct counts before = counts();

	/* The queue stays as sd set it up. */
	device_release_driver(&sdev->sdev_gendev);
	sdev->sdev_gendev.driver = &no_sd;
	remove_meanwhile(test, sdev, lets_go_and_is_given_up);
	expect_result(test, &before, SCL_COUNT_FLUSHES_NONE);
}

/* Stock sends a blocked disk to SDEV_DEL in the first steps of its removal. */
static void a_consumer_of_a_blocked_disk_gets_the_flush_result_killed(struct kunit *test)
{
	struct scl_listener *listener = scl_listener(test, NULL);
	struct scsi_device *sdev = scl_kunit_disk(test);

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_listener_called(listener));
	KUNIT_EXPECT_EQ(test, listener->last.flush, (u8)SCSI_LIFECYCLE_FLUSH_KILLED);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), 0);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_flush_that_failed_before_the_path_was_given_up_failed_by_itself),
	KUNIT_CASE(the_first_of_two_failures_decides_the_flush_result),
	KUNIT_CASE(a_disk_that_is_being_stopped_has_no_flush_left_to_send),
	KUNIT_CASE(a_flush_that_may_have_been_due_is_reported_lost_at_the_expiry),
	KUNIT_CASE(commands_failed_after_the_driver_is_detached_lose_no_flush),
	KUNIT_CASE(a_removal_that_is_neither_announced_nor_found_loses_its_flush_too),
	KUNIT_CASE(a_pending_flush_is_lost_though_its_removal_was_not_announced),
	KUNIT_CASE(a_disk_without_a_write_cache_has_no_flush_to_lose),
	KUNIT_CASE(a_disk_of_another_driver_has_no_flush_to_lose),
	KUNIT_CASE(a_consumer_of_a_blocked_disk_gets_the_flush_result_killed),
	{}
};

static void restore(struct kunit *test)
{
	struct scsi_device *sdev = scl_disk_get();

	if (!IS_ERR(sdev)) {
		scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
		scl_disk_put(sdev);
	}
	scl_file_write_param(test, "flush_tmo", "default");
}

struct kunit_suite scl_account_suite = {
	.name = "scsi_lifecycle_account",
	.exit = restore,
	.test_cases = cases,
};
