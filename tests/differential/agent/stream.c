// SPDX-License-Identifier: GPL-2.0
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE 4096

static int one(int fd, bool sync, char *data, int turn)
{
	if (pwrite(fd, data, SIZE, turn % 64 * SIZE) != SIZE)
		return errno ?: EIO;
	return sync && fsync(fd) ? errno : 0;
}

/*
 * The turn says when it was due, so that the same turn in another mode is the same write; one that
 * is still under way when the next is due takes its place. A disk that is open holds its driver: it
 * is closed in the end.
 */
void *stream_run(void *arg)
{
	struct stream *s = arg;
	struct timeline *t = s->timeline;
	char *data = aligned_alloc(SIZE, SIZE);
	int fd, error, turn;
	double due;

	name_thread(t, s->sync ? "fsync" : "write", &s->tid);
	memset(data, t->number, SIZE);
	sleep_until(t->start + s->from);
	fd = open(t->disk[s->host][s->lun], O_RDWR | (s->sync ? 0 : O_DIRECT));
	if (fd < 0)
		fact("io %d %d:%d 0 %.1f %.1f %d\n", t->number, s->host, s->lun, now(), now(),
		     errno);
	for (turn = 0; fd >= 0; turn++) {
		due = t->start + s->from + turn * s->period;
		if (due >= t->start + s->until)
			break;
		if (due + s->period < now())
			continue;
		sleep_until(due);
		s->turn = turn;
		s->begin = now();
		error = one(fd, s->sync, data, turn);
		fact("io %d %d:%d %d %.1f %.1f %d\n", t->number, s->host, s->lun, turn, s->begin,
		     now(), error);
		s->begin = 0;
	}
	if (fd >= 0)
		close(fd);
	s->ended = true;
	return NULL;
}
