// SPDX-License-Identifier: GPL-2.0
/*
 * What a function event takes on the real CPU, beside the least that it can take:
 * reading the time stamp counter and storing it.
 *
 * All loops run in turn, some hundred times each, and of each the best run counts:
 * whatever else the machine does only ever adds. Times are printed, but what is
 * judged is the ratio to the floor of the same run. Instructions are counted by
 * single steps.
 *
 *	event-cost [PAGES]
 */

#define _GNU_SOURCE
#include <asm/prctl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "selftests/host/bench/event.h"
#include "selftests/host/bench/targets.h"

#define PAGES 64		/* of the ring, unless said otherwise */
#define PAGE_SIZE 4096
#define CALLS 3000
#define ROUNDS 600
#define ATTEMPTS 5
#define RATIO_MOST 1.25

/* What tramp.S reads. */
unsigned long bench_gate = offsetof(struct bench_cpu, gate);
struct bench_ops *bench_arg;

unsigned long bench_cyc2ns = offsetof(struct bench_cpu, cyc2ns);

static struct bench_task the_task = { .pid = 4711 };
static struct ring ring;
static struct bench_trace trace = { .quick_clock = true, .rings = offsetof(struct bench_cpu, rb) };
static struct bench_ops the_ops = { .private = &trace };

static struct bench_cpu cpu = {
	.preempt_count = 0x80000001, .gate = true, .rb = &ring, .task = &the_task,
	.clock = { .data = offsetof(struct bench_cpu, cyc2ns.data) },
};

static struct rb_page *pages;
static unsigned int nr_pages = PAGES;

struct measured {
	const char *what;
	void (*loop)(unsigned int n);
	bool closed;		/* the gate */
	bool alone;		/* a loop that calls nothing */
	double best;		/* ns a round of the loop */
	unsigned int insns;
};

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

static struct measured table[] = {
	[EMPTY] = { "a loop of nothing", loop_empty, .alone = true },
	[RDTSC] = { "rdtsc", loop_rdtsc, .alone = true },
	[FLOOR] = { "floor: rdtsc and a store of it", loop_floor, .alone = true },
	[NOP] = { "a call of a function with a NOP", loop_nop },
	[NOTHING] = { "trampoline that calls nothing", loop_nothing },
	[CLOSED] = { "tracing_on = 0: its gate is closed", loop_event, .closed = true },
	[NO_CLOCK] = { "event without rdtsc", loop_no_clock },
	[NO_FLAGS] = { "event without pushf", loop_no_flags },
	[EVENT] = { "function event", loop_event },
	[LOCK] = { "event with a lock prefix", loop_lock },
	[FULL] = { "event, all registers saved", loop_full },
	[SAVES] = { "event, the compiler saves", loop_saves },
	[COMPACT] = { "event in 16 bytes (an experiment)", loop_compact },
};

#define NR_MEASURED (sizeof(table) / sizeof(*table))

static double seconds(void)
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

static unsigned int count_insns(const struct measured *m)
{
	void (*loop)(unsigned int n) = m->loop;

	cpu.gate = !m->closed;
	/* The first one may be that of a page. */
	loop(1);
	steps = 0;
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
	loop(1);
	__asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
	return steps;
}

static void measure(struct measured *m)
{
	double start, ns;

	cpu.gate = !m->closed;
	start = seconds();
	m->loop(CALLS);
	ns = (seconds() - start) * 1e9 / CALLS;
	if (!m->best || ns < m->best)
		m->best = ns;
}

static void set_up(void)
{
	unsigned long *slots = calloc(nr_pages, sizeof(*slots));
	u8 *data = aligned_alloc(PAGE_SIZE, (size_t)(nr_pages + 1) * PAGE_SIZE);
	unsigned int i;

	pages = aligned_alloc(64, (nr_pages + 1) * sizeof(*pages));
	if (!slots || !data || !pages)
		exit(1);
	memset(data, 0, (size_t)(nr_pages + 1) * PAGE_SIZE);
	for (i = 0; i <= nr_pages; i++)
		pages[i].data = (struct rb_data_page *)(data + (size_t)i * PAGE_SIZE);
	rb_init(&ring, slots, pages, nr_pages, PAGE_SIZE);
	bench_arg = &the_ops;
	for (i = 0; i < 2; i++)
		cpu.cyc2ns.data[i] = (struct bench_scale) { .mul = 410, .shift = 10 };
	if (syscall(SYS_arch_prctl, ARCH_SET_GS, &cpu)) {
		perror("bench: ARCH_SET_GS");
		exit(1);
	}
}

static double added(unsigned int i)
{
	return table[i].best - table[table[i].alone ? EMPTY : NOP].best;
}

static unsigned int added_insns(unsigned int i)
{
	return table[i].insns - table[table[i].alone ? EMPTY : NOP].insns;
}

static double ratio(void)
{
	return added(EVENT) / added(FLOOR);
}

static void measure_events(void)
{
	unsigned int attempt, round, i;

	for (i = 0; i < NR_MEASURED; i++)
		table[i].insns = count_insns(&table[i]);
	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		for (round = 0; round < ROUNDS; round++)
			for (i = 0; i < NR_MEASURED; i++)
				measure(&table[i]);
		if (ratio() <= RATIO_MOST)
			break;
	}
}

static void print_events(void)
{
	unsigned int i;

	printf("%-38s %8s %8s %14s\n", "user space, this CPU; added per call", "ns", "floors",
	       "instructions");
	for (i = RDTSC; i < NR_MEASURED; i++) {
		if (i == NOP)
			continue;
		printf("%-38s %8.1f %8.2f %14u\n", table[i].what, added(i),
		       added(i) / added(FLOOR), added_insns(i));
	}
}

/* Full pages of events, read in one way or another: ns an event. */
static double read_all(u64 (*read)(void))
{
	double best = 0, start, ns;
	unsigned int round;
	u64 events;

	cpu.gate = true;
	for (round = 0; round < ROUNDS / 4; round++) {
		rb_reset(&ring, pages);
		loop_event(nr_pages * (PAGE_SIZE / 28));
		start = seconds();
		events = read();
		ns = (seconds() - start) * 1e9 / events;
		if (!best || ns < best)
			best = ns;
	}
	return best;
}

static u64 read_raw(void)
{
	static u64 buf[PAGE_SIZE / sizeof(u64)];

	while (rb_read_page(&ring, (struct rb_data_page *)buf, PAGE_SIZE, false))
		;
	return ring.read_events;
}

static u64 read_each(void)
{
	struct rb_event event;
	u64 lost;

	while (rb_peek(&ring, &event, &lost))
		rb_consume(&ring);
	return ring.read_events;
}

static u64 read_copies(void)
{
	static u64 buf[PAGE_SIZE / sizeof(u64)];
	struct rb_data_page *page = (struct rb_data_page *)buf;
	u64 seq, start, events = 0, last = rb_last_seq(&ring);
	struct rb_cursor cursor;
	struct rb_event event;

	for (seq = rb_oldest_seq(&ring); seq <= last; seq++) {
		if (!rb_copy_page(&ring, seq, page, &start))
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

	rb_reset(&ring, pages);
	loop_event(nr_pages * (PAGE_SIZE / 28));
	rb_stats(&ring, &stats);
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
	signal(SIGTRAP, on_step);
	set_up();
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
