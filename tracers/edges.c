// SPDX-License-Identifier: GPL-2.0
/*
 * Functions that are called while something lasts of which the longest is looked for, and
 * the records where it begins and ends.
 */

#include "tracers/edges.h"

#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

/* Bytes of the function by which a tracepoint calls several probes, at most. */
#define ITERATOR_MAX 256

/* What is kept of a task with display-graph: calls within each other. */
struct edge_task {
	int depth;
};

static_assert(sizeof(struct edge_task) <= RETSTACK_STATE);

static u64 fixed_clock(const void *arg)
{
	return *(const u64 *)arg;
}

/*
 * The time of something that was noted a while ago. Clocks may stand still meanwhile, and
 * then what was recorded before it would seem to be later.
 */
struct past {
	const struct ring *rb;
	u64 ts;
};

/* Later than all records so far. When a page is full this is asked for that, too. */
static u64 past_clock(const void *arg)
{
	struct past *past = *(struct past *const *)arg;

	past->ts = max(past->ts, rb_last_ts(past->rb) + 1);
	return past->ts;
}

static u64 record_function(const struct fnt_trace *tr, const struct trace_entry *context,
			   u64 ts, unsigned long ip, unsigned long parent_ip)
{
	struct ring *rb = event_ring(tr);
	struct past past = { rb, ts }, *arg = &past;
	struct event_function *event;
	struct rb_entry place;

	event = rb_reserve(rb, &place, sizeof(*event), past_clock, &arg);
	if (!event)
		return past.ts;
	ts = rb_entry_ts(&place);
	event->ent = *context;
	event->ent.type = EVENT_FUNCTION;
	event->ip = ip;
	event->parent_ip = parent_ip;
	event_commit(rb, &place);
	return ts;
}

/* A place as a call that took no time. */
static u64 record_call(const struct fnt_trace *tr, const struct trace_entry *context, u64 ts,
		       unsigned long ip)
{
	struct ring *rb = event_ring(tr);
	struct past past = { rb, ts }, *arg = &past;
	struct event_graph_entry *entry;
	struct event_graph_exit *exit;
	struct rb_entry place;

	entry = rb_reserve(rb, &place, sizeof(*entry), past_clock, &arg);
	if (entry) {
		ts = rb_entry_ts(&place);
		entry->ent = *context;
		entry->ent.type = EVENT_GRAPH_ENTRY;
		entry->func = ip;
		entry->depth = 0;
		event_commit(rb, &place);
	}
	exit = rb_reserve(rb, &place, sizeof(*exit), fixed_clock, &ts);
	if (!exit)
		return ts;
	exit->ent = *context;
	exit->ent.type = EVENT_GRAPH_EXIT;
	exit->func = ip;
	exit->depth = 0;
	exit->overrun = 0;
	exit->calltime = ts;
	exit->rettime = ts;
	event_commit(rb, &place);
	return ts;
}

/**
 * edge_record - record a place in the code
 * @calls: begun
 * @context: the header of its record, whatever the type
 * @ts: its time, by the trace's clock
 * @ip: an address of the function
 * @parent_ip: one of the function that called it; 0 if it is not known
 *
 * Context: any, NMI-safe; preemption off.
 * Return: the time that it has got: later than that of the event before it.
 */
u64 edge_record(const struct edge_calls *calls, const struct trace_entry *context, u64 ts,
		unsigned long ip, unsigned long parent_ip)
{
	const struct fnt_trace *tr = calls->ops.private;

	return calls->graph ? record_call(tr, context, ts, ip) :
			      record_function(tr, context, ts, ip, parent_ip);
}

/**
 * edge_record_stack - record how it came to a place
 * @tr: the trace
 * @context: the header of its record, whatever the type
 * @frames: the stack
 * @nr: number of @frames
 *
 * Context: any, NMI-safe; preemption off.
 */
void edge_record_stack(const struct fnt_trace *tr, const struct trace_entry *context,
		       const unsigned long *frames, unsigned int nr)
{
	struct ring *rb = event_ring(tr);
	struct event_stack *event;
	struct rb_entry place;

	event = rb_reserve(rb, &place, struct_size(event, caller, nr), trace_clock_now, tr);
	if (!event)
		return;
	event->ent = *context;
	event->ent.type = EVENT_STACK;
	event->size = nr;
	memcpy(event->caller, frames, nr * sizeof(*frames));
	event_commit(rb, &place);
}

/**
 * edge_save_stack - the stack from a place on
 * @stack: receives it
 * @place: return address of what called us, by way of others perhaps
 *
 * If the unwinder does not find the place it is all that there is.
 *
 * Context: any; not NMI.
 * Return: number of frames, at least one.
 */
unsigned int edge_save_stack(struct edge_stack *stack, unsigned long place)
{
	unsigned int nr = stack_trace_save(stack->frames, EDGE_STACK_MAX, 0), i;

	for (i = 0; i < nr; i++)
		if (stack->frames[i] == place)
			break;
	if (i == nr) {
		stack->frames[0] = place;
		return 1;
	}
	memmove(stack->frames, stack->frames + i, (nr - i) * sizeof(*stack->frames));
	return nr - i;
}

/* Is it a function of ours, or the one by which a tracepoint calls several probes? */
static bool is_of_probe(unsigned long addr, const struct tracepoint *point)
{
	return within_module_core(addr, THIS_MODULE) ||
	       addr - (unsigned long)point->iterator < ITERATOR_MAX;
}

/**
 * edge_save_stack_of - the stack from a tracepoint on
 * @stack: receives it
 * @point: the tracepoint, of which we are a probe
 *
 * Context: any; not NMI.
 * Return: number of frames; at least one, which is 0 if the unwinder finds none.
 */
unsigned int edge_save_stack_of(struct edge_stack *stack, const struct tracepoint *point)
{
	unsigned int nr = stack_trace_save(stack->frames, EDGE_STACK_MAX, 0), i = 0;

	while (i < nr && is_of_probe(stack->frames[i], point))
		i++;
	if (i == nr) {
		stack->frames[0] = 0;
		return 1;
	}
	memmove(stack->frames, stack->frames + i, (nr - i) * sizeof(*stack->frames));
	return nr - i;
}

static bool call_wanted(struct edge_calls *calls)
{
	const struct fnt_trace *tr = calls->ops.private;

	return event_wanted(tr) && !ours_running() && __this_cpu_read(*tr->pids.wanted) &&
	       (!calls->wanted || calls->wanted(calls));
}

static noinline void record_entry_slow(const struct fnt_trace *tr, unsigned long ip,
				       unsigned long parent_ip)
{
	struct ring *rb = event_ring(tr);
	struct event_function *event;
	struct rb_entry place;

	event = event_reserve(tr, rb, &place, EVENT_FUNCTION, sizeof(*event));
	if (!event)
		return;
	event->ip = ip;
	event->parent_ip = parent_ip;
	event_commit(rb, &place);
}

static __always_inline void record_entry(struct edge_calls *calls, unsigned long ip,
					 unsigned long parent_ip)
{
	const struct fnt_trace *tr = calls->ops.private;
	struct event_quick quick __uninitialized;
	struct event_function *event;
	struct ring *rb;
	void *record;

	if (!call_wanted(calls))
		return;
	rb = event_ring(tr);
	if (unlikely(!event_quick_begin(tr, &quick) ||
		     !event_quick_reserve(rb, &quick, EVENT_FUNCTION, sizeof(*event), &record))) {
		record_entry_slow(tr, ip, parent_ip);
		return;
	}
	event = record;
	event->ip = ip;
	event->parent_ip = parent_ip;
	event_quick_commit(rb, &quick);
}

static void call_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			 const struct fnt_regs *regs)
{
	record_entry(container_of(ops, struct edge_calls, ops), ip, parent_ip);
}

static void call_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	record_entry(container_of(ops, struct edge_calls, ops), fnt_regs_ip(regs), regs->parent);
}

static void graph_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			  const struct fnt_regs *regs)
{
	struct edge_calls *calls = container_of(ops, struct edge_calls, ops);
	const struct fnt_trace *tr = ops->private;
	struct event_graph_entry *event;
	struct retstack *stack;
	struct edge_task *task;
	struct rb_entry place;
	struct ring *rb;

	if (!call_wanted(calls))
		return;
	stack = retstack_begin(&calls->rets);
	if (!stack)
		return;
	task = retstack_state(stack, &calls->rets);
	if (tr->graph.depth && task->depth >= tr->graph.depth)
		return;
	rb = event_ring(tr);
	event = event_reserve(tr, rb, &place, EVENT_GRAPH_ENTRY, sizeof(*event));
	if (!event)
		return;
	event->func = ip;
	event->depth = task->depth++;
	event_commit(rb, &place);
	retstack_push(&calls->rets, stack, ip, parent_ip, regs, clock_read(TRACE_CLOCK_LOCAL));
}

static void graph_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	graph_entered(fnt_regs_ip(regs), regs->parent, ops, regs);
}

/* Calls that end when it does not last any more are not recorded. */
static void graph_returned(struct retstack_user *user, struct retstack *stack,
			   unsigned int index, unsigned long result)
{
	struct edge_calls *calls = container_of(user, struct edge_calls, rets);
	struct edge_task *task = retstack_state(stack, user);
	const struct fnt_trace *tr = user->private;
	struct event_graph_exit *event;
	struct rb_entry place;
	struct ring *rb;

	task->depth--;
	if (!__this_cpu_read(*calls->gate) || !call_wanted(calls))
		return;
	rb = event_ring(tr);
	event = event_reserve(tr, rb, &place, EVENT_GRAPH_EXIT, sizeof(*event));
	if (!event)
		return;
	event->func = retstack_ip(stack, index);
	event->depth = task->depth;
	event->overrun = atomic_read(&current->trace_overrun);
	event->calltime = stack->frames[index].calltime;
	event->rettime = clock_read(TRACE_CLOCK_LOCAL);
	event_commit(rb, &place);
}

static void calls_gap(struct fnt_ops *ops, unsigned int nr, u64 ns)
{
	trace_gap(ops->private, nr, ns);
}

static int register_calls(struct edge_calls *calls, struct fnt_trace *tr)
{
	int err = ops_copy_hash(&calls->ops, tr->filter, tr->except);

	if (!err && calls->graph)
		err = retstack_get(&calls->rets);
	if (err)
		return err;
	err = fnt_ops_register(&calls->ops);
	if (err && calls->graph)
		retstack_put(&calls->rets);
	return err;
}

/**
 * edge_calls_begin - record functions that are called while it lasts
 * @calls: with @gate and @wanted set
 * @tr: the trace
 * @options: of the trace; without function-trace there is nothing to be done
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what fnt_ops_register() or retstack_get() returned.
 */
int edge_calls_begin(struct edge_calls *calls, struct fnt_trace *tr, u64 options)
{
	int err;

	calls->on = false;
	calls->options = options & EDGE_OPTIONS;
	calls->graph = options & TRACE_OPT_DISPLAY_GRAPH;
	calls->ops.private = tr;
	if (!(options & TRACE_OPT_FUNC_TRACE))
		return 0;
	calls->ops.func = calls->graph ? graph_entered : call_entered;
	calls->ops.gap = calls_gap;
	calls->ops.gate = calls->gate;
	calls->ops.direct = calls->graph ? graph_entered_direct : call_entered_direct;
	calls->rets.returned = graph_returned;
	calls->rets.private = tr;
	err = fnt_ops_init(&calls->ops);
	if (!err)
		err = register_calls(calls, tr);
	if (err) {
		fnt_ops_exit(&calls->ops);
		return err;
	}
	tr->missed = calls->ops.missed;
	calls->on = true;
	return 0;
}

/**
 * edge_calls_end - undo edge_calls_begin()
 * @calls: begun, or not
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void edge_calls_end(struct edge_calls *calls, struct fnt_trace *tr)
{
	if (!calls->on)
		return;
	fnt_ops_unregister(&calls->ops);
	tr->missed = NULL;
	if (calls->graph)
		retstack_put(&calls->rets);
	fnt_ops_exit(&calls->ops);
	calls->on = false;
}

/**
 * edge_calls_change - record calls otherwise, or not at all
 * @calls: begun
 * @tr: the trace
 * @options: what its options shall be
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what edge_calls_begin() returned: then they are recorded as they were.
 */
int edge_calls_change(struct edge_calls *calls, struct fnt_trace *tr, u64 options)
{
	u64 before = calls->options;
	int err;

	edge_calls_end(calls, tr);
	err = edge_calls_begin(calls, tr, options);
	if (err && edge_calls_begin(calls, tr, before))
		pr_err("functions are not traced any more: they could not be armed again\n");
	return err;
}

/**
 * edge_calls_filter - choose the functions
 * @calls: begun, or not
 * @filter: those wanted, NULL for all
 * @except: those not wanted, NULL for none
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what ops_copy_hash() returned: then nothing has changed.
 */
int edge_calls_filter(struct edge_calls *calls, const struct fnt_hash *filter,
		      const struct fnt_hash *except)
{
	return calls->on ? ops_copy_hash(&calls->ops, filter, except) : 0;
}

/**
 * edge_calls_losses - calls that could not be followed
 * @calls: begun, or not
 * @cpu: of this CPU
 * @losses: receives them
 *
 * Context: process; tracer_mutex held.
 */
void edge_calls_losses(const struct edge_calls *calls, int cpu, struct trace_losses *losses)
{
	if (calls->on && calls->graph)
		retstack_missed(&calls->rets, cpu, &losses->no_stack, &losses->too_deep);
}
