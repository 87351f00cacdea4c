/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs timelines on this machine, side by side, each on a low-level driver of its own, and tells
 * what is seen. What is told is facts, a line each, with times in milliseconds of CLOCK_MONOTONIC.
 */
#ifndef AGENT_H
#define AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define HOSTS 2
#define LUNS 8
#define EVENTS 64
#define STREAMS 16
#define WORD 64

struct event {
	double at;		/* from the timeline's start */
	char verb[WORD], where[WORD], rest[WORD];
	struct timeline *timeline;
	int index, tid;
	double begin, end;	/* 0: not yet */
	int error;
};

/*
 * Writes, or a write and an fsync, again and again: one that takes too long leaves the next ones
 * out.
 */
struct stream {
	int host, lun;
	bool sync;
	double from, until, period;
	struct timeline *timeline;
	int index, tid, turn;
	double begin;		/* of what it is at; 0: of nothing */
	bool ended;
};

struct timeline {
	int number, hosts, luns, timeout;
	char teardown_tmo[WORD], path_tmo[WORD], lld[WORD];
	double until;		/* what has not ended by then hangs */
	double start;
	char module[WORD];
	int session;		/* where the LLD is iscsi_tcp */
	int host[HOSTS];	/* the numbers that the kernel gave them */
	char disk[HOSTS][LUNS][WORD];
	struct event events[EVENTS];
	struct stream streams[STREAMS];
	int event_count, stream_count;
};

extern FILE *port; /* of facts: they are told under its lock */

double now(void);
void sleep_until(double when);
void facts_open(void);
void fact(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fact_complete(void);
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
int put(const char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void start_thread(void *(*run)(void *), void *arg);
void name_thread(const struct timeline *t, const char *what, int *tid);
void tell_stack(const struct timeline *t, const char *what, int index, int tid);

int timelines_read(const char *file, struct timeline *all, int most);

void lld_load(struct timeline *t);
void lld_policy(const struct timeline *t);
int lld_unload(const struct timeline *t);

bool on_iscsi(const struct timeline *t);
void iscsi_up(struct timeline *t);
int iscsi_do(const struct timeline *t, const char *verb);

void *event_run(void *event);
void *stream_run(void *stream);

void listen_start(void);
void trace_start(bool reboots);
void trace_tell(void);
void trace_tell_target(void);

#endif
