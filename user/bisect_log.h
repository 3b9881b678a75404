/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_BISECT_LOG_H
#define USER_BISECT_LOG_H

/* A bisection on disk: what it is about, and each step before it is taken. */

#include <sys/types.h>

#include "functions.h"

enum log_answer {
	LOG_GOOD,
	LOG_BAD,
	LOG_UNFINISHED,		/* it was begun, and then nothing was written any more */
};

/**
 * struct log_run - a run that a log has
 * @functions: number of functions that were traced
 * @answer: what came of it
 */
struct log_run {
	unsigned int functions;
	enum log_answer answer;
};

/**
 * struct bisect_log - what is logged
 * @path: of the log
 * @fd: the log, open to be written; -1 if none is kept
 * @kernel: its release
 * @directory: where the command runs
 * @seconds: time that it has; 0 for ever
 * @argv: the command, NULL behind its last word
 * @argc: number of words
 * @functions: those that are searched
 * @runs: so far
 * @nr_runs: number of them
 */
struct bisect_log {
	const char *path;
	int fd;
	char *kernel;
	char *directory;
	unsigned int seconds;
	char **argv;
	unsigned int argc;
	struct functions functions;
	struct log_run *runs;
	unsigned int nr_runs;
};

int bisect_log_read(struct bisect_log *log, const char *path);
int bisect_log_command(struct bisect_log *log, char *const words[], unsigned int nr);
int bisect_log_create(struct bisect_log *log);
int bisect_log_add(const struct bisect_log *log, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
off_t bisect_log_end(const struct bisect_log *log);
void bisect_log_cut(const struct bisect_log *log, off_t end);
void bisect_log_close(struct bisect_log *log);

#endif
