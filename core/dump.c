// SPDX-License-Identifier: GPL-2.0
/*
 * The events of a trace on the console, in the form of the kernel's ftrace_dump(): for who
 * waits for something that the machine may not survive.
 */

#include "core/dump.h"

#include <linux/cpumask.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "core/lines.h"
#include "core/trace.h"

/* Bytes of an event that are printed at most, as by the kernel (v6.1: TRACE_MAX_PRINT). */
#define DUMP_MAX 1000

#define DUMP_RULER "---------------------------------\n"

/* What there is now: what comes later is not printed, so there is an end. */
static u64 count_entries(struct fnt_trace *tr, int cpu)
{
	struct rb_stats stats;
	u64 nr = 0;
	int i;

	for_each_possible_cpu(i) {
		struct buffer_cpu *part = buffer_part(&tr->buffer, i);

		if (!buffer_selected(i, cpu))
			continue;
		mutex_lock(&part->read_lock);
		rb_stats(part->rb, &stats);
		mutex_unlock(&part->read_lock);
		nr += stats.entries;
	}
	return nr;
}

/* Serial lines are slow: nobody else is kept from the trace for longer than an event. */
static bool dump_next(struct fnt_trace *tr, int cpu, struct lines *lines)
{
	bool more;

	trace_lock();
	more = !tr->deferred.ended && lines_next(lines, tr, cpu);
	if (more && lines->text.len)
		pr_emerg("%.*s", DUMP_MAX, lines->text.buf);
	trace_unlock();
	cond_resched();
	return more;
}

static void dump_events(struct fnt_trace *tr, int cpu, struct lines *lines)
{
	u64 left;

	trace_lock();
	left = tr->deferred.ended ? 0 : count_entries(tr, cpu);
	pr_emerg("Dumping ftrace buffer:%s%s\n", tr->name ? " instance " : "", tr->name ?: "");
	trace_unlock();
	if (!left) {
		pr_emerg("   (ftrace buffer empty)\n");
		return;
	}
	pr_emerg(DUMP_RULER);
	while (left-- && dump_next(tr, cpu, lines))
		;
	pr_emerg(DUMP_RULER);
}

/**
 * trace_dump - print the events of a trace on the console, and consume them
 * @tr: the trace; it may go meanwhile, but trace_get() was called
 * @cpu: of this CPU, or of BUFFER_ALL_CPUS
 *
 * Context: process, may sleep; tracer_mutex not held.
 */
void trace_dump(struct fnt_trace *tr, int cpu)
{
	struct lines *lines = lines_create(true);

	if (lines)
		dump_events(tr, cpu, lines);
	else
		pr_emerg("a trace could not be dumped: no memory\n");
	lines_destroy(lines);
}
