// SPDX-License-Identifier: GPL-2.0
/*
 * Entries and returns of functions as text: function_graph as the kernel prints
 * it, and what newer kernels show with it. PURE: also compiled in user space.
 *
 * A line depends on those before it, which struct print_graph stands for. To print
 * changes nothing there: a line that does not fit is printed again. Without it
 * each record is shown for itself.
 */

#include "core/print_graph.h"

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "core/event.h"

#define INDENT 2

/**
 * print_graph_init - before the first line
 * @graph: of a CPU
 *
 * Context: any.
 */
void print_graph_init(struct print_graph *graph)
{
	*graph = (struct print_graph) { .last_pid = -1, .irq_depth = -1 };
}

static const struct event_graph_entry *entry_of(const struct rb_event *event)
{
	const struct event_graph_entry *record = event->payload;

	return event->len >= sizeof(*record) && record->ent.type == EVENT_GRAPH_ENTRY ?
	       record : NULL;
}

static const struct event_graph_exit *exit_of(const struct rb_event *event)
{
	const struct event_graph_exit *record = event->payload;

	return event->len >= sizeof(*record) && record->ent.type == EVENT_GRAPH_EXIT ?
	       record : NULL;
}

/**
 * print_graph_is_entry - is a record the entry of a function?
 * @event: the record
 *
 * Context: any.
 * Return: true if so, and print_graph_leaf() may be true of it.
 */
bool print_graph_is_entry(const struct rb_event *event)
{
	return entry_of(event);
}

/**
 * print_graph_shows - is a record part of a graph?
 * @event: the record
 *
 * Functions and stacks have lines of their own kind in it.
 *
 * Context: any.
 * Return: true if it is, as a call or a comment.
 */
bool print_graph_shows(const struct rb_event *event)
{
	const struct trace_entry *ent = event->payload;

	return event->len >= sizeof(*ent) && ent->type != EVENT_FUNCTION &&
	       ent->type != EVENT_STACK && ent->type != EVENT_USER_STACK;
}

static bool entry_is_hidden(const struct print_graph *graph, unsigned long func,
			    const struct print_style *style)
{
	if (!graph || style->flags & PRINT_GRAPH_IRQS)
		return false;
	return graph->irq_depth >= 0 || style->source->irq_entry(func);
}

static bool exit_is_hidden(const struct print_graph *graph, const struct print_style *style)
{
	return graph && !(style->flags & PRINT_GRAPH_IRQS) && graph->irq_depth >= 0;
}

/**
 * print_graph_leaf - has a function called nothing that was recorded?
 * @graph: before @event; NULL if it is shown for itself
 * @event: a record
 * @next: the next one of its CPU, with none lost in between; NULL if there is none
 * @style: how they look
 *
 * Context: any.
 * Return: true if they are entry and return of a call, to be shown in one line.
 */
bool print_graph_leaf(const struct print_graph *graph, const struct rb_event *event,
		      const struct rb_event *next, const struct print_style *style)
{
	const struct event_graph_entry *entry = entry_of(event);
	const struct event_graph_exit *exit = next ? exit_of(next) : NULL;

	return entry && exit && entry->ent.pid == exit->ent.pid && entry->func == exit->func &&
	       !entry_is_hidden(graph, entry->func, style);
}

/* By %ps, as the kernel has it: with the module, whatever the options say. */
static void print_name(struct text *text, unsigned long addr, const struct print_style *style)
{
	unsigned int len;
	const char *name = style->source->symbol(style->names, addr, PRINT_NAME_MODULE, &len);

	if (name)
		text_put(text, name, len);
	else
		text_printf(text, "0x%lx", addr);
}

static void print_indent(struct text *text, int depth)
{
	int i;

	for (i = 0; i < min(depth, PRINT_GRAPH_DEPTH); i++)
		text_put(text, "  ", INDENT);
}

static void print_cpu(struct text *text, unsigned int cpu, const struct print_style *style)
{
	text_printf(text, " %*u) ", style->cpu_digits, cpu);
}

#define TASK_WIDTH 14

/* In the middle of its column. */
static void print_task(struct text *text, int pid, const struct print_style *style)
{
	char comm[16], task[32];
	int blanks;

	style->source->comm(pid, comm);
	snprintf(task, sizeof(task), "%.7s-%d", comm, pid);
	blanks = max(TASK_WIDTH - (int)strlen(task), 0);
	text_printf(text, "%*s%s%*s", blanks / 2, "", task, blanks - blanks / 2, "");
}

/* The task is not that of the line before. */
static void print_switch(struct text *text, const struct print_place *place, int pid,
			 const struct print_style *style)
{
	static const char rule[] = " ------------------------------------------\n";

	if (!place->graph || place->graph->last_pid == pid || place->graph->last_pid == -1)
		return;
	text_puts(text, rule);
	print_cpu(text, place->cpu, style);
	print_task(text, place->graph->last_pid, style);
	text_puts(text, " => ");
	print_task(text, pid, style);
	text_putc(text, '\n');
	text_puts(text, rule);
	text_putc(text, '\n');
}

/* What stands before the duration. */
static void print_columns(struct text *text, const struct print_place *place,
			  const struct rb_event *event, const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;
	char flags[8];

	if (!(style->flags & PRINT_CONTEXT_INFO))
		return;
	if (style->flags & PRINT_GRAPH_ABSTIME)
		text_printf(text, "%5llu.%06llu |  ", event->ts / 1000000000,
			    event->ts % 1000000000 / 1000);
	if (style->flags & PRINT_GRAPH_REL_TIME)
		text_printf(text, "%9llu us |  ", (event->ts - place->start_ts) / 1000);
	if (style->flags & PRINT_GRAPH_CPU)
		print_cpu(text, place->cpu, style);
	if (style->flags & PRINT_GRAPH_PROC) {
		print_task(text, ent->pid, style);
		text_puts(text, " | ");
	}
	if (style->flags & PRINT_LATENCY) {
		*put_context_flags(flags, ent) = '\0';
		text_printf(text, " %s | ", flags);
	}
}

static bool has_duration(const struct print_style *style)
{
	return style->flags & PRINT_GRAPH_DURATION && style->flags & PRINT_CONTEXT_INFO;
}

/* Where there is none. */
static void print_no_duration(struct text *text, const struct print_style *style)
{
	if (has_duration(style))
		text_puts(text, "              |  ");
}

/* In microseconds; of the nanoseconds as many digits as make seven. */
static void print_duration(struct text *text, u64 ns, const struct print_style *style)
{
	char number[24], *end;
	unsigned int digits;

	if (!has_duration(style))
		return;
	text_putc(text, (style->flags & PRINT_GRAPH_OVERHEAD) ? print_delay_mark(ns) : ' ');
	text_putc(text, ' ');
	end = put_uint(number, ns / 1000, 0, ' ');
	digits = end - number;
	if (digits < 7) {
		*end++ = '.';
		put_uint(end, ns % 1000, 3, '0');
		end += min(7 - digits, 3U);
	}
	*end = '\0';
	text_printf(text, "%s us %*s|  ", number, max(8 - (int)(end - number), 0), "");
}

/* An interrupt comes or goes with this function. */
static void print_irq(struct text *text, const struct print_place *place,
		      const struct rb_event *event, unsigned long func, const char *arrow,
		      const struct print_style *style)
{
	if (!style->source->irq_entry(func))
		return;
	print_columns(text, place, event, style);
	text_puts(text, has_duration(style) ? "  " : "");
	text_puts(text, arrow);
	text_puts(text, has_duration(style) ? " |\n" : "\n");
}

static const char coming[] = "==========>", going[] = "<==========";

/* The tail of an entry: a word, then what an event_function with func-args has. */
#define RETADDR_SIZE sizeof(unsigned long)

static unsigned int more_of(const struct rb_event *event)
{
	return event->len - sizeof(struct event_graph_entry);
}

static void print_call(struct text *text, const struct rb_event *event,
		       const struct print_style *style)
{
	const struct event_graph_entry *entry = event->payload;

	print_indent(text, entry->depth);
	print_name(text, entry->func, style);
	if (more_of(event) <= RETADDR_SIZE ||
	    !print_arguments(text, entry->func, entry->more + RETADDR_SIZE,
			     more_of(event) - RETADDR_SIZE, style))
		text_puts(text, "()");
}

/* Where it was called from; 0 if that was not recorded. */
static unsigned long retaddr_of(const struct rb_event *event)
{
	const struct event_graph_entry *entry = event->payload;
	unsigned long retaddr = 0;

	if (event->len >= sizeof(*entry) + RETADDR_SIZE)
		memcpy(&retaddr, entry->more, sizeof(retaddr));
	return retaddr;
}

static bool print_retaddr(struct text *text, const struct rb_event *entry,
			  const struct print_style *style)
{
	struct print_style with_offset = *style;
	unsigned long retaddr = 0;

	/* With arguments it is recorded whether it is asked for or not. */
	if (entry && style->flags & PRINT_GRAPH_RETADDR)
		retaddr = retaddr_of(entry);
	if (!retaddr)
		return false;
	with_offset.flags |= PRINT_SYM_OFFSET;
	text_puts(text, " <-");
	print_symbol(text, retaddr, &with_offset);
	return true;
}

static bool print_result(struct text *text, const struct rb_event *event, const char *what,
			 const struct print_style *style)
{
	const struct event_graph_exit *exit = event ? event->payload : NULL;
	size_t before = text->len;

	if (!exit || event->len < offsetof(struct event_graph_exit, retval[1]))
		return false;
	text_puts(text, what);
	if (style->source->result(text, exit->func, exit->retval[0],
				  style->flags & PRINT_GRAPH_RETVAL_HEX))
		return true;
	text_cut(text, before);
	return false;
}

/*
 * What stands behind a call or its end, in a comment. @entry and @exit are NULL if
 * theirs does not belong there, and so is @func.
 */
static void print_remarks(struct text *text, const struct rb_event *entry,
			  const struct rb_event *exit, const unsigned long *func,
			  const struct print_style *style)
{
	size_t before = text->len;
	bool any = func;

	text_puts(text, " /*");
	if (func) {
		text_putc(text, ' ');
		print_name(text, *func, style);
	}
	any |= print_retaddr(text, entry, style);
	any |= print_result(text, exit, any && !func ? " ret=" : " = ", style);
	if (any)
		text_puts(text, " */");
	else
		text_cut(text, before);
}

static void print_entry(struct text *text, const struct print_place *place,
			const struct rb_event *event, const struct print_style *style)
{
	const struct event_graph_entry *entry = event->payload;
	const struct event_graph_exit *exit;

	if (entry_is_hidden(place->graph, entry->func, style))
		return;
	print_switch(text, place, entry->ent.pid, style);
	print_irq(text, place, event, entry->func, coming, style);
	print_columns(text, place, event, style);
	if (!place->exit) {
		print_no_duration(text, style);
		print_call(text, event, style);
		text_puts(text, " {");
		print_remarks(text, event, NULL, NULL, style);
		text_putc(text, '\n');
		return;
	}
	exit = place->exit->payload;
	print_duration(text, exit->rettime - exit->calltime, style);
	print_call(text, event, style);
	text_putc(text, ';');
	print_remarks(text, event, place->exit, NULL, style);
	text_putc(text, '\n');
	print_irq(text, place, event, exit->func, going, style);
}

static bool depth_is_kept(int depth)
{
	return depth >= 0 && depth < PRINT_GRAPH_DEPTH;
}

/* Its entry was shown where it should have been. */
static bool was_entered(const struct print_graph *graph, const struct event_graph_exit *exit)
{
	return !graph || !depth_is_kept(exit->depth) || graph->entered[exit->depth] == exit->func;
}

static void print_exit(struct text *text, const struct print_place *place,
		       const struct rb_event *event, const struct print_style *style)
{
	const struct event_graph_exit *exit = event->payload;
	bool named = style->flags & PRINT_GRAPH_TAIL || !was_entered(place->graph, exit);
	unsigned long func = exit->func;

	if (exit_is_hidden(place->graph, style))
		return;
	print_switch(text, place, exit->ent.pid, style);
	print_columns(text, place, event, style);
	print_duration(text, exit->rettime - exit->calltime, style);
	print_indent(text, exit->depth);
	text_putc(text, '}');
	print_remarks(text, NULL, event, named ? &func : NULL, style);
	text_putc(text, '\n');
	if (style->flags & PRINT_GRAPH_OVERRUN)
		text_printf(text, " (Overruns: %u)\n", exit->overrun);
	print_irq(text, place, event, exit->func, going, style);
}

static void print_comment(struct text *text, const struct print_place *place,
			  const struct rb_event *event, const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;

	print_switch(text, place, ent->pid, style);
	print_columns(text, place, event, style);
	print_no_duration(text, style);
	if (place->graph && place->graph->depth > 0)
		print_indent(text, place->graph->depth + 1);
	text_puts(text, "/* ");
	print_comment_text(text, event, style);
	if (text->len && text->buf[text->len - 1] == '\n')
		text_cut(text, text->len - 1);
	text_puts(text, " */\n");
}

/**
 * print_graph_event - the lines of a record that print_graph_shows()
 * @text: receives them
 * @place: where it is in the trace
 * @event: the record, of a length that its type has
 * @style: how it looks
 *
 * Context: any.
 */
void print_graph_event(struct text *text, const struct print_place *place,
		       const struct rb_event *event, const struct print_style *style)
{
	if (entry_of(event))
		print_entry(text, place, event, style);
	else if (exit_of(event))
		print_exit(text, place, event, style);
	else
		print_comment(text, place, event, style);
}

/* That of comments, which no record makes larger than can be counted with. */
static int comment_depth(int depth, bool inside)
{
	return clamp(depth, 0, PRINT_GRAPH_DEPTH) - !inside;
}

static void entry_go_on(struct print_graph *graph, const struct event_graph_entry *entry,
			bool leaf)
{
	graph->last_pid = entry->ent.pid;
	graph->depth = comment_depth(entry->depth, !leaf);
	if (depth_is_kept(entry->depth))
		graph->entered[entry->depth] = leaf ? 0 : entry->func;
}

static void exit_go_on(struct print_graph *graph, const struct event_graph_exit *exit,
		       const struct print_style *style)
{
	if (exit_is_hidden(graph, style)) {
		/* Or the return of the interrupt's own function was lost. */
		if (exit->depth <= graph->irq_depth)
			graph->irq_depth = -1;
		return;
	}
	graph->last_pid = exit->ent.pid;
	graph->depth = comment_depth(exit->depth, false);
	if (depth_is_kept(exit->depth))
		graph->entered[exit->depth] = 0;
}

/**
 * print_graph_go_on - go behind a record
 * @graph: of its CPU
 * @event: the record
 * @leaf: what print_graph_leaf() said of it
 * @style: how it looked
 *
 * Context: any.
 */
void print_graph_go_on(struct print_graph *graph, const struct rb_event *event, bool leaf,
		       const struct print_style *style)
{
	const struct event_graph_entry *entry = entry_of(event);
	const struct event_graph_exit *exit = exit_of(event);
	const struct trace_entry *ent = event->payload;

	if (exit)
		exit_go_on(graph, exit, style);
	else if (entry && !entry_is_hidden(graph, entry->func, style))
		entry_go_on(graph, entry, leaf);
	else if (entry && graph->irq_depth < 0)
		graph->irq_depth = entry->depth;
	else if (!entry && print_graph_shows(event))
		graph->last_pid = ent->pid;
}
