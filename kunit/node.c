// SPDX-License-Identifier: GPL-2.0
//
// What read(2), poll(2) and ioctl(2) of a device's node return. What a hold does to a removal is in
// hold.c.
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "suites.h"

#define RECORD sizeof(struct scsi_lifecycle_record)
#define RUNNING SCSI_LIFECYCLE_STATE_RUNNING
#define BLOCKED (SCSI_LIFECYCLE_STATE_RUNNING | SCSI_LIFECYCLE_STATE_BLOCKED)

static void block_and_unblock(struct kunit *test, struct scsi_device *sdev, int times)
{
	while (times--) {
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	}
}

/* Reads one record, which is there. */
static struct scsi_lifecycle_record next(struct kunit *test, struct file *file)
{
	struct scsi_lifecycle_record record = {};

	KUNIT_EXPECT_EQ(test, scl_file_read(file, &record, RECORD), (ssize_t)RECORD);
	KUNIT_EXPECT_EQ(test, record.version, (u8)SCSI_LIFECYCLE_VERSION);
	KUNIT_EXPECT_EQ(test, record.size, (u8)RECORD);
	KUNIT_EXPECT_EQ(test, record.reserved, 0);
	return record;
}

static void expect_transition(struct kunit *test, struct file *file, u8 from, u8 to, u8 cause)
{
	struct scsi_lifecycle_record record = next(test, file);

	KUNIT_EXPECT_EQ(test, record.type, (u8)SCSI_LIFECYCLE_REC_TRANSITION);
	KUNIT_EXPECT_EQ(test, record.from, from);
	KUNIT_EXPECT_EQ(test, record.to, to);
	KUNIT_EXPECT_EQ(test, record.cause, cause);
	KUNIT_EXPECT_EQ(test, record.lost, 0ULL);
}

static void expect_born(struct kunit *test, struct file *file)
{
	struct scsi_lifecycle_record record = next(test, file);

	KUNIT_EXPECT_EQ(test, record.type, (u8)SCSI_LIFECYCLE_REC_BORN);
	KUNIT_EXPECT_EQ(test, record.from, (u8)RUNNING);
	KUNIT_EXPECT_EQ(test, record.to, (u8)RUNNING);
	KUNIT_EXPECT_EQ(test, record.cause, 0);
	KUNIT_EXPECT_EQ(test, record.lost, 0ULL);
}

static void expect_nothing_yet(struct kunit *test, struct file *file)
{
	struct scsi_lifecycle_record record;

	KUNIT_EXPECT_EQ(test, scl_file_read(file, &record, RECORD), (ssize_t)-EAGAIN);
}

/* A disk with a history of one record. */
static struct scsi_device *a_new_disk(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	scsi_remove_device(sdev);
	scl_disk_put(sdev);
	return scl_kunit_disk(test);
}

static void a_history_is_read_from_birth_to_end(struct kunit *test)
{
	struct scsi_device *sdev = a_new_disk(test);
	struct file *file = scl_kunit_file(test, sdev, O_NONBLOCK);
	struct scl_device *device = scl_kunit_device(test, sdev);
	struct scsi_lifecycle_record last;
	u64 began = ktime_get_ns();

	expect_born(test, file);
	expect_nothing_yet(test, file);
	block_and_unblock(test, sdev, 1);
	expect_transition(test, file, RUNNING, BLOCKED, SCSI_LIFECYCLE_CAUSE_BLOCK);
	expect_transition(test, file, BLOCKED, RUNNING, SCSI_LIFECYCLE_CAUSE_UNBLOCK);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_TRANSPORT_OFFLINE), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	expect_transition(test, file, RUNNING, BLOCKED, SCSI_LIFECYCLE_CAUSE_BLOCK);
	expect_transition(test, file, BLOCKED, SCSI_LIFECYCLE_STATE_TRANSPORT_OFFLINE,
			  SCSI_LIFECYCLE_CAUSE_FAIL);
	expect_transition(test, file, SCSI_LIFECYCLE_STATE_TRANSPORT_OFFLINE, RUNNING,
			  SCSI_LIFECYCLE_CAUSE_UNBLOCK);
	expect_nothing_yet(test, file);

	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	put_device(&device->dev);
	expect_transition(test, file, RUNNING, SCSI_LIFECYCLE_STATE_CANCEL,
			  SCSI_LIFECYCLE_CAUSE_REMOVE);
	expect_transition(test, file, SCSI_LIFECYCLE_STATE_CANCEL, SCSI_LIFECYCLE_STATE_DEL,
			  SCSI_LIFECYCLE_CAUSE_REMOVED);
	last = next(test, file);
	KUNIT_EXPECT_EQ(test, last.type, (u8)SCSI_LIFECYCLE_REC_GONE);
	KUNIT_EXPECT_EQ(test, last.flush, (u8)SCSI_LIFECYCLE_FLUSH_COMPLETED);
	KUNIT_EXPECT_GE(test, last.time, began);
	KUNIT_EXPECT_LE(test, last.time, ktime_get_ns());
	KUNIT_EXPECT_EQ(test, scl_file_read(file, &last, RECORD), (ssize_t)0);
	KUNIT_EXPECT_EQ(test, scl_file_read(file, &last, RECORD), (ssize_t)0);
	scl_file_close(file);
	scl_disk_put(sdev);
}

static void a_transition_that_stock_does_not_announce_is_recorded(struct kunit *test)
{
	struct scsi_device *sdev = a_new_disk(test);
	struct file *file = scl_kunit_file(test, sdev, O_NONBLOCK);
	scl_ms began;

	expect_born(test, file);
	began = scl_now();
	KUNIT_EXPECT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(vfs_poll(file, NULL)));
	/* Within two seconds; other load of the machine counts too. */
	KUNIT_EXPECT_LE(test, scl_now() - began, 6000ULL);
	expect_transition(test, file, RUNNING, BLOCKED, SCSI_LIFECYCLE_CAUSE_SEEN);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(vfs_poll(file, NULL)));
	expect_transition(test, file, BLOCKED, RUNNING, SCSI_LIFECYCLE_CAUSE_SEEN);
	scl_file_close(file);
	scl_disk_put(sdev);
}

#define BLOCKS SCL_HISTORY_RECORDS		/* twice as many transitions as are kept */

static void a_slow_reader_gets_the_number_of_records_it_lost(struct kunit *test)
{
	struct scsi_device *sdev = a_new_disk(test);
	struct file *slow = scl_kunit_file(test, sdev, O_NONBLOCK), *late;
	struct scsi_lifecycle_record record;
	unsigned int i;
	u64 time = 0;

	expect_born(test, slow);
	block_and_unblock(test, sdev, BLOCKS);
	late = scl_kunit_file(test, sdev, O_NONBLOCK);
	for (i = 0; i < SCL_HISTORY_RECORDS; i++) {
		record = next(test, slow);
		KUNIT_EXPECT_EQ(test, record.lost, i ? 0ULL : 2ULL * BLOCKS - SCL_HISTORY_RECORDS);
		KUNIT_EXPECT_EQ(test, record.to, (u8)(i & 1 ? RUNNING : BLOCKED));
		KUNIT_EXPECT_GE(test, record.time, time);
		time = record.time;
	}
	expect_nothing_yet(test, slow);
	/* A reader that opens late has missed BORN too. */
	KUNIT_EXPECT_EQ(test, next(test, late).lost, 2ULL * BLOCKS - SCL_HISTORY_RECORDS + 1);
	KUNIT_EXPECT_EQ(test, next(test, late).lost, 0ULL);
	scl_file_close(late);
	scl_file_close(slow);
	scl_disk_put(sdev);
}

static void a_buffer_is_given_whole_records(struct kunit *test)
{
	struct scsi_device *sdev = a_new_disk(test);
	struct file *file = scl_kunit_file(test, sdev, O_NONBLOCK);
	char *buf = kunit_kmalloc(test, 8 * RECORD, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	block_and_unblock(test, sdev, 2);
	memset(buf, 0xa5, 8 * RECORD);
	KUNIT_EXPECT_EQ(test, scl_file_read(file, buf, 0), (ssize_t)-EINVAL);
	KUNIT_EXPECT_EQ(test, scl_file_read(file, buf, RECORD - 1), (ssize_t)-EINVAL);
	KUNIT_EXPECT_EQ(test, scl_file_read(file, buf, 3 * RECORD - 1), (ssize_t)(2 * RECORD));
	KUNIT_EXPECT_EQ(test, (u8)buf[2 * RECORD], (u8)0xa5);
	KUNIT_EXPECT_EQ(test, scl_file_read(file, buf, RECORD + 1), (ssize_t)RECORD);
	KUNIT_EXPECT_EQ(test, scl_file_read(file, buf, 8 * RECORD), (ssize_t)(2 * RECORD));
	KUNIT_EXPECT_EQ(test, scl_file_read(file, buf, 8 * RECORD), (ssize_t)-EAGAIN);
	scl_file_close(file);
	scl_disk_put(sdev);
}

struct reader {
	struct file *file;
	struct completion read;
	struct scsi_lifecycle_record records[8];
	ssize_t sizes[8];
	int reads;
};

static int read_all(void *data)
{
	struct reader *reader = data;
	ssize_t size;

	do {
		size = scl_file_read(reader->file, &reader->records[reader->reads], RECORD);
		reader->sizes[reader->reads] = size;
		/* What was read before how much: see expect_read(). */
		smp_store_release(&reader->reads, reader->reads + 1);
		complete(&reader->read);
	} while (size > 0 && reader->reads < 8);
	return 0;
}

static void expect_read(struct kunit *test, struct reader *reader, int type)
{
	int i;

	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&reader->read, 20 * HZ), 0UL);
	/* See the reader. */
	i = smp_load_acquire(&reader->reads) - 1;
	KUNIT_EXPECT_EQ(test, reader->sizes[i], (ssize_t)(type < 0 ? 0 : RECORD));
	if (type >= 0)
		KUNIT_EXPECT_EQ(test, reader->records[i].type, (u8)type);
}

static void a_reader_waits_and_is_woken(struct kunit *test)
{
	struct reader *reader = kunit_kzalloc(test, sizeof(*reader), GFP_KERNEL);
	struct scsi_device *sdev = a_new_disk(test);

	KUNIT_ASSERT_NOT_NULL(test, reader);
	init_completion(&reader->read);
	reader->file = scl_kunit_file(test, sdev, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(read_all, reader, "reader")));
	expect_read(test, reader, SCSI_LIFECYCLE_REC_BORN);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&reader->read, HZ / 4), 0UL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	expect_read(test, reader, SCSI_LIFECYCLE_REC_TRANSITION);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	expect_read(test, reader, SCSI_LIFECYCLE_REC_TRANSITION);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&reader->read, HZ / 4), 0UL);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(reader->reads) == 7));
	KUNIT_EXPECT_EQ(test, reader->records[5].type, (u8)SCSI_LIFECYCLE_REC_GONE);
	KUNIT_EXPECT_EQ(test, reader->sizes[6], (ssize_t)0);
	scl_file_close(reader->file);
	scl_disk_put(sdev);
}

static bool is_woken(struct poll_wqueues *table)
{
	return READ_ONCE(table->triggered);
}

static void poll_reports_records_and_the_end(struct kunit *test)
{
	struct poll_wqueues *table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	struct scsi_device *sdev = a_new_disk(test);
	struct file *file = scl_kunit_file(test, sdev, O_NONBLOCK);
	struct scl_device *device = scl_kunit_device(test, sdev);
	struct scsi_lifecycle_record records[8];

	KUNIT_ASSERT_NOT_NULL(test, table);
	KUNIT_EXPECT_EQ(test, vfs_poll(file, NULL), (__poll_t)(EPOLLIN | EPOLLRDNORM));
	expect_born(test, file);
	poll_initwait(table);
	KUNIT_EXPECT_EQ(test, vfs_poll(file, &table->pt), (__poll_t)0);
	KUNIT_EXPECT_FALSE(test, is_woken(table));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, is_woken(table));
	KUNIT_EXPECT_EQ(test, vfs_poll(file, NULL), (__poll_t)(EPOLLIN | EPOLLRDNORM));
	poll_freewait(table);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	put_device(&device->dev);
	KUNIT_EXPECT_EQ(test, vfs_poll(file, NULL), (__poll_t)(EPOLLIN | EPOLLRDNORM | EPOLLHUP));
	KUNIT_EXPECT_EQ(test, scl_file_read(file, records, sizeof(records)), (ssize_t)(5 * RECORD));
	/* End of file can be read. */
	KUNIT_EXPECT_EQ(test, vfs_poll(file, NULL), (__poll_t)(EPOLLIN | EPOLLRDNORM | EPOLLHUP));
	KUNIT_EXPECT_EQ(test, scl_file_read(file, records, sizeof(records)), (ssize_t)0);
	scl_file_close(file);
	scl_disk_put(sdev);
}

static void an_ioctl_that_there_is_not_is_none_before_and_after(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct file *file = scl_kunit_file(test, sdev, O_NONBLOCK);
	struct scl_device *device = scl_kunit_device(test, sdev);
	unsigned int cmd = _IO(0xBD, 0x13);

	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, cmd), (long)-ENOTTY);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, 0), (long)-ENOTTY);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	put_device(&device->dev);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, cmd), (long)-ENOTTY);
	scl_file_close(file);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_history_is_read_from_birth_to_end),
	KUNIT_CASE(a_transition_that_stock_does_not_announce_is_recorded),
	KUNIT_CASE(a_slow_reader_gets_the_number_of_records_it_lost),
	KUNIT_CASE(a_buffer_is_given_whole_records),
	KUNIT_CASE(a_reader_waits_and_is_woken),
	KUNIT_CASE(poll_reports_records_and_the_end),
	KUNIT_CASE(an_ioctl_that_there_is_not_is_none_before_and_after),
	{}
};

struct kunit_suite scl_node_suite = {
	.name = "scsi_lifecycle_node",
	.test_cases = cases,
};
