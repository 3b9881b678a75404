/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_HIST_H
#define USER_HIST_H

/* Histograms of durations: what the file `hist` has, and what it says of them. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct bucket - values that are not told apart
 * @from: they are at least that
 * @to: and less than that; UINT64_MAX if there is no end
 * @count: number of them
 */
struct bucket {
	uint64_t from;
	uint64_t to;
	uint64_t count;
};

/**
 * struct hist - a histogram; values are in the unit of the file
 * @function: "NAME" or "NAME [MODULE]", of a latency a place
 * @kind: of a latency; NULL of a call
 * @result: class of the returned values; NULL if they are not told apart
 * @cpu: the CPU; -1 if they are not told apart
 * @comm: name of the task; NULL if they are not told apart
 * @pid: of the task
 * @hits: number of values
 * @total: their sum
 * @min: the smallest
 * @max: the largest
 * @buckets: one behind the other, from the first to the last that is not empty
 * @nr: number of them
 */
struct hist {
	const char *function;
	const char *kind;
	const char *result;
	int cpu;
	const char *comm;
	int pid;
	uint64_t hits;
	uint64_t total;
	uint64_t min;
	uint64_t max;
	struct bucket *buckets;
	size_t nr;
};

/**
 * struct hists - all of the file
 * @text: what the names are in
 * @at: the histograms
 * @nr: number of them
 * @warnings: what the file says that is missing, a line each
 */
struct hists {
	char *text;
	struct hist *at;
	size_t nr;
	char *warnings;
};

int hists_parse(struct hists *hists, char *text);
void hists_free(struct hists *hists);
uint64_t hist_percentile(const struct hist *hist, unsigned int permille);
void hist_print(FILE *out, const struct hist *hist, const char *unit, bool log2);

#endif
