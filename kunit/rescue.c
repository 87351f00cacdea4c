// SPDX-License-Identifier: GPL-2.0
//
// What the debugfs file rescue leaves alone: devices that stay, and removals that are past the help
// of a rescue.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/sched.h>
#include <scsi/scsi_host.h>

#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "scsi_debug.h"
#include "suites.h"

static void rescue(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, scl_file_write("/sys/class/scsi_lifecycle/rescue", "1"), 0);
}

static bool is_remembered(struct scsi_device *sdev)
{
	return scl_in_section(!!scl_device_find(sdev));
}

static void a_caller_of_a_rescue_may_wait_for_memory_afterwards(struct kunit *test)
{
	unsigned int flags = current->flags;

	rescue(test);
	KUNIT_EXPECT_EQ(test, current->flags, flags);
}

static void a_device_that_stays_is_left_as_it_is(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test), *disk = scl_kunit_disk(test);

	/* The object of each device of the host ends with the scl_host. */
	scsi_remove_device(disk);
	scl_disk_put(disk);
	scl_host_forget(sdev->host);
	KUNIT_EXPECT_EQ(test, scl_in_section(scl_host_remember(sdev->host)), 0);
	KUNIT_EXPECT_FALSE(test, is_remembered(sdev));
	rescue(test);
	KUNIT_EXPECT_FALSE(test, is_remembered(sdev));
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* The device was removed before this module was loaded, and is still held. */
static void a_removed_device_stays_removed(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);

	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, percpu_ref_is_zero(&sdev->request_queue->q_usage_counter));
	rescue(test);
	KUNIT_EXPECT_TRUE(test, percpu_ref_is_zero(&sdev->request_queue->q_usage_counter));
	KUNIT_EXPECT_FALSE(test, is_remembered(sdev));
	scl_disk_put(sdev);
}

/* The device left the bus before this module was loaded, and is not in SDEV_DEL yet. */
static void a_removal_that_has_left_the_bus_is_not_begun(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	long removals = scl_removal_past_the_bus(test, sdev);

	rescue(test);
	WRITE_ONCE(sdev->sdev_state, SDEV_DEL);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_REMOVALS), removals);
	KUNIT_EXPECT_NULL(test, scl_in_section(scl_device_find(sdev)));
	scl_disk_put(sdev);
}

static void every_host_that_was_not_remembered_is_found(struct kunit *test)
{
	struct scsi_device *all[2];
	int i;

	scl_second_host_add(test);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		all[i] = scl_disk_get_at(1 + i, 0, 0);
		KUNIT_ASSERT_FALSE(test, IS_ERR(all[i]));
	}
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		scl_host_forget(all[i]->host);
		KUNIT_EXPECT_FALSE(test, scl_is_remembered(all[i]->host));
	}
	rescue(test);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		KUNIT_EXPECT_TRUE_MSG(test, scl_is_remembered(all[i]->host), "host %d", i);
		scsi_remove_device(all[i]);
		scl_disk_put(all[i]);
	}
	scl_second_host_remove(test);
}

/*
 * The removal waits for a command of its device, its driver detached, and this module was loaded
 * after that.
 */
static void the_end_of_a_removal_whose_driver_is_detached_is_announced(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct request *rq = scl_kunit_command(test, sdev, 100);
	struct scl_removal removal;

	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(blk_queue_dying(sdev->request_queue)));
	/* The device is forgotten with its host. */
	scl_host_forget(sdev->host);
	KUNIT_EXPECT_EQ(test, scl_in_section(scl_host_remember(sdev->host)), 0);
	KUNIT_EXPECT_FALSE(test, is_remembered(sdev));
	rescue(test);
	KUNIT_EXPECT_TRUE(test, is_remembered(sdev));
	blk_mq_free_request(rq);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_FALSE(test, is_remembered(sdev));
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_caller_of_a_rescue_may_wait_for_memory_afterwards),
	KUNIT_CASE(a_device_that_stays_is_left_as_it_is),
	KUNIT_CASE(a_removed_device_stays_removed),
	KUNIT_CASE(a_removal_that_has_left_the_bus_is_not_begun),
	KUNIT_CASE(every_host_that_was_not_remembered_is_found),
	KUNIT_CASE(the_end_of_a_removal_whose_driver_is_detached_is_announced),
	{}
};

struct kunit_suite scl_rescue_suite = {
	.name = "scsi_lifecycle_rescue",
	.exit = scl_second_host_remove,
	.test_cases = cases,
};
