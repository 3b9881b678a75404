/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PRINT_H
#define FNT_CORE_PRINT_H

/* Records as lines of text, as the kernel prints them. */

#include <linux/types.h>

#include "core/ring.h"
#include "core/text.h"

/* How a line looks: the options that have to do with it. */
#define PRINT_PARENT (1U << 0)
#define PRINT_SYM_OFFSET (1U << 1)
#define PRINT_SYM_ADDR (1U << 2)
#define PRINT_RAW (1U << 3)
#define PRINT_CONTEXT_INFO (1U << 4)
#define PRINT_IRQ_INFO (1U << 5)
#define PRINT_TGID (1U << 6)

/**
 * struct print_source - where names come from
 * @symbol: append the name of a code address, with its offset in the function
 *          if asked for; false if it has none
 * @comm: the command of a task, in the table or in @buf (16 bytes)
 * @tgid: the process of a task, 0 if it is not known
 */
struct print_source {
	bool (*symbol)(struct text *text, unsigned long addr, bool offset);
	const char *(*comm)(int pid, char *buf);
	int (*tgid)(int pid);
};

/**
 * struct print_style - everything that a line depends on but its record
 * @flags: PRINT_*
 * @clock_in_ns: times are nanoseconds
 * @source: where names come from
 */
struct print_style {
	u32 flags;
	bool clock_in_ns;
	const struct print_source *source;
};

/**
 * struct print_totals - what the header of a trace says
 * @entries: events that can be read
 * @written: events written since the trace was cleared
 * @cpus: CPUs online
 */
struct print_totals {
	u64 entries;
	u64 written;
	unsigned int cpus;
};

void print_header(struct text *text, const char *tracer, const struct print_totals *totals,
		  const struct print_style *style);
void print_event(struct text *text, unsigned int cpu, const struct rb_event *event,
		 const struct print_style *style);
void print_lost(struct text *text, unsigned int cpu, u64 lost, u64 from, u64 to, bool in_ns);
void print_time(struct text *text, u64 ts, bool in_ns);

#endif
