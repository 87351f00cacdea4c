// SPDX-License-Identifier: GPL-2.0
//
// Times calls of one kind, made one after another by each of a number of threads: what a shell that
// writes to a file takes is more than most of them do. Only tests load it.
//
// Write "get|stock_get|block_unblock|block_unblock_all TIMES THREADS H:C:T:L" to
// /sys/kernel/debug/scsi_meter; then read from it the nanoseconds of the fastest, which was
// interrupted least: of a hundred pairs of get and put, of the thread that was slowest; or of a
// block of the device's target, or of all beside it, and of an unblock.
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_lifecycle.h>

#include "compat.h"

#define MOST_THREADS 64

static DEFINE_MUTEX(mutex);	/* one measurement at a time, and what it found */
static char found[64];

struct run {
	struct scsi_device *sdev;
	int (*get)(struct scsi_device *sdev);
	void (*put)(struct scsi_device *sdev);
	unsigned int times;
	struct completion start;
	atomic_t left;
	spinlock_t lock;	/* the two below */
	u64 slowest;
	int err;
	struct completion done;
};

static int get_and_put(void *data)
{
	struct run *run = data;
	u64 began, best = U64_MAX;
	unsigned int i, j;
	int err = 0;

	wait_for_completion(&run->start);
	for (i = 0; i < run->times && !err; i++) {
		began = ktime_get_ns();
		for (j = 0; j < 100 && !err; j++) {
			err = run->get(run->sdev);
			if (!err)
				run->put(run->sdev);
		}
		best = min(best, ktime_get_ns() - began);
		cond_resched();
	}
	spin_lock(&run->lock);
	run->slowest = max(run->slowest, best);
	run->err = run->err ?: err;
	spin_unlock(&run->lock);
	if (atomic_dec_and_test(&run->left))
		complete(&run->done);
	return 0;
}

static int time_get(struct run *run, unsigned int threads)
{
	struct task_struct *tasks[MOST_THREADS];
	unsigned int i, begun;

	spin_lock_init(&run->lock);
	init_completion(&run->start);
	init_completion(&run->done);
	atomic_set(&run->left, 1);
	for (begun = 0; begun < threads; begun++) {
		tasks[begun] = kthread_create(get_and_put, run, "meter/%u", begun);
		if (IS_ERR(tasks[begun])) {
			run->err = PTR_ERR(tasks[begun]);
			break;
		}
		get_task_struct(tasks[begun]);
		atomic_inc(&run->left);
		wake_up_process(tasks[begun]);
	}
	complete_all(&run->start);
	if (atomic_dec_and_test(&run->left))
		complete(&run->done);
	wait_for_completion(&run->done);
	/* They are still in this module's text, until they have ended. */
	for (i = 0; i < begun; i++) {
		kthread_stop(tasks[i]);
		put_task_struct(tasks[i]);
	}
	scnprintf(found, sizeof(found), "%llu\n", run->slowest);
	return run->err;
}

static int block(struct Scsi_Host *shost, struct device *dev)
{
	if (scsi_is_target_device(dev))
		return scl_block_target(shost, dev);
	scl_block_all(shost, dev);
	return 0;
}

static int time_block(struct run *run, struct device *dev)
{
	u64 began, blocked = U64_MAX, unblocked = U64_MAX;
	unsigned int i;
	int err = 0;

	for (i = 0; i < run->times && !err; i++) {
		began = ktime_get_ns();
		err = block(run->sdev->host, dev);
		blocked = min(blocked, ktime_get_ns() - began);
		began = ktime_get_ns();
		scsi_target_unblock(dev, SDEV_RUNNING);
		unblocked = min(unblocked, ktime_get_ns() - began);
	}
	scnprintf(found, sizeof(found), "%llu %llu\n", blocked, unblocked);
	return err;
}

static int measure(const char *what, struct run *run, unsigned int threads)
{
	if (!strcmp(what, "block_unblock"))
		return time_block(run, &scsi_target(run->sdev)->dev);
	if (!strcmp(what, "block_unblock_all"))
		return time_block(run, scsi_target(run->sdev)->dev.parent);
	if (!strcmp(what, "get")) {
		run->get = scsi_lifecycle_get;
		run->put = scsi_lifecycle_put;
	} else if (!strcmp(what, "stock_get")) {
		run->get = scsi_device_get;
		run->put = scsi_device_put;
	} else {
		return -EINVAL;
	}
	return time_get(run, threads);
}

static ssize_t meter_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	unsigned int host_no, channel, id, threads;
	struct Scsi_Host *shost;
	struct run run = {};
	char line[96] = "", what[20];
	int err = -ENODEV;
	u64 lun;

	if (count >= sizeof(line) || copy_from_user(line, buf, count) ||
	    sscanf(line, "%19s %u %u %u:%u:%u:%llu", what, &run.times, &threads, &host_no,
		   &channel, &id, &lun) != 7 ||
	    !threads || threads > MOST_THREADS)
		return -EINVAL;
	shost = scsi_host_lookup(host_no);
	if (!shost)
		return -ENODEV;
	mutex_lock(&mutex);
	run.sdev = scsi_device_lookup(shost, channel, id, lun);
	if (run.sdev) {
		err = measure(what, &run, threads);
		scsi_device_put(run.sdev);
	}
	mutex_unlock(&mutex);
	scsi_host_put(shost);
	return err ?: count;
}

static ssize_t meter_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	ssize_t read;

	mutex_lock(&mutex);
	read = simple_read_from_buffer(buf, count, ppos, found, strlen(found));
	mutex_unlock(&mutex);
	return read;
}

static const struct file_operations meter_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.write	= meter_write,
	.read	= meter_read,
};

static struct dentry *file;

static int __init meter_init(void)
{
	file = debugfs_create_file("scsi_meter", 0600, NULL, NULL, &meter_fops);
	return PTR_ERR_OR_ZERO(file);
}

static void __exit meter_exit(void)
{
	debugfs_remove(file);
}

module_init(meter_init);
module_exit(meter_exit);

MODULE_DESCRIPTION("Times calls, for tests of scsi_lifecycle");
MODULE_LICENSE("GPL");
