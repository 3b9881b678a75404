/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_RESULTS_H
#define FNT_CORE_RESULTS_H

/*
 * Results: what is kept in the kernel beside events, to be read as text.
 */

#include <linux/types.h>

struct fnt_trace;
struct text;

/**
 * struct results_taken - results as they were at a moment
 * @pieces: number of pieces of text
 */
struct results_taken {
	unsigned int pieces;
};

/**
 * struct fnt_results - how the results of a tracer are read
 * @take: take stock; an error pointer without memory
 * @print: print piece @n of those that were taken
 * @drop: free what was taken; after the tracer's reset() perhaps
 * @clear: begin anew; an errno if everything stays as it is
 *
 * @take and @clear are called with tracer_mutex held; all may sleep.
 */
struct fnt_results {
	struct results_taken *(*take)(struct fnt_trace *tr);
	void (*print)(struct results_taken *taken, unsigned int n, struct text *text);
	void (*drop)(struct results_taken *taken);
	int (*clear)(struct fnt_trace *tr);
};

#endif
