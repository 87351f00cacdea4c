// SPDX-License-Identifier: GPL-2.0
// agent FILE: the timelines of FILE
#include "agent.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define MOST 64
/*
 * Milliseconds between the starts of two timelines. Where one loads the modules it does so for all,
 * at nearly one time.
 */
#define STAGGER 61
#define STAGGER_LATE 2

static struct timeline all[MOST];

static void copy_file(const char *file, const char *name)
{
	char line[256];
	FILE *in = fopen(file, "r");

	while (in && fgets(line, sizeof(line), in))
		fact("%s %.*s\n", name, (int)strcspn(line, "\n"), line);
	if (in)
		fclose(in);
}

static bool any_has(int count, const char *verb)
{
	int i, j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < all[i].event_count; j++) {
			if (!strcmp(all[i].events[j].verb, verb))
				return true;
		}
	}
	return false;
}

static bool over(const struct timeline *t)
{
	int i;

	for (i = 0; i < t->event_count; i++) {
		if (!t->events[i].end)
			return false;
	}
	for (i = 0; i < t->stream_count; i++) {
		if (!t->streams[i].ended)
			return false;
	}
	return true;
}

static void tell_pending(const struct timeline *t)
{
	const struct stream *s;
	int i;

	for (i = 0; i < t->event_count; i++) {
		if (t->events[i].begin && !t->events[i].end)
			tell_stack(t, "event", i, t->events[i].tid);
	}
	for (i = 0; i < t->stream_count; i++) {
		s = &t->streams[i];
		if (s->begin) {
			fact("io %d %d:%d %d %.1f - -\n", t->number, s->host, s->lun, s->turn,
			     s->begin);
			tell_stack(t, "io", i, s->tid);
		}
	}
}

/* Line by line where the machine is not there in the end. */
static void tell_in_time(int count)
{
	if (any_has(count, "reboot"))
		setvbuf(port, NULL, _IOLBF, 1 << 16);
	else
		setvbuf(port, NULL, _IOFBF, 32 << 20);
}

int main(int argc, char **argv)
{
	char mark[64];
	int i, j, count, stagger;

	if (argc != 2)
		die("usage: agent FILE");
	facts_open();
	count = timelines_read(argv[1], all, MOST);
	tell_in_time(count);
	listen_start();
	for (i = 0; i < count; i++)
		lld_load(&all[i]);
	/* The kernel's log has a clock of its own. */
	snprintf(mark, sizeof(mark), "<4>differential: it is %.1f\n", now());
	put(mark, "/dev/kmsg");
	trace_start(any_has(count, "reboot"));
	stagger = any_has(count, "load") ? STAGGER_LATE : STAGGER;
	for (i = 0; i < count; i++) {
		all[i].start = now() + 300 + i * stagger;
		fact("start %d %.1f\n", all[i].number, all[i].start);
		for (j = 0; j < all[i].event_count; j++)
			start_thread(event_run, &all[i].events[j]);
		for (j = 0; j < all[i].stream_count; j++)
			start_thread(stream_run, &all[i].streams[j]);
	}
	for (i = 0; i < count; i++) {
		while (!over(&all[i]) && now() < all[i].start + all[i].until)
			sleep_until(now() + 50);
	}
	fact("over %.1f\n", now());
	for (i = 0; i < count; i++)
		tell_pending(&all[i]);
	trace_tell();
	trace_tell_target();
	copy_file("/sys/kernel/debug/scsi_lifecycle/counters", "counter");
	copy_file("/sys/kernel/debug/scsi_lifecycle/devices", "device");
	fact_complete();
	fflush(port);
	tcdrain(fileno(port));
	close(creat("/run/complete", 0644));
	/* The threads that hang keep the process: the scenario that started it has seen the end. */
	for (;;)
		pause();
}
