/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_BENCH_CPU_H
#define HOST_BENCH_CPU_H

/* The CPU that the benchmarks run on, with its ring and its task, reached by %gs. */

#include "selftests/host/bench/event.h"

#define PAGE_SIZE 4096

/* What trampolines give to the handlers they call. */
extern struct bench_ops *bench_arg;

extern struct bench_cpu bench_cpu;
extern struct bench_task bench_task;
extern struct ring bench_rb;
extern struct rb_page *bench_pages;

void cpu_set_up(unsigned int nr_pages);

#endif
