// SPDX-License-Identifier: GPL-2.0
/*
 * The longest time in which interrupts, preemption, or either was off.
 *
 * What begins a section notes when and where, no more. So its first record, of the place
 * where it began, is made when the first function is called in it, or at its end if none
 * was and it turns out to be the longest.
 */

#include "tracers/tracers.h"

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <asm/msr.h>

#include "core/latency.h"
#include "core/ticks.h"
#include "patching/edges.h"
#include "tracers/edges.h"

/**
 * struct section_cpu - what is kept for each CPU
 * @begun: start of the last section of which the beginning is recorded
 * @begun_ts: by the trace's clock
 * @stack: room for a stack
 */
struct section_cpu {
	u64 begun;
	u64 begun_ts;
	struct edge_stack stack;
};

struct section_tracer;

/**
 * struct section_source - where it is known from that there is a section
 * @begin: have tracer->user told of them from now on
 * @end: no more
 * @heed_limit: the limit has become smaller
 * @inside: per CPU: there is one
 * @started: when did that of this CPU begin?
 * @section: and what else is known of it
 */
struct section_source {
	int (*begin)(struct section_tracer *tracer);
	void (*end)(struct section_tracer *tracer);
	void (*heed_limit)(void);
	bool __percpu *(*inside)(const struct section_tracer *tracer);
	u64 (*started)(const struct section_tracer *tracer);
	bool (*section)(const struct section_tracer *tracer, struct edge_end *so_far);
};

/**
 * struct section_tracer - a trace's tracer of sections
 * @user: who is told of them
 * @source: by whom
 * @approx: with functions for a source
 * @calls: functions that are called in them
 * @cpus: per CPU
 */
struct section_tracer {
	struct edge_user user;
	const struct section_source *source;
	struct edge_approx approx;
	struct edge_calls calls;
	struct section_cpu __percpu *cpus;
};

/* The instructions themselves. */
static int exact_begin(struct section_tracer *tracer)
{
	return edges_register(&tracer->user);
}

static void exact_end(struct section_tracer *tracer)
{
	edges_unregister(&tracer->user);
}

static bool __percpu *exact_inside(const struct section_tracer *tracer)
{
	return edges_inside(tracer->user.kind);
}

static u64 exact_started(const struct section_tracer *tracer)
{
	return edges_started(tracer->user.kind);
}

static bool exact_section(const struct section_tracer *tracer, struct edge_end *so_far)
{
	return edges_section(tracer->user.kind, so_far);
}

static const struct section_source exact = {
	.begin = exact_begin,
	.end = exact_end,
	.heed_limit = edges_heed_limits,
	.inside = exact_inside,
	.started = exact_started,
	.section = exact_section,
};

/* Functions that are known to switch interrupts. */
static int approx_begin(struct section_tracer *tracer)
{
	return edge_approx_begin(&tracer->approx, &tracer->user);
}

static void approx_end(struct section_tracer *tracer)
{
	edge_approx_end(&tracer->approx);
}

static bool __percpu *approx_inside(const struct section_tracer *tracer)
{
	return &tracer->approx.cpus->inside;
}

static u64 approx_started(const struct section_tracer *tracer)
{
	return edge_approx_started(&tracer->approx);
}

static bool approx_section(const struct section_tracer *tracer, struct edge_end *so_far)
{
	return edge_approx_section(&tracer->approx, so_far);
}

/* It looks at the limit itself. */
static void approx_heed_limit(void)
{
}

static const struct section_source approximate = {
	.begin = approx_begin,
	.end = approx_end,
	.heed_limit = approx_heed_limit,
	.inside = approx_inside,
	.started = approx_started,
	.section = approx_section,
};

/* When it began, by the trace's clock. */
static u64 time_of(const struct fnt_trace *tr, u64 start)
{
	enum clock_id clock = READ_ONCE(tr->clock);

	if (clock == TRACE_CLOCK_X86_TSC)
		return start;
	return trace_clock_now(tr) - (clock_in_ns(clock) ? ticks_to_ns(rdtsc() - start) : 0);
}

/* Once for each section. Returns when it began, by the trace's clock. */
static u64 record_begin(struct section_tracer *tracer, const struct edge_end *section,
			const struct trace_entry *context)
{
	struct section_cpu *cpu = this_cpu_ptr(tracer->cpus);
	unsigned long flags;

	raw_local_irq_save(flags);
	if (cpu->begun != section->start) {
		/* Before it is recorded: an NMI may come now, and call functions. */
		WRITE_ONCE(cpu->begun, section->start);
		barrier();
		latency_let_go(tracer->user.private);
		cpu->begun_ts = edge_record(&tracer->calls, context,
					    time_of(tracer->user.private, section->start),
					    section->at, section->caller);
	}
	raw_local_irq_restore(flags);
	return cpu->begun_ts;
}

static noinline void begin_section(struct section_tracer *tracer)
{
	struct trace_entry context;
	struct edge_end section;

	if (!tracer->source->section(tracer, &section))
		return;
	event_fill_header(&context, EVENT_FUNCTION);
	record_begin(tracer, &section, &context);
}

/* Before the first call of a section is recorded. */
static bool call_in_section(struct edge_calls *calls)
{
	struct section_tracer *tracer = container_of(calls, struct section_tracer, calls);

	if (unlikely(tracer->source->started(tracer) != __this_cpu_read(tracer->cpus->begun)))
		begin_section(tracer);
	return true;
}

/* A section that is the longest: its beginning, its end and the stack there. */
static void keep_section(struct section_tracer *tracer, const struct edge_end *section, u64 ns,
			 const struct trace_entry *context)
{
	struct edge_stack *stack = this_cpu_ptr(&tracer->cpus->stack);
	struct fnt_trace *tr = tracer->user.private;
	struct storage_facts facts = {
		.ns = ns,
		.from_ts = record_begin(tracer, section, context),
		.to_ts = U64_MAX,
		.started = section->caller ?: section->at,
		.cpu = smp_processor_id(),
	};
	u64 now = trace_clock_now(tr);
	unsigned int nr = edge_save_stack(stack, section->end);

	facts.ended = edges_place(stack->frames, nr);
	edge_record(&tracer->calls, context, now, section->end, nr > 1 ? stack->frames[1] : 0);
	edge_record_stack(tr, context, stack->frames, nr);
	latency_describe(&facts, current);
	if (!section->continues) {
		latency_keep(tr, &facts);
		return;
	}
	/* What softirqs record belongs to it, but is not to be shown if they are no part of it. */
	facts.to_ts = rb_last_ts(event_ring(tr));
	latency_hold(tr, &facts);
}

static void heed_limit(struct section_tracer *tracer, const struct fnt_trace *tr)
{
	edges_set_limit(&tracer->user, ticks_below_ns(latency_limit(tr)));
}

static void section_ended(struct edge_user *user, const struct edge_end *section)
{
	struct section_tracer *tracer = container_of(user, struct section_tracer, user);
	struct fnt_trace *tr = user->private;
	u64 ns = ticks_to_ns(section->ticks);
	struct trace_entry context;
	unsigned long flags;

	if (!event_wanted(tr) || !latency_is_longer(tr, ns))
		return;
	event_fill_header(&context, EVENT_FUNCTION);
	raw_local_irq_save(flags);
	if (latency_claim(tr, ns)) {
		heed_limit(tracer, tr);
		keep_section(tracer, section, ns, &context);
	}
	raw_local_irq_restore(flags);
}

static void tracer_destroy(struct section_tracer *tracer)
{
	free_percpu(tracer->approx.cpus);
	free_percpu(tracer->cpus);
	kfree(tracer);
}

static struct section_tracer *tracer_create(struct fnt_trace *tr, unsigned int kind,
					    const struct section_source *source)
{
	struct section_tracer *tracer = kzalloc(sizeof(*tracer), GFP_KERNEL);

	if (!tracer)
		return ERR_PTR(-ENOMEM);
	tracer->cpus = alloc_percpu(struct section_cpu);
	tracer->approx.cpus = alloc_percpu(struct edge_approx_cpu);
	if (!tracer->cpus || !tracer->approx.cpus) {
		tracer_destroy(tracer);
		return ERR_PTR(-ENOMEM);
	}
	tracer->user = (struct edge_user) {
		.kind = kind,
		.ended = section_ended,
		.private = tr,
	};
	tracer->source = source;
	tracer->calls.gate = source->inside(tracer);
	tracer->calls.wanted = call_in_section;
	return tracer;
}

static int section_init(struct fnt_trace *tr, unsigned int kind,
			const struct section_source *source)
{
	struct section_tracer *tracer;
	int err;

	if (!ticks_known())
		return -EOPNOTSUPP;
	tracer = tracer_create(tr, kind, source);
	if (IS_ERR(tracer))
		return PTR_ERR(tracer);
	err = latency_begin(tr);
	if (err)
		goto out_destroy;
	tr->tracer_data = tracer;
	err = edge_calls_begin(&tracer->calls, tr, tr->options);
	if (err)
		goto out_latency;
	heed_limit(tracer, tr);
	err = source->begin(tracer);
	if (!err)
		return 0;
	edge_calls_end(&tracer->calls, tr);
out_latency:
	tr->tracer_data = NULL;
	latency_end(tr);
out_destroy:
	tracer_destroy(tracer);
	return err;
}

static void section_reset(struct fnt_trace *tr)
{
	struct section_tracer *tracer = tr->tracer_data;

	tracer->source->end(tracer);
	edge_calls_end(&tracer->calls, tr);
	tr->tracer_data = NULL;
	latency_end(tr);
	tracer_destroy(tracer);
}

static void section_limit_changed(struct fnt_trace *tr)
{
	struct section_tracer *tracer = tr->tracer_data;

	latency_restart(tr);
	heed_limit(tracer, tr);
	tracer->source->heed_limit();
}

static int section_graph_changed(struct fnt_trace *tr, const struct trace_graph *graph)
{
	WRITE_ONCE(tr->graph.thresh_ns, graph->thresh_ns);
	section_limit_changed(tr);
	return 0;
}

/* What was recorded of sections that go on is gone. */
static void begin_all_anew(struct section_tracer *tracer)
{
	int cpu;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(tracer->cpus, cpu)->begun, 0);
}

/* As the kernel's own, it begins anew if it is to be shown otherwise. */
static int section_options_changed(struct fnt_trace *tr, u64 options)
{
	struct section_tracer *tracer = tr->tracer_data;
	u64 changed = (options & EDGE_OPTIONS) ^ tracer->calls.options;
	int err;

	if (!changed)
		return 0;
	if (!(changed & TRACE_OPT_DISPLAY_GRAPH))
		return edge_calls_change(&tracer->calls, tr, options);
	/* Nothing is given back, which might not be had again: no section is long enough. */
	edges_set_limit(&tracer->user, EDGE_LIMIT_NONE);
	tracer->source->heed_limit();
	/* Who was told of one has preemption off. */
	synchronize_rcu();
	err = edge_calls_change(&tracer->calls, tr, options);
	if (!err) {
		latency_begin_anew(tr);
		begin_all_anew(tracer);
	}
	heed_limit(tracer, tr);
	tracer->source->heed_limit();
	return err;
}

static int section_filter_changed(struct fnt_trace *tr, const struct fnt_hash *filter,
				  const struct fnt_hash *except)
{
	struct section_tracer *tracer = tr->tracer_data;

	return edge_calls_filter(&tracer->calls, filter, except);
}

static void section_losses(const struct fnt_trace *tr, int cpu, struct trace_losses *losses)
{
	const struct section_tracer *tracer = tr->tracer_data;

	edge_calls_losses(&tracer->calls, cpu, losses);
}

static int irqsoff_init(struct fnt_trace *tr)
{
	return section_init(tr, EDGE_IRQS, &exact);
}

static int preemptoff_init(struct fnt_trace *tr)
{
	return section_init(tr, EDGE_PREEMPT, &exact);
}

static int preemptirqsoff_init(struct fnt_trace *tr)
{
	return section_init(tr, EDGE_EITHER, &exact);
}

static int irqsoff_approx_init(struct fnt_trace *tr)
{
	return section_init(tr, EDGE_IRQS, &approximate);
}

/* What the kernel's own show with display-graph. */
#define SECTION_GRAPH (PRINT_GRAPH_CPU | PRINT_GRAPH_PROC | PRINT_GRAPH_REL_TIME | \
		       PRINT_GRAPH_DURATION)

#define SECTION_TRACER(what, ...) {			\
	.name = #what,					\
	.init = what##_init,				\
	.reset = section_reset,				\
	.filter_changed = section_filter_changed,	\
	.graph_style = SECTION_GRAPH,			\
	.heeds = EDGE_OPTIONS,				\
	.options_changed = section_options_changed,	\
	.graph_changed = section_graph_changed,		\
	.limit_changed = section_limit_changed,		\
	.losses = section_losses,			\
	__VA_ARGS__					\
}

#define SWITCHES "The instructions that switch interrupts cannot be replaced on this kernel"

const struct fnt_tracer tracer_irqsoff =
	SECTION_TRACER(irqsoff, .unsupported = SWITCHES ": irqsoff_approx comes close");

const struct fnt_tracer tracer_preemptoff =
	SECTION_TRACER(preemptoff, .unsupported = "The instructions that switch preemption cannot be replaced on this kernel");

const struct fnt_tracer tracer_preemptirqsoff =
	SECTION_TRACER(preemptirqsoff, .unsupported = SWITCHES ": irqsoff_approx comes close");

const struct fnt_tracer tracer_irqsoff_approx =
	SECTION_TRACER(irqsoff_approx,
		       .unsupported = "Times cannot be measured on this kernel",
		       .note = "approximation: what spinlocks and interrupts switch off, as functions tell");
