// SPDX-License-Identifier: GPL-2.0
/* Loops that call the functions of graph_tramp.S; and the floor, in the loop itself. */

#include <stdint.h>

#include "selftests/host/bench/graph_targets.h"

#define FLOOR_WORDS 32768

#define LOOP(name)			\
void loop_##name(unsigned int n)	\
{					\
	while (n--)			\
		target_##name();	\
}

LOOP(none)
LOOP(none_four)
LOOP(hijack_bare)
LOOP(hijack_jump)
LOOP(paired_bare)
LOOP(hijack_stamps)
LOOP(paired_stamps)
LOOP(graph)
LOOP(graph_jump)
LOOP(graph_no_clock)
LOOP(graph_four)
LOOP(paired)
LOOP(paired_no_clock)
LOOP(paired_four)

/* Twice; as many bytes as the ring has, so that it misses the cache no less. */
void loop_two_floors(unsigned int n)
{
	static uint64_t words[FLOOR_WORDS];
	static unsigned int at;
	uint32_t low, high;

	for (n *= 2; n; n--) {
		__asm__ volatile("rdtsc" : "=a" (low), "=d" (high));
		words[at++ % FLOOR_WORDS] = low | (uint64_t)high << 32;
		/* Each is to be stored. */
		__asm__ volatile("" : : "r" (words) : "memory");
	}
}

void loop_nothing(unsigned int n)
{
	for (n *= 2; n; n--)
		__asm__ volatile("");
}
