/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the program share. */
#ifndef NODE_H
#define NODE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <scsi/scsi_lifecycle.h>

typedef struct scsi_lifecycle_record record;

/* main.c: one sentence, and the end. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void die_errno(const char *what, const char *path);
/* For one that there is no name for, its number. */
const char *errno_name(int error);
unsigned long number(const char *text, const char *what);

/* record.c */
void print_record(const record *r);

/* What one file has told so far; zeroed: nothing. */
struct story {
	uint64_t time;
	uint64_t lost;
	unsigned long records;
	uint8_t to;
	bool gone;
};

/* What the record breaks of the contract, given those before it in the same file; NULL: nothing. */
const char *story_tell(struct story *story, const record *r);
/* The same for the end of the file. */
const char *story_end(const struct story *story);

/* random.c: what a seed says is repeated, whatever else runs. */
struct dice {
	uint64_t state;
};

struct dice dice_of(uint64_t seed);
uint64_t roll(struct dice *dice);
/* 0 to below - 1 */
unsigned int below(struct dice *dice, unsigned int below);
bool one_in(struct dice *dice, unsigned int n);
uint64_t now_ns(void);
/* Opens one of the directory's files; -1 and errno where there is none, or no longer. */
int open_any(struct dice *dice, const char *directory, int flags);

/* The subcommands. */
int read_main(char **arguments);
int check_main(char **arguments);
int hold_main(char **arguments);
int try_main(char **arguments);
int churn_main(char **arguments);
int fuzz_main(char **arguments);

#endif
