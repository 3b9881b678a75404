// SPDX-License-Identifier: GPL-2.0
/*
 * The lines above a trace. PURE: also compiled in user space.
 */

#include "core/print.h"

#include <linux/kernel.h>

static void print_columns(struct text *text, const struct print_style *style)
{
	bool tgid = style->flags & PRINT_TGID;
	const char *space = tgid ? "            " : "  ";

	if (!(style->flags & PRINT_IRQ_INFO)) {
		text_printf(text, "#           TASK-PID    %s CPU#     TIMESTAMP  FUNCTION\n",
			    tgid ? "   TGID   " : "");
		text_printf(text, "#              | |      %s   |         |         |\n",
			    tgid ? "     |    " : "");
		return;
	}
	text_printf(text, "#                            %s  _-----=> irqs-off/BH-disabled\n",
		    space);
	text_printf(text, "#                            %s / _----=> need-resched\n", space);
	text_printf(text, "#                            %s| / _---=> hardirq/softirq\n", space);
	text_printf(text, "#                            %s|| / _--=> preempt-depth\n", space);
	text_printf(text, "#                            %s||| / _-=> migrate-disable\n", space);
	text_printf(text, "#                            %s|||| /     delay\n", space);
	text_printf(text, "#           TASK-PID  %s CPU#  |||||  TIMESTAMP  FUNCTION\n",
		    tgid ? "     TGID   " : "  ");
	text_printf(text, "#              | |    %s   |   |||||     |         |\n",
		    tgid ? "       |    " : "  ");
}

static void print_latency_columns(struct text *text)
{
	static const char *const lines[] = {
		"#                    _------=> CPU#            ",
		"#                   / _-----=> irqs-off/BH-disabled",
		"#                  | / _----=> need-resched    ",
		"#                  || / _---=> hardirq/softirq ",
		"#                  ||| / _--=> preempt-depth   ",
		"#                  |||| / _-=> migrate-disable ",
		"#                  ||||| /     delay           ",
		"#  cmd     pid     |||||| time  |   caller     ",
		"#     \\   /        ||||||  \\    |    /       ",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		text_puts(text, lines[i]);
		text_putc(text, '\n');
	}
}

static void print_places(struct text *text, const struct print_latency *latency,
			 const struct print_style *style)
{
	text_puts(text, "#  => started at: ");
	print_symbol(text, latency->started, style);
	text_puts(text, "\n#  => ended at:   ");
	print_symbol(text, latency->ended, style);
	text_puts(text, "\n#\n");
}

static void print_latency_header(struct text *text, const char *tracer,
				 const struct print_totals *totals,
				 const struct print_style *style)
{
	const struct print_latency *latency = &totals->latency;

	text_printf(text, "# %s latency trace v1.1.5 on %s\n", tracer, totals->release);
	text_puts(text, "# ---------------------------------------------------");
	text_puts(text, "-----------------\n");
	text_printf(text, "# latency: %llu us, #%llu/%llu, CPU#%u | (M:%s VP:0, KP:0, SP:0 HP:0 #P:%u)\n",
		    latency->us, totals->entries, totals->written, totals->cpu, totals->model,
		    totals->cpus);
	text_puts(text, "#    -----------------\n");
	text_printf(text, "#    | task: %.16s-%d (uid:%u nice:%d policy:%u rt_prio:%u)\n",
		    latency->comm ?: "", latency->pid, latency->uid, latency->nice, latency->policy,
		    latency->rt_priority);
	text_puts(text, "#    -----------------\n");
	if (latency->started)
		print_places(text, latency, style);
	text_puts(text, "#\n");
}

static void print_tracer(struct text *text, const char *tracer,
			 const struct print_totals *totals)
{
	text_printf(text, "# tracer: %s\n#\n", tracer);
	if (totals->note)
		text_printf(text, "# %s\n#\n", totals->note);
}

/**
 * print_header - the lines above a trace
 * @text: receives them
 * @tracer: name of the tracer
 * @totals: what they say about the buffer
 * @style: how the trace looks
 *
 * Context: any.
 */
void print_header(struct text *text, const char *tracer, const struct print_totals *totals,
		  const struct print_style *style)
{
	print_tracer(text, tracer, totals);
	if (!(style->flags & PRINT_CONTEXT_INFO))
		return;
	if (style->flags & PRINT_LATENCY && totals->entries)
		print_latency_header(text, tracer, totals, style);
	if (style->flags & PRINT_VERBOSE)
		return;
	if (style->flags & PRINT_LATENCY) {
		if (totals->entries)
			print_latency_columns(text);
		return;
	}
	text_printf(text, "# entries-in-buffer/entries-written: %llu/%llu   #P:%u\n#\n",
		    totals->entries, totals->written, totals->cpus);
	print_columns(text, style);
}

/* Blanks as wide as the columns before the flags. */
static int columns_width(const struct print_style *style)
{
	return ((style->flags & PRINT_GRAPH_ABSTIME) ? 16 : 0) +
	       ((style->flags & PRINT_GRAPH_REL_TIME) ? 16 : 0) +
	       ((style->flags & PRINT_GRAPH_CPU) ? 4 : 0) +
	       ((style->flags & PRINT_GRAPH_PROC) ? 17 : 0);
}

static void print_graph_flags(struct text *text, const struct print_style *style)
{
	static const char *const lines[] = {
		"  _-----=> irqs-off        ",
		" / _----=> need-resched    ",
		"| / _---=> hardirq/softirq ",
		"|| / _--=> preempt-depth   ",
		"||| /                      ",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lines); i++)
		text_printf(text, "#%*s%s\n", columns_width(style), "", lines[i]);
}

static void print_graph_columns(struct text *text, const struct print_style *style)
{
	static const struct {
		u32 flag;
		const char *name;
		const char *below;
	} columns[] = {
		{ PRINT_GRAPH_ABSTIME, "     TIME       ", "      |         " },
		{ PRINT_GRAPH_REL_TIME, "   REL TIME     ", "      |         " },
		{ PRINT_GRAPH_CPU, " CPU", " |  " },
		{ PRINT_GRAPH_PROC, "  TASK/PID       ", "   |    |        " },
		{ PRINT_LATENCY, "||||   ", "||||   " },
		{ PRINT_GRAPH_DURATION, "  DURATION   ", "   |   |      " },
		{ PRINT_CONTEXT_INFO, "               FUNCTION CALLS\n",
		  "               |   |   |   |\n" },
	};
	unsigned int line, i;

	for (line = 0; line < 2; line++) {
		text_putc(text, '#');
		for (i = 0; i < ARRAY_SIZE(columns); i++)
			if (style->flags & columns[i].flag)
				text_puts(text, line ? columns[i].below : columns[i].name);
	}
}

/**
 * print_graph_header - the lines above a graph of calls
 * @text: receives them
 * @tracer: name of the tracer
 * @totals: what they say about the buffer
 * @style: how the trace looks
 *
 * Context: any.
 */
void print_graph_header(struct text *text, const char *tracer, const struct print_totals *totals,
			const struct print_style *style)
{
	print_tracer(text, tracer, totals);
	if (!(style->flags & PRINT_CONTEXT_INFO))
		return;
	if (style->flags & PRINT_LATENCY) {
		if (!totals->entries)
			return;
		print_latency_header(text, tracer, totals, style);
		print_graph_flags(text, style);
	}
	print_graph_columns(text, style);
}
