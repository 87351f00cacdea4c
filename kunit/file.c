// SPDX-License-Identifier: GPL-2.0
//
// The node of a device, opened as user space does.
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/sched.h>

#include "file.h"
#include "kunit_device.h"

/* Returns the file or an ERR_PTR(). The node has the device's name, and @sdev may be removed. */
struct file *scl_file_open(struct scsi_device *sdev, int flags)
{
	char path[64];

	scnprintf(path, sizeof(path), "/dev/scsi_lifecycle/%s", dev_name(&sdev->sdev_gendev));
	return filp_open(path, O_RDONLY | flags, 0);
}

struct file *scl_kunit_file(struct kunit *test, struct scsi_device *sdev, int flags)
{
	struct file *file = scl_file_open(sdev, flags);

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "no node: %ld", PTR_ERR(file));
	return file;
}

/* As by /proc/self/fd, which needs the node's inode, and no node. */
struct file *scl_file_reopen(struct file *file)
{
	return dentry_open(&file->f_path, O_RDONLY, current_cred());
}

/*
 * A kernel thread's fput() is done later, by a worker. (After a failed assertion KUnit ends a test
 * in the task of insmod.)
 */
void scl_file_close(struct file *file)
{
	if (current->flags & PF_KTHREAD)
		__fput_sync(file);
	else
		fput(file);
}

ssize_t scl_file_read(struct file *file, void *buf, size_t size)
{
	return kernel_read(file, buf, size, NULL);
}

/* The last record is written: no reader waits any more. */
bool scl_file_comes_to_its_end(struct file *file)
{
	return scl_comes_true(vfs_poll(file, NULL) & EPOLLHUP);
}

long scl_file_ioctl(struct file *file, unsigned int cmd)
{
	return file->f_op->unlocked_ioctl(file, cmd, 0);
}

long scl_file_ioctl_without_privilege(struct kunit *test, struct file *file, unsigned int cmd)
{
	struct cred *cred = prepare_creds();
	const struct cred *was;
	long err;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_lower(cred->cap_effective, CAP_SYS_ADMIN);
	was = override_creds(cred);
	err = scl_file_ioctl(file, cmd);
	revert_creds(was);
	put_cred(cred);
	return err;
}

/* All of a file, or what fits, with a NUL at its end. Return: how much, or the error. */
ssize_t scl_file_text(const char *path, char *text, size_t size)
{
	struct file *file = filp_open(path, O_RDONLY, 0);
	ssize_t length = 0, got;
	loff_t pos = 0;

	text[0] = '\0';
	if (IS_ERR(file))
		return PTR_ERR(file);
	do {
		got = kernel_read(file, text + length, size - 1 - length, &pos);
		if (got > 0)
			length += got;
	} while (got > 0 && length < size - 1);
	text[length] = '\0';
	scl_file_close(file);
	return got < 0 ? got : length;
}

/* Writes as an administrator's shell does. Return: 0, or the error. */
int scl_file_write(const char *path, const char *text)
{
	struct file *file = filp_open(path, O_WRONLY, 0);
	ssize_t written;
	loff_t pos = 0;

	if (IS_ERR(file))
		return PTR_ERR(file);
	written = kernel_write(file, text, strlen(text), &pos);
	scl_file_close(file);
	if (written < 0)
		return written;
	return written == strlen(text) ? 0 : -EIO;
}

/* A parameter of the guard, as the administrator sets it. */
void scl_file_write_param(struct kunit *test, const char *name, const char *value)
{
	char path[80];

	scnprintf(path, sizeof(path), "/sys/module/scsi_lifecycle/parameters/%s", name);
	KUNIT_EXPECT_EQ(test, scl_file_write(path, value), 0);
}
