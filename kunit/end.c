// SPDX-License-Identifier: GPL-2.0
//
// The end of a device, while its node is kept: what waits for the node, and what does not.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/kthread.h>
#include <scsi/scsi_host.h>

#include "ear.h"
#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
#include "suites.h"

/* A removed device whose node cannot be removed yet. */
struct kept {
	struct scsi_device *sdev;
	struct scl_device *device;
	struct scl_hold hold;
};

static void remove_and_keep(struct kunit *test, struct kept *kept, struct scsi_device *sdev)
{
	kept->sdev = sdev;
	kept->device = scl_kunit_device(test, sdev);
	scl_ear_begin(test, sdev, &kept->hold);
	scl_ear_listen(kept->device);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&kept->hold.held, 20 * HZ), 0UL);
}

static void let_go(struct kunit *test, struct kept *kept)
{
	complete_all(&kept->hold.leave);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(kept->device)));
	put_device(&kept->device->dev);
	scl_disk_put(kept->sdev);
	scl_ear_end();
}

/* A thread that may have to wait for a node. */
struct waiter {
	struct Scsi_Host *shost;
	struct scsi_device *sdev;
	struct completion done;
};

static int scan(void *data)
{
	struct waiter *waiter = data;

	waiter->sdev = scl_disk_get_other();
	complete(&waiter->done);
	return 0;
}

static int scan_disk(void *data)
{
	struct waiter *waiter = data;

	waiter->sdev = scl_disk_get();
	complete(&waiter->done);
	return 0;
}

static int forget(void *data)
{
	struct waiter *waiter = data;

	scl_host_forget(waiter->shost);
	complete(&waiter->done);
	return 0;
}

static void begin(struct kunit *test, struct waiter *waiter, int (*does)(void *waiter))
{
	init_completion(&waiter->done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(does, waiter, "waiter")));
}

static void expect_to_wait(struct kunit *test, struct waiter *waiter)
{
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&waiter->done, HZ), 0UL);
}

static bool expect_to_end(struct kunit *test, struct waiter *waiter)
{
	bool in_time = wait_for_completion_timeout(&waiter->done, 20 * HZ);

	KUNIT_EXPECT_TRUE(test, in_time);
	return in_time;
}

static void a_new_device_waits_for_the_node_of_the_old_one(struct kunit *test)
{
	struct waiter waiter = {};
	struct kept kept;

	remove_and_keep(test, &kept, scl_kunit_other(test));
	begin(test, &waiter, scan);
	expect_to_wait(test, &waiter);
	let_go(test, &kept);
	expect_to_end(test, &waiter);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(waiter.sdev));
	scl_file_close(scl_kunit_file(test, waiter.sdev, 0));
	scl_disk_put(waiter.sdev);
}

static void a_host_that_is_removed_waits_for_the_nodes_of_its_devices(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct waiter waiter = { .shost = other->host };
	struct kept kept;

	scsi_remove_device(disk);
	scl_disk_put(disk);
	remove_and_keep(test, &kept, other);
	begin(test, &waiter, forget);
	expect_to_wait(test, &waiter);
	let_go(test, &kept);
	expect_to_end(test, &waiter);
	KUNIT_EXPECT_EQ(test, scl_host_remember(waiter.shost), 0);
}

/* On its host there is a device, and one that is removed but for an open file. */
static void a_new_device_does_not_wait_for_the_node_of_another_hosts_device(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test);
	struct file *file = scl_kunit_file(test, disk, 0);
	struct waiter waiter = {};
	struct kept kept;
	bool in_time;

	scsi_remove_device(disk);
	KUNIT_EXPECT_TRUE(test, scl_file_comes_to_its_end(file));
	remove_and_keep(test, &kept, scl_kunit_other(test));
	/* As of another host. */
	kept.device->shost = (const struct Scsi_Host *)&kept;
	begin(test, &waiter, scan_disk);
	in_time = expect_to_end(test, &waiter);
	let_go(test, &kept);
	if (!in_time)
		wait_for_completion(&waiter.done);
	KUNIT_EXPECT_FALSE(test, IS_ERR_OR_NULL(waiter.sdev));
	scl_file_close(file);
	scl_disk_put(disk);
	if (!IS_ERR_OR_NULL(waiter.sdev))
		scl_disk_put(waiter.sdev);
}

static void remove_device(struct scsi_device *sdev)
{
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void the_end_of_a_device_that_is_held_up_holds_up_no_other(struct kunit *test)
{
	struct scsi_device *sdevs[4];
	struct scl_device *devices[4];
	struct scl_hold hold;
	int i;

	for (i = 0; i < 4; i++) {
		sdevs[i] = scl_disk_get_at(1, 0, i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(sdevs[i]));
		devices[i] = scl_kunit_device(test, sdevs[i]);
	}
	scl_ear_begin(test, sdevs[0], &hold);
	for (i = 0; i < 3; i++) {
		scl_ear_listen(devices[i]);
		scsi_remove_device(sdevs[i]);
		KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&hold.held, 20 * HZ), 0UL);
	}
	scsi_remove_device(sdevs[3]);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(devices[3])));
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_FALSE(test, scl_has_ended(devices[i]));
	complete_all(&hold.leave);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(devices[i])));
		put_device(&devices[i]->dev);
		scl_disk_put(sdevs[i]);
	}
}

static struct scsi_lifecycle_record last_record(struct kunit *test, struct file *file)
{
	struct scsi_lifecycle_record record = {};

	KUNIT_EXPECT_TRUE(test, scl_file_comes_to_its_end(file));
	while (scl_file_read(file, &record, sizeof(record)) > 0)
		;
	KUNIT_EXPECT_EQ(test, record.type, (u8)SCSI_LIFECYCLE_REC_GONE);
	return record;
}

/* A reader that finds a device in no list of devices looks for it in that of the removed. */
static void a_device_is_listed_as_removed_before_its_node_goes(struct kunit *test)
{
	unsigned long before = scl_removed_count();
	struct kept kept = {};

	remove_and_keep(test, &kept, scl_kunit_other(test));
	KUNIT_EXPECT_EQ(test, scl_removed_count(), before + 1);
	let_go(test, &kept);
}

static void the_last_record_has_the_flush_result(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct file *file = scl_kunit_file(test, sdev, 0);
	struct scsi_lifecycle_record last;
	struct kept kept;

	remove_and_keep(test, &kept, sdev);
	kept.device->outcome = (struct scl_outcome){
		.flush = SCL_FLUSH_RESULT_FAILED,
		.tries = 300,
		.last = { .result = 0x08000002, .sense_key = 5, .asc = 0x24, .ascq = 1 },
	};
	let_go(test, &kept);
	last = last_record(test, file);
	KUNIT_EXPECT_EQ(test, last.cause, 0);
	KUNIT_EXPECT_EQ(test, last.flush, (u8)SCSI_LIFECYCLE_FLUSH_FAILED);
	/* tries is a byte. */
	KUNIT_EXPECT_EQ(test, last.tries, (u8)255);
	KUNIT_EXPECT_EQ(test, last.result, 0x08000002U);
	KUNIT_EXPECT_EQ(test, last.sense_key, (u8)5);
	KUNIT_EXPECT_EQ(test, last.asc, (u8)0x24);
	KUNIT_EXPECT_EQ(test, last.ascq, (u8)1);
	scl_file_close(file);
}

/* As for a change of its scheduler: a queue that cannot be entered says nothing of a removal. */
static void a_device_may_begin_while_its_queue_is_frozen(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);

	remove_device(scl_kunit_disk(test));
	scl_host_forget(sdev->host);
	KUNIT_EXPECT_EQ(test, scl_host_remember(sdev->host), 0);
	blk_mq_freeze_queue(sdev->request_queue);
	scl_begin_device(sdev);
	blk_mq_unfreeze_queue(sdev->request_queue);
	KUNIT_EXPECT_NOT_NULL(test, scl_in_section(scl_device_find(sdev)));
	remove_device(sdev);
}

/* So that a number that a program has read of one device does not mean the next one. */
static void a_number_that_is_free_again_is_not_the_next_to_be_given(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	unsigned int number = device->number;

	put_device(&device->dev);
	remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_number_is_free(number)));
	sdev = scl_kunit_other(test);
	device = scl_kunit_device(test, sdev);
	KUNIT_EXPECT_GT(test, device->number, number);
	put_device(&device->dev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_new_device_waits_for_the_node_of_the_old_one),
	KUNIT_CASE(a_host_that_is_removed_waits_for_the_nodes_of_its_devices),
	KUNIT_CASE(a_new_device_does_not_wait_for_the_node_of_another_hosts_device),
	KUNIT_CASE(the_end_of_a_device_that_is_held_up_holds_up_no_other),
	KUNIT_CASE(a_device_is_listed_as_removed_before_its_node_goes),
	KUNIT_CASE(the_last_record_has_the_flush_result),
	KUNIT_CASE(a_device_may_begin_while_its_queue_is_frozen),
	KUNIT_CASE(a_number_that_is_free_again_is_not_the_next_to_be_given),
	{}
};

static void stop_listening(struct kunit *test)
{
	scl_ear_end();
}

struct kunit_suite scl_end_suite = {
	.name = "scsi_lifecycle_end",
	.exit = stop_listening,
	.test_cases = cases,
};
