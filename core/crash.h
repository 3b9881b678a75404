/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_CRASH_H
#define FNT_CORE_CRASH_H

/* The last events of a trace on the console, when the kernel has an oops or panics. */

#include <linux/types.h>

struct crash;
struct fnt_trace;

/* What is printed, by the numbers of the kernel's own ftrace_dump_on_oops. */
enum crash_mode {
	CRASH_NOTHING,
	CRASH_ALL_CPUS,
	CRASH_THIS_CPU,
};

#define CRASH_EVENTS_DEFAULT 200
#define CRASH_EVENTS_MAX 1000000

/**
 * struct crash_settings - what is to be printed of a trace
 * @mode: of which CPUs, enum crash_mode
 * @events: how many of each at most, the last ones
 */
struct crash_settings {
	unsigned int mode;
	unsigned int events;
};

int crash_init(void);
void crash_exit(void);

int crash_set(struct fnt_trace *tr, const struct crash_settings *settings);
int crash_reserve(struct fnt_trace *tr, unsigned int order);
void crash_end(struct fnt_trace *tr);
void crash_print_oops(struct fnt_trace *tr, int cpu);

#endif
