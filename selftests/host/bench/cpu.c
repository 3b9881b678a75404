// SPDX-License-Identifier: GPL-2.0
/* The CPU that the benchmarks run on, see cpu.h. */

#define _GNU_SOURCE
#include <asm/prctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "selftests/host/bench/cpu.h"

/* What tramp.S reads. */
unsigned long bench_gate = offsetof(struct bench_cpu, gate);
struct bench_ops *bench_arg;
unsigned long bench_cyc2ns = offsetof(struct bench_cpu, cyc2ns);

struct bench_task bench_task = { .pid = 4711 };
struct ring bench_rb;
struct rb_page *bench_pages;

struct bench_cpu bench_cpu = {
	.preempt_count = 0x80000001, .gate = true, .rb = &bench_rb, .task = &bench_task,
	.clock = { .data = offsetof(struct bench_cpu, cyc2ns.data) },
};

static struct bench_trace trace = { .quick_clock = true, .rings = offsetof(struct bench_cpu, rb) };
static struct bench_ops the_ops = { .private = &trace };

void cpu_set_up(unsigned int nr_pages)
{
	unsigned long *slots = calloc(nr_pages, sizeof(*slots));
	u8 *data = aligned_alloc(PAGE_SIZE, (size_t)(nr_pages + 1) * PAGE_SIZE);
	unsigned int i;

	bench_pages = aligned_alloc(64, (nr_pages + 1) * sizeof(*bench_pages));
	if (!slots || !data || !bench_pages)
		exit(1);
	memset(data, 0, (size_t)(nr_pages + 1) * PAGE_SIZE);
	for (i = 0; i <= nr_pages; i++)
		bench_pages[i].data = (struct rb_data_page *)(data + (size_t)i * PAGE_SIZE);
	rb_init(&bench_rb, slots, bench_pages, nr_pages, PAGE_SIZE);
	bench_arg = &the_ops;
	for (i = 0; i < 2; i++)
		bench_cpu.cyc2ns.data[i] = (struct bench_scale) { .mul = 410, .shift = 10 };
	if (syscall(SYS_arch_prctl, ARCH_SET_GS, &bench_cpu)) {
		perror("bench: ARCH_SET_GS");
		exit(1);
	}
}
