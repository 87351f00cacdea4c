// SPDX-License-Identifier: GPL-2.0
//
// The flushes that an LLD holds: how they are identified, how they are handed to error handling,
// and which commands error handling has of a device.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/ctype.h>
#include <linux/kthread.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_proto.h>

#include "compat.h"
#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "shown.h"
#include "suites.h"

/* The driver of a disk sends its own as commands for power management. */
#define DRIVERS true

/* A request that is not sent yet. */
static struct request *a_request(struct kunit *test, struct scsi_device *sdev, blk_opf_t op,
				 bool drivers, u8 opcode)
{
	struct request *rq = scsi_alloc_request(sdev->request_queue, op, 0);
	struct scsi_cmnd *cmd = blk_mq_rq_to_pdu(rq);

	KUNIT_ASSERT_FALSE(test, IS_ERR(rq));
	if (drivers)
		rq->rq_flags |= RQF_PM;
	cmd->cmd_len = 10;
	memset(cmd->cmnd, 0, 10);
	cmd->cmnd[0] = opcode;
	rq->timeout = 100 * HZ;
	return rq;
}

static void expect_to_be(struct kunit *test, blk_opf_t op, bool drivers, u8 opcode,
			 enum scl_flush what)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct request *rq = a_request(test, sdev, op, drivers, opcode);

	KUNIT_EXPECT_EQ_MSG(test, scl_flush_of(rq), what, "%u,%u,%x", (__force unsigned int)op,
			    drivers, opcode);
	blk_mq_free_request(rq);
	scl_disk_put(sdev);
}

static void a_flush_is_the_drivers_or_a_file_systems_and_no_users(struct kunit *test)
{
	static const u8 flushes[] = { SYNCHRONIZE_CACHE, SYNCHRONIZE_CACHE_16 };
	int i;

	for (i = 0; i < ARRAY_SIZE(flushes); i++) {
		expect_to_be(test, REQ_OP_DRV_IN, DRIVERS, flushes[i], SCL_FLUSH_DRIVER);
		expect_to_be(test, REQ_OP_DRV_IN, !DRIVERS, flushes[i], SCL_FLUSH_NONE);
		expect_to_be(test, REQ_OP_FLUSH, !DRIVERS, flushes[i], SCL_FLUSH_FILE_SYSTEM);
	}
	expect_to_be(test, REQ_OP_DRV_IN, DRIVERS, START_STOP, SCL_FLUSH_STOP);
	expect_to_be(test, REQ_OP_DRV_IN, !DRIVERS, START_STOP, SCL_FLUSH_NONE);
	expect_to_be(test, REQ_OP_DRV_IN, DRIVERS, TEST_UNIT_READY, SCL_FLUSH_NONE);
	expect_to_be(test, REQ_OP_WRITE, !DRIVERS, WRITE_10, SCL_FLUSH_NONE);
}

/* The LLD has these and does not answer them. */
#define MOST 8
static struct scsi_cmnd *kept[MOST];
static unsigned int keeps;
static struct scsi_host_template *lld, as_it_was;

static scl_queued keep(struct Scsi_Host *shost, struct scsi_cmnd *cmd)
{
	if (keeps == MOST)
		return SCSI_MLQUEUE_HOST_BUSY;
	kept[keeps] = cmd;
	WRITE_ONCE(keeps, keeps + 1);
	return 0;
}

static void keep_from_now_on(struct scsi_device *sdev)
{
	keeps = 0;
	lld = (struct scsi_host_template *)sdev->host->hostt;
	as_it_was = *lld;
	lld->queuecommand = keep;
}

/* A flush that error handling has is not answered by this any more. */
static void answer(void)
{
	unsigned int i;

	lld->queuecommand = as_it_was.queuecommand;
	for (i = 0; i < keeps; i++) {
		kept[i]->result = 0;
		scsi_done(kept[i]);
	}
	keeps = 0;
}

/* Also where an assertion ended the test in between. */
static void give_lld_back(struct kunit *test)
{
	if (!lld)
		return;
	answer();
	lld->eh_abort_handler = as_it_was.eh_abort_handler;
	lld = NULL;
}

/* A thread that waits for a command. */
struct waiter {
	struct request *rq;		/* NULL: for the flush of a file system */
	struct scsi_device *sdev;
	struct completion done;
};

static int wait(void *data)
{
	struct waiter *waiter = data;
	char path[40];
	struct file *file;

	if (waiter->rq) {
		blk_execute_rq(waiter->rq, false);
		blk_mq_free_request(waiter->rq);
	} else {
		scnprintf(path, sizeof(path), "/dev/%s",
			  waiter->sdev->request_queue->disk->disk_name);
		file = filp_open(path, O_RDWR, 0);
		if (!IS_ERR(file)) {
			vfs_fsync(file, 0);
			scl_file_close(file);
		}
	}
	complete(&waiter->done);
	return 0;
}

static void wait_for(struct kunit *test, struct waiter *waiter, struct scsi_device *sdev,
		     struct request *rq)
{
	unsigned int before = keeps;

	*waiter = (struct waiter){ .rq = rq, .sdev = sdev };
	init_completion(&waiter->done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(wait, waiter, "waiter")));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(keeps) > before));
}

static void flush(struct kunit *test, struct waiter *waiter, struct scsi_device *sdev)
{
	wait_for(test, waiter, sdev,
		 a_request(test, sdev, REQ_OP_DRV_IN, DRIVERS, SYNCHRONIZE_CACHE));
}

static void ask(struct kunit *test, struct waiter *waiter, struct scsi_device *sdev)
{
	wait_for(test, waiter, sdev,
		 a_request(test, sdev, REQ_OP_DRV_IN, !DRIVERS, TEST_UNIT_READY));
}

static void expect_over(struct kunit *test, struct waiter *waiter)
{
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&waiter->done, 20 * HZ), 0UL);
}

static void a_devices_flushes_are_given_up_and_nothing_else_of_its_host(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct waiter first, second, third, flushes[2];

	keep_from_now_on(disk);
	ask(test, &first, other);
	ask(test, &second, disk);
	KUNIT_EXPECT_EQ(test, scl_flush_at_lld(disk), SCL_FLUSH_NONE);
	flush(test, &flushes[0], disk);
	flush(test, &flushes[1], disk);
	ask(test, &third, other);
	KUNIT_EXPECT_EQ(test, scl_flush_at_lld(disk), SCL_FLUSH_DRIVER);
	KUNIT_EXPECT_EQ(test, scl_flush_at_lld(other), SCL_FLUSH_NONE);
	KUNIT_EXPECT_EQ(test, scl_flush_abort(other, false), 0U);
	KUNIT_EXPECT_EQ(test, scl_flush_abort(disk, true), 2U);
	expect_over(test, &flushes[0]);
	expect_over(test, &flushes[1]);
	KUNIT_EXPECT_EQ(test, scl_flush_at_lld(disk), SCL_FLUSH_NONE);
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&first.done));
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&second.done));
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&third.done));
	answer();
	expect_over(test, &first);
	expect_over(test, &second);
	expect_over(test, &third);
	scl_disk_put(other);
	scl_disk_put(disk);
}

static void a_file_systems_flush_is_given_up_with_its_device_alone(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test);
	struct waiter fsync, sync;

	keep_from_now_on(disk);
	wait_for(test, &fsync, disk, NULL);
	KUNIT_EXPECT_EQ(test, scl_flush_at_lld(disk), SCL_FLUSH_FILE_SYSTEM);
	KUNIT_EXPECT_EQ(test, scl_flush_abort(disk, true), 0U);
	flush(test, &sync, disk);
	KUNIT_EXPECT_EQ(test, scl_flush_at_lld(disk), SCL_FLUSH_DRIVER);
	KUNIT_EXPECT_EQ(test, scl_flush_abort(disk, false), 2U);
	expect_over(test, &sync);
	answer();
	expect_over(test, &fsync);
	scl_disk_put(disk);
}

/* The host does not recover while a command is with the LLD. */
static void commands_that_error_handling_has_are_counted_for_their_device(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct waiter asked, flushes[2];

	keep_from_now_on(disk);
	lld->eh_abort_handler = NULL;
	ask(test, &asked, other);
	flush(test, &flushes[0], disk);
	flush(test, &flushes[1], disk);
	KUNIT_EXPECT_EQ(test, scl_count_failed(disk), 0U);
	KUNIT_EXPECT_EQ(test, scl_flush_abort(disk, false), 2U);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_count_failed(disk) == 2));
	KUNIT_EXPECT_EQ(test, scl_count_failed(other), 0U);
	answer();
	expect_over(test, &asked);
	expect_over(test, &flushes[0]);
	expect_over(test, &flushes[1]);
	KUNIT_EXPECT_EQ(test, scl_count_failed(disk), 0U);
	scl_disk_put(other);
	scl_disk_put(disk);
}

/* The flush expired; the LLD may let go of it only after more than one attempt. */
static void the_flush_of_a_dead_device_is_aborted_again_at_each_poll(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test);
	struct scl_device *device;
	struct waiter sync;
	int idx;

	keep_from_now_on(disk);
	flush(test, &sync, disk);
	scl_disk_set(disk, (struct scl_stock){ SDEV_DEL, 0 });
	idx = srcu_read_lock(&scl_srcu);
	device = scl_device_find(disk);
	KUNIT_EXPECT_NOT_NULL(test, device);
	if (device)
		device->progress.expired = true;
	srcu_read_unlock(&scl_srcu, idx);
	scl_removal_poll_now(disk);
	expect_over(test, &sync);
	answer();
	scl_disk_set(disk, (struct scl_stock){ SDEV_RUNNING, 0 });
	scsi_remove_device(disk);
	scl_disk_put(disk);
}

/* A flush that the file system may have sent before the removal began. */
static void a_file_systems_flush_has_its_time_while_its_disk_is_removed(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test);
	char line[256], *deadline;
	struct waiter fsync;

	keep_from_now_on(disk);
	wait_for(test, &fsync, disk, NULL);
	scl_disk_set(disk, (struct scl_stock){ SDEV_CANCEL, 0 });
	scl_shown_line(test, "devices", dev_name(&disk->sdev_gendev), line, sizeof(line));
	scl_disk_set(disk, (struct scl_stock){ SDEV_RUNNING, 0 });
	deadline = strstr(line, "state=cancel ") ? strstr(line, " deadline=") : NULL;
	KUNIT_EXPECT_TRUE_MSG(test, deadline && isdigit(deadline[strlen(" deadline=")]), "%s",
			      line);
	answer();
	expect_over(test, &fsync);
	scsi_remove_device(disk);
	scl_disk_put(disk);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_flush_is_the_drivers_or_a_file_systems_and_no_users),
	KUNIT_CASE(a_devices_flushes_are_given_up_and_nothing_else_of_its_host),
	KUNIT_CASE(a_file_systems_flush_is_given_up_with_its_device_alone),
	KUNIT_CASE(commands_that_error_handling_has_are_counted_for_their_device),
	KUNIT_CASE(the_flush_of_a_dead_device_is_aborted_again_at_each_poll),
	KUNIT_CASE(a_file_systems_flush_has_its_time_while_its_disk_is_removed),
	{}
};

struct kunit_suite scl_flush_suite = {
	.name = "scsi_lifecycle_flush",
	.exit = give_lld_back,
	.test_cases = cases,
};
