// SPDX-License-Identifier: GPL-2.0
//
// Removals of a real disk of scsi_debug, on a real Scsi_Host, with the guard at work.
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/notifier.h>
#include <scsi/scsi_host.h>

#include "../drivers/guard/device.h"
#include "../drivers/guard/guard.h"
#include "../drivers/guard/host.h"
#include "../drivers/guard/life.h"
#include "../drivers/guard/policy.h"
#include "../drivers/guard/record.h"
#include "../drivers/guard/report.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_life.h"
#include "removal.h"
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

static void a_flush_that_stock_throws_away_is_counted_and_said_once(struct kunit *test)
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

/* Comes upon a device whose removal it is too late to count. @known: the host remembers it as the last. */
static void come_upon(struct kunit *test, struct scsi_device *sdev, enum scl_begin how, bool known)
{
	long removals = scl_counted(SCL_COUNT_REMOVALS);
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_host_find(sdev->host);

	KUNIT_EXPECT_NOT_NULL(test, host);
	if (host) {
		/* As the removal left it, or when a look forgot which device was removed last. */
		WRITE_ONCE(host->last_removed, known ? (const void *)sdev : host);
		scl_device_removal_begins(host, sdev, how);
	}
	KUNIT_EXPECT_NULL(test, scl_record_find(sdev));
	KUNIT_EXPECT_NULL(test, scl_life_find(sdev));
	srcu_read_unlock(&scl_srcu, idx);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_REMOVALS), removals);
}

/* A scan for removals may have seen the device in SDEV_CANCEL, and have waited for begin_mutex until the removal was over. */
static void a_removal_that_is_over_is_not_counted_again(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	scsi_remove_device(sdev);
	come_upon(test, sdev, SCL_BEGIN_FOUND, true);
	come_upon(test, sdev, SCL_BEGIN_ADOPTED, true);
	come_upon(test, sdev, SCL_BEGIN_FOUND, false);
	come_upon(test, sdev, SCL_BEGIN_ADOPTED, false);
	scl_disk_put(sdev);
}

/* Or until its driver was gone, with the device in SDEV_CANCEL still. */
static void a_removal_whose_driver_is_gone_is_not_counted_again(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	scsi_remove_device(sdev);
	/* Under scan_mutex, as a removal is, no look forgets which device was removed last. */
	mutex_lock(&sdev->host->scan_mutex);
	WRITE_ONCE(sdev->sdev_state, SDEV_CANCEL);
	come_upon(test, sdev, SCL_BEGIN_FOUND, true);
	come_upon(test, sdev, SCL_BEGIN_ADOPTED, true);
	WRITE_ONCE(sdev->sdev_state, SDEV_DEL);
	mutex_unlock(&sdev->host->scan_mutex);
	scl_disk_put(sdev);
}

/* A device gets the address of the one that was removed last. */
static struct {
	struct scl_host *host;
	const void *before, *after;
} address;

static int take_address(struct notifier_block *nb, unsigned long action, void *dev)
{
	if (action == BUS_NOTIFY_ADD_DEVICE && scsi_is_sdev_device(dev))
		WRITE_ONCE(address.host->last_removed, to_scsi_device(dev));
	return NOTIFY_DONE;
}

static int look_at_address(struct notifier_block *nb, unsigned long action, void *dev)
{
	if (action == BUS_NOTIFY_ADD_DEVICE && scsi_is_sdev_device(dev)) {
		address.before = to_scsi_device(dev);
		address.after = READ_ONCE(address.host->last_removed);
	}
	return NOTIFY_DONE;
}

static struct notifier_block before_guard = { .notifier_call = take_address, .priority = 1 };
static struct notifier_block after_guard = { .notifier_call = look_at_address, .priority = -1 };

static void a_new_device_is_not_the_one_that_was_removed_last(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct bus_type *bus = sdev->sdev_gendev.bus;

	address.host = scl_in_section(scl_host_find(sdev->host));
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
	KUNIT_ASSERT_NOT_NULL(test, address.host);
	KUNIT_EXPECT_EQ(test, bus_register_notifier(bus, &before_guard), 0);
	KUNIT_EXPECT_EQ(test, bus_register_notifier(bus, &after_guard), 0);
	sdev = scl_disk_get();
	bus_unregister_notifier(bus, &after_guard);
	bus_unregister_notifier(bus, &before_guard);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sdev));
	KUNIT_EXPECT_PTR_EQ(test, address.before, (const void *)sdev);
	KUNIT_EXPECT_PTR_NE(test, address.after, address.before);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_blocked_removal_ends_at_the_deadline),
	KUNIT_CASE(an_unblock_in_time_completes_the_flush),
	KUNIT_CASE(a_healthy_removal_flushes),
	KUNIT_CASE(a_flush_that_stock_throws_away_is_counted_and_said_once),
	KUNIT_CASE(stock_throws_no_flush_of_what_has_no_cache_away),
	KUNIT_CASE(a_removal_that_is_over_is_not_counted_again),
	KUNIT_CASE(a_removal_whose_driver_is_gone_is_not_counted_again),
	KUNIT_CASE(a_new_device_is_not_the_one_that_was_removed_last),
	{}
};

struct kunit_suite scl_teardown_suite = {
	.name = "scsi_lifecycle_teardown",
	.test_cases = cases,
};
