// SPDX-License-Identifier: GPL-2.0
//
// What a rescue leaves alone: devices that stay, and removals that are past what it could do for them.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/sched.h>
#include <scsi/scsi_host.h>

#include "../drivers/guard/guard.h"
#include "../drivers/guard/host.h"
#include "../drivers/guard/record.h"
#include "../drivers/guard/report.h"
#include "file.h"
#include "kunit_disk.h"
#include "kunit_life.h"
#include "removal.h"
#include "suites.h"

static void rescue(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, scl_file_write("/sys/class/scsi_lifecycle/rescue", "1"), 0);
}

static bool has_life(struct scsi_device *sdev)
{
	return scl_in_section(scl_life_find(sdev) != NULL);
}

static void who_rescues_may_wait_for_memory_afterwards(struct kunit *test)
{
	unsigned int flags = current->flags;

	rescue(test);
	KUNIT_EXPECT_EQ(test, current->flags, flags);
}

static void a_device_that_stays_is_left_as_it_is(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);

	/* Its life ends with the host's record. */
	scl_host_forget(sdev->host);
	KUNIT_EXPECT_EQ(test, scl_in_section(scl_host_remember(sdev->host)), 0);
	KUNIT_EXPECT_FALSE(test, has_life(sdev));
	rescue(test);
	KUNIT_EXPECT_FALSE(test, has_life(sdev));
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* It went before this module came, and somebody holds it still. */
static void a_device_that_is_gone_stays_so(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);

	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, percpu_ref_is_zero(&sdev->request_queue->q_usage_counter));
	rescue(test);
	KUNIT_EXPECT_TRUE(test, percpu_ref_is_zero(&sdev->request_queue->q_usage_counter));
	KUNIT_EXPECT_FALSE(test, has_life(sdev));
	scl_disk_put(sdev);
}

/* It has left the bus before this module came, and is not in SDEV_DEL yet. */
static void a_removal_that_has_left_the_bus_is_not_begun(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	long removals = scl_removal_past_the_bus(test, sdev);

	rescue(test);
	WRITE_ONCE(sdev->sdev_state, SDEV_DEL);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_REMOVALS), removals);
	KUNIT_EXPECT_NULL(test, scl_in_section(scl_record_find(sdev)));
	scl_disk_put(sdev);
}

static bool waits_for_its_queue(struct scsi_device *sdev)
{
	return READ_ONCE(sdev->sdev_state) == SDEV_DEL && blk_queue_dying(sdev->request_queue);
}

/* It waits, past its driver, for a command, and was there before this module. */
static void a_life_that_begins_so_late_ends_with_the_removal(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct request *rq = scl_kunit_command(test, sdev, 60);
	struct scl_removal removal;

	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(waits_for_its_queue(sdev)));
	scl_host_forget(sdev->host);
	KUNIT_EXPECT_FALSE(test, has_life(sdev));
	rescue(test);
	KUNIT_EXPECT_TRUE(test, has_life(sdev));
	KUNIT_EXPECT_FALSE(test, completion_done(&removal.done));
	blk_mq_free_request(rq);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_FALSE(test, has_life(sdev));
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(who_rescues_may_wait_for_memory_afterwards),
	KUNIT_CASE(a_device_that_stays_is_left_as_it_is),
	KUNIT_CASE(a_device_that_is_gone_stays_so),
	KUNIT_CASE(a_removal_that_has_left_the_bus_is_not_begun),
	KUNIT_CASE(a_life_that_begins_so_late_ends_with_the_removal),
	{}
};

struct kunit_suite scl_rescue_suite = {
	.name = "scsi_lifecycle_rescue",
	.test_cases = cases,
};
