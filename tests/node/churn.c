// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that open, read, hold, release, end and close the nodes of a directory, which come and
 * go meanwhile, and look at every answer. Openers have a few files each and do anything with them;
 * pollers follow a node to its end.
 */
#include "file.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS 4
#define GRACE_NS 30000000000ull

static const char *directory;
static uint64_t end;
static struct dice dice;
static struct totals *totals;

static void nap(unsigned int most_us)
{
	usleep(below(&dice, most_us));
}

static bool open_one(struct file *file)
{
	if (file_open(file, directory, &dice, totals))
		return true;
	nap(20000);
	return false;
}

static void file_act(struct file *file)
{
	switch (below(&dice, 10)) {
	case 0:
		file_wait(file);
		break;
	case 1:
	case 2:
		if (!file->blocking || file_poll(file, 0))
			file_read(file, below(&dice, 8));
		break;
	case 3:
	case 4:
		file_hold(file);
		break;
	case 5:
	case 6:
		file_release(file);
		if (one_in(&dice, 20))
			file_end(file);
		break;
	case 7:
		file_poll(file, below(&dice, 10));
		break;
	case 8:
		nap(one_in(&dice, 20) ? 500000 : 5000);
		break;
	default:
		file_close(file);
	}
}

static void opener(void)
{
	struct file files[SLOTS];

	for (int i = 0; i < SLOTS; i++)
		files[i].fd = -1;
	while (now_ns() < end) {
		struct file *file = &files[below(&dice, SLOTS)];

		if (file->fd >= 0)
			file_act(file);
		else
			open_one(file);
	}
	/* What is open still is closed by the end of the process. */
}

static void after_the_end(struct file *file)
{
	if (!(file_poll(file, 0) & POLLHUP))
		violation("at the end of the file poll does not say so", "", NULL);
	if (file_read(file, 1))
		violation("something follows the end of the file", "", NULL);
	file_hold(file);
	file_release(file);
	file_end(file);
}

static void poller(void)
{
	struct file file;

	while (now_ns() < end) {
		if (!open_one(&file))
			continue;
		while (now_ns() < end) {
			if (!file_poll(&file, 100) || file_read(&file, 1 + below(&dice, 7)))
				continue;
			after_the_end(&file);
			break;
		}
		file_close(&file);
	}
}

static void interrupted(int signal)
{
	(void)signal;
}

static pid_t spawn(void (*run)(void), unsigned int index, uint64_t seed)
{
	/* Without SA_RESTART. */
	struct sigaction action = { .sa_handler = interrupted };
	pid_t pid = fork();

	if (pid < 0)
		die_errno("start", "a process");
	if (pid)
		return pid;
	/* The devices come and go as fast as they can, also while a file holds them. */
	setpriority(PRIO_PROCESS, 0, 15);
	totals += index;
	dice = dice_of(seed * 1000003 + index);
	sigaction(SIGALRM, &action, NULL);
	run();
	_exit(0);
}

/* Whether all have ended, and well. */
static bool collect(pid_t *children, unsigned int count)
{
	bool well = true;
	unsigned int left = count;

	while (left) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid > 0) {
			left--;
			for (unsigned int i = 0; i < count; i++) {
				if (children[i] == pid)
					children[i] = 0;
			}
			if (WIFSIGNALED(status))
				printf("violation: a process died of SIG%s\n",
				       sigabbrev_np(WTERMSIG(status)));
			well &= WIFEXITED(status) && !WEXITSTATUS(status);
		} else if (now_ns() <= end + GRACE_NS) {
			usleep(20000);
		} else {
			break;
		}
	}
	for (unsigned int i = 0; i < count; i++) {
		if (!children[i])
			continue;
		printf("violation: process %d does not end\n", children[i]);
		kill(children[i], SIGKILL);
		well = false;
	}
	return well;
}

static void print_totals(const struct totals *each, unsigned int count)
{
	struct totals sum = { 0 };

	for (unsigned int i = 0; i < count; i++, each++) {
		sum.opens += each->opens;
		sum.reads += each->reads;
		sum.records += each->records;
		sum.holds += each->holds;
		sum.releases += each->releases;
		sum.ends += each->ends;
		sum.gone += each->gone;
		sum.lost += each->lost;
		for (int error = 0; error < ERRORS; error++)
			sum.errors[error] += each->errors[error];
	}
	printf("opens=%lu reads=%lu records=%lu holds=%lu releases=%lu ends=%lu gone=%lu lost=%lu",
	       sum.opens, sum.reads, sum.records, sum.holds, sum.releases, sum.ends, sum.gone,
	       sum.lost);
	for (int error = 0; error < ERRORS; error++) {
		if (sum.errors[error])
			printf(" %s=%lu", errno_name(error), sum.errors[error]);
	}
	putchar('\n');
}

int churn_main(char **arguments)
{
	unsigned long seconds = number(arguments[1], "SECONDS"),
		      seed = number(arguments[2], "SEED");
	unsigned long openers = number(arguments[3], "OPENERS"),
		      pollers = number(arguments[4], "POLLERS");
	unsigned long count = openers + pollers;
	pid_t *children = calloc(count + 1, sizeof(*children));
	bool well;

	directory = arguments[0];
	if (access(directory, R_OK | X_OK))
		die_errno("open", directory);
	if (!count || count > 10000 || !children)
		die("OPENERS and POLLERS are 1 to 10000 together, not %lu", count);
	totals = mmap(NULL, count * sizeof(*totals), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (totals == MAP_FAILED)
		die_errno("share", "memory");
	end = now_ns() + seconds * 1000000000;
	for (unsigned long i = 0; i < count; i++)
		children[i] = spawn(i < openers ? opener : poller, i, seed);
	well = collect(children, count);
	print_totals(totals, count);
	return !well;
}
