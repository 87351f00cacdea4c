// SPDX-License-Identifier: GPL-2.0
// The text of timelines: see ../timeline.py, which writes it.
#include "agent.h"

#include <stdio.h>
#include <string.h>

static void read_event(struct timeline *t, const char *line)
{
	struct event *e = &t->events[t->event_count];

	if (t->event_count == EVENTS ||
	    sscanf(line, "at %lf %63s %63s %63[^\n]", &e->at, e->verb, e->where, e->rest) < 2)
		die("bad event: %s", line);
	e->timeline = t;
	e->index = t->event_count++;
}

static void read_stream(struct timeline *t, const char *line)
{
	struct stream *s = &t->streams[t->stream_count];
	char kind[WORD];

	if (t->stream_count == STREAMS ||
	    sscanf(line, "io %d:%d %63s from %lf until %lf every %lf", &s->host, &s->lun, kind,
		   &s->from, &s->until, &s->period) != 6)
		die("bad io: %s", line);
	s->sync = !strcmp(kind, "fsync");
	s->timeline = t;
	s->index = t->stream_count++;
}

int timelines_read(const char *file, struct timeline *all, int most)
{
	FILE *in = fopen(file, "r");
	struct timeline *t = NULL;
	char line[256];
	int count = 0;

	if (!in)
		die("%s", file);
	while (fgets(line, sizeof(line), in)) {
		if (!strncmp(line, "timeline ", 9)) {
			if (count == most)
				die("too many timelines");
			t = &all[count++];
			sscanf(line, "timeline %d", &t->number);
		} else if (!t || line[0] == '#' || line[0] == '\n') {
			continue;
		} else if (!strncmp(line, "at ", 3)) {
			read_event(t, line);
		} else if (!strncmp(line, "io ", 3)) {
			read_stream(t, line);
		} else if (sscanf(line, "hosts %d", &t->hosts) != 1 &&
			   sscanf(line, "luns %d", &t->luns) != 1 &&
			   sscanf(line, "timeout %d", &t->timeout) != 1 &&
			   sscanf(line, "until %lf", &t->until) != 1) {
			/*
			 * flush_tmo and guest are the whole machine's: the script that starts this
			 * program knows them.
			 */
			sscanf(line, "teardown_tmo %63s", t->teardown_tmo);
			sscanf(line, "path_tmo %63s", t->path_tmo);
			sscanf(line, "lld %63s", t->lld);
		}
	}
	fclose(in);
	return count;
}
