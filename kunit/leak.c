// SPDX-License-Identifier: GPL-2.0
//
// Repeated operations leave no memory behind. The kernel counts the objects of each size that are
// in use.
#include <kunit/test.h>
#include <linux/slab.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
#include "suites.h"

#define ROUNDS 100

static const char *const sizes[] = { "8",   "16",  "32",  "64", "96", "128",
				     "192", "256", "512", "1k", "2k", "4k" };

struct objects {
	long of[ARRAY_SIZE(sizes)];
};

/*
 * KASAN keeps freed objects from their next use for a while, to find uses of them, unless this
 * flushes them.
 */
static struct objects in_use(struct kunit *test)
{
	struct objects now = {};
	char path[64], text[32];
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		scnprintf(path, sizeof(path), "/sys/kernel/slab/kmalloc-%s/shrink", sizes[i]);
		KUNIT_EXPECT_EQ(test, scl_file_write(path, "1"), 0);
		scnprintf(path, sizeof(path), "/sys/kernel/slab/kmalloc-%s/objects", sizes[i]);
		KUNIT_EXPECT_GT(test, scl_file_text(path, text, sizeof(text)), (ssize_t)0);
		now.of[i] = simple_strtol(text, NULL, 10);
	}
	return now;
}

/* The size that has more objects than before, or NULL. */
static const char *grown(struct kunit *test, const struct objects *before)
{
	struct objects now = in_use(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		if (now.of[i] - before->of[i] >= ROUNDS / 2)
			return sizes[i];
	return NULL;
}

/* The first rounds may make what stays. */
static void expect_none_left(struct kunit *test, void (*round)(struct kunit *test, void *arg),
			     void *arg)
{
	struct objects before;
	const char *size;
	int i;

	for (i = 0; i < 4; i++)
		round(test, arg);
	srcu_barrier(&scl_srcu);
	before = in_use(test);
	for (i = 0; i < ROUNDS; i++)
		round(test, arg);
	srcu_barrier(&scl_srcu);
	KUNIT_EXPECT_TRUE_MSG(test, scl_comes_true(!(size = grown(test, &before))), "kmalloc-%s",
			      size);
}

static void reopen(struct kunit *test, void *file)
{
	struct file *again = scl_file_reopen(file);

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(again), 0);
	if (!IS_ERR(again))
		scl_file_close(again);
}

static void reopen_in_vain(struct kunit *test, void *file)
{
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(scl_file_reopen(file)), -ENODEV);
}

static void files_leave_no_memory_behind(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct file *file = scl_kunit_file(test, sdev, O_NONBLOCK);

	expect_none_left(test, reopen, file);
	scsi_remove_device(sdev);
	KUNIT_ASSERT_TRUE(test, scl_file_comes_to_its_end(file));
	expect_none_left(test, reopen_in_vain, file);
	scl_file_close(file);
	scl_disk_put(sdev);
}

/* The second call finds what the first call left. */
static void get_and_put(struct kunit *test, void *sdev)
{
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	scsi_lifecycle_put(sdev);
	scsi_lifecycle_put(sdev);
}

static void references_leave_no_memory_behind(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	expect_none_left(test, get_and_put, sdev);
	scl_disk_put(sdev);
}

static void never_put(struct kunit *test, void *sdev)
{
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	scl_references_exit();
	put_device(&((struct scsi_device *)sdev)->sdev_gendev);
	module_put(((struct scsi_device *)sdev)->host->hostt->module);
}

static void references_that_are_never_put_leave_no_memory_behind(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	expect_none_left(test, never_put, sdev);
	scl_disk_put(sdev);
}

static void remember_and_forget(struct kunit *test, void *sdev)
{
	KUNIT_EXPECT_NOT_NULL(test, scl_begin_device(sdev));
	/* It has a history. */
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	scl_forget(sdev);
	scl_devices_wait_ended(NULL);
}

static void remember_host_again(struct kunit *test, void *shost)
{
	KUNIT_EXPECT_EQ(test, scl_host_remember(shost), 0);
}

static void forget_host_and_remember(struct kunit *test, void *shost)
{
	scl_host_forget(shost);
	KUNIT_EXPECT_EQ(test, scl_host_remember(shost), 0);
}

static void records_leave_no_memory_behind(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	expect_none_left(test, remember_host_again, sdev->host);
	expect_none_left(test, forget_host_and_remember, sdev->host);
	expect_none_left(test, remember_and_forget, sdev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(files_leave_no_memory_behind),
	KUNIT_CASE(references_leave_no_memory_behind),
	KUNIT_CASE(references_that_are_never_put_leave_no_memory_behind),
	KUNIT_CASE(records_leave_no_memory_behind),
	{}
};

struct kunit_suite scl_leak_suite = {
	.name = "scsi_lifecycle_leak",
	.test_cases = cases,
};
