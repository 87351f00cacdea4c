/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_FILE_H
#define SCSI_LIFECYCLE_KUNIT_FILE_H

#include <kunit/test.h>
#include <linux/fs.h>
#include <scsi/scsi_device.h>
#include <uapi/scsi/scsi_lifecycle.h>

struct file *scl_file_open(struct scsi_device *sdev, int flags);
struct file *scl_kunit_file(struct kunit *test, struct scsi_device *sdev, int flags);
struct file *scl_file_reopen(struct file *file);
void scl_file_close(struct file *file);
ssize_t scl_file_read(struct file *file, void *buf, size_t size);
bool scl_file_comes_to_its_end(struct file *file);
long scl_file_ioctl(struct file *file, unsigned int cmd);
long scl_file_ioctl_without_privilege(struct kunit *test, struct file *file, unsigned int cmd);
ssize_t scl_file_text(const char *path, char *text, size_t size);
int scl_file_write(const char *path, const char *text);
void scl_file_write_param(struct kunit *test, const char *name, const char *value);

#endif
