// SPDX-License-Identifier: GPL-2.0
#include "node.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* splitmix64 */
uint64_t roll(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

struct dice dice_of(uint64_t seed)
{
	struct dice dice = { seed };

	return (struct dice){ roll(&dice) };
}

unsigned int below(struct dice *dice, unsigned int below)
{
	return roll(dice) % below;
}

bool one_in(struct dice *dice, unsigned int n)
{
	return !below(dice, n);
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

int open_any(struct dice *dice, const char *directory, int flags)
{
	DIR *files = opendir(directory);
	char name[256] = "";
	unsigned int seen = 0;
	struct dirent *file;
	int fd;

	if (!files)
		return -1;
	while ((file = readdir(files))) {
		if (file->d_name[0] != '.' && one_in(dice, ++seen))
			snprintf(name, sizeof(name), "%s", file->d_name);
	}
	errno = ENOENT;
	fd = seen ? openat(dirfd(files), name, flags | O_CLOEXEC) : -1;
	seen = errno;
	closedir(files);
	errno = seen;
	return fd;
}
