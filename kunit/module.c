// SPDX-License-Identifier: GPL-2.0
//
// The unload of an LLD while references on its devices are held: what the unload waits for, what is
// logged, and what ends the wait.
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "going.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
#include "suites.h"

/* How long an unload waits before the log says so. */
#define SAYS_MS 10000

struct unload {
	struct module *lld;
	struct completion done;
	scl_ms began, ended;
};

static int drain(void *data)
{
	struct unload *unload = data;

	unload->began = scl_now();
	scl_references_drain(unload->lld);
	unload->ended = scl_now();
	complete(&unload->done);
	return 0;
}

static void begin(struct kunit *test, struct unload *unload, struct module *lld)
{
	*unload = (struct unload){ .lld = lld };
	init_completion(&unload->done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(drain, unload, "unload")));
}

static void expect_wait(struct kunit *test, struct unload *unload, unsigned int seconds)
{
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&unload->done, seconds * HZ), 0UL);
}

/* In jiffies, by which the wait is timed. */
static void expect_wait_until(struct kunit *test, struct unload *unload, unsigned long until)
{
	while (time_before(jiffies, until))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&unload->done));
}

/* The wait ends at once, and not at the check after ten seconds. */
static void expect_end_since(struct kunit *test, struct unload *unload, scl_ms put)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&unload->done, 40 * HZ), 0UL);
	KUNIT_EXPECT_LT(test, unload->ended - put, SAYS_MS / 2ULL);
}

/* The device has another address for a while: one where each number is at its own place. */
struct address {
	unsigned int host, channel, id;
	u64 lun;
};

static struct address move(struct scsi_device *sdev, struct address to)
{
	struct address from = { sdev->host->host_no, sdev->channel, sdev->id, sdev->lun };

	sdev->host->host_no = to.host;
	sdev->channel = to.channel;
	sdev->id = to.id;
	sdev->lun = to.lun;
	return from;
}

static void an_unload_that_waits_names_a_device_and_goes_on_waiting(struct kunit *test)
{
	static const char said[] = "going waits for 2 references on 1 device, one of them 1:2:3:4";
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct module *lld = scl_going(), *was = scl_set_lld(disk->host, lld);
	struct kmsg_dump_iter log = scl_log_mark(), late = log;
	unsigned long began = jiffies;
	struct address at;
	struct unload unload;
	scl_ms put;

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(disk), 0);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(disk), 0);
	at = move(disk, (struct address){ 1, 2, 3, 4 });
	begin(test, &unload, lld);
	expect_wait_until(test, &unload, began + msecs_to_jiffies(SAYS_MS - 1000));
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "the unload of going waits"), 0U);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_log_count(&log, said)));
	move(disk, at);
	/* The log says so once, and only the last put ends the wait. */
	expect_wait(test, &unload, 30);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "the unload of going waits"), 0U);
	scsi_lifecycle_put(disk);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(other), 0);
	expect_wait(test, &unload, 1);
	scsi_lifecycle_put(disk);
	expect_wait(test, &unload, 1);
	put = scl_now();
	scsi_lifecycle_put(other);
	expect_end_since(test, &unload, put);
	KUNIT_EXPECT_EQ(test, scl_log_count(&late, "the unload of going waits"), 1U);
	scl_set_lld(disk->host, was);
	scl_disk_put(other);
	scl_disk_put(disk);
}

static void an_unload_counts_all_references_on_all_devices_of_its_lld(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct module *lld = scl_going(), *was = scl_set_lld(disk->host, lld);
	struct kmsg_dump_iter log = scl_log_mark();
	struct unload unload;

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(disk), 0);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(other), 0);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(other), 0);
	KUNIT_EXPECT_EQ(test, scl_references_of(disk), 1U);
	KUNIT_EXPECT_EQ(test, scl_references_of(other), 2U);
	begin(test, &unload, lld);
	expect_wait(test, &unload, 14);
	scl_expect_logged(test, &log, 1U,
			  "going waits for 3 references on 2 devices, one of them ");
	scsi_lifecycle_put(other);
	scsi_lifecycle_put(other);
	log = scl_log_mark();
	scsi_lifecycle_put(disk);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&unload.done, 40 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "the unload of going"), 0U);
	KUNIT_EXPECT_EQ(test, scl_references_of(disk), 0U);
	KUNIT_EXPECT_EQ(test, scl_references_of(other), 0U);
	scl_set_lld(disk->host, was);
	scl_disk_put(other);
	scl_disk_put(disk);
}

static void an_unload_without_references_waits_for_none_and_says_nothing(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark();
	struct unload unload;

	begin(test, &unload, scl_going());
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&unload.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "the unload of going"), 0U);
}

/* The caller of scsi_lifecycle_put() may be in the release of a device, which is the LLD's text. */
static void an_unload_waits_for_a_caller_that_is_still_in_its_last_put(struct kunit *test)
{
	struct unload unload;
	int idx = srcu_read_lock(&scl_srcu);

	begin(test, &unload, scl_going());
	expect_wait(test, &unload, 1);
	srcu_read_unlock(&scl_srcu, idx);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&unload.done, 20 * HZ), 0UL);
}

/* As when the module is unloaded, which an active reference would prevent. */
static void references_that_are_never_put_are_reported_and_waited_for_no_more(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct module *lld = scl_going(), *was = scl_set_lld(disk->host, lld);
	struct kmsg_dump_iter log = scl_log_mark(), second = log;
	struct unload unload;
	scl_ms last_put;

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(disk), 0);
	scl_set_lld(disk->host, was);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(disk), 0);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(disk), 0);
	/* A reference on a device whose LLD is not known. */
	scl_set_lld(disk->host, NULL);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(other), 0);
	scl_set_lld(disk->host, was);
	begin(test, &unload, lld);
	expect_wait(test, &unload, 1);
	last_put = scl_now();
	scl_references_exit();
	expect_end_since(test, &unload, last_put);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "never put: 2 active, 1 passive"), 1U);
	KUNIT_EXPECT_EQ(test, scl_log_count(&second, "never put: 0 active, 1 passive"), 1U);
	KUNIT_EXPECT_EQ(test, scl_references_of(disk), 0U);
	KUNIT_EXPECT_EQ(test, scl_references_of(other), 0U);
	/* The test owns them now. */
	module_put(was);
	module_put(was);
	put_device(&disk->sdev_gendev);
	put_device(&disk->sdev_gendev);
	put_device(&disk->sdev_gendev);
	put_device(&other->sdev_gendev);
	scl_disk_put(other);
	scl_disk_put(disk);
}

/* A passive reference gives back no module reference, whatever was put before. */
static void a_put_gives_the_modules_reference_back_that_its_get_took(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct module *lld = scl_going(), *was;
	int held, i;

	was = scl_set_lld(disk->host, lld);
	for (i = 0; i < 4; i++)
		KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(other), 0);
	scl_set_lld(disk->host, was);
	held = module_refcount(was);
	for (i = 0; i < 4; i++)
		KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(disk), 0);
	KUNIT_EXPECT_EQ(test, module_refcount(was), held + 4);
	for (i = 0; i < 4; i++) {
		scsi_lifecycle_put(disk);
		scsi_lifecycle_put(other);
		KUNIT_EXPECT_EQ(test, module_refcount(was), held + 3 - i);
	}
	scl_disk_put(other);
	scl_disk_put(disk);
}

static void a_device_whose_last_reference_is_dropped_gives_none(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scsi_device *leaving = kunit_kzalloc(test, sizeof(*leaving), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, leaving);
	leaving->host = sdev->host;
	leaving->sdev_state = SDEV_RUNNING;
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(leaving), -ENXIO);
	KUNIT_EXPECT_EQ(test, scl_references_of(leaving), 0U);
	scl_disk_put(sdev);
}

static void a_host_that_is_left_behind_has_no_queue_that_stands_in(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct scl_host *host = scl_in_section(scl_host_find(disk->host));
	struct file *file = scl_kunit_file(test, other, 0);
	struct module *lld = scl_going(), *guard = file->f_op->owner;
	int held;

	scl_file_close(file);
	KUNIT_ASSERT_NOT_NULL(test, host);
	held = module_refcount(guard);
	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(other), 0);
	scsi_remove_device(disk);
	scl_disk_put(disk);
	KUNIT_EXPECT_NOT_NULL(test, READ_ONCE(host->spare.queue));
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(other, SDEV_RUNNING), 0);
	scl_set_lld(other->host, lld);
	scl_module_unloads(lld);
	KUNIT_EXPECT_EQ(test, module_refcount(guard), held);
	KUNIT_EXPECT_EQ(test, scl_host_remember(other->host), 0);
	scsi_remove_device(other);
	scl_disk_put(other);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_unload_that_waits_names_a_device_and_goes_on_waiting),
	KUNIT_CASE(an_unload_counts_all_references_on_all_devices_of_its_lld),
	KUNIT_CASE(an_unload_without_references_waits_for_none_and_says_nothing),
	KUNIT_CASE(an_unload_waits_for_a_caller_that_is_still_in_its_last_put),
	KUNIT_CASE(references_that_are_never_put_are_reported_and_waited_for_no_more),
	KUNIT_CASE(a_put_gives_the_modules_reference_back_that_its_get_took),
	KUNIT_CASE(a_device_whose_last_reference_is_dropped_gives_none),
	KUNIT_CASE(a_host_that_is_left_behind_has_no_queue_that_stands_in),
	{}
};

struct kunit_suite scl_module_suite = {
	.name = "scsi_lifecycle_module",
	.test_cases = cases,
};
