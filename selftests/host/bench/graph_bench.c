// SPDX-License-Identifier: GPL-2.0
/*
 * What a call of function_graph takes on the real CPU, entry and return, beside the
 * least that it can take: reading the time stamp counter twice and storing it; and what
 * becomes of it if returns are paired with their calls, as the CPU expects them to be.
 *
 * Times are printed, but what is judged is the ratio to the floor of the same run.
 *
 *	graph-cost
 */

#include <stdio.h>
#include <stdlib.h>

#include "selftests/host/bench/cpu.h"
#include "selftests/host/bench/graph.h"
#include "selftests/host/bench/graph_targets.h"
#include "selftests/host/bench/measure.h"

#define PAGES 64
#define ROUNDS 600
#define ATTEMPTS 5
#define RATIO_MOST 1.6

enum {
	NOTHING,
	FLOOR,
	NONE,
	NONE_FOUR,
	HIJACK_BARE,
	HIJACK_JUMP,
	PAIRED_BARE,
	HIJACK_STAMPS,
	PAIRED_STAMPS,
	GRAPH_NO_CLOCK,
	PAIRED_NO_CLOCK,
	GRAPH,
	GRAPH_JUMP,
	PAIRED,
	GRAPH_FOUR,
	PAIRED_FOUR,
};

static struct measured table[] = {
	[NOTHING] = { "a loop of nothing", loop_nothing, NOTHING },
	[FLOOR] = { "floor: rdtsc and a store, twice", loop_two_floors, NOTHING },
	[NONE] = { "a call of a function with a NOP", loop_none, NONE },
	[NONE_FOUR] = { "four of them within each other", loop_none_four, NONE_FOUR },
	[HIJACK_BARE] = { "hijacked return, and nothing else", loop_hijack_bare, NONE },
	[HIJACK_JUMP] = { "the same, by an indirect jump", loop_hijack_jump, NONE },
	[PAIRED_BARE] = { "paired return, and nothing else", loop_paired_bare, NONE },
	[HIJACK_STAMPS] = { "hijacked, two time stamps", loop_hijack_stamps, NONE },
	[PAIRED_STAMPS] = { "paired, two time stamps", loop_paired_stamps, NONE },
	[GRAPH_NO_CLOCK] = { "call of function_graph without rdtsc", loop_graph_no_clock, NONE },
	[PAIRED_NO_CLOCK] = { "the same, paired", loop_paired_no_clock, NONE },
	[GRAPH] = { "call of function_graph", loop_graph, NONE },
	[GRAPH_JUMP] = { "the same, by an indirect jump", loop_graph_jump, NONE },
	[PAIRED] = { "the same, paired (an experiment)", loop_paired, NONE },
	[GRAPH_FOUR] = { "four calls within each other", loop_graph_four, NONE_FOUR },
	[PAIRED_FOUR] = { "the same, paired", loop_paired_four, NONE_FOUR },
};

#define NR_MEASURED (sizeof(table) / sizeof(*table))

static double ratio(void)
{
	return measure_added(table, GRAPH) / measure_added(table, FLOOR);
}

/* Each call has left an entry and an exit, and nothing is left on the stack. */
static void check(void)
{
	struct rb_stats before, after;

	graph_set_up();
	rb_stats(&bench_rb, &before);
	loop_graph(1000);
	loop_paired_four(1000);
	rb_stats(&bench_rb, &after);
	if (after.fate.written - before.fate.written != 10000 ||
	    bench_task.curr_ret_stack != -1) {
		fprintf(stderr, "bench: %llu records of 5000 calls\n",
			(unsigned long long)(after.fate.written - before.fate.written));
		exit(1);
	}
}

int main(void)
{
	static u64 shadow[64];
	unsigned int attempt, i;

	cpu_set_up(PAGES);
	bench_cpu.shadow = shadow;
	graph_set_up();
	check();
	measure_insns(table, NR_MEASURED);
	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		measure_rounds(table, NR_MEASURED, ROUNDS);
		if (ratio() <= RATIO_MOST)
			break;
	}
	printf("\n%-38s %8s %8s %14s\n", "entry and return, added per call", "ns", "floors",
	       "instructions");
	for (i = FLOOR; i < NR_MEASURED; i++)
		if (table[i].base != i)
			measure_print(table, i, FLOOR);
	if (ratio() > RATIO_MOST) {
		fprintf(stderr,
			"bench: a call of function_graph takes %.2f times its floor, at most %.1f\n",
			ratio(), RATIO_MOST);
		return 1;
	}
	return 0;
}
