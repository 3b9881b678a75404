/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_TRACERS_FGRAPH_H
#define FNT_TRACERS_FGRAPH_H

/* What fgraph.c and fgraph_trees.c know of each other. */

#include "core/call_args.h"
#include "core/subtree_pool.h"
#include "core/trace.h"
#include "patching/ops.h"
#include "patching/retstack.h"

/**
 * struct graph_task - what is kept of a task
 * @depth: calls of it that are being shown, within each other
 * @root: depth of the call of set_graph_function that it is in, and one; 0 for none
 * @hidden: the same of a call of set_graph_notrace
 * @root_in_irq: the first was made by an interrupt
 * @tree: where its calls are put aside, if that is asked for
 */
struct graph_task {
	int depth;
	int root;
	int hidden;
	bool root_in_irq;
	struct subtree *tree;
};

static_assert(sizeof(struct graph_task) <= RETSTACK_STATE);

/**
 * struct graph_tracer - a trace's function_graph tracer
 * @ops: the user of function entries
 * @rets: the user of function returns
 * @graph: which calls it shows
 * @options: those of GRAPH_RECORDS that it was made for
 * @texts: room for strings, with funcgraph-args
 * @trees: room for calls put aside, with GRAPH_TREES
 */
struct graph_tracer {
	struct fnt_ops ops;
	struct retstack_user rets;
	struct trace_graph graph;
	u64 options;
	struct call_texts __percpu *texts;
	struct subtree_pool *trees;
};

/* Options with which only calls are shown whose root turns out to be of interest. */
#define GRAPH_TREES (TRACE_OPT_GRAPH_SLOW | TRACE_OPT_GRAPH_FAILED)

/* A call that has returned. */
struct graph_exit {
	unsigned long ip;
	int depth;
	u64 calltime;
	u64 rettime;
	unsigned long result;
};

int graph_trees_begin(struct graph_tracer *tracer);
void graph_trees_end(struct graph_tracer *tracer);
bool graph_root_begin(const struct graph_tracer *tracer, struct graph_task *task);
void graph_root_end(const struct graph_tracer *tracer, struct graph_task *task);
void graph_root_returned(const struct graph_tracer *tracer, struct graph_task *task,
			 const struct graph_exit *exit);

#endif
