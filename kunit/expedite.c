// SPDX-License-Identifier: GPL-2.0
//
// For how long the module has grace periods of the whole machine expedited: while a removal takes
// its steps, and a moment longer; not while one hangs, and for nothing else.
#include <kunit/test.h>
#include <linux/percpu-refcount.h>
#include <scsi/scsi_host.h>

#include "file.h"
#include "going.h"
#include "kernel_log.h"
#include "kunit_device.h"
#include "kunit_disk.h"
#include "removal.h"
#include "rooms.h"
#include "suites.h"

/* Removals of earlier tests are over for the module too. */
static void expect_none(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!scl_expedites()));
}

static bool counts_in_one_place(struct scsi_device *sdev)
{
	return sdev->request_queue->q_usage_counter.percpu_count_ptr & __PERCPU_REF_ATOMIC;
}

static void a_removal_is_expedited_until_a_moment_after_its_end(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	expect_none(test);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_expedites());
	expect_none(test);
	scl_disk_put(sdev);
}

static void each_step_of_a_removal_is_expedited_anew(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	int idx;

	expect_none(test);
	idx = srcu_read_lock(&scl_srcu);
	scl_removal_detached(sdev);
	srcu_read_unlock(&scl_srcu, idx);
	KUNIT_EXPECT_TRUE(test, scl_expedites());
	expect_none(test);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_removal_that_hangs_is_not_expedited_while_it_does(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_removal removal;

	expect_none(test);
	scl_removal_tmo(sdev, SCL_TMO_OFF);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_expedites()));
	expect_none(test);
	/* The monitor looks at it several times. */
	schedule_timeout_uninterruptible(5 * HZ);
	KUNIT_EXPECT_FALSE(test, scl_expedites());
	KUNIT_EXPECT_FALSE(test, completion_done(&removal.done));
	scl_removal_tmo(sdev, 0);
	wait_for_completion(&removal.done);
	KUNIT_EXPECT_TRUE(test, scl_expedites());
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	scl_disk_put(sdev);
}

static void a_scan_that_finds_nothing_is_not_expedited(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	expect_none(test);
	KUNIT_EXPECT_TRUE(test, IS_ERR(__scsi_add_device(sdev->host, 0, 0, 77, NULL)));
	KUNIT_EXPECT_FALSE(test, scl_expedites());
	scl_disk_put(sdev);
}

/* The monitor finds the removal, before the driver or the kernel froze the queue. */
static void begin(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);

	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 0 });
	scl_removal_begins(scl_host_find(sdev->host), sdev, SCL_STAGE_EVENT_FOUND);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	srcu_read_unlock(&scl_srcu, idx);
}

static void what_the_freeze_of_a_queue_waits_for_begins_with_the_removal(struct kunit *test)
{
	const char *const values[] = { "N", "Y" };
	int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		struct scsi_device *sdev = scl_kunit_disk(test);

		KUNIT_EXPECT_FALSE(test, counts_in_one_place(sdev));
		scl_file_write_param(test, "expedite", values[i]);
		begin(sdev);
		KUNIT_EXPECT_EQ(test, counts_in_one_place(sdev), !strcmp(values[i], "Y"));
		scsi_remove_device(sdev);
		scl_disk_put(sdev);
	}
}

/* A host that goes, and none of its devices does: they went long ago. */
static void the_end_of_a_host_is_expedited(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct Scsi_Host *shost = sdev->host;

	scsi_remove_device(sdev);
	scl_disk_put(sdev);
	expect_none(test);
	scl_host_forget(shost);
	KUNIT_EXPECT_TRUE(test, scl_expedites());
	KUNIT_EXPECT_EQ(test, scl_host_remember(shost), 0);
}

/* So that they wait for one grace period, and not for one after another. */
static void the_queues_of_a_host_that_is_removed_begin_together(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct scl_host *host = scl_in_section(scl_host_find(disk->host));
	struct module *lld;

	KUNIT_ASSERT_NOT_NULL(test, host);
	KUNIT_EXPECT_FALSE(test, counts_in_one_place(disk));
	WRITE_ONCE(host->dying_seen, false);
	WRITE_ONCE(host->queues_begun, false);
	lld = scl_set_lld(disk->host, scl_going());
	begin(other);
	flush_delayed_work(&host->poll);
	KUNIT_EXPECT_TRUE(test, counts_in_one_place(other));
	/* The first removal may hang; what is in use meanwhile stays as it is. */
	KUNIT_EXPECT_FALSE(test, counts_in_one_place(disk));
	scsi_remove_device(other);
	KUNIT_EXPECT_TRUE(test, counts_in_one_place(disk));
	scl_set_lld(disk->host, lld);
	WRITE_ONCE(host->dying_seen, false);
	WRITE_ONCE(host->queues_begun, false);
	scl_disk_put(other);
	scsi_remove_device(disk);
	scl_disk_put(disk);
}

static void nothing_is_expedited_where_that_is_refused(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_removal removal;

	expect_none(test);
	scl_file_write_param(test, "expedite", "N");
	scl_removal_tmo(sdev, 2);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	schedule_timeout_uninterruptible(HZ);
	KUNIT_EXPECT_FALSE(test, scl_expedites());
	wait_for_completion(&removal.done);
	KUNIT_EXPECT_FALSE(test, scl_expedites());
	scl_file_write_param(test, "expedite", "Y");
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	scl_disk_put(sdev);
}

static void a_word_that_says_neither_yes_nor_no_is_named(struct kunit *test)
{
	const char *path = "/sys/module/scsi_lifecycle/parameters/expedite";
	struct kmsg_dump_iter log = scl_log_mark();
	char text[16] = "";

	KUNIT_EXPECT_EQ(test, scl_file_write(path, "perhaps\n"), -EINVAL);
	scl_expect_logged(test, &log, 1U, "expedite: \"perhaps\" is neither \"Y\" nor \"N\"");
	KUNIT_EXPECT_EQ(test, scl_file_text(path, text, sizeof(text)), 2);
	KUNIT_EXPECT_STREQ(test, text, "Y\n");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_removal_is_expedited_until_a_moment_after_its_end),
	KUNIT_CASE(each_step_of_a_removal_is_expedited_anew),
	KUNIT_CASE(a_removal_that_hangs_is_not_expedited_while_it_does),
	KUNIT_CASE(a_scan_that_finds_nothing_is_not_expedited),
	KUNIT_CASE(what_the_freeze_of_a_queue_waits_for_begins_with_the_removal),
	KUNIT_CASE(the_end_of_a_host_is_expedited),
	KUNIT_CASE(the_queues_of_a_host_that_is_removed_begin_together),
	KUNIT_CASE(nothing_is_expedited_where_that_is_refused),
	KUNIT_CASE(a_word_that_says_neither_yes_nor_no_is_named),
	{}
};

struct kunit_suite scl_expedite_suite = {
	.name = "scsi_lifecycle_expedite",
	.test_cases = cases,
};
