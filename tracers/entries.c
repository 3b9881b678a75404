// SPDX-License-Identifier: GPL-2.0
/*
 * How a tracer becomes a user of function entries, and how it makes room for itself
 * with other settings.
 */

#include "tracers/tracers.h"

#include "patching/ops.h"

/**
 * entries_start - be called at function entries on behalf of a trace
 * @tr: the trace
 * @data: the tracer's own, which becomes tr->tracer_data before the first call
 * @ops: in it; conditional_choose() was called for it
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what fnt_ops_register() returned: then nothing has changed.
 */
int entries_start(struct fnt_trace *tr, void *data, struct fnt_ops *ops)
{
	unsigned long __percpu *missed = tr->missed;
	void *old = tr->tracer_data;
	int err;

	tr->tracer_data = data;
	tr->missed = ops->missed;
	err = fnt_ops_register(ops);
	if (!err) {
		err = conditional_start(tr, ops, tr->conditions);
		if (err)
			fnt_ops_unregister(ops);
	}
	if (err) {
		tr->tracer_data = old;
		tr->missed = missed;
	}
	return err;
}

/**
 * entries_stop - undo entries_start()
 * @tr: the trace
 * @ops: the tracer's
 *
 * When this returns nobody is inside the tracer because of an entry.
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void entries_stop(struct fnt_trace *tr, struct fnt_ops *ops)
{
	conditional_stop(tr);
	fnt_ops_unregister(ops);
	tr->missed = NULL;
}

/**
 * entries_replace - one user goes and another comes, as with the kernel's own tracers
 * @tr: the trace
 * @old_ops: who goes, in tr->tracer_data
 * @data: as entries_start() has it
 * @ops: who comes
 *
 * If it cannot, the old one comes again.
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what fnt_ops_register() returned.
 */
int entries_replace(struct fnt_trace *tr, struct fnt_ops *old_ops, void *data,
		    struct fnt_ops *ops)
{
	int err;

	conditional_stop(tr);
	fnt_ops_unregister(old_ops);
	err = entries_start(tr, data, ops);
	if (err && (fnt_ops_register(old_ops) || conditional_start(tr, old_ops, tr->conditions)))
		pr_err("functions are not traced any more: they could not be armed again\n");
	return err;
}
