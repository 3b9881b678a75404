// SPDX-License-Identifier: GPL-2.0
/*
 * The function tracer: a record for every entry of a function.
 */

#include "tracers/tracers.h"

#include <linux/slab.h>

#include "patching/ops.h"

static __always_inline void finish(struct event_function *event, unsigned long ip,
				   unsigned long parent_ip, struct ring *rb)
{
	event->ip = ip;
	event->parent_ip = parent_ip;
	event_commit(rb);
}

static noinline void function_entered_slow(unsigned long ip, unsigned long parent_ip,
					   const struct fnt_trace *tr)
{
	struct ring *rb = event_ring(tr);
	struct event_function *event = event_reserve(tr, rb, EVENT_FUNCTION, sizeof(*event));

	if (event)
		finish(event, ip, parent_ip, rb);
}

/* What is not simple with the quick clock may be so with the coarse one. */
static noinline void function_entered_otherwise(unsigned long ip, unsigned long parent_ip,
						const struct fnt_trace *tr)
{
	struct ring *rb = event_ring(tr);
	void *event;

	if (event_try_reserve_coarse(tr, rb, EVENT_FUNCTION, sizeof(struct event_function),
				     &event))
		finish(event, ip, parent_ip, rb);
	else
		function_entered_slow(ip, parent_ip, tr);
}

/* Every traced call runs through this: it calls something at its end only, if at all. */
static void function_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops)
{
	const struct fnt_trace *tr = ops->private;
	struct ring *rb = event_ring(tr);
	void *event;

	if (likely(event_try_reserve(tr, rb, EVENT_FUNCTION, sizeof(struct event_function),
				     &event)))
		finish(event, ip, parent_ip, rb);
	else
		function_entered_otherwise(ip, parent_ip, tr);
}

static void function_gap(struct fnt_ops *ops, unsigned int nr, u64 ns)
{
	trace_gap(ops->private, nr, ns);
}

static int set_filters(struct fnt_ops *ops, const struct fnt_hash *filter,
		       const struct fnt_hash *except)
{
	struct fnt_hash *own_filter = NULL, *own_except = NULL;
	int err = -ENOMEM;

	/* The trace's own sets may be replaced while ours are still read. */
	if (filter) {
		own_filter = hash_create(filter->ips, filter->nr);
		if (!own_filter)
			goto out;
	}
	if (except) {
		own_except = hash_create(except->ips, except->nr);
		if (!own_except)
			goto out;
	}
	err = fnt_ops_set_hash(ops, own_filter, own_except);
	if (!err)
		return 0;
out:
	hash_destroy(own_filter);
	hash_destroy(own_except);
	return err;
}

static int function_filter_changed(struct fnt_trace *tr, const struct fnt_hash *filter,
				   const struct fnt_hash *except)
{
	return set_filters(tr->tracer_data, filter, except);
}

static int function_init(struct fnt_trace *tr)
{
	struct fnt_ops *ops;
	int err = -ENOMEM;

	ops = kzalloc(sizeof(*ops), GFP_KERNEL);
	if (!ops)
		return -ENOMEM;
	ops->func = function_entered;
	ops->gate = &tr->buffer.cpus->enabled;
	ops->direct = true;
	ops->gap = function_gap;
	ops->private = tr;
	err = fnt_ops_init(ops);
	if (err)
		goto out_free;
	err = set_filters(ops, tr->filter, tr->except);
	if (err)
		goto out_exit;
	tr->tracer_data = ops;
	tr->missed = ops->missed;
	err = fnt_ops_register(ops);
	if (!err)
		return 0;
	tr->missed = NULL;
	tr->tracer_data = NULL;
out_exit:
	fnt_ops_exit(ops);
out_free:
	kfree(ops);
	return err;
}

static void function_reset(struct fnt_trace *tr)
{
	struct fnt_ops *ops = tr->tracer_data;

	fnt_ops_unregister(ops);
	tr->missed = NULL;
	tr->tracer_data = NULL;
	fnt_ops_exit(ops);
	kfree(ops);
}

const struct fnt_tracer tracer_function = {
	.name = "function",
	.init = function_init,
	.reset = function_reset,
	.filter_changed = function_filter_changed,
};
