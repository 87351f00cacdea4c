/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_SHOWN_H
#define SCSI_LIFECYCLE_KUNIT_SHOWN_H

#include <kunit/test.h>
#include <linux/fs.h>

struct file *scl_shown_open(struct kunit *test, const char *name, int flags);
void scl_shown(struct kunit *test, const char *name, char *text, size_t size);
void scl_shown_line(struct kunit *test, const char *name, const char *key, char *line, size_t size);
ssize_t scl_shown_write(struct kunit *test, struct file *file, const char *text, size_t size);

#endif
