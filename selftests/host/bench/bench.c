// SPDX-License-Identifier: GPL-2.0
/*
 * What a function event takes on the real CPU, beside the least that it can take:
 * reading the time stamp counter and storing it.
 *
 * Times are printed, but what is judged is the ratio to the floor of the same run.
 *
 *	event-cost [PAGES]
 */

#include <stdio.h>
#include <stdlib.h>

#include "selftests/host/bench/cpu.h"
#include "selftests/host/bench/measure.h"
#include "selftests/host/bench/targets.h"

#define PAGES 64		/* of the ring, unless said otherwise */
#define ROUNDS 600
#define ATTEMPTS 5
#define RATIO_MOST 1.25

static unsigned int nr_pages = PAGES;

enum {
	EMPTY,
	RDTSC,
	FLOOR,
	NOP,
	NOTHING,
	CLOSED,
	NO_CLOCK,
	NO_FLAGS,
	EVENT,
	LOCK,
	FULL,
	SAVES,
	COMPACT,
};

static void open_gate(void)
{
	bench_cpu.gate = true;
}

static void close_gate(void)
{
	bench_cpu.gate = false;
}

static struct measured table[] = {
	[EMPTY] = { "a loop of nothing", loop_empty, EMPTY },
	[RDTSC] = { "rdtsc", loop_rdtsc, EMPTY },
	[FLOOR] = { "floor: rdtsc and a store of it", loop_floor, EMPTY },
	[NOP] = { "a call of a function with a NOP", loop_nop, NOP },
	[NOTHING] = { "trampoline that calls nothing", loop_nothing, NOP, open_gate },
	[CLOSED] = { "tracing_on = 0: its gate is closed", loop_event, NOP, close_gate },
	[NO_CLOCK] = { "event without rdtsc", loop_no_clock, NOP, open_gate },
	[NO_FLAGS] = { "event without pushf", loop_no_flags, NOP, open_gate },
	[EVENT] = { "function event", loop_event, NOP, open_gate },
	[LOCK] = { "event with a lock prefix", loop_lock, NOP, open_gate },
	[FULL] = { "event, all registers saved", loop_full, NOP, open_gate },
	[SAVES] = { "event, the compiler saves", loop_saves, NOP, open_gate },
	[COMPACT] = { "event in 16 bytes (an experiment)", loop_compact, NOP, open_gate },
};

#define NR_MEASURED (sizeof(table) / sizeof(*table))

static double ratio(void)
{
	return measure_added(table, EVENT) / measure_added(table, FLOOR);
}

static void measure_events(void)
{
	unsigned int attempt;

	measure_insns(table, NR_MEASURED);
	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		measure_rounds(table, NR_MEASURED, ROUNDS);
		if (ratio() <= RATIO_MOST)
			break;
	}
}

static void print_events(void)
{
	unsigned int i;

	printf("%-38s %8s %8s %14s\n", "user space, this CPU; added per call", "ns", "floors",
	       "instructions");
	for (i = RDTSC; i < NR_MEASURED; i++)
		if (i != NOP)
			measure_print(table, i, FLOOR);
}

/* Full pages of events, read in one way or another: ns an event. */
static double read_all(u64 (*read)(void))
{
	double best = 0, start, ns;
	unsigned int round;
	u64 events;

	open_gate();
	for (round = 0; round < ROUNDS / 4; round++) {
		rb_reset(&bench_rb, bench_pages);
		loop_event(nr_pages * (PAGE_SIZE / 28));
		start = measure_seconds();
		events = read();
		ns = (measure_seconds() - start) * 1e9 / events;
		if (!best || ns < best)
			best = ns;
	}
	return best;
}

static u64 read_raw(void)
{
	static u64 buf[PAGE_SIZE / sizeof(u64)];

	while (rb_read_page(&bench_rb, (struct rb_data_page *)buf, PAGE_SIZE, false))
		;
	return bench_rb.read_events;
}

static u64 read_each(void)
{
	struct rb_event event;
	u64 lost;

	while (rb_peek(&bench_rb, &event, &lost))
		rb_consume(&bench_rb);
	return bench_rb.read_events;
}

static u64 read_copies(void)
{
	static u64 buf[PAGE_SIZE / sizeof(u64)];
	struct rb_data_page *page = (struct rb_data_page *)buf;
	u64 seq, start, events = 0, last = rb_last_seq(&bench_rb);
	struct rb_cursor cursor;
	struct rb_event event;

	for (seq = rb_oldest_seq(&bench_rb); seq <= last; seq++) {
		if (!rb_copy_page(&bench_rb, seq, page, &start))
			continue;
		rb_cursor_init(&cursor, page);
		while (rb_cursor_next(&cursor, &event))
			events++;
	}
	return events;
}

static void print_readers(void)
{
	struct rb_stats stats;

	printf("\n%-38s %8s\n", "reading, per event", "ns");
	printf("%-38s %8.1f\n", "pages, as trace_pipe_raw does", read_all(read_raw));
	printf("%-38s %8.1f\n", "one by one, as trace_pipe does", read_all(read_each));
	printf("%-38s %8.1f\n", "copies, as trace does", read_all(read_copies));

	rb_reset(&bench_rb, bench_pages);
	loop_event(nr_pages * (PAGE_SIZE / 28));
	rb_stats(&bench_rb, &stats);
	printf("\n%-38s %8.2f\n", "bytes in the ring, per event",
	       (double)stats.bytes / stats.entries);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		nr_pages = atoi(argv[1]);
	if (nr_pages < 2) {
		fprintf(stderr, "usage: event-cost [PAGES]\n");
		return 2;
	}
	cpu_set_up(nr_pages);
	measure_events();
	print_events();
	print_readers();
	if (ratio() > RATIO_MOST) {
		fprintf(stderr, "bench: a function event takes %.2f times its floor, at most %.2f\n",
			ratio(), RATIO_MOST);
		return 1;
	}
	return 0;
}
