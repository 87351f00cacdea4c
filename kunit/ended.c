// SPDX-License-Identifier: GPL-2.0
//
// A teardown that the administrator ends by the node: which one can be, and what it loses.
#include <kunit/test.h>
#include <linux/completion.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "kernel_log.h"
#include "kunit_device.h"
#include "kunit_disk.h"
#include "removal.h"
#include "rooms.h"
#include "suites.h"

static long end(struct file *file)
{
	return scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_END);
}

static void a_healthy_device_cannot_be_ended_and_stays_as_it_is(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	struct file *file = scl_kunit_file(test, sdev, 0);

	KUNIT_EXPECT_EQ(test, end(file), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_EQ(test, end(file), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, sdev->sdev_state, SDEV_BLOCK);
	KUNIT_EXPECT_FALSE(test, device->progress.ended);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_HOLD), 0L);
	scl_file_close(file);
	put_device(&device->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_removal_is_ended_by_privilege_alone(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct file *file = scl_kunit_file(test, sdev, 0);

	KUNIT_EXPECT_EQ(test, scl_file_ioctl_without_privilege(test, file, SCSI_LIFECYCLE_IOC_END),
			(long)-EPERM);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl_without_privilege(test, file, SCSI_LIFECYCLE_IOC_END),
			(long)-EPERM);
	KUNIT_EXPECT_EQ(test, end(file), (long)-ENODEV);
	scl_file_close(file);
	scl_disk_put(sdev);
}

/* With limits that never end it. Returns a file of its node. */
static struct file *begin_blocked(struct kunit *test, struct scl_removal *removal)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct file *file = scl_kunit_file(test, sdev, 0);

	scl_removal_tmo(sdev, SCL_TMO_OFF);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, removal, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_CANCEL));
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&removal->done, HZ), 0UL);
	return file;
}

/* In its own context: without a poll of the host. */
static void expect_end(struct kunit *test, struct scl_removal *removal, struct file *file)
{
	long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);
	struct kmsg_dump_iter log = scl_log_mark();

	KUNIT_EXPECT_EQ(test, end(file), 0L);
	KUNIT_EXPECT_EQ(test, removal->sdev->sdev_state, SDEV_DEL);
	KUNIT_EXPECT_EQ(test, end(file), (long)-ENODEV);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal->done, 20 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED), killed + 1);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost: blocked for at least "), 1U);
	KUNIT_EXPECT_EQ(test, end(file), (long)-ENODEV);
	scl_disk_put(removal->sdev);
}

static void a_blocked_removal_is_ended_and_its_flush_reported_as_lost(struct kunit *test)
{
	struct scl_removal removal;
	struct file *file = begin_blocked(test, &removal);

	expect_end(test, &removal, file);
	scl_file_close(file);
}

static void a_held_removal_is_ended_too(struct kunit *test)
{
	struct scl_removal removal;
	struct file *file = begin_blocked(test, &removal),
		    *holder = scl_kunit_file(test, removal.sdev, 0);

	KUNIT_EXPECT_EQ(test, scl_file_ioctl(holder, SCSI_LIFECYCLE_IOC_HOLD), 0L);
	KUNIT_EXPECT_TRUE(test, scl_is_held(removal.sdev));
	expect_end(test, &removal, file);
	scl_file_close(holder);
	scl_file_close(file);
}

/* Between the administrator's word and the end of the wait. */
static void a_removal_that_was_ended_cannot_be_held(struct kunit *test)
{
	struct scl_removal removal;
	struct file *file = begin_blocked(test, &removal);
	struct scl_device *device = scl_kunit_device(test, removal.sdev);

	mutex_lock(&removal.sdev->state_mutex);
	device->progress.ended = true;
	mutex_unlock(&removal.sdev->state_mutex);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_HOLD), (long)-ENODEV);
	scl_removal_poll_now(removal.sdev);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	/* The removal has detached the driver meanwhile, and what it waited for is forgotten. */
	KUNIT_EXPECT_TRUE(test, device->progress.ended);
	KUNIT_EXPECT_FALSE(test, device->progress.seen);
	put_device(&device->dev);
	scl_file_close(file);
	scl_disk_put(removal.sdev);
}

/* Until it gets to SDEV_DEL, a removal still looks like one that waits. */
static void a_removal_that_has_detached_the_driver_cannot_be_ended_or_held(struct kunit *test)
{
	struct scl_removal removal;
	struct file *file = begin_blocked(test, &removal);
	struct scl_device *device = scl_kunit_device(test, removal.sdev);
	enum scl_stage stage = device->stage;

	WRITE_ONCE(device->stage, SCL_STAGE_DETACHED);
	KUNIT_EXPECT_EQ(test, end(file), (long)-ENODEV);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_HOLD), (long)-ENODEV);
	KUNIT_EXPECT_EQ(test, removal.sdev->sdev_state, SDEV_CANCEL);
	WRITE_ONCE(device->stage, stage);
	expect_end(test, &removal, file);
	put_device(&device->dev);
	scl_file_close(file);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_healthy_device_cannot_be_ended_and_stays_as_it_is),
	KUNIT_CASE(a_removal_is_ended_by_privilege_alone),
	KUNIT_CASE(a_blocked_removal_is_ended_and_its_flush_reported_as_lost),
	KUNIT_CASE(a_held_removal_is_ended_too),
	KUNIT_CASE(a_removal_that_was_ended_cannot_be_held),
	KUNIT_CASE(a_removal_that_has_detached_the_driver_cannot_be_ended_or_held),
	{}
};

/* Also where an assertion ended the test. */
static void restore(struct kunit *test)
{
	struct scsi_device *sdev = scl_disk_get();

	if (!IS_ERR(sdev)) {
		scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
		scl_disk_put(sdev);
	}
}

struct kunit_suite scl_ended_suite = {
	.name = "scsi_lifecycle_ended",
	.exit = restore,
	.test_cases = cases,
};
