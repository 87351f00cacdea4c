/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An open node, what is known of it, and whether its answers agree: one that does not is a
 * violation.
 */
#ifndef FILE_H
#define FILE_H

#include "node.h"

#define ERRORS 134

/* One of each process, in memory that they share. */
struct totals {
	unsigned long opens, reads, records, holds, releases, ends, gone, lost, errors[ERRORS];
};

struct file {
	int fd;			/* -1: closed */
	bool blocking;
	bool holding;
	bool removed;		/* a release said so */
	bool ended;		/* by this file */
	struct story story;
	struct dice *dice;
	struct totals *totals;
};

/* Says it, with the errno's name and the record where there are any, and ends the process. */
_Noreturn void violation(const char *what, const char *answer, const record *r);

/* Any node of the directory; false: there is none to open just now. */
bool file_open(struct file *file, const char *directory, struct dice *dice, struct totals *totals);
void file_close(struct file *file);
void file_hold(struct file *file);
void file_release(struct file *file);
void file_end(struct file *file);
/* Into a buffer of so many records and a bit: what read(2) gave; at the end of the file, 0. */
ssize_t file_read(struct file *file, unsigned int most);
/* A read that may have to wait, and is interrupted by SIGALRM. */
void file_wait(struct file *file);
/* The events; 0: none in that time. */
int file_poll(struct file *file, int ms);

#endif
