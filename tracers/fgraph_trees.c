// SPDX-License-Identifier: GPL-2.0
/*
 * Whole trees of calls, shown only if their root took long or failed. Until it is
 * known they are put aside.
 */

#include "tracers/fgraph.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/hardirq.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "core/prototypes.h"
#include "core/text.h"

/**
 * graph_root_begin - what a task calls from here on is within a root
 * @tracer: the tracer
 * @task: the task
 *
 * Context: any, NMI-safe; preemption off.
 * Return: false if there is no room to put its calls aside, which has been counted.
 */
bool graph_root_begin(const struct graph_tracer *tracer, struct graph_task *task)
{
	if (tracer->trees) {
		task->tree = subtree_take(tracer->trees);
		if (!task->tree)
			return false;
	}
	task->root = task->depth;
	task->root_in_irq = in_hardirq();
	return true;
}

/**
 * graph_root_end - the root has returned, or is not followed after all
 * @tracer: the tracer
 * @task: the task
 *
 * Context: any, NMI-safe; preemption off.
 */
void graph_root_end(const struct graph_tracer *tracer, struct graph_task *task)
{
	if (task->tree)
		subtree_give_back(tracer->trees, task->tree);
	task->tree = NULL;
	task->root = 0;
}

/* By what its type says; where that is not known, what nearly all mean by such a value. */
static bool has_failed(const struct graph_exit *exit)
{
	enum proto_result kind = prototype_result_quick(exit->ip);
	enum proto_outcome outcome = proto_outcome(kind, exit->result);

	if (kind == PROTO_RESULT_UNKNOWN)
		return proto_is_errno((s64)exit->result) || proto_is_errno((s32)exit->result);
	return outcome == PROTO_ERROR || outcome == PROTO_NULL;
}

/* Is a root of interest, now that it has returned? */
static bool is_wanted(const struct graph_tracer *tracer, const struct graph_exit *exit)
{
	if (tracer->options & TRACE_OPT_GRAPH_SLOW &&
	    exit->rettime - exit->calltime >= READ_ONCE(tracer->graph.thresh_ns))
		return true;
	return tracer->options & TRACE_OPT_GRAPH_FAILED && has_failed(exit);
}

/* Say in the trace what is missing from it. */
static void record_lost(const struct fnt_trace *tr, unsigned long ip, unsigned long lost)
{
	static const char what[] = " calls and returns within this did not fit\n";
	struct ring *rb = event_ring(tr);
	struct event_print *event;
	struct rb_entry entry;
	char number[24], *end = put_uint(number, lost, 1, ' ');
	size_t size = sizeof(*event) + (end - number) + sizeof(what);

	event = event_reserve(tr, rb, &entry, EVENT_PRINT, round_up(size, 4));
	if (!event)
		return;
	event->ip = ip;
	memset(event->buf, 0, round_up(size, 4) - sizeof(*event));
	memcpy(event->buf, number, end - number);
	memcpy(event->buf + (end - number), what, sizeof(what));
	event_commit(rb, &entry);
}

/* What was put aside is recorded, all of it or what was kept. */
static void record_tree(const struct fnt_trace *tr, struct subtree *tree, bool all)
{
	struct ring *rb = event_ring(tr);
	struct subtree_record *record;
	struct rb_entry entry;
	void *event;

	for (record = subtree_next(tree, NULL); record; record = subtree_next(tree, record)) {
		if (!all && !record->kept)
			continue;
		event = rb_reserve(rb, &entry, record->len, trace_clock_now, tr);
		if (!event)
			continue;
		memcpy(event, record->data, record->len);
		event_commit(rb, &entry);
	}
}

/* Would it be a root, if it was in none? */
static bool is_root(const struct graph_tracer *tracer, const struct graph_exit *exit)
{
	const struct fnt_hash *roots = READ_ONCE(tracer->graph.roots);

	return roots && hash_contains(roots, exit->ip);
}

/**
 * graph_root_returned - a call has returned whose calls were put aside, or one of these
 * @tracer: the tracer
 * @task: the task
 * @exit: the call, recorded
 *
 * Roots within roots are wanted for their own sake.
 *
 * Context: any, NMI-safe; preemption off.
 */
void graph_root_returned(const struct graph_tracer *tracer, struct graph_task *task,
			 const struct graph_exit *exit)
{
	const struct fnt_trace *tr = tracer->ops.private;
	struct subtree *tree = task->tree;
	unsigned long flags;
	bool wanted;

	if (task->root != exit->depth + 1) {
		if (is_root(tracer, exit) && is_wanted(tracer, exit))
			subtree_keep(tree, exit->depth);
		return;
	}
	/* In one piece: interrupts come before it or behind it. */
	raw_local_irq_save(flags);
	wanted = is_wanted(tracer, exit);
	if (event_wanted(tr))
		record_tree(tr, tree, wanted);
	if (event_wanted(tr) && wanted && local_read(&tree->lost))
		record_lost(tr, exit->ip, local_read(&tree->lost));
	graph_root_end(tracer, task);
	raw_local_irq_restore(flags);
}

/**
 * graph_trees_begin - be ready to put calls aside, if that is asked for
 * @tracer: with its settings
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM; what subtree_pool_create() returned.
 */
int graph_trees_begin(struct graph_tracer *tracer)
{
	int err;

	if (!(tracer->options & GRAPH_TREES))
		return 0;
	err = prototypes_get();
	if (err)
		return err;
	tracer->trees = subtree_pool_create();
	if (!IS_ERR(tracer->trees))
		return 0;
	err = PTR_ERR(tracer->trees);
	tracer->trees = NULL;
	prototypes_put();
	return err;
}

/**
 * graph_trees_end - undo graph_trees_begin()
 * @tracer: no call of it is under way
 *
 * Context: process, may sleep.
 */
void graph_trees_end(struct graph_tracer *tracer)
{
	if (!tracer->trees)
		return;
	subtree_pool_destroy(tracer->trees);
	prototypes_put();
}
