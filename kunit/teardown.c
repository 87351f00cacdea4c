// SPDX-License-Identifier: GPL-2.0
//
// Removals of a real disk of scsi_debug, on a real Scsi_Host, with the guard at work.
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/notifier.h>
#include <scsi/scsi_host.h>

#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "suites.h"

static void a_blocked_removal_ends_at_the_deadline(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);
	struct kmsg_dump_iter log = scl_log_mark();
	struct scl_removal removal;

	scl_removal_tmo(sdev, 1);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_GE(test, removal.ended - removal.began, 1000ULL);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED), killed + 1);
	KUNIT_EXPECT_EQ(test, sdev->sdev_state, SDEV_DEL);
	KUNIT_EXPECT_EQ(test, sdev->queue_stopped, 0U);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost"), 1U);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	scl_disk_put(sdev);
}

static void an_unblock_in_time_completes_the_flush(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	long completed = scl_counted(SCL_COUNT_FLUSHES_COMPLETED);
	struct scl_removal removal;

	scl_removal_tmo(sdev, SCL_TMO_OFF);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_CANCEL));
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&removal.done, HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_COMPLETED), completed + 1);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	scl_disk_put(sdev);
}

static void a_healthy_removal_flushes(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	long completed = scl_counted(SCL_COUNT_FLUSHES_COMPLETED);
	long killed = scl_counted(SCL_COUNT_COMMANDS_KILLED);
	long rescued = scl_counted(SCL_COUNT_RESCUED);
	struct scl_host *host = scl_in_section(scl_host_find(sdev->host));
	struct kmsg_dump_iter log = scl_log_mark();
	int sent = atomic_read(&sdev->iorequest_cnt);

	scsi_remove_device(sdev);
	KUNIT_EXPECT_GT(test, atomic_read(&sdev->iorequest_cnt), sent);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_COMPLETED), completed + 1);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_COMMANDS_KILLED), killed);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_RESCUED), rescued);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "scsi_lifecycle: "), 0U);
	KUNIT_ASSERT_NOT_NULL(test, host);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(host->dying_seen));
	scl_disk_put(sdev);
}

/*
 * Bus, class, container, and the end of the flush; and the polls, some of which may come during the
 * removal.
 */
#define LOOKUPS 4
#define STATE_READS 9
static void a_healthy_removal_looks_its_device_up_once_at_each_hook(struct kunit *test)
{
	unsigned int i, lookups = UINT_MAX, reads = UINT_MAX;

	for (i = 0; i < 3; i++) {
		struct scsi_device *sdev = scl_kunit_disk(test);

		atomic_set(&scl_lookups, 0);
		atomic_set(&scl_state_reads, 0);
		scsi_remove_device(sdev);
		lookups = min_t(unsigned int, lookups, atomic_read(&scl_lookups));
		reads = min_t(unsigned int, reads, atomic_read(&scl_state_reads));
		scl_disk_put(sdev);
	}
	kunit_info(test, "%u lookups, %u state reads", lookups, reads);
	KUNIT_EXPECT_GT(test, lookups, 0U);
	KUNIT_EXPECT_LE(test, lookups, LOOKUPS);
	KUNIT_EXPECT_GT(test, reads, 0U);
	KUNIT_EXPECT_LE(test, reads, STATE_READS);
}

static void a_flush_that_stock_throws_away_is_counted_and_reported_once(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);
	struct kmsg_dump_iter log = scl_log_mark(), again = log;

	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED), killed + 1);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost: removed while blocked"), 1U);
	KUNIT_EXPECT_EQ(test, scl_log_count(&again, "cache flush lost"), 1U);
	scl_disk_put(sdev);
}

static void stock_throws_no_flush_of_what_has_no_cache_away(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	long none = scl_counted(SCL_COUNT_FLUSHES_NONE);
	struct kmsg_dump_iter log = scl_log_mark();

	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_NONE), none + 1);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush"), 0U);
	scl_disk_put(sdev);
}

/* Finds a device whose removal it is too late to count. */
static void come_upon(struct kunit *test, struct scsi_device *sdev, enum scl_stage_event how)
{
	long removals = scl_counted(SCL_COUNT_REMOVALS);
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_host_find(sdev->host);

	KUNIT_EXPECT_NOT_NULL(test, host);
	if (host)
		scl_removal_begins(host, sdev, how);
	KUNIT_EXPECT_NULL(test, scl_device_find(sdev));
	srcu_read_unlock(&scl_srcu, idx);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_REMOVALS), removals);
}

/*
 * A search may have found the device in SDEV_CANCEL, and have waited for scl_devices_mutex until
 * the removal was complete.
 */
static void a_removal_that_is_over_is_not_counted_again(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	scsi_remove_device(sdev);
	come_upon(test, sdev, SCL_STAGE_EVENT_FOUND);
	come_upon(test, sdev, SCL_STAGE_EVENT_ADOPTED);
	scl_disk_put(sdev);
}

/* The bus announces a device at the address of one whose end was not announced. */
static int begin_at_address(struct notifier_block *nb, unsigned long action, void *dev)
{
	if (action == BUS_NOTIFY_ADD_DEVICE && scsi_is_sdev_device(dev))
		scl_begin_at(to_scsi_device(dev), SCL_STAGE_DETACHED);
	return NOTIFY_DONE;
}

static void a_device_at_an_old_address_starts_anew(struct kunit *test)
{
	struct notifier_block before_guard = { .notifier_call = begin_at_address, .priority = 1 };
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct bus_type *bus = sdev->sdev_gendev.bus;
	struct scl_device *device;

	scsi_remove_device(sdev);
	scl_disk_put(sdev);
	KUNIT_EXPECT_EQ(test, bus_register_notifier(bus, &before_guard), 0);
	sdev = scl_disk_get();
	bus_unregister_notifier(bus, &before_guard);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sdev));
	device = scl_kunit_device(test, sdev);
	KUNIT_EXPECT_EQ(test, (int)READ_ONCE(device->stage), (int)SCL_STAGE_IN_USE);
	put_device(&device->dev);
	scl_disk_put(sdev);
}

/* In SDEV_CANCEL. */
static void find_it(struct scl_leave *leave)
{
	long removals = scl_counted(SCL_COUNT_REMOVALS);

	KUNIT_EXPECT_NOT_NULL(leave->test, leave->device);
	if (leave->device)
		KUNIT_EXPECT_EQ(leave->test, (int)leave->device->stage, (int)SCL_STAGE_DETACHED);
	scl_removal_begins(leave->host, leave->sdev, SCL_STAGE_EVENT_FOUND);
	KUNIT_EXPECT_EQ(leave->test, scl_counted(SCL_COUNT_REMOVALS), removals);
	if (leave->device)
		KUNIT_EXPECT_EQ(leave->test, (int)leave->device->stage, (int)SCL_STAGE_DETACHED);
}

static void forget_it(struct scl_leave *leave)
{
	scl_forget(leave->sdev);
}

/* It is taken for one that is counted already, since it is forgotten in between. */
static void forget_in_removal(struct kunit *test, struct scsi_device *sdev)
{
	struct scl_leave leave = { .sdev = sdev, .after = find_it, .before = forget_it };
	struct scl_device *device = scl_kunit_device(test, sdev);

	mutex_lock(&scl_devices_mutex);
	scl_device_meets(device, SCL_STAGE_EVENT_ANNOUNCED);
	mutex_unlock(&scl_devices_mutex);
	put_device(&device->dev);
	scl_leave_remove(test, &leave);
}

/* Nor is that of a device which was not remembered. */
static void a_removal_whose_driver_is_detached_is_not_begun_again(struct kunit *test)
{
	struct scl_leave known = { .sdev = scl_kunit_other(test), .after = find_it };

	scl_leave_remove(test, &known);
	forget_in_removal(test, scl_kunit_other(test));
}

static void has_waited_and_expired(struct scl_leave *leave)
{
	KUNIT_EXPECT_NOT_NULL(leave->test, leave->device);
	if (!leave->device)
		return;
	leave->device->progress.expired = true;
	leave->device->stall = (struct scl_stall){ .what = SCL_STALL_ON_SIBLING, .said = true };
}

static void expect_nothing_remembered(struct scl_leave *leave)
{
	KUNIT_EXPECT_NOT_NULL(leave->test, leave->device);
	if (!leave->device)
		return;
	KUNIT_EXPECT_FALSE(leave->test, leave->device->progress.expired);
	KUNIT_EXPECT_FALSE(leave->test, leave->device->stall.said);
}

/*
 * What it waits for next is reported anew, and no flush of a file system is aborted for its
 * driver's.
 */
static void what_a_removal_waited_for_ends_with_its_driver(struct kunit *test)
{
	struct scl_leave leave = {
		.sdev = scl_kunit_other(test),
		.before = has_waited_and_expired,
		.after = expect_nothing_remembered,
	};

	scl_leave_remove(test, &leave);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_blocked_removal_ends_at_the_deadline),
	KUNIT_CASE(an_unblock_in_time_completes_the_flush),
	KUNIT_CASE(a_healthy_removal_flushes),
	KUNIT_CASE(a_healthy_removal_looks_its_device_up_once_at_each_hook),
	KUNIT_CASE(a_flush_that_stock_throws_away_is_counted_and_reported_once),
	KUNIT_CASE(stock_throws_no_flush_of_what_has_no_cache_away),
	KUNIT_CASE(a_removal_that_is_over_is_not_counted_again),
	KUNIT_CASE(a_device_at_an_old_address_starts_anew),
	KUNIT_CASE(a_removal_whose_driver_is_detached_is_not_begun_again),
	KUNIT_CASE(what_a_removal_waited_for_ends_with_its_driver),
	{}
};

struct kunit_suite scl_teardown_suite = {
	.name = "scsi_lifecycle_teardown",
	.test_cases = cases,
};
