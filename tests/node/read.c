// SPDX-License-Identifier: GPL-2.0
#include "node.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int open_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die_errno("open", path);
	return fd;
}

/* The next record, however long it takes; false: the end of the file. */
static bool next_record(int fd, const char *path, record *r)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	ssize_t got;

	if (poll(&poller, 1, -1) < 0)
		die_errno("poll", path);
	got = read(fd, r, sizeof(*r));
	if (got < 0)
		die_errno("read", path);
	if (got && got != sizeof(*r))
		die("read %zd bytes of %s, and a record has %zu", got, path, sizeof(*r));
	return got;
}

int read_main(char **arguments)
{
	int fd = open_path(*arguments);
	record r;

	while (next_record(fd, *arguments, &r))
		print_record(&r);
	puts("eof");
	return 0;
}

int check_main(char **arguments)
{
	int fd = open_path(*arguments);
	struct story story = { 0 };
	const char *wrong;
	record r;

	while (next_record(fd, *arguments, &r)) {
		wrong = story_tell(&story, &r);
		if (wrong) {
			print_record(&r);
			die("%s: %s", *arguments, wrong);
		}
	}
	wrong = story_end(&story);
	if (wrong)
		die("%s: %s", *arguments, wrong);
	printf("records=%lu lost=%lu\n", story.records, (unsigned long)story.lost);
	return 0;
}

int hold_main(char **arguments)
{
	int fd = open_path(*arguments);

	if (ioctl(fd, SCSI_LIFECYCLE_IOC_HOLD))
		die_errno("hold", *arguments);
	puts("held");
	for (;;)
		pause();
}
