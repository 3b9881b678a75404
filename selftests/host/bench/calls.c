// SPDX-License-Identifier: GPL-2.0
/*
 * Calls a function that is compiled to be traced, a million times, and prints the
 * nanoseconds that a call took: run by itself, and traced by another tracer.
 */

#include <stdio.h>
#include <time.h>

#define CALLS 20000
#define ROUNDS 50

static __attribute__((noinline)) void target(void)
{
	__asm__ volatile("");
}

static __attribute__((no_instrument_function)) double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

int __attribute__((no_instrument_function)) main(void)
{
	unsigned int round, i;
	double best = 0, start, ns;

	for (round = 0; round < ROUNDS; round++) {
		start = seconds();
		for (i = 0; i < CALLS; i++)
			target();
		ns = (seconds() - start) * 1e9 / CALLS;
		if (!best || ns < best)
			best = ns;
	}
	printf("%.1f\n", best);
	return 0;
}
