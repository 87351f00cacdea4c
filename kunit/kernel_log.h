/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_KERNEL_LOG_H
#define SCSI_LIFECYCLE_KUNIT_KERNEL_LOG_H

#include <linux/kmsg_dump.h>
#include <linux/string.h>

/* Reads only lines that are logged from now on. */
static inline struct kmsg_dump_iter scl_log_mark(void)
{
	struct kmsg_dump_iter log;
	size_t length;
	char line[16];

	kmsg_dump_rewind(&log);
	while (kmsg_dump_get_line(&log, false, line, sizeof(line), &length))
		;
	return log;
}

/* How many lines have @text; they are read by this call. */
static inline unsigned int scl_log_count(struct kmsg_dump_iter *log, const char *text)
{
	unsigned int count = 0;
	char line[256];
	size_t length;

	while (kmsg_dump_get_line(log, false, line, sizeof(line) - 1, &length)) {
		line[min(length, sizeof(line) - 1)] = '\0';
		count += !!strstr(line, text);
	}
	return count;
}

/* The level of the first line that has @text, KERN_ERR as '3'; 0: none has. */
static inline char scl_log_level(struct kmsg_dump_iter *log, const char *text)
{
	char line[256];
	size_t length;

	while (kmsg_dump_get_line(log, true, line, sizeof(line) - 1, &length)) {
		line[min(length, sizeof(line) - 1)] = '\0';
		if (strstr(line, text))
			return line[1];
	}
	return '\0';
}

/* The log has a text this many times, and is read up to its end. */
#define scl_expect_logged(test, log, times, text)			\
	KUNIT_EXPECT_EQ_MSG(test, scl_log_count(log, text), times, "%s", text)

#endif
