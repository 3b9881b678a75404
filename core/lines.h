/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_LINES_H
#define FNT_CORE_LINES_H

/* The events of a trace as lines of text: what they look like, and consuming them. */

#include "core/event.h"
#include "core/print.h"
#include "core/print_graph.h"
#include "core/text.h"

struct event_printer;
struct fnt_trace;
struct iter;
struct symbols;

/* Room for all lines of a record: of the longest stack, with offsets. */
#define LINES_MAX 16384

struct print_style lines_style(const struct fnt_trace *tr, struct symbols *symbols,
			       struct event_printer *events, bool latency);
struct print_graph *lines_graphs_create(void);
void lines_graphs_init(struct print_graph *graphs);
struct print_graph *lines_graph_of(const struct fnt_trace *tr, struct print_graph *graphs, int cpu);
const struct rb_event *lines_leaf(struct iter *iter, const struct print_graph *graph,
				  const struct print_style *style);

/**
 * struct lines - somebody who consumes events as text
 * @latency: lines are of latency-format
 * @nr: events so far
 * @text: the lines of the last one
 * @symbols: names
 * @events: of the text of static events
 * @graphs: what the lines of each CPU were about
 * @entry: that of a function, while it is seen what comes next
 * @buf: of @text
 */
struct lines {
	bool latency;
	u64 nr;
	struct text text;
	struct symbols *symbols;
	struct event_printer *events;
	struct print_graph *graphs;
	char entry[EVENT_GRAPH_ENTRY_MAX] __aligned(8);
	char buf[LINES_MAX];
};

struct lines *lines_create(bool latency);
void lines_destroy(struct lines *lines);
bool lines_next(struct lines *lines, struct fnt_trace *tr, int cpu);

#endif
