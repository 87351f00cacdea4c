// SPDX-License-Identifier: GPL-2.0
//
// What udev hears of a device's node and of its host, and when.
#include <kunit/test.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_lifecycle.h>

#include "../drivers/guard/host.h"
#include "../drivers/guard/policy.h"
#include "../drivers/guard/report.h"
#include "ear.h"
#include "file.h"
#include "kunit_disk.h"
#include "kunit_life.h"
#include "removal.h"
#include "scsi_debug.h"
#include "suites.h"

static void end(struct kunit *test, struct scsi_device *sdev, struct scl_life *life)
{
	scl_file_write_param(test, "uevents", "removals");
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_life_is_over(life)));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_life_references(life) == 1));
	put_device(&life->dev);
	scl_disk_put(sdev);
}

/* What the host says at the end, of the device that has this name. */
static bool heard_the_end(const struct scsi_device *sdev, const char *flush)
{
	char line[80];

	scnprintf(line, sizeof(line), "host REMOVED=%s FLUSH=%s\n", dev_name(&sdev->sdev_gendev), flush);
	return scl_heard(line);
}

static void remove_device(struct scsi_device *sdev)
{
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void remove_at_once(struct kunit *test, struct scsi_device *sdev)
{
	scl_removal_will_wait(test, sdev);
	scl_removal_tmo(sdev, 0);
	scsi_remove_device(sdev);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
}

static void a_removal_is_told_with_its_loss_and_its_end(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_life *life = scl_ear_hear(test, sdev);

	remove_at_once(test, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_life_is_over(life)));
	KUNIT_EXPECT_TRUE(test, scl_heard("node STATE=cancel BLOCKED=yes CAUSE=remove TRANSITIONS="));
	KUNIT_EXPECT_TRUE(test, scl_heard("node FLUSH=killed\n"));
	KUNIT_EXPECT_TRUE(test, heard_the_end(sdev, "killed"));
	end(test, sdev, life);
}

/* Workers told of the begin and of the end. */
static void a_worker_that_sent_an_event_may_wait_for_memory_again(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_life *life = scl_ear_hear(test, sdev);

	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_life_is_over(life)));
	KUNIT_EXPECT_TRUE(test, scl_heard("node STATE="));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!scl_heard_by_tasks_that_may_not_wait_for_memory()));
	end(test, sdev, life);
}

static void transitions_other_than_removals_are_told_on_request(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_life *life = scl_ear_hear(test, sdev);

	flush_delayed_work(&life->event);
	life->untold = 0;
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&life->event));

	scl_file_write_param(test, "uevents", "all");
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&life->event));
	flush_delayed_work(&life->event);
	KUNIT_EXPECT_TRUE(test, scl_heard("node STATE=running BLOCKED=yes CAUSE=block TRANSITIONS=3\n"));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	flush_delayed_work(&life->event);
	KUNIT_EXPECT_TRUE(test, scl_heard("node STATE=running BLOCKED=no CAUSE=unblock TRANSITIONS=1\n"));
	scsi_remove_device(sdev);
	end(test, sdev, life);
}

/* The first at once, and those that follow it closely together, later. */
static void a_device_that_flaps_is_told_of_now_and_then(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_life *life = scl_ear_hear(test, sdev);
	int i;

	flush_delayed_work(&life->event);
	life->untold = 0;
	life->event_at = jiffies - HZ;
	scl_file_write_param(test, "uevents", "all");
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&life->event));
	KUNIT_EXPECT_FALSE(test, timer_pending(&life->event.timer));
	flush_delayed_work(&life->event);
	/* As if it was told just now, for as long as what follows takes. */
	life->event_at = jiffies + HZ;
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	}
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_TRUE(test, timer_pending(&life->event.timer));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_heard("BLOCKED=no CAUSE=unblock TRANSITIONS=21\n")));
	scsi_remove_device(sdev);
	end(test, sdev, life);
}

static void no_event_is_sent_where_uevents_is_off(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_life *life = scl_ear_hear(test, sdev);

	scl_file_write_param(test, "uevents", "off");
	remove_at_once(test, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_life_is_over(life)));
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	end(test, sdev, life);
}

/* A change that is told already when the work comes for it once more. */
static void no_transition_is_told_twice(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_life *life = scl_ear_hear(test, sdev);

	flush_delayed_work(&life->event);
	life->untold = 0;
	life->event.work.func(&life->event.work);
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	scsi_remove_device(sdev);
	end(test, sdev, life);
}

static void an_event_that_is_due_is_sent_before_the_node_goes(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_life *life = scl_ear_hear(test, sdev);

	flush_delayed_work(&life->event);
	life->untold = 0;
	/* As after one that was told just now, and long enough for the removal. */
	life->event_at = jiffies + 60 * HZ;
	scl_file_write_param(test, "uevents", "all");
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_life_is_over(life)));
	KUNIT_EXPECT_TRUE(test, scl_heard("node STATE=del BLOCKED=no CAUSE=removed TRANSITIONS=2\n"));
	end(test, sdev, life);
}

static void a_life_that_begins_after_the_removal_tells_no_removal(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_life *life = scl_kunit_life(test, sdev);
	unsigned int number = life->number;

	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_life_is_over(life)));
	put_device(&life->dev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_number_is_free(number)));
	scl_ear_begin(test, sdev, NULL);
	number = scl_number_lowest_free();
	scl_life_begin(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_number_is_free(number)));
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	scl_disk_put(sdev);
}

/* For want of memory it has none. */
static void the_loss_of_a_device_without_a_life_is_only_counted(struct kunit *test)
{
	long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);
	struct scsi_device *sdev = scl_kunit_disk(test);

	/* It would lose its life with the host too. */
	remove_device(scl_kunit_other(test));
	scl_host_forget(sdev->host);
	KUNIT_EXPECT_EQ(test, scl_host_remember(sdev->host), 0);
	KUNIT_EXPECT_NULL(test, scl_in_section(scl_life_find(sdev)));
	scl_ear_begin(test, sdev, NULL);
	remove_at_once(test, sdev);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED), killed + 1);
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	scl_disk_put(sdev);
}

/* @ours: the host has no record, for want of memory; else another host has its number meanwhile. */
static void removal_of_an_unknown_host(struct kunit *test, bool ours)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct Scsi_Host *shost = sdev->host;
	struct scl_life *life;

	if (ours) {
		remove_device(scl_kunit_disk(test));
		scl_host_forget(shost);
		scl_life_begin(sdev);
	}
	life = scl_kunit_life(test, sdev);
	if (!ours)
		life->shost = (const struct Scsi_Host *)&life;
	scl_ear_begin(test, sdev, NULL);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_life_is_over(life)));
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	scl_ear_end();
	if (ours)
		KUNIT_EXPECT_EQ(test, scl_host_remember(shost), 0);
	end(test, sdev, life);
}

static void an_end_is_told_of_its_own_host_alone(struct kunit *test)
{
	removal_of_an_unknown_host(test, true);
	removal_of_an_unknown_host(test, false);
}

/* One whose numbers are all different, and none of them is the first. */
static void a_node_and_its_end_have_the_address_of_their_device(struct kunit *test)
{
	struct scsi_device *sdev;
	struct scl_life *life;

	scl_second_host_add(test);
	sdev = scl_disk_get_at(2, 3, 5);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sdev));
	KUNIT_EXPECT_GT(test, sdev->host->host_no, 0U);
	scl_file_close(scl_kunit_file(test, sdev, 0));
	life = scl_ear_hear(test, sdev);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_life_is_over(life)));
	KUNIT_EXPECT_TRUE(test, heard_the_end(sdev, "none"));
	end(test, sdev, life);
	scl_ear_end();
	scl_second_host_remove(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_removal_is_told_with_its_loss_and_its_end),
	KUNIT_CASE(a_worker_that_sent_an_event_may_wait_for_memory_again),
	KUNIT_CASE(transitions_other_than_removals_are_told_on_request),
	KUNIT_CASE(a_device_that_flaps_is_told_of_now_and_then),
	KUNIT_CASE(no_event_is_sent_where_uevents_is_off),
	KUNIT_CASE(no_transition_is_told_twice),
	KUNIT_CASE(an_event_that_is_due_is_sent_before_the_node_goes),
	KUNIT_CASE(a_life_that_begins_after_the_removal_tells_no_removal),
	KUNIT_CASE(the_loss_of_a_device_without_a_life_is_only_counted),
	KUNIT_CASE(an_end_is_told_of_its_own_host_alone),
	KUNIT_CASE(a_node_and_its_end_have_the_address_of_their_device),
	{}
};

/* Also where an assertion ended the test. */
static void restore(struct kunit *test)
{
	scl_ear_end();
	scl_file_write_param(test, "uevents", "removals");
	scl_second_host_remove(test);
}

struct kunit_suite scl_event_suite = {
	.name = "scsi_lifecycle_event",
	.exit = restore,
	.test_cases = cases,
};
