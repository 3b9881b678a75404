// SPDX-License-Identifier: GPL-2.0
/*
 * The function tracer: a record for every entry of a function.
 */

#include "tracers/tracers.h"

#include <linux/ftrace.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>

#include "core/call_args.h"
#include "core/prototypes.h"
#include "patching/ops.h"

/* Frames of a stack that are recorded at most. */
#define STACK_MAX 128

/**
 * struct function_cpu - what options need, for each CPU
 * @ip: call site of the last function
 * @parent_ip: where it was called from
 * @last_ts: when it was called last
 * @count: how many times it was called but once recorded
 * @counting: this is being looked at
 * @texts: room for strings
 * @stacks: room for a stack
 */
struct function_cpu {
	unsigned long ip;
	unsigned long parent_ip;
	u64 last_ts;
	u16 count;
	bool counting;
	struct call_texts texts;
	unsigned long stacks[CALL_LEVELS][STACK_MAX];
};

/**
 * struct function_tracer - a trace's function tracer
 * @ops: the user of function entries
 * @options: those of FUNCTION_OPTIONS that it was made for
 * @cpus: for options that need it; NULL without them
 * @prototypes: it has got them
 */
struct function_tracer {
	struct fnt_ops ops;
	u64 options;
	struct function_cpu __percpu *cpus;
	bool prototypes;
};

static noinline void function_entered_slow(unsigned long ip, unsigned long parent_ip,
					   const struct fnt_trace *tr)
{
	struct ring *rb = event_ring(tr);
	struct event_function *event;
	struct rb_entry entry;

	if (unlikely(ours_running()))
		return;
	event = event_reserve(tr, rb, &entry, EVENT_FUNCTION, sizeof(*event));
	if (!event)
		return;
	event->ip = ip;
	event->parent_ip = parent_ip;
	event_commit(rb, &entry);
}

/* Room for the record of a call, if that is simple; the clock has been read. */
static __always_inline struct event_function *quick_function(struct ring *rb,
							     struct event_quick *quick)
{
	void *record;

	if (unlikely(!event_quick_reserve(rb, quick, EVENT_FUNCTION,
					  sizeof(struct event_function), &record)))
		return NULL;
	return record;
}

static __always_inline void quick_finish(struct event_function *event, unsigned long ip,
					 unsigned long parent_ip, struct ring *rb,
					 const struct event_quick *quick)
{
	event->ip = ip;
	event->parent_ip = parent_ip;
	event_quick_commit(rb, quick);
}

/* What is not simple with the quick clock may be so with the coarse one. */
static noinline void function_entered_otherwise(unsigned long ip, unsigned long parent_ip,
						const struct fnt_trace *tr)
{
	struct event_quick quick __uninitialized;
	struct ring *rb = event_ring(tr);
	struct event_function *event;

	event = event_coarse_begin(tr, &quick) ? quick_function(rb, &quick) : NULL;
	if (event)
		quick_finish(event, ip, parent_ip, rb, &quick);
	else
		function_entered_slow(ip, parent_ip, tr);
}

static void function_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			     const struct fnt_regs *regs)
{
	const struct fnt_trace *tr = ops->private;
	struct event_quick quick __uninitialized;
	struct event_function *event = NULL;
	struct ring *rb;

	if (likely(event_quick_begin(tr, &quick))) {
		rb = event_ring(tr);
		event = quick_function(rb, &quick);
	}
	if (likely(event))
		quick_finish(event, ip, parent_ip, rb, &quick);
	else
		function_entered_otherwise(ip, parent_ip, tr);
}

/*
 * Every traced call runs through this: it calls something at its end only, if at all,
 * and reads what it has been given when it is wanted.
 */
static void function_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	const struct fnt_trace *tr = ops->private;
	struct event_quick quick __uninitialized;
	struct event_function *event = NULL;
	struct ring *rb;

	if (likely(event_quick_begin(tr, &quick))) {
		rb = event_ring(tr);
		event = quick_function(rb, &quick);
	}
	if (likely(event))
		quick_finish(event, fnt_regs_ip(regs), regs->parent, rb, &quick);
	else
		function_entered_otherwise(fnt_regs_ip(regs), regs->parent, tr);
}

/* Its gate is the choice of tasks: whether anything is recorded is asked here. */
static void function_entered_choosy(unsigned long ip, unsigned long parent_ip,
				    struct fnt_ops *ops, const struct fnt_regs *regs)
{
	if (event_wanted(ops->private))
		function_entered(ip, parent_ip, ops, regs);
}

static void function_entered_choosy_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	if (event_wanted(ops->private))
		function_entered_direct(regs, ops);
}

/* A clock that remembers what it said last. */
struct stamp {
	const struct fnt_trace *tr;
	u64 ts;
};

static u64 stamp_clock(const void *arg)
{
	struct stamp *stamp = (struct stamp *)arg;

	stamp->ts = trace_clock_now(stamp->tr);
	return stamp->ts;
}

static void record_repeats(const struct fnt_trace *tr, const struct function_cpu *cpu)
{
	struct ring *rb = event_ring(tr);
	struct stamp stamp = { .tr = tr };
	struct event_func_repeats *event;
	struct rb_entry entry;
	u64 delta;

	event = rb_reserve(rb, &entry, sizeof(*event), stamp_clock, &stamp);
	if (!event)
		return;
	event_fill_header(&event->ent, EVENT_FUNC_REPEATS);
	delta = stamp.ts - cpu->last_ts;
	event->ip = cpu->ip;
	event->parent_ip = cpu->parent_ip;
	event->count = cpu->count;
	event->top_delta_ts = delta >> 32;
	event->bottom_delta_ts = delta;
	event_commit(rb, &entry);
}

/*
 * Is this call to be counted only? Where it interrupts one that is being looked
 * at it is recorded, and not looked at.
 */
static bool is_repeat(const struct fnt_trace *tr, struct function_cpu *cpu, unsigned long ip,
		      unsigned long parent_ip)
{
	bool repeat;

	if (cpu->counting)
		return false;
	cpu->counting = true;
	barrier();
	repeat = cpu->ip == ip && cpu->parent_ip == parent_ip && cpu->count < U16_MAX;
	if (repeat) {
		cpu->last_ts = trace_clock_now(tr);
		cpu->count++;
	} else {
		if (cpu->count)
			record_repeats(tr, cpu);
		cpu->count = 0;
		cpu->ip = ip;
		cpu->parent_ip = parent_ip;
	}
	barrier();
	cpu->counting = false;
	return repeat;
}

/*
 * The stack from the traced function on: everything above it is ours, or the
 * kernel's on our behalf. If the unwinder does not find the function, what is
 * known without it.
 */
static unsigned int save_stack(unsigned long *stack, unsigned long ip, unsigned long parent_ip)
{
	unsigned int nr = stack_trace_save(stack, STACK_MAX, 0), i;

	for (i = 0; i < nr; i++)
		if (stack[i] == ip + MCOUNT_INSN_SIZE)
			break;
	if (i == nr) {
		stack[0] = ip + MCOUNT_INSN_SIZE;
		stack[1] = parent_ip;
		return 2;
	}
	memmove(stack, stack + i, (nr - i) * sizeof(*stack));
	return nr - i;
}

static void record_stack(const struct fnt_trace *tr, const struct trace_entry *context,
			 const unsigned long *stack, unsigned int nr)
{
	struct ring *rb = event_ring(tr);
	struct event_stack *event;
	struct rb_entry entry;

	event = rb_reserve(rb, &entry, struct_size(event, caller, nr), trace_clock_now, tr);
	if (!event)
		return;
	event->ent = *context;
	event->size = nr;
	memcpy(event->caller, stack, nr * sizeof(*stack));
	event_commit(rb, &entry);
}

/*
 * Record how it came to this call. The unwinder is made of functions that are
 * traced: calls of ours, which are no part of what is traced. They are told by
 * their context, as in that nobody else runs while interrupts are off.
 */
static void stack_of_call(const struct fnt_trace *tr, struct function_cpu *cpu, unsigned long ip,
			  unsigned long parent_ip)
{
	unsigned int level = interrupt_context_level(), nr;
	struct trace_entry context;
	unsigned long flags;

	event_fill_header(&context, EVENT_STACK);
	raw_local_irq_save(flags);
	cpu->texts.looking |= BIT(level);
	barrier();
	nr = save_stack(cpu->stacks[level], ip, parent_ip);
	barrier();
	cpu->texts.looking &= ~BIT(level);
	record_stack(tr, &context, cpu->stacks[level], nr);
	raw_local_irq_restore(flags);
}

static void record_args(const struct fnt_trace *tr, const struct event_function *call,
			const struct call_args *args)
{
	struct ring *rb = event_ring(tr);
	struct event_function *event;
	struct rb_entry entry;

	event = rb_reserve(rb, &entry, sizeof(*event) + call_args_size(args), trace_clock_now,
			   tr);
	if (!event)
		return;
	*event = *call;
	call_args_put(args, event->args);
	event_commit(rb, &entry);
}

static void call_with_args(const struct fnt_trace *tr, struct function_cpu *cpu,
			   unsigned long ip, unsigned long parent_ip,
			   const struct fnt_regs *regs)
{
	struct event_function call = { .ip = ip, .parent_ip = parent_ip };
	struct call_args args = { .strings = prototype_strings(ip) };
	unsigned long flags;

	BUILD_BUG_ON(FNT_REG_ARGS != PROTO_REGS);
	event_fill_header(&call.ent, EVENT_FUNCTION);
	fnt_regs_args(regs, args.regs);
	if (!args.strings) {
		record_args(tr, &call, &args);
		return;
	}
	/* Nobody else may come and use the same room. */
	raw_local_irq_save(flags);
	call_args_look(&args, &cpu->texts);
	record_args(tr, &call, &args);
	raw_local_irq_restore(flags);
}

/* The same with a stack, with arguments, or with repeated calls counted only. */
static void function_entered_options(unsigned long ip, unsigned long parent_ip,
				     struct fnt_ops *ops, const struct fnt_regs *regs)
{
	struct function_tracer *tracer = container_of(ops, struct function_tracer, ops);
	struct function_cpu *cpu = this_cpu_ptr(tracer->cpus);
	const struct fnt_trace *tr = ops->private;

	if (cpu->texts.looking & BIT(interrupt_context_level()) || ours_running() ||
	    !event_wanted(tr))
		return;
	if (tracer->options & TRACE_OPT_FUNC_NO_REPEATS && is_repeat(tr, cpu, ip, parent_ip))
		return;
	if (tracer->options & TRACE_OPT_FUNC_ARGS)
		call_with_args(tr, cpu, ip, parent_ip, regs);
	else
		function_entered_slow(ip, parent_ip, tr);
	if (tracer->options & TRACE_OPT_FUNC_STACK)
		stack_of_call(tr, cpu, ip, parent_ip);
}

static void function_gap(struct fnt_ops *ops, unsigned int nr, u64 ns)
{
	trace_gap(ops->private, nr, ns);
}

static int function_filter_changed(struct fnt_trace *tr, const struct fnt_hash *filter,
				   const struct fnt_hash *except)
{
	struct function_tracer *tracer = tr->tracer_data;

	return conditional_filter(tr, &tracer->ops, filter, except);
}

static int function_conditions_changed(struct fnt_trace *tr,
				       const struct trace_conditions *conditions)
{
	struct function_tracer *tracer = tr->tracer_data;

	return conditional_change(tr, &tracer->ops, conditions);
}

#define FUNCTION_OPTIONS (TRACE_OPT_FUNC_STACK | TRACE_OPT_FUNC_NO_REPEATS | \
			  TRACE_OPT_FUNC_ARGS)

static void tracer_destroy(struct function_tracer *tracer)
{
	fnt_ops_exit(&tracer->ops);
	if (tracer->prototypes)
		prototypes_put();
	free_percpu(tracer->cpus);
	kfree(tracer);
}

/* What is called is chosen here, so that the plain event need not ask. */
static struct function_tracer *tracer_create(struct fnt_trace *tr, u64 options)
{
	struct function_tracer *tracer = kzalloc(sizeof(*tracer), GFP_KERNEL);
	bool choosy = pids_choosy(&tr->pids);
	int err;

	if (!tracer)
		return ERR_PTR(-ENOMEM);
	err = fnt_ops_init(&tracer->ops);
	if (err) {
		kfree(tracer);
		return ERR_PTR(err);
	}
	tracer->ops.gate = choosy ? tr->pids.wanted : &tr->buffer.cpus->enabled;
	tracer->ops.gap = function_gap;
	tracer->ops.private = tr;
	tracer->options = options & FUNCTION_OPTIONS;
	if (tracer->options) {
		tracer->ops.func = function_entered_options;
		tracer->cpus = alloc_percpu(struct function_cpu);
		if (!tracer->cpus)
			err = -ENOMEM;
		if (!err && tracer->options & TRACE_OPT_FUNC_ARGS) {
			err = prototypes_get();
			tracer->prototypes = !err;
		}
	} else {
		tracer->ops.func = choosy ? function_entered_choosy : function_entered;
		tracer->ops.direct = choosy ? function_entered_choosy_direct :
					      function_entered_direct;
	}
	if (!err)
		err = conditional_choose(&tracer->ops, tr->filter, tr->except, tr->conditions);
	if (!err)
		return tracer;
	tracer_destroy(tracer);
	return ERR_PTR(err);
}

static int function_init(struct fnt_trace *tr)
{
	struct function_tracer *tracer = tracer_create(tr, tr->options);
	int err;

	if (IS_ERR(tracer))
		return PTR_ERR(tracer);
	err = entries_start(tr, tracer, &tracer->ops);
	if (err)
		tracer_destroy(tracer);
	return err;
}

static void function_reset(struct fnt_trace *tr)
{
	struct function_tracer *tracer = tr->tracer_data;

	entries_stop(tr, &tracer->ops);
	tr->tracer_data = NULL;
	tracer_destroy(tracer);
}

/*
 * One user goes and another comes, as with the kernel's own tracer. If the new
 * one cannot, the old one comes again.
 */
static int function_options_changed(struct fnt_trace *tr, u64 options)
{
	struct function_tracer *old = tr->tracer_data, *new = tracer_create(tr, options);
	int err;

	if (IS_ERR(new))
		return PTR_ERR(new);
	err = entries_replace(tr, &old->ops, new, &new->ops);
	tracer_destroy(err ? new : old);
	return err;
}

const struct fnt_tracer tracer_function = {
	.name = "function",
	.init = function_init,
	.reset = function_reset,
	.filter_changed = function_filter_changed,
	.conditions_changed = function_conditions_changed,
	.options = FUNCTION_OPTIONS,
	.options_changed = function_options_changed,
};
