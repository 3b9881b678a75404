/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_GRAPH_H
#define USER_GRAPH_H

/* Call graphs as function_graph makes them, in text, while they come. */

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "scope.h"

/**
 * struct words - of the command line, for a list of the tree
 * @at: the words, NULL behind the last
 * @nr: number of them
 */
struct words {
	char **at;
	size_t nr;
};

/**
 * struct graph - what is shown
 * @scope: whom, and for how long
 * @roots: the functions whose calls are shown, with all that they call; none for all
 * @filter: no other functions; none for all
 * @notrace: not these
 * @depth: so many levels; 0 for all
 * @longer: only calls that take longer, in ns; 0 for all
 * @slow: with all that they call, however short
 * @failed: only calls that return an error, with all that they call
 * @args: with arguments
 * @retval: with returned values
 * @retaddr: with the place of the call
 * @tail: with the name at the end, too
 * @buffer_kb: size of the buffer of a CPU; 0 to leave it
 * @path: where it is written; NULL for standard output
 * @out: that
 */
struct graph {
	struct scope scope;
	struct words roots;
	struct words filter;
	struct words notrace;
	unsigned long depth;
	uint64_t longer;
	bool slow;
	bool failed;
	bool args;
	bool retval;
	bool retaddr;
	bool tail;
	unsigned long buffer_kb;
	const char *path;
	FILE *out;
};

extern const struct argp graph_argp;

int graph_init(struct graph *graph, const char *name, int argc);
int graph_run(struct graph *graph);
void graph_exit(struct graph *graph);

void graph_add(struct words *words, char *word);
void graph_take_longer(struct graph *graph, struct argp_state *state, const char *arg,
		       const char *option);

#endif
