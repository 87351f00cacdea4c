// SPDX-License-Identifier: GPL-2.0
//
// What the module does when there is no memory: each slab allocation that a call makes itself fails
// once, one call after the other, by the kernel's fault injection. (The script that runs these lets
// it fail allocations that may wait.)
#include <kunit/test.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_lifecycle.h>

#include "failing.h"
#include "file.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
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
		scl_expect_logged(test, &log, err ? 1U : 0U,
				  "cannot be remembered, and is not guarded: -12");
		if (err)
			KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		has = has_attribute(shost);
		bare += !err && !has;
		KUNIT_EXPECT_EQ(test, scl_log_count(&again, "no teardown_tmo of its own"),
				!err && !has ? 1 : 0);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GT(test, refused, 0U);
	KUNIT_EXPECT_GT(test, bare, 0U);
	scsi_host_put(shost);
}

/* A host or device that could not be remembered for want of memory is found when there is some. */
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

/*
 * As the worker does, which is kept from it meanwhile. @ended: as when the device is removed, and
 * its node is about to be.
 */
static bool sends_again(struct scl_device *device, bool ended)
{
	struct scsi_device *sdev = device->sdev;
	bool again;

	cancel_delayed_work_sync(&device->uevent);
	spin_lock_irq(&device->lock);
	device->transitions = 1;
	device->uevent_due = true;
	device->sdev = ended ? NULL : sdev;
	spin_unlock_irq(&device->lock);
	scl_fail_nth(1);
	device->uevent.work.func(&device->uevent.work);
	again = delayed_work_pending(&device->uevent);
	spin_lock_irq(&device->lock);
	device->sdev = sdev;
	spin_unlock_irq(&device->lock);
	return scl_has_failed() && again;
}

static void an_event_that_finds_no_memory_is_sent_later(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);

	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(device->has_node)));
	KUNIT_EXPECT_TRUE(test, sends_again(device, false));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!READ_ONCE(device->transitions)));
	put_device(&device->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* The scl_device is freed next, and with it the work that would be queued. */
static void an_event_that_finds_no_memory_is_not_queued_after_the_removal(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);

	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(device->has_node)));
	KUNIT_EXPECT_FALSE(test, sends_again(device, true));
	KUNIT_EXPECT_EQ(test, READ_ONCE(device->transitions), 1U);
	put_device(&device->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static bool is_remembered(struct scsi_device *sdev)
{
	return scl_in_section(!!scl_device_find(sdev));
}

static void announce(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);

	mutex_lock(&scl_devices_mutex);
	scl_device_add(sdev);
	mutex_unlock(&scl_devices_mutex);
	srcu_read_unlock(&scl_srcu, idx);
}

/* (Not by a scan: where some of its own allocations fail the mid-layer comes to a BUG().) */
static void a_device_that_cannot_be_remembered_is_named(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	unsigned int n, refused = 0;
	bool failed = true;

	for (n = 1; failed && n < MANY; n++) {
		struct kmsg_dump_iter log = scl_log_mark();

		/* The device is forgotten with its host. */
		scl_host_forget(sdev->host);
		KUNIT_EXPECT_EQ(test, remember(sdev->host), 0);
		KUNIT_EXPECT_FALSE(test, is_remembered(sdev));
		scl_fail_nth(n);
		announce(sdev);
		failed = scl_has_failed();
		refused += !is_remembered(sdev);
		KUNIT_EXPECT_EQ(test, scl_log_count(&log, "no memory to remember it"),
				is_remembered(sdev) ? 0 : 1);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GT(test, refused, 0U);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* A device that could not be remembered when it was added. */
static void whichever_allocation_fails_a_lun_removal_is_accounted_for(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark(), again = log;
	long unknown = scl_counted(SCL_COUNT_FLUSHES_UNKNOWN);
	unsigned int n, said;
	bool failed = true;

	for (n = 1; failed && n < MANY; n++) {
		struct scsi_device *sdev = scl_kunit_other(test);

		scl_forget(sdev);
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

/*
 * The removal waits then as on stock, and the log has said so. Here the other LUN holds no command,
 * so it does not wait.
 */
static void without_memory_for_a_queue_that_stands_in_a_removal_goes_on(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark();
	struct scsi_device *disk = scl_kunit_disk(test);
	bool failed = true;
	unsigned int n;

	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(disk), 0);
	for (n = 1; failed && n < MANY; n++) {
		struct scsi_device *sdev;

		/* The spare queue of an earlier removal serves this one too. */
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

	/* What the references of an earlier test left for later ones is freed. */
	scl_references_exit();
	scl_fail_nth(1);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, scl_has_failed());
	KUNIT_EXPECT_EQ(test, kref_read(&sdev->sdev_gendev.kobj.kref), references);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	/* A device that has one already needs none for the second, nor the next for its first. */
	scl_fail_nth(1);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	scsi_lifecycle_put(sdev);
	scsi_lifecycle_put(sdev);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	KUNIT_EXPECT_FALSE(test, scl_has_failed());
	scsi_lifecycle_put(sdev);
	KUNIT_EXPECT_EQ(test, kref_read(&sdev->sdev_gendev.kobj.kref), references);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_node_that_is_opened_without_memory_has_no_opener(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	unsigned int n, refused = 0;
	bool failed = true;

	for (n = 1; failed && n < MANY; n++) {
		struct file *file;

		scl_fail_nth(n);
		file = scl_file_open(sdev, 0);
		failed = scl_has_failed();
		KUNIT_EXPECT_EQ(test, READ_ONCE(device->openers.open), IS_ERR(file) ? 0U : 1U);
		KUNIT_EXPECT_EQ(test, READ_ONCE(device->files), IS_ERR(file) ? 0U : 1U);
		if (IS_ERR(file))
			refused++;
		else
			scl_file_close(file);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GT(test, refused, 0U);
	put_device(&device->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_removal_that_there_is_no_memory_to_list_is_named(struct kunit *test)
{
	struct scl_device *device = kunit_kzalloc(test, sizeof(*device), GFP_KERNEL);
	struct kmsg_dump_iter log = scl_log_mark();
	unsigned long listed = scl_removed_count();

	KUNIT_ASSERT_NOT_NULL(test, device);
	device->host_no = 1;
	device->channel = 2;
	device->id = 3;
	device->lun = 4;
	scl_fail_nth(1);
	scl_removed_add(device);
	KUNIT_EXPECT_TRUE(test, scl_has_failed());
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "no memory to list the removal of 1:2:3:4"), 1U);
	KUNIT_EXPECT_EQ(test, scl_removed_count(), listed);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_host_that_cannot_be_remembered_or_has_no_attribute_is_named),
	KUNIT_CASE(rescue_finds_a_host_that_is_not_remembered),
	KUNIT_CASE(an_event_that_finds_no_memory_is_sent_later),
	KUNIT_CASE(an_event_that_finds_no_memory_is_not_queued_after_the_removal),
	KUNIT_CASE(a_device_that_cannot_be_remembered_is_named),
	KUNIT_CASE(whichever_allocation_fails_a_lun_removal_is_accounted_for),
	KUNIT_CASE(a_removal_that_there_is_no_memory_to_list_is_named),
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
