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
 * @symbol: the name of a code address, with its offset in the function if asked
 *          for, until the next call and without a NUL; NULL if it has none.
 *          @names is the style's, @len receives the length.
 * @comm: the command of a task, into @buf (16 bytes)
 * @tgid: the process of a task, 0 if it is not known
 */
struct print_source {
	const char *(*symbol)(void *names, unsigned long addr, bool offset, unsigned int *len);
	void (*comm)(int pid, char *buf);
	int (*tgid)(int pid);
};

/**
 * struct print_style - everything that a line depends on but its record
 * @flags: PRINT_*
 * @clock_in_ns: times are nanoseconds
 * @source: where names come from
 * @names: for the source's use
 */
struct print_style {
	u32 flags;
	bool clock_in_ns;
	const struct print_source *source;
	void *names;
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
