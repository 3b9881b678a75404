// SPDX-License-Identifier: GPL-2.0
/* What loops take on this CPU, see measure.h. */

#include "selftests/host/bench/measure.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

#define CALLS 3000

double measure_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static volatile sig_atomic_t steps;

static void on_step(int sig)
{
	(void)sig;
	steps++;
}

static void prepare(const struct measured *m)
{
	if (m->prepare)
		m->prepare();
}

/* The least of some: one may be that of a page that is full. */
static unsigned int count_insns(const struct measured *m)
{
	void (*loop)(unsigned int n) = m->loop;
	unsigned int i, least = -1U;

	prepare(m);
	loop(CALLS);
	for (i = 0; i < 5; i++) {
		steps = 0;
		__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
		loop(1);
		__asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
		if ((unsigned int)steps < least)
			least = steps;
	}
	return least;
}

void measure_insns(struct measured *table, unsigned int nr)
{
	unsigned int i;

	signal(SIGTRAP, on_step);
	for (i = 0; i < nr; i++)
		table[i].insns = count_insns(&table[i]);
}

static void measure(struct measured *m)
{
	double start, ns;

	prepare(m);
	start = measure_seconds();
	m->loop(CALLS);
	ns = (measure_seconds() - start) * 1e9 / CALLS;
	if (!m->best || ns < m->best)
		m->best = ns;
}

void measure_rounds(struct measured *table, unsigned int nr, unsigned int rounds)
{
	unsigned int i;

	while (rounds--)
		for (i = 0; i < nr; i++)
			measure(&table[i]);
}

double measure_added(const struct measured *table, unsigned int i)
{
	return table[i].best - table[table[i].base].best;
}

/* A line: what a round adds, by itself and beside the floor. */
void measure_print(const struct measured *table, unsigned int i, unsigned int floor)
{
	double added = measure_added(table, i);

	printf("%-38s %8.1f %8.2f %14d\n", table[i].what, added,
	       added / measure_added(table, floor),
	       (int)(table[i].insns - table[table[i].base].insns));
}
