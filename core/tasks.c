// SPDX-License-Identifier: GPL-2.0
/*
 * Which tasks of a trace are traced, and the tracer in use, which is told if there is a
 * choice now, or none any more.
 */

#include "core/trace.h"

#include <linux/mm.h>

/* Without a choice all tasks are chosen, and a tracer that goes on asking is right, too. */
static int tell_tracer(struct fnt_trace *tr, bool was_choosy)
{
	bool choosy = pids_choosy(&tr->pids);
	int err;

	if (choosy == was_choosy || !tr->tracer->options_changed)
		return 0;
	err = tr->tracer->options_changed(tr, tr->options);
	return choosy ? err : 0;
}

/**
 * trace_set_pids - choose the tasks to be traced
 * @tr: the trace
 * @kind: which set of tasks
 * @set: what it becomes, from pids_copy(); NULL for none; taken over
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what pids_set() or the tracer returned: then nothing has changed.
 */
int trace_set_pids(struct fnt_trace *tr, enum pids_kind kind, unsigned long *set)
{
	bool choosy = pids_choosy(&tr->pids);
	int err = pids_set(&tr->pids, kind, set);

	if (err) {
		kvfree(set);
		return err;
	}
	err = tell_tracer(tr, choosy);
	/* There was none before, or the tracer would have known. */
	if (err)
		pids_set(&tr->pids, kind, NULL);
	return err;
}

/**
 * trace_set_scope - have tasks traced only while they are in something
 * @tr: the trace
 * @kind: what kind of thing
 * @scope: what; NULL for anything; taken over
 *
 * All that is set must hold, of pids, too. Static events are none of it.
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what pids_set_scope() or the tracer returned: then nothing has changed.
 */
int trace_set_scope(struct fnt_trace *tr, enum scope_kind kind, struct scope *scope)
{
	bool choosy = pids_choosy(&tr->pids);
	int err = pids_set_scope(&tr->pids, kind, scope);

	if (err) {
		scope_destroy(scope);
		return err;
	}
	err = tell_tracer(tr, choosy);
	/* As above. */
	if (err)
		pids_set_scope(&tr->pids, kind, NULL);
	return err;
}
