/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_GAPS_H
#define USER_GAPS_H

/* Times in which nothing of this machine ran, and what is shown of them. */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The longest window that the kernel's side takes. */
#define GAPS_WINDOW_MAX_US 60000000ULL

/**
 * struct gap - one
 * @end: when it ended, in ns
 * @ns: how long it was
 * @steal: what the steal clock went on by, in ns; -1 if there is none
 * @nmis: handled meanwhile
 * @cpu: where
 */
struct gap {
	uint64_t end;
	uint64_t ns;
	int64_t steal;
	unsigned int nmis;
	int cpu;
};

/**
 * struct gap_sums - those of a CPU; times in us
 * @cpu: its number
 * @looked: so long it was looked at
 * @nr: gaps without NMIs
 * @total: their sum
 * @longest: of them
 * @with_nmis: number of the others
 * @steal: while it was looked at, by the steal clock; -1 if there is none
 */
struct gap_sums {
	int cpu;
	uint64_t looked;
	uint64_t nr;
	uint64_t total;
	uint64_t longest;
	uint64_t with_nmis;
	int64_t steal;
};

/**
 * struct gaps_report - what is shown
 * @at: all gaps
 * @nr: number of them
 * @sums: of each CPU
 * @nr_sums: number of CPUs
 * @over: what is longer than so many ns was looked for
 * @width: for so long
 * @window: of each so long
 * @top: so many at most are shown; 0 for all
 * @lost: some are missing
 * @failed: there was no memory for one
 * @start: when it began, in ns
 * @end: when it ended
 */
struct gaps_report {
	struct gap *at;
	size_t nr;
	size_t room;
	struct gap_sums *sums;
	size_t nr_sums;
	uint64_t over;
	uint64_t width;
	uint64_t window;
	size_t top;
	bool lost;
	bool failed;
	uint64_t start;
	uint64_t end;
};

void gaps_add(struct gaps_report *report, const struct gap *gap);
int gaps_read_sums(struct gaps_report *report, const char *text);
void gaps_print(FILE *out, struct gaps_report *report);
json_t *gaps_json(struct gaps_report *report);
void gaps_free(struct gaps_report *report);

#endif
