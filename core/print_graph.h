/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PRINT_GRAPH_H
#define FNT_CORE_PRINT_GRAPH_H

/* Entries and returns of functions as a tree of calls, one CPU's after another's. */

#include <linux/types.h>

#include "core/print.h"

/* As deep as functions are known by name: FTRACE_RETFUNC_DEPTH of the kernel. */
#define PRINT_GRAPH_DEPTH 50

/**
 * struct print_graph - what the lines of one CPU were about so far
 * @last_pid: the task; -1 if there was no line
 * @depth: that comments are shown in
 * @irq_depth: of the interrupt whose functions are not shown, -1 if there is none
 * @entered: by depth, functions that were entered and not left
 */
struct print_graph {
	int last_pid;
	int depth;
	int irq_depth;
	unsigned long entered[PRINT_GRAPH_DEPTH];
};

void print_graph_init(struct print_graph *graph);
bool print_graph_is_entry(const struct rb_event *event);
bool print_graph_shows(const struct rb_event *event);
bool print_graph_leaf(const struct print_graph *graph, const struct rb_event *event,
		      const struct rb_event *next, const struct print_style *style);
void print_graph_event(struct text *text, const struct print_place *place,
		       const struct rb_event *event, const struct print_style *style);
void print_graph_go_on(struct print_graph *graph, const struct rb_event *event, bool leaf,
		       const struct print_style *style);

#endif
