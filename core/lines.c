// SPDX-License-Identifier: GPL-2.0
/*
 * The events of a trace as lines of text: what they look like, and consuming them line by
 * line, for trace_pipe and for the console.
 */

#include "core/lines.h"

#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/buffer.h"
#include "core/comm.h"
#include "core/event_text.h"
#include "core/iter.h"
#include "core/kabi.h"
#include "core/prototypes.h"
#include "core/symbol.h"
#include "core/trace.h"
#include "core/user_object.h"

/* States that a task can be in, for task_index_to_char(). */
#define TASK_STATES (1 + ilog2(TASK_REPORT_MAX))

static const char *name_of(void *names, unsigned long addr, enum print_name wanted,
			   unsigned int *len)
{
	return symbol_name(names, addr, wanted, len);
}

static bool irq_entry(unsigned long addr)
{
	return addr >= (unsigned long)kabi.irqentry_start &&
	       addr < (unsigned long)kabi.irqentry_end;
}

static char task_state(unsigned int state)
{
	return state < TASK_STATES ? task_index_to_char(state) : '?';
}

static const struct print_source print_source = {
	.symbol = name_of,
	.arguments = prototype_arguments,
	.result = prototype_result,
	.irq_entry = irq_entry,
	.event = event_printer_print,
	.user_object = user_object_of,
	.task_state = task_state,
	.comm = comm_of,
	.tgid = comm_tgid_of,
};

static unsigned int cpu_digits(void)
{
	return nr_cpu_ids <= 10 ? 1 : nr_cpu_ids <= 100 ? 2 : nr_cpu_ids <= 1000 ? 3 : 4;
}

/* Of the options those that lines depend on. */
static u32 print_flags(u64 options, bool latency)
{
	return ((u32)options & ~PRINT_LATENCY) | (latency ? PRINT_LATENCY : 0) |
	       ((options & TRACE_OPT_GRAPH_RETADDR) ? PRINT_GRAPH_RETADDR : 0);
}

static u32 style_flags(const struct fnt_trace *tr, bool latency)
{
	u32 flags = print_flags(READ_ONCE(tr->options), latency);
	const struct fnt_tracer *tracer = READ_ONCE(tr->tracer);

	if (!tracer->graph && trace_is_graph(tr))
		flags = (flags & ~PRINT_GRAPH_ALL) | tracer->graph_style;
	return flags;
}

/**
 * lines_style - what the lines of a trace look like
 * @tr: the trace
 * @symbols: names, from symbols_get()
 * @events: of the text of static events
 * @latency: they are of latency-format
 *
 * Context: process.
 * Return: the style.
 */
struct print_style lines_style(const struct fnt_trace *tr, struct symbols *symbols,
			       struct event_printer *events, bool latency)
{
	u32 flags = style_flags(tr, latency);

	event_printer_hash_pointers(events, flags & PRINT_HASH_PTR);
	return (struct print_style) {
		.flags = flags,
		.clock_in_ns = clock_in_ns(tr->clock),
		.cpu_digits = cpu_digits(),
		.source = &print_source,
		.names = symbols,
		.events = events,
	};
}

/**
 * lines_graphs_create - room for what the lines of each CPU were about
 *
 * Context: process, may sleep.
 * Return: one a CPU, for lines_graphs_init() and kvfree(); NULL without memory.
 */
struct print_graph *lines_graphs_create(void)
{
	return kvmalloc_array(nr_cpu_ids, sizeof(struct print_graph), GFP_KERNEL);
}

/**
 * lines_graphs_init - nothing was shown yet
 * @graphs: from lines_graphs_create()
 *
 * Context: process.
 */
void lines_graphs_init(struct print_graph *graphs)
{
	int cpu;

	for_each_possible_cpu(cpu)
		print_graph_init(&graphs[cpu]);
}

/**
 * lines_graph_of - what the lines of a CPU were about
 * @tr: the trace
 * @graphs: from lines_graphs_create()
 * @cpu: the CPU
 *
 * Context: process.
 * Return: it; NULL if the tracer's records are not to be shown as a tree.
 */
struct print_graph *lines_graph_of(const struct fnt_trace *tr, struct print_graph *graphs, int cpu)
{
	return trace_is_graph(tr) ? &graphs[cpu] : NULL;
}

/**
 * lines_leaf - what is shown in one line with the event at hand
 * @iter: with an event at hand
 * @graph: from lines_graph_of()
 * @style: from lines_style()
 *
 * Context: process, may sleep; any if the iterator needs no memory.
 * Return: the return from a function whose entry is at hand, which iter_skip_part() leaves
 * out; NULL if it has a line of its own.
 */
const struct rb_event *lines_leaf(struct iter *iter, const struct print_graph *graph,
				  const struct print_style *style)
{
	const struct iter_cpu *next;

	if (!print_graph_is_entry(&iter_at(iter)->event))
		return NULL;
	next = iter_peek_part(iter);
	if (!next || next->lost ||
	    !print_graph_leaf(graph, &iter_at(iter)->event, &next->event, style))
		return NULL;
	return &next->event;
}

/* The CPU with the oldest event, -1 if there is none. */
static int oldest_cpu(struct trace_buffer *buf, int cpu)
{
	struct rb_event event;
	int i, oldest = -1;
	u64 lost, ts = 0;
	bool there;

	for_each_possible_cpu(i) {
		struct buffer_cpu *part = buffer_part(buf, i);

		if (cpu != BUFFER_ALL_CPUS && cpu != i)
			continue;
		mutex_lock(&part->read_lock);
		there = rb_peek(part->rb, &event, &lost);
		mutex_unlock(&part->read_lock);
		if (there && (oldest < 0 || event.ts < ts)) {
			oldest = i;
			ts = event.ts;
		}
	}
	return oldest;
}

/* What comes behind an entry is seen only when that is consumed. */
static bool consume_entry(struct lines *lines, struct ring *rb, struct rb_event *event)
{
	if (!print_graph_is_entry(event) || event->len > sizeof(lines->entry))
		return false;
	memcpy(lines->entry, event->payload, event->len);
	event->payload = lines->entry;
	rb_consume(rb);
	return true;
}

/* Print the event that rb_peek() showed and consume it, and its return with it. */
static void take_event(struct lines *lines, struct ring *rb, struct rb_event *event,
		       struct print_place *place, const struct print_style *style)
{
	bool consumed = consume_entry(lines, rb, event);
	struct rb_event next;
	u64 lost;

	if (consumed && rb_peek(rb, &next, &lost) && !lost &&
	    print_graph_leaf(place->graph, event, &next, style))
		place->exit = &next;
	print_event(&lines->text, place, event, style);
	print_graph_go_on(&lines->graphs[place->cpu], event, place->exit, style);
	if (!consumed || place->exit)
		rb_consume(rb);
}

/**
 * lines_next - make the lines of the oldest event, and consume it
 * @lines: gets them, in lines->text; none if another reader was faster
 * @tr: the trace
 * @cpu: of this CPU, or of BUFFER_ALL_CPUS
 *
 * Context: process, may sleep.
 * Return: false if there is no event.
 */
bool lines_next(struct lines *lines, struct fnt_trace *tr, int cpu)
{
	struct print_style style = lines_style(tr, lines->symbols, lines->events, lines->latency);
	struct print_place place = { .index = lines->nr, .start_ts = tr->start_ts };
	struct buffer_cpu *part;
	struct rb_event event;
	u64 lost;

	text_init(&lines->text, lines->buf, sizeof(lines->buf));
	cpu = oldest_cpu(&tr->buffer, cpu);
	if (cpu < 0)
		return false;
	part = buffer_part(&tr->buffer, cpu);
	mutex_lock(&part->read_lock);
	/* Another reader may have been faster; then there is an empty line. */
	if (rb_peek(part->rb, &event, &lost)) {
		if (lost)
			print_lost(&lines->text, cpu, lost,
				   part->rb->read_events ? part->rb->read_ts : 0, event.ts,
				   style.clock_in_ns);
		place.cpu = cpu;
		place.next_ts = event.ts;
		place.graph = lines_graph_of(tr, lines->graphs, cpu);
		take_event(lines, part->rb, &event, &place, &style);
		lines->nr++;
	}
	mutex_unlock(&part->read_lock);
	return true;
}

/**
 * lines_destroy - undo lines_create()
 * @lines: may be NULL
 *
 * Context: process, may sleep.
 */
void lines_destroy(struct lines *lines)
{
	if (!lines)
		return;
	symbols_put(lines->symbols);
	event_printer_destroy(lines->events);
	kvfree(lines->graphs);
	kvfree(lines);
}

/**
 * lines_create - prepare to consume events as text
 * @latency: lines are of latency-format
 *
 * Context: process, may sleep.
 * Return: without a line yet; NULL without memory.
 */
struct lines *lines_create(bool latency)
{
	struct lines *lines = kvzalloc(sizeof(*lines), GFP_KERNEL);

	if (!lines)
		return NULL;
	lines->latency = latency;
	text_init(&lines->text, lines->buf, sizeof(lines->buf));
	/* The symbols last: they stay for the next reader. */
	lines->graphs = lines_graphs_create();
	lines->events = event_printer_create();
	lines->symbols = lines->graphs && lines->events ? symbols_get() : NULL;
	if (!lines->symbols) {
		lines_destroy(lines);
		return NULL;
	}
	lines_graphs_init(lines->graphs);
	return lines;
}
