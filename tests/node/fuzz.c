// SPDX-License-Identifier: GPL-2.0
/*
 * Anything at all, on random nodes. What is asked of the answers is only what is so whatever came
 * before: an ioctl that there is not is ENOTTY, read(2) gives whole records and writes nowhere
 * else, and nothing can be written or mapped. A timer that never stops ends what waits.
 */
#include "node.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS 4
#define PAGE 4096
#define GUARD 0xa5
#define KERNEL_ADDRESS 0xffff888000100000

static struct dice dice;
static const char *directory;
static int files[SLOTS];
static unsigned long operations, opens, reads, records;

/* Pages: one to write, one to read only, one for nothing. */
static unsigned char *pages;

static _Noreturn void violation(const char *what, long got)
{
	printf("violation: %s: %ld%s%s\n", what, got, got < 0 ? " " : "",
	       got < 0 ? errno_name(errno) : "");
	_exit(1);
}

static void *anywhere(void)
{
	switch (below(&dice, 8)) {
	case 0:
		return NULL;
	case 1:
		return (void *)1;
	case 2:
		return (void *)(KERNEL_ADDRESS + below(&dice, PAGE));
	case 3:
		return pages + PAGE + below(&dice, 2 * PAGE);
	case 4:
		return pages + PAGE - below(&dice, 4 * sizeof(record));
	default:
		return pages + below(&dice, PAGE);
	}
}

static size_t any_size(void)
{
	switch (below(&dice, 8)) {
	case 0:
		return below(&dice, sizeof(record));
	case 1:
		return roll(&dice);
	case 2:
		return below(&dice, 2 * PAGE);
	default:
		return below(&dice, 5 * sizeof(record));
	}
}

/* Whether the guard is whole but for so many bytes from there on. */
static bool untouched_but(const unsigned char *from, size_t size)
{
	for (unsigned char *each = pages; each < pages + PAGE; each++) {
		if (*each != GUARD && (each < from || (size_t)(each - from) >= size))
			return false;
	}
	return true;
}

/*
 * What the driver answers, and what the VFS does before it: EINVAL to a size that no ssize_t holds.
 */
static bool read_may_say(int why, size_t size)
{
	switch (why) {
	case EINVAL:
		return size < sizeof(record) || size > SSIZE_MAX;
	case EAGAIN:
	case EINTR:
	case EFAULT:
		return true;
	default:
		return false;
	}
}

static void took_in(const char *what, ssize_t got, size_t size)
{
	reads++;
	if (got <= 0)
		return;
	if (got % sizeof(record) || (size_t)got > size)
		violation(what, got);
	records += got / sizeof(record);
}

static void any_read(int fd)
{
	unsigned char *to = anywhere();
	size_t size = any_size();
	bool writable = to >= pages && to < pages + PAGE && size <= (size_t)(pages + PAGE - to);
	ssize_t got;

	memset(pages, GUARD, PAGE);
	got = read(fd, to, size);
	took_in("read gives no whole records", got, size);
	if (got < 0 && !read_may_say(errno, size))
		violation("read fails", got);
	/* Where it faulted, the record that did may be there in part. */
	if (!untouched_but(to, got > 0 && writable ? (size_t)got : size))
		violation("read writes beyond what it gave", got);
}

static void any_vector(int fd)
{
	struct iovec vector[4];
	unsigned int count = below(&dice, 5);
	size_t size = 0;
	bool at = one_in(&dice, 2);
	ssize_t got;

	for (unsigned int i = 0; i < count; i++) {
		vector[i] = (struct iovec){ anywhere(), any_size() };
		if (__builtin_add_overflow(size, vector[i].iov_len, &size))
			size = SIZE_MAX;
	}
	got = at ? preadv(fd, vector, count, below(&dice, PAGE)) : readv(fd, vector, count);
	took_in(at ? "preadv gives no whole records" : "readv gives no whole records", got, size);
	if (got < 0 && errno != EINVAL && errno != EAGAIN && errno != EINTR && errno != EFAULT &&
	    !(at && errno == ESPIPE))
		violation(at ? "preadv fails" : "readv fails", got);
}

/* Those of these types, the VFS itself may take. */
static bool of_the_vfs(unsigned int command)
{
	return memchr("\0TXf\x94", _IOC_TYPE(command), 5);
}

static void any_ioctl(int fd)
{
	unsigned int command = roll(&dice);
	int got;

	if (!one_in(&dice, 4)) {
		unsigned int number = one_in(&dice, 2) ? 0x10 + below(&dice, 3) : below(&dice, 256);

		command = _IOC(below(&dice, 4), 0xBD, number,
			       one_in(&dice, 2) ? 0 : below(&dice, 64));
	}
	got = ioctl(fd, command, one_in(&dice, 4) ? (void *)roll(&dice) : anywhere());
	if (command == SCSI_LIFECYCLE_IOC_HOLD) {
		if (got && errno != EBUSY && errno != ENODEV && errno != EACCES)
			violation("hold fails", got);
	} else if (command == SCSI_LIFECYCLE_IOC_RELEASE) {
		if (got && errno != EINVAL && errno != ENODEV)
			violation("release fails", got);
	} else if (command == SCSI_LIFECYCLE_IOC_END) {
		if (got && errno != EINVAL && errno != ENODEV)
			violation("end fails", got);
	} else if (!of_the_vfs(command) && (got != -1 || errno != ENOTTY)) {
		printf("ioctl %#x: ", command);
		violation("an unknown ioctl is not ENOTTY", got);
	}
}

static void any_poll(int fd)
{
	struct pollfd poller = { .fd = fd, .events = roll(&dice) };
	int got = poll(&poller, 1, below(&dice, 3));

	if (got < 0 ? errno != EINTR : poller.revents & ~(POLLIN | POLLRDNORM | POLLHUP))
		violation("poll says what it should not", got < 0 ? got : poller.revents);
}

static void any_write(int fd)
{
	ssize_t got = write(fd, anywhere(), any_size());

	if (got > 0)
		violation("it can be written", got);
}

static void any_map(int fd)
{
	int way = one_in(&dice, 2) ? MAP_SHARED : MAP_PRIVATE;
	void *at = mmap(NULL, PAGE << below(&dice, 4), PROT_READ, way, fd, below(&dice, 4) * PAGE);

	if (at != MAP_FAILED)
		violation("it can be mapped", 0);
}

static void any_other(int fd)
{
	struct stat status;
	int flags = fcntl(fd, F_GETFL);

	switch (below(&dice, 5)) {
	case 0:
		fcntl(fd, F_SETFL, flags ^ O_NONBLOCK);
		break;
	case 1:
		fcntl(fd, F_SETFL, flags ^ O_ASYNC);
		break;
	case 2:
		lseek(fd, roll(&dice), below(&dice, 5));
		break;
	case 3:
		fsync(fd);
		break;
	default:
		if (fstat(fd, &status) || !S_ISCHR(status.st_mode))
			violation("it is no character device", 0);
	}
}

static void any_copy(int *file)
{
	int copy = dup(*file);

	if (copy < 0)
		violation("dup fails", copy);
	close(*file);
	*file = copy;
}

/* The last close(2) is the child's or the parent's. */
static void any_fork(int *file)
{
	pid_t child = fork();

	if (child < 0)
		violation("fork fails", child);
	if (!child) {
		fcntl(*file, F_SETFL, fcntl(*file, F_GETFL) | O_NONBLOCK);
		if (one_in(&dice, 2))
			ioctl(*file, one_in(&dice, 2) ? SCSI_LIFECYCLE_IOC_HOLD :
							SCSI_LIFECYCLE_IOC_RELEASE);
		usleep(below(&dice, 300));
		if (one_in(&dice, 2))
			close(*file);
		_exit(0);
	}
	roll(&dice);
	usleep(below(&dice, 600));
	close(*file);
	*file = -1;
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

static void any_operation(int *file)
{
	if (*file < 0) {
		*file = open_any(&dice, directory,
				 (one_in(&dice, 2) ? O_RDWR : O_RDONLY) | O_NONBLOCK);
		if (*file >= 0)
			opens++;
		else if (errno != ENOENT && errno != ENODEV && errno != ENXIO && errno != EINTR)
			violation("open fails", *file);
		else
			usleep(1000);
		return;
	}
	switch (below(&dice, 40)) {
	case 0 ... 11:
		any_read(*file);
		break;
	case 12 ... 17:
		any_vector(*file);
		break;
	case 18 ... 27:
		any_ioctl(*file);
		break;
	case 28 ... 30:
		any_poll(*file);
		break;
	case 31 ... 32:
		any_write(*file);
		break;
	case 33:
		any_map(*file);
		break;
	case 34 ... 36:
		any_other(*file);
		break;
	case 37:
		any_copy(file);
		break;
	case 38:
		any_fork(file);
		break;
	default:
		close(*file);
		*file = -1;
	}
}

static void interrupted(int signal)
{
	(void)signal;
}

int fuzz_main(char **arguments)
{
	uint64_t end = now_ns() + number(arguments[1], "SECONDS") * 1000000000;
	/* Without SA_RESTART. */
	struct sigaction action = { .sa_handler = interrupted };
	struct itimerval often = { { 0, 20000 }, { 0, 20000 } };

	directory = arguments[0];
	dice = dice_of(number(arguments[2], "SEED"));
	if (access(directory, R_OK | X_OK))
		die_errno("open", directory);
	pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED || mprotect(pages + PAGE, PAGE, PROT_READ) ||
	    mprotect(pages + 2 * PAGE, PAGE, PROT_NONE))
		die_errno("map", "memory");
	for (int i = 0; i < SLOTS; i++)
		files[i] = -1;
	signal(SIGIO, SIG_IGN);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	while (now_ns() < end) {
		any_operation(&files[below(&dice, SLOTS)]);
		operations++;
	}
	printf("operations=%lu opens=%lu reads=%lu records=%lu\n", operations, opens, reads,
	       records);
	return 0;
}
