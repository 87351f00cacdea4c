// SPDX-License-Identifier: GPL-2.0
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

_Noreturn void violation(const char *what, const char *answer, const record *r)
{
	flockfile(stdout);
	printf("violation: %s%s%s\n", what, *answer ? ": " : "", answer);
	if (r)
		print_record(r);
	fflush(stdout);
	_exit(1);
}

static int failed(struct file *file)
{
	int why = errno;

	if (why > 0 && why < ERRORS)
		file->totals->errors[why]++;
	return why;
}

bool file_open(struct file *file, const char *directory, struct dice *dice, struct totals *totals)
{
	bool blocking = one_in(dice, 2);
	int fd = open_any(dice, directory, O_RDONLY | (blocking ? 0 : O_NONBLOCK));

	*file = (struct file){ .fd = fd, .dice = dice, .totals = totals, .blocking = blocking };
	if (fd >= 0) {
		totals->opens++;
		return true;
	}
	if (failed(file) != ENOENT && errno != ENODEV && errno != ENXIO)
		violation("open fails", errno_name(errno), NULL);
	return false;
}

void file_close(struct file *file)
{
	if (file->fd >= 0 && close(file->fd))
		violation("close fails", errno_name(errno), NULL);
	file->fd = -1;
}

void file_hold(struct file *file)
{
	int why = ioctl(file->fd, SCSI_LIFECYCLE_IOC_HOLD) ? failed(file) : 0;

	if (!why) {
		if (file->story.gone || file->removed)
			violation("a device that is gone can be held", "", NULL);
		if (file->holding)
			violation("one file holds twice", "", NULL);
		file->holding = true;
		file->totals->holds++;
	} else if (file->story.gone || file->removed) {
		if (why != ENODEV)
			violation("a hold of a device that is gone", errno_name(why), NULL);
	} else if (why != ENODEV && why != (file->holding ? EBUSY : EACCES)) {
		violation(file->holding ? "a second hold" : "a hold", errno_name(why), NULL);
	}
}

void file_release(struct file *file)
{
	int why = ioctl(file->fd, SCSI_LIFECYCLE_IOC_RELEASE) ? failed(file) : 0;

	if (!why) {
		if (!file->holding)
			violation("what is not held can be released", "", NULL);
		if (file->story.gone || file->removed)
			violation("a device that is gone can be released", "", NULL);
		file->holding = false;
		file->totals->releases++;
	} else if (why == ENODEV) {
		file->removed = true;
	} else if (why != EINVAL || file->holding || file->story.gone || file->removed) {
		violation(file->holding ? "a release of what is held" : "a release",
			  errno_name(why), NULL);
	}
}

/* An end that was done is refused from then on, and so is one that comes too late. */
void file_end(struct file *file)
{
	int why = ioctl(file->fd, SCSI_LIFECYCLE_IOC_END) ? failed(file) : 0;

	if (!why) {
		if (file->story.gone || file->removed || file->ended)
			violation("a teardown ends twice", "", NULL);
		file->ended = true;
		file->totals->ends++;
	} else if (file->story.gone || file->removed || file->ended) {
		if (why != ENODEV)
			violation("an end that comes too late", errno_name(why), NULL);
	} else if (why != ENODEV && why != EINVAL) {
		violation("an end", errno_name(why), NULL);
	}
}

ssize_t file_read(struct file *file, unsigned int most)
{
	record records[8];
	size_t size = most * sizeof(record) + below(file->dice, sizeof(record));
	ssize_t got = read(file->fd, records, size);
	const char *wrong;

	file->totals->reads++;
	if (got < 0) {
		int why = failed(file);

		if (why == EINVAL ? most : why != EINTR && (why != EAGAIN || file->blocking))
			violation("read fails", errno_name(why), NULL);
		if (why == EAGAIN && file->story.gone)
			violation("there is more to wait for after GONE", "", NULL);
		return got;
	}
	if (got % sizeof(record) || (size_t)got > size)
		violation("read gives no whole records", "", NULL);
	wrong = got ? NULL : story_end(&file->story);
	if (wrong)
		violation("read", wrong, NULL);
	for (size_t i = 0; i < got / sizeof(record); i++) {
		wrong = story_tell(&file->story, &records[i]);
		if (wrong)
			violation("read", wrong, &records[i]);
		file->totals->records++;
		file->totals->lost += records[i].lost;
		file->totals->gone += file->story.gone;
	}
	return got;
}

int file_poll(struct file *file, int ms)
{
	struct pollfd poller = { .fd = file->fd, .events = POLLIN };

	if (poll(&poller, 1, ms) < 0) {
		if (failed(file) != EINTR)
			violation("poll fails", errno_name(errno), NULL);
		return 0;
	}
	if (poller.revents & ~(POLLIN | POLLHUP))
		violation("poll says what it should not", "", NULL);
	return poller.revents;
}

void file_wait(struct file *file)
{
	/* Again and again, lest the one time be before the read. */
	struct itimerval soon = { { 0, 10000 }, { 0, 1 + below(file->dice, 30000) } };

	setitimer(ITIMER_REAL, &soon, NULL);
	file_read(file, 1 + below(file->dice, 7));
	soon = (struct itimerval){ 0 };
	setitimer(ITIMER_REAL, &soon, NULL);
}
