// SPDX-License-Identifier: GPL-2.0
//
// A node and its files, as the kernel has them: name and mode, what kind of file it is, which files
// are counted, which reads need not wait, and when events begin. What is read from it is in node.c.
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/uio.h>
#include <scsi/scsi_lifecycle.h>

#include "ear.h"
#include "failing.h"
#include "file.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
#include "suites.h"

#define RECORD sizeof(struct scsi_lifecycle_record)

static void let_be(struct device *dev)
{
}

/* A name of no device. Each number of its address is at its own place. */
static struct scl_device *a_device(struct kunit *test)
{
	struct scl_device *device = kunit_kzalloc(test, sizeof(*device), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, device);
	device_initialize(&device->dev);
	device->dev.release = let_be;
	spin_lock_init(&device->lock);
	device->number = SCL_NODES - 1;
	device->host_no = 1;
	device->channel = 2;
	device->id = 3;
	device->lun = 4;
	return device;
}

static bool says(const char *path, const char *word)
{
	char text[256];

	return scl_file_text(path, text, sizeof(text)) > 0 && strstr(text, word);
}

static void a_node_has_its_devices_address_and_is_roots_alone(struct kunit *test)
{
	static const char path[] = "/sys/class/scsi_lifecycle/1:2:3:4/uevent";
	struct kmsg_dump_iter log = scl_log_mark();
	struct scl_device *device = a_device(test);

	scl_node_add(device);
	KUNIT_ASSERT_TRUE(test, device->has_node);
	KUNIT_EXPECT_STREQ(test, dev_name(&device->dev), "1:2:3:4");
	KUNIT_EXPECT_TRUE(test, says(path, "DEVNAME=scsi_lifecycle/1:2:3:4\n"));
	KUNIT_EXPECT_TRUE(test, says(path, "DEVMODE=0600\n"));
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "has no node"), 0U);
	scl_node_remove(device);
	put_device(&device->dev);
}

static void a_device_that_has_no_node_is_named(struct kunit *test)
{
	struct kmsg_dump_iter log = scl_log_mark();
	struct scl_device *device;

	scl_needs_faults(test);
	device = a_device(test);
	scl_fail_nth(1);
	scl_node_add(device);
	KUNIT_EXPECT_TRUE(test, scl_has_failed());
	KUNIT_EXPECT_FALSE(test, device->has_node);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "scsi_lifecycle: 1:2:3:4 has no node: -12"), 1U);
	if (device->has_node)
		scl_node_remove(device);
	put_device(&device->dev);
}

static void a_file_is_a_stream(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct file *file = scl_kunit_file(test, sdev, 0);

	KUNIT_EXPECT_TRUE(test, file->f_mode & FMODE_STREAM);
	KUNIT_EXPECT_FALSE(test, file->f_mode & (FMODE_LSEEK | FMODE_PREAD | FMODE_ATOMIC_POS));
	scl_file_close(file);
	scl_disk_put(sdev);
}

static void the_files_that_are_open_are_counted(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	struct file *first = scl_kunit_file(test, sdev, 0), *second = scl_kunit_file(test, sdev, 0);

	KUNIT_EXPECT_EQ(test, device->files, 2U);
	scl_file_close(first);
	KUNIT_EXPECT_EQ(test, device->files, 1U);
	scl_file_close(second);
	KUNIT_EXPECT_EQ(test, device->files, 0U);
	put_device(&device->dev);
	scl_disk_put(sdev);
}

static void a_hold_takes_no_reference_on_its_device(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct file *file = scl_kunit_file(test, sdev, 0);
	unsigned int references = kref_read(&sdev->sdev_gendev.kobj.kref);

	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_HOLD), 0L);
	KUNIT_EXPECT_EQ(test, kref_read(&sdev->sdev_gendev.kobj.kref), references);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_RELEASE), 0L);
	KUNIT_EXPECT_EQ(test, kref_read(&sdev->sdev_gendev.kobj.kref), references);
	scl_file_close(file);
	scl_disk_put(sdev);
}

/* One read, after all records have been read. */
struct reader {
	struct scsi_device *sdev;
	struct file *file;
	int flags;			/* IOCB_ */
	struct completion begins, done;
	ssize_t said;
};

static int read_once(void *data)
{
	struct reader *reader = data;
	struct scsi_lifecycle_record record;
	struct kvec vec = { &record, RECORD };
	struct kiocb iocb;
	struct iov_iter to;

	allow_signal(SIGINT);
	init_sync_kiocb(&iocb, reader->file);
	iocb.ki_flags |= reader->flags;
	/* ITER_DEST, or READ, as older kernels have it. */
	iov_iter_kvec(&to, 0, &vec, 1, RECORD);
	complete(&reader->begins);
	reader->said = reader->file->f_op->read_iter(&iocb, &to);
	complete(&reader->done);
	return 0;
}

static struct task_struct *begin_to_read(struct kunit *test, struct reader *reader, int flags)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scsi_lifecycle_record record;
	struct task_struct *task;

	*reader = (struct reader){
		.sdev = sdev, .file = scl_kunit_file(test, sdev, 0), .flags = flags,
	};
	init_completion(&reader->begins);
	init_completion(&reader->done);
	while (vfs_poll(reader->file, NULL))
		KUNIT_EXPECT_GT(test, scl_file_read(reader->file, &record, RECORD), (ssize_t)0);
	task = kthread_create(read_once, reader, "reader");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&reader->begins);
	return task;
}

/* The end of the history wakes a reader that still waits. */
static void expect_said(struct kunit *test, struct reader *reader, struct task_struct *task,
			ssize_t what)
{
	bool done = wait_for_completion_timeout(&reader->done, 20 * HZ);

	KUNIT_EXPECT_TRUE(test, done);
	scsi_remove_device(reader->sdev);
	scl_disk_put(reader->sdev);
	if (!done)
		wait_for_completion(&reader->done);
	KUNIT_EXPECT_EQ(test, reader->said, what);
	put_task_struct(task);
	scl_file_close(reader->file);
}

static void a_reader_that_waits_can_be_interrupted(struct kunit *test)
{
	struct reader reader;
	struct task_struct *task = begin_to_read(test, &reader, 0);

	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&reader.done, HZ), 0UL);
	send_sig(SIGINT, task, 1);
	expect_said(test, &reader, task, -ERESTARTSYS);
}

/* As io_uring reads a file that poll(2) said could be. */
static void a_read_that_may_not_wait_does_not(struct kunit *test)
{
	struct reader reader;
	struct task_struct *task = begin_to_read(test, &reader, IOCB_NOWAIT);

	expect_said(test, &reader, task, -EAGAIN);
}

/* It may have to wait for the node of a device that was at its address before. */
static void an_event_that_is_due_before_there_is_a_node_is_sent_when_there_is(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_ear_hear(test, sdev);

	flush_delayed_work(&device->uevent);
	device->transitions = 0;
	scl_file_write_param(test, "uevents", "all");
	WRITE_ONCE(device->has_node, false);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	flush_delayed_work(&device->uevent);
	KUNIT_EXPECT_FALSE(test, scl_heard("BLOCKED=yes"));
	scl_uevents_begin(device);
	flush_delayed_work(&device->uevent);
	KUNIT_EXPECT_TRUE(test,
			  scl_heard("node STATE=running BLOCKED=yes CAUSE=block TRANSITIONS=1\n"));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	scsi_remove_device(sdev);
	scl_file_write_param(test, "uevents", "removals");
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	put_device(&device->dev);
	scl_ear_end();
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_node_has_its_devices_address_and_is_roots_alone),
	KUNIT_CASE(a_device_that_has_no_node_is_named),
	KUNIT_CASE(an_event_that_is_due_before_there_is_a_node_is_sent_when_there_is),
	KUNIT_CASE(a_file_is_a_stream),
	KUNIT_CASE(the_files_that_are_open_are_counted),
	KUNIT_CASE(a_hold_takes_no_reference_on_its_device),
	KUNIT_CASE(a_reader_that_waits_can_be_interrupted),
	KUNIT_CASE(a_read_that_may_not_wait_does_not),
	{}
};

struct kunit_suite scl_inode_suite = {
	.name = "scsi_lifecycle_inode",
	.test_cases = cases,
};
