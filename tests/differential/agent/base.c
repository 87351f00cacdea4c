// SPDX-License-Identifier: GPL-2.0
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

void sleep_until(double when)
{
	struct timespec ts = { .tv_sec = when / 1e3 };

	ts.tv_nsec = (when - ts.tv_sec * 1e3) * 1e6;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

FILE *port;
static int facts; /* so many were told; under the port's lock */

/*
 * Takes standard output as the port of facts. No child has it: what a command prints goes where
 * errors go, and does not end up inside a fact.
 */
void facts_open(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		die("no port for facts");
	port = fdopen(fd, "w");
	if (!port)
		die("no stream for facts");
}

/* A line, or a part of one: then the caller holds the port's lock until the line ends. */
void fact(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	flockfile(port);
	if (strchr(format, '\n'))
		facts++;
	vfprintf(port, format, args);
	funlockfile(port);
	va_end(args);
}

/* The last fact: how many there are, because a line may be lost on its way to the host. */
void fact_complete(void)
{
	flockfile(port);
	fprintf(port, "complete %d\n", facts);
	funlockfile(port);
}

void die(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "agent: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(1);
}

/* put TEXT FILE: as echo does it. Returns 0 or the error. */
int put(const char *text, const char *format, ...)
{
	char file[256];
	va_list args;
	int fd, error = 0;

	va_start(args, format);
	vsnprintf(file, sizeof(file), format, args);
	va_end(args);
	fd = open(file, O_WRONLY);
	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

void start_thread(void *(*run)(void *), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * 1024);
	errno = pthread_create(&thread, &attr, run, arg);
	if (errno)
		die("no thread");
}

/* The kernel's own reports name the thread, and so the timeline. */
void name_thread(const struct timeline *t, const char *what, int *tid)
{
	char name[16];

	snprintf(name, sizeof(name), "t%d.%.8s", t->number, what);
	prctl(PR_SET_NAME, name);
	*tid = gettid();
}

/* Where a thread of this process that has not come back is. */
void tell_stack(const struct timeline *t, const char *what, int index, int tid)
{
	char file[64], line[256], *function;
	FILE *stack;

	snprintf(file, sizeof(file), "/proc/self/task/%d/stack", tid);
	stack = fopen(file, "r");
	flockfile(port);
	fact("stack %d %s %d", t->number, what, index);
	while (stack && fgets(line, sizeof(line), stack)) {
		function = strchr(line, ']');
		if (function && strchr(function, '+'))
			fact(" %.*s", (int)strcspn(function + 2, "+"), function + 2);
	}
	fact("\n");
	funlockfile(port);
	if (stack)
		fclose(stack);
}
