// SPDX-License-Identifier: GPL-2.0
/*
 * The longest time in which interrupts, preemption, or either was off.
 */

#include "tracers/tracers.h"

#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "core/kabi.h"
#include "core/latency.h"
#include "core/ticks.h"
#include "patching/edges.h"

/* Frames of a stack that are recorded at most. */
#define STACK_MAX 128

/**
 * struct section_stack - room for a stack
 * @frames: the stack
 */
struct section_stack {
	unsigned long frames[STACK_MAX];
};

/**
 * struct section_tracer - a trace's tracer of sections
 * @user: who is told of them
 * @stacks: per CPU
 */
struct section_tracer {
	struct edge_user user;
	struct section_stack __percpu *stacks;
};

static u64 fixed_clock(const void *arg)
{
	return *(const u64 *)arg;
}

static void record_function(const struct fnt_trace *tr, const struct trace_entry *context,
			    u64 ts, unsigned long ip, unsigned long parent_ip)
{
	struct ring *rb = event_ring(tr);
	struct event_function *event;

	event = rb_reserve(rb, NULL, sizeof(*event), fixed_clock, &ts);
	if (!event)
		return;
	event->ent = *context;
	event->ip = ip;
	event->parent_ip = parent_ip;
	event_commit(rb);
}

static void record_stack(const struct fnt_trace *tr, const struct trace_entry *context,
			 const unsigned long *frames, unsigned int nr)
{
	struct ring *rb = event_ring(tr);
	struct event_stack *event;

	event = rb_reserve(rb, NULL, struct_size(event, caller, nr), trace_clock_now, tr);
	if (!event)
		return;
	event->ent = *context;
	event->ent.type = EVENT_STACK;
	event->size = nr;
	memcpy(event->caller, frames, nr * sizeof(*frames));
	event_commit(rb);
}

/* The stack from the place on; if the unwinder does not find it, that alone. */
static unsigned int save_stack(unsigned long *frames, unsigned long place)
{
	unsigned int nr = stack_trace_save(frames, STACK_MAX, 0), i;

	for (i = 0; i < nr; i++)
		if (frames[i] == place)
			break;
	if (i == nr) {
		frames[0] = place;
		return 1;
	}
	memmove(frames, frames + i, (nr - i) * sizeof(*frames));
	return nr - i;
}

/* Where it ended, if not in a function that does it for others. */
static unsigned long end_place(const unsigned long *frames, unsigned int nr)
{
	return nr > 1 && kabi_is_lock_function(frames[0]) ? frames[1] : frames[0];
}

/* A section that is the longest: its beginning, its end and the stack there. */
static void keep_section(struct section_tracer *tracer, const struct edge_end *end, u64 ns,
			 const struct trace_entry *context)
{
	struct fnt_trace *tr = tracer->user.private;
	unsigned long *frames = this_cpu_ptr(tracer->stacks)->frames;
	u64 now = trace_clock_now(tr);
	struct storage_facts facts = {
		.ns = ns,
		.from_ts = clock_in_ns(tr->clock) ? now - ns : now,
		.to_ts = U64_MAX,
		.started = end->caller ?: end->at,
		.cpu = smp_processor_id(),
	};
	unsigned int nr = save_stack(frames, end->end);

	facts.ended = end_place(frames, nr);
	record_function(tr, context, facts.from_ts, end->at, end->caller);
	record_function(tr, context, now, end->end, nr > 1 ? frames[1] : 0);
	record_stack(tr, context, frames, nr);
	latency_describe(&facts, current);
	latency_keep(tr, &facts);
}

static void heed_limit(struct section_tracer *tracer, const struct fnt_trace *tr)
{
	edges_set_limit(&tracer->user, ticks_below_ns(latency_limit(tr)));
}

static void section_ended(struct edge_user *user, const struct edge_end *end)
{
	struct section_tracer *tracer = container_of(user, struct section_tracer, user);
	struct fnt_trace *tr = user->private;
	u64 ns = ticks_to_ns(end->ticks);
	struct trace_entry context;
	unsigned long flags;

	if (!event_wanted(tr) || !latency_is_longer(tr, ns))
		return;
	event_fill_header(&context, EVENT_FUNCTION);
	raw_local_irq_save(flags);
	if (latency_claim(tr, ns)) {
		heed_limit(tracer, tr);
		keep_section(tracer, end, ns, &context);
	}
	raw_local_irq_restore(flags);
}

static void tracer_destroy(struct section_tracer *tracer)
{
	free_percpu(tracer->stacks);
	kfree(tracer);
}

static struct section_tracer *tracer_create(struct fnt_trace *tr, unsigned int kind)
{
	struct section_tracer *tracer = kzalloc(sizeof(*tracer), GFP_KERNEL);

	if (!tracer)
		return ERR_PTR(-ENOMEM);
	tracer->stacks = alloc_percpu(struct section_stack);
	if (!tracer->stacks) {
		tracer_destroy(tracer);
		return ERR_PTR(-ENOMEM);
	}
	tracer->user = (struct edge_user) {
		.kind = kind,
		.ended = section_ended,
		.private = tr,
	};
	return tracer;
}

static int section_init(struct fnt_trace *tr, unsigned int kind)
{
	struct section_tracer *tracer;
	int err;

	if (!ticks_known())
		return -EOPNOTSUPP;
	tracer = tracer_create(tr, kind);
	if (IS_ERR(tracer))
		return PTR_ERR(tracer);
	err = latency_begin(tr);
	if (err)
		goto out_destroy;
	tr->tracer_data = tracer;
	heed_limit(tracer, tr);
	err = edges_register(&tracer->user);
	if (!err)
		return 0;
	tr->tracer_data = NULL;
	latency_end(tr);
out_destroy:
	tracer_destroy(tracer);
	return err;
}

static void section_reset(struct fnt_trace *tr)
{
	struct section_tracer *tracer = tr->tracer_data;

	edges_unregister(&tracer->user);
	tr->tracer_data = NULL;
	latency_end(tr);
	tracer_destroy(tracer);
}

static void section_limit_changed(struct fnt_trace *tr)
{
	struct section_tracer *tracer = tr->tracer_data;

	latency_restart(tr);
	heed_limit(tracer, tr);
	edges_heed_limits();
}

static int section_graph_changed(struct fnt_trace *tr, const struct trace_graph *graph)
{
	WRITE_ONCE(tr->graph.thresh_ns, graph->thresh_ns);
	section_limit_changed(tr);
	return 0;
}

static int irqsoff_init(struct fnt_trace *tr)
{
	return section_init(tr, EDGE_IRQS);
}

static int preemptoff_init(struct fnt_trace *tr)
{
	return section_init(tr, EDGE_PREEMPT);
}

static int preemptirqsoff_init(struct fnt_trace *tr)
{
	return section_init(tr, EDGE_EITHER);
}

#define SECTION_TRACER(what) {				\
	.name = #what,					\
	.init = what##_init,				\
	.reset = section_reset,				\
	.graph_changed = section_graph_changed,		\
	.limit_changed = section_limit_changed,		\
}

const struct fnt_tracer tracer_irqsoff = SECTION_TRACER(irqsoff);
const struct fnt_tracer tracer_preemptoff = SECTION_TRACER(preemptoff);
const struct fnt_tracer tracer_preemptirqsoff = SECTION_TRACER(preemptirqsoff);
