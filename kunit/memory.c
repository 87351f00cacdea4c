// SPDX-License-Identifier: GPL-2.0
//
// What the module does when there is no memory: each slab allocation that a call makes itself fails once, one call after
// the other, by the kernel's fault injection. (The script that runs these lets it fail allocations that may wait.)
#include <kunit/test.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_lifecycle.h>

#include "../drivers/guard/event.h"
#include "../drivers/guard/guard.h"
#include "../drivers/guard/host.h"
#include "../drivers/guard/record.h"
#include "../drivers/guard/report.h"
#include "failing.h"
#include "file.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_life.h"
#include "suites.h"

/* More allocations than any call here makes. */
#define MANY 2000

static bool accounts_add_up(void)
{
	return scl_counted(SCL_COUNT_REMOVALS) ==
	       scl_counted(SCL_COUNT_FLUSHES_COMPLETED) + scl_counted(SCL_COUNT_FLUSHES_FAILED) +
	       scl_counted(SCL_COUNT_FLUSHES_KILLED) + scl_counted(SCL_COUNT_FLUSHES_NONE) +
	       scl_counted(SCL_COUNT_FLUSHES_UNKNOWN);
}

static int remember(struct Scsi_Host *shost)
{
	return scl_in_section(scl_host_remember(shost));
}

/* The host of scsi_debug, without a device, with a reference. */
static struct Scsi_Host *a_host(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct Scsi_Host *shost = scsi_host_get(disk->host);

	scsi_remove_device(other);
	scsi_remove_device(disk);
	scl_disk_put(other);
	scl_disk_put(disk);
	KUNIT_ASSERT_NOT_NULL(test, shost);
	return shost;
}

static bool has_attribute(struct Scsi_Host *shost)
{
	char path[80], text[16];

	scnprintf(path, sizeof(path), "/sys/bus/scsi/devices/host%u/teardown_tmo", shost->host_no);
	return scl_file_text(path, text, sizeof(text)) != -ENOENT;
}

static void a_host_that_cannot_be_remembered_or_has_no_attribute_is_named(struct kunit *test)
{
	struct Scsi_Host *shost = a_host(test);
	unsigned int n, refused = 0, bare = 0;
	bool failed = true, has;
	int err;

	for (n = 1; failed && n < MANY; n++) {
		struct kmsg_dump_iter log = scl_log_mark(), again = log;

		scl_host_forget(shost);
		KUNIT_EXPECT_FALSE(test, scl_is_remembered(shost));
		scl_fail_nth(n);
		err = remember(shost);
		failed = scl_has_failed();
		refused += !!err;
		KUNIT_EXPECT_EQ(test, scl_is_remembered(shost), !err);
		KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cannot be remembered, and is not guarded: -12"), err ? 1 : 0);
		if (err)
			KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		has = has_attribute(shost);
		bare += !err && !has;
		KUNIT_EXPECT_EQ(test, scl_log_count(&again, "no teardown_tmo of its own"), !err && !has ? 1 : 0);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GT(test, refused, 0U);
	KUNIT_EXPECT_GT(test, bare, 0U);
	scsi_host_put(shost);
}

/* What could not be remembered for want of memory is found when there is some. */
static void rescue_finds_a_host_that_is_not_remembered(struct kunit *test)
{
	static const char *const bad[] = { "0", "2", "11", "yes" };
	static const char path[] = "/sys/class/scsi_lifecycle/rescue";
	struct Scsi_Host *shost = a_host(test);
	int i;

	scl_host_forget(shost);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, scl_file_write(path, bad[i]), -EINVAL, "\"%s\"", bad[i]);
	KUNIT_EXPECT_FALSE(test, scl_is_remembered(shost));
	KUNIT_EXPECT_EQ(test, scl_file_write(path, "1\n"), 0);
	KUNIT_EXPECT_TRUE(test, scl_is_remembered(shost));
	scsi_host_put(shost);
}

/* As the worker does, which is kept from it meanwhile. @ended: as when the device is gone, and its node is about to. */
static bool tells_again(struct scl_life *life, bool ended)
{
	struct scsi_device *sdev = life->sdev;
	bool again;

	cancel_delayed_work_sync(&life->event);
	spin_lock_irq(&life->lock);
	life->untold = 1;
	life->sdev = ended ? NULL : sdev;
	spin_unlock_irq(&life->lock);
	scl_fail_nth(1);
	life->event.work.func(&life->event.work);
	again = delayed_work_pending(&life->event);
	spin_lock_irq(&life->lock);
	life->sdev = sdev;
	spin_unlock_irq(&life->lock);
	return scl_has_failed() && again;
}

static void an_event_that_finds_no_memory_is_sent_later(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_life *life = scl_kunit_life(test, sdev);

	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(life->has_node)));
	KUNIT_EXPECT_TRUE(test, tells_again(life, false));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!READ_ONCE(life->untold)));
	put_device(&life->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* The life is freed next, and with it the work that would be queued. */
static void an_event_that_finds_no_memory_is_not_queued_once_the_device_is_gone(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_life *life = scl_kunit_life(test, sdev);

	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(life->has_node)));
	KUNIT_EXPECT_FALSE(test, tells_again(life, true));
	KUNIT_EXPECT_EQ(test, READ_ONCE(life->untold), 1U);
	put_device(&life->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static bool has_life(struct scsi_device *sdev)
{
	return scl_in_section(scl_life_find(sdev) != NULL);
}

/* (Not by a scan: where some of its own allocations fail the mid-layer comes to a BUG().) */
static void a_device_whose_life_cannot_be_told_is_named(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	unsigned int n, refused = 0;
	bool failed = true;

	for (n = 1; failed && n < MANY; n++) {
		struct kmsg_dump_iter log = scl_log_mark();

		/* Its life ends with the host's record. */
		scl_host_forget(sdev->host);
		KUNIT_EXPECT_EQ(test, remember(sdev->host), 0);
		KUNIT_EXPECT_FALSE(test, has_life(sdev));
		scl_fail_nth(n);
		scl_life_begin(sdev);
		failed = scl_has_failed();
		refused += !has_life(sdev);
		KUNIT_EXPECT_EQ(test, scl_log_count(&log, "no memory to tell its life"), has_life(sdev) ? 0 : 1);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GT(test, refused, 0U);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void without_memory_for_a_record_the_old_one_stays(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_record *old = scl_record_find(sdev);

	KUNIT_EXPECT_NOT_NULL(test, old);
	scl_fail_nth(1);
	KUNIT_EXPECT_NULL(test, scl_record_create(sdev));
	KUNIT_EXPECT_TRUE(test, scl_has_failed());
	KUNIT_EXPECT_PTR_EQ(test, scl_record_find(sdev), old);
	srcu_read_unlock(&scl_srcu, idx);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* One that could not be remembered when it came. */
static void whatever_fails_when_a_lun_goes_its_removal_is_accounted_for(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark(), again = log;
	long unknown = scl_counted(SCL_COUNT_FLUSHES_UNKNOWN);
	unsigned int n, said;
	bool failed = true;

	for (n = 1; failed && n < MANY; n++) {
		struct scsi_device *sdev = scl_kunit_other(test);

		scl_record_forget(sdev);
		scl_fail_nth(n);
		scsi_remove_device(sdev);
		failed = scl_has_failed();
		KUNIT_EXPECT_EQ(test, READ_ONCE(sdev->sdev_state), SDEV_DEL);
		scl_disk_put(sdev);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	said = scl_log_count(&log, "no memory to account for its removal");
	KUNIT_EXPECT_GT(test, said, 0U);
	KUNIT_EXPECT_EQ(test, scl_log_count(&again, "cache flush lost"), 0U);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_UNKNOWN) - unknown, (long)said);
	KUNIT_EXPECT_TRUE(test, accounts_add_up());
}

/* The removal waits then as on stock, and the log has said so. Here the other LUN holds no command, so it does not. */
static void without_memory_for_a_queue_that_stands_in_a_removal_goes_on(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark();
	struct scsi_device *disk = scl_kunit_disk(test);
	bool failed = true;
	unsigned int n;

	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(disk), 0);
	for (n = 1; failed && n < MANY; n++) {
		struct scsi_device *sdev;

		/* What a removal before left there stands in for this one too. */
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(disk, SDEV_RUNNING), 0);
		scsi_remove_device(disk);
		scl_disk_put(disk);
		disk = scl_kunit_disk(test);
		sdev = scl_kunit_other(test);
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(disk), 0);
		scl_fail_nth(n);
		scsi_remove_device(sdev);
		failed = scl_has_failed();
		KUNIT_EXPECT_EQ(test, READ_ONCE(sdev->sdev_state), SDEV_DEL);
		scl_disk_put(sdev);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GT(test, scl_log_count(&log, "no queue to stand in for its own"), 0U);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(disk, SDEV_RUNNING), 0);
	scsi_remove_device(disk);
	scl_disk_put(disk);
}

static void a_reference_without_memory_is_refused_and_leaves_none(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	unsigned int references = kref_read(&sdev->sdev_gendev.kobj.kref);

	scl_fail_nth(1);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, scl_has_failed());
	KUNIT_EXPECT_EQ(test, kref_read(&sdev->sdev_gendev.kobj.kref), references);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	/* One that is there already needs none. */
	scl_fail_nth(1);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	KUNIT_EXPECT_TRUE(test, scl_has_failed());
	scsi_lifecycle_put(sdev);
	scsi_lifecycle_put(sdev);
	KUNIT_EXPECT_EQ(test, kref_read(&sdev->sdev_gendev.kobj.kref), references);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_node_that_is_opened_without_memory_has_no_opener(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_life *life = scl_kunit_life(test, sdev);
	unsigned int n, refused = 0;
	bool failed = true;

	for (n = 1; failed && n < MANY; n++) {
		struct file *file;

		scl_fail_nth(n);
		file = scl_file_open(sdev, 0);
		failed = scl_has_failed();
		KUNIT_EXPECT_EQ(test, READ_ONCE(life->openers.open), IS_ERR(file) ? 0U : 1U);
		KUNIT_EXPECT_EQ(test, READ_ONCE(life->files), IS_ERR(file) ? 0U : 1U);
		if (IS_ERR(file))
			refused++;
		else
			scl_file_close(file);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GT(test, refused, 0U);
	put_device(&life->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_host_that_cannot_be_remembered_or_has_no_attribute_is_named),
	KUNIT_CASE(rescue_finds_a_host_that_is_not_remembered),
	KUNIT_CASE(an_event_that_finds_no_memory_is_sent_later),
	KUNIT_CASE(an_event_that_finds_no_memory_is_not_queued_once_the_device_is_gone),
	KUNIT_CASE(a_device_whose_life_cannot_be_told_is_named),
	KUNIT_CASE(without_memory_for_a_record_the_old_one_stays),
	KUNIT_CASE(whatever_fails_when_a_lun_goes_its_removal_is_accounted_for),
	KUNIT_CASE(without_memory_for_a_queue_that_stands_in_a_removal_goes_on),
	KUNIT_CASE(a_reference_without_memory_is_refused_and_leaves_none),
	KUNIT_CASE(a_node_that_is_opened_without_memory_has_no_opener),
	{}
};

struct kunit_suite scl_memory_suite = {
	.name = "scsi_lifecycle_memory",
	.init = scl_needs_faults,
	.test_cases = cases,
};
