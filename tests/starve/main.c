// SPDX-License-Identifier: GPL-2.0
//
// starve load FILE [PARAMETERS]    loads a module and unloads it, again and again
// starve write FILE TEXT           writes a text to a file, again and again
//
// In the n-th round the n-th allocation of memory that this process asks the kernel for fails, from
// the first one to the last: the kernel's fault injection does that (Documentation/fault-injection,
// /proc/<pid>/fail-nth). So each step fails once, and what it undoes must leave the next round a
// kernel in which it can go on.
//
// The last round, in which nothing fails any more, must succeed, or this ends with 1. What was seen
// is said in one line.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* More than any step here asks for. */
#define MOST 20000

static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("starve: ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
	exit(1);
}

static int fail_nth;

static void arm(unsigned int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fail_nth, text, length, 0) != length)
		die("/proc/self/fail-nth takes no %u: %s", n, strerror(errno));
}

/* Has it failed? None fails from now on. */
static int disarm(void)
{
	char text[16] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0)
		die("/proc/self/fail-nth cannot be read: %s", strerror(errno));
	arm(0);
	return !atoi(text);
}

struct step {
	const char *file, *text;
	char name[256];
};

/* 0, or an error. */
static int load(struct step *step)
{
	int fd = open(step->file, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = syscall(SYS_finit_module, fd, step->text, 0) ? errno : 0;
	close(fd);
	return err;
}

/* A livepatch is disabled first, and is gone from there when no task is in it any more. */
static void disable(const char *name)
{
	char path[512];
	int fd, i;

	snprintf(path, sizeof(path), "/sys/kernel/livepatch/%s/enabled", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, "0", 1) != 1)
		die("%s cannot be disabled: %s", name, strerror(errno));
	close(fd);
	for (i = 0; i < 600 && !access(path, F_OK); i++)
		usleep(100000);
}

static void unload(struct step *step)
{
	int i;

	disable(step->name);
	/* What disables it lets go of it last. */
	for (i = 0; syscall(SYS_delete_module, step->name, O_NONBLOCK); i++) {
		if (errno != EAGAIN || i == 100)
			die("%s cannot be unloaded: %s", step->name, strerror(errno));
		usleep(100000);
	}
}

static int put(struct step *step)
{
	int fd = open(step->file, O_WRONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = write(fd, step->text, strlen(step->text)) < 0 ? errno : 0;
	close(fd);
	return err;
}

int main(int argc, char **argv)
{
	unsigned int n, refused = 0;
	int (*begin)(struct step *step);
	void (*end)(struct step *step) = NULL;
	struct step step = { .text = "" };
	char *dot;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc < 3 || argc > 4)
		die("usage: starve load FILE [PARAMETERS] | starve write FILE TEXT");
	step.file = argv[2];
	if (argc == 4)
		step.text = argv[3];
	snprintf(step.name, sizeof(step.name), "%s",
		 strrchr(step.file, '/') ? strrchr(step.file, '/') + 1 : step.file);
	dot = strstr(step.name, ".ko");
	if (dot)
		*dot = 0;
	if (!strcmp(argv[1], "load")) {
		begin = load;
		end = unload;
	} else if (!strcmp(argv[1], "write") && argc == 4) {
		begin = put;
	} else {
		die("no such step: %s", argv[1]);
	}
	fail_nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		die("/proc/self/fail-nth: %s", strerror(errno));
	for (n = 1; n < MOST; n++) {
		int err, failed;

		arm(n);
		err = begin(&step);
		failed = disarm();
		if (!err && end)
			end(&step);
		if (!failed) {
			if (err)
				die("%s: %s where no allocation failed", step.file, strerror(err));
			printf("starve: %s: %u allocations, %u of them needed\n", step.name, n - 1,
			       refused);
			return 0;
		}
		refused += !!err;
	}
	die("%s: no end after %d allocations", step.file, MOST);
}
