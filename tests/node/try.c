// SPDX-License-Identifier: GPL-2.0
#include "node.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static long try_hold(int fd) { return ioctl(fd, SCSI_LIFECYCLE_IOC_HOLD); }
static long try_release(int fd) { return ioctl(fd, SCSI_LIFECYCLE_IOC_RELEASE); }
static long try_end(int fd) { return ioctl(fd, SCSI_LIFECYCLE_IOC_END); }
static long try_unknown(int fd) { return ioctl(fd, _IO(0xBD, 0x7f)); }

/*
 * As a program of 32 bits: its kernel interface is open to one of 64 as well, by its own interrupt.
 */
static long ioctl32(int fd, unsigned int command)
{
#ifdef __x86_64__
	long answer;

	asm volatile("int $0x80"
		     : "=a"(answer) : "a"(54L), "b"((long)fd), "c"((long)command), "d"(0L)
		     : "memory", "r8", "r9", "r10", "r11");
	if (answer >= 0)
		return answer;
	errno = (int)-answer;
	return -1;
#else
	(void)fd;
	(void)command;
	errno = ENOSYS;
	return -1;
#endif
}

static long try_hold32(int fd) { return ioctl32(fd, SCSI_LIFECYCLE_IOC_HOLD); }
static long try_release32(int fd) { return ioctl32(fd, SCSI_LIFECYCLE_IOC_RELEASE); }
static long try_end32(int fd) { return ioctl32(fd, SCSI_LIFECYCLE_IOC_END); }
static long try_seek(int fd) { return lseek(fd, 0, SEEK_SET); }

static long try_read(int fd)
{
	record r;

	return read(fd, &r, sizeof(r));
}

static long try_short(int fd)
{
	record r;

	return read(fd, &r, sizeof(r) - 1);
}

static long try_odd(int fd)
{
	record three[3];

	return read(fd, three, sizeof(three) - sizeof(three[0]) / 2);
}

static long try_fault(int fd)
{
	void *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long got = read(fd, nowhere, sizeof(record));
	int why = errno;

	munmap(nowhere, 4096);
	errno = why;
	return got;
}

static long try_write(int fd)
{
	record r = { 0 };

	return write(fd, &r, sizeof(r));
}

/* With the identity of root go its capabilities. */
static long try_drop(int fd)
{
	(void)fd;
	return setresuid(65534, 65534, 65534);
}

static long try_wait(int fd)
{
	char each;

	(void)fd;
	while (read(STDIN_FILENO, &each, 1) == 1 && each != '\n')
		;
	return 0;
}

static const struct {
	const char *name;
	long (*run)(int fd);
} words[] = {
	{ "hold", try_hold },	{ "release", try_release }, { "unknown", try_unknown },
	{ "read", try_read },	{ "short", try_short },	    { "odd", try_odd },
	{ "fault", try_fault }, { "write", try_write },	    { "seek", try_seek },
	{ "drop", try_drop },	{ "wait", try_wait },	    { "poll", NULL },
	{ "hold32", try_hold32 }, { "release32", try_release32 }, { "end", try_end },
	{ "end32", try_end32 },
};

static void print_poll(int fd)
{
	static const struct {
		short bit;
		const char *name;
	} bits[] = { { POLLIN, "in" }, { POLLOUT, "out" }, { POLLERR, "err" }, { POLLHUP, "hup" } };
	struct pollfd poller = { .fd = fd, .events = POLLIN | POLLOUT };
	const char *between = "";

	if (poll(&poller, 1, 0) < 0) {
		printf("poll=-%s\n", errno_name(errno));
		return;
	}
	fputs("poll=", stdout);
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (!(poller.revents & bits[i].bit))
			continue;
		printf("%s%s", between, bits[i].name);
		between = "+";
	}
	puts(*between ? "" : "none");
}

static void try_word(int fd, const char *name)
{
	size_t i;
	long value;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(name, words[i].name))
			break;
	}
	if (i == sizeof(words) / sizeof(words[0]))
		die("no such word: '%s'", name);
	if (!words[i].run) {
		print_poll(fd);
		return;
	}
	value = words[i].run(fd);
	if (value < 0)
		printf("%s=-%s\n", name, errno_name(errno));
	else
		printf("%s=%ld\n", name, value);
}

/* For writing too, where that is let: what write(2) says shall be the device's answer. */
int try_main(char **arguments)
{
	int fd = open(*arguments, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 && errno == EACCES)
		fd = open(*arguments, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		die_errno("open", *arguments);
	while (*++arguments)
		try_word(fd, *arguments);
	return 0;
}
