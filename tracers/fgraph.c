// SPDX-License-Identifier: GPL-2.0
/*
 * The function_graph tracer: a record for every entry of a function and one for its
 * return.
 */

#include "tracers/fgraph.h"

#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/prototypes.h"
#include "tracers/tracers.h"

static __always_inline void fill_entry(struct event_graph_entry *event, unsigned long ip, int depth)
{
	event->func = ip;
	event->depth = depth;
}

/**
 * struct graph_entry - an entry that is to be recorded
 * @event: its record
 * @caller: where it was called from, if that is asked for
 * @with_caller: it is
 * @args: its arguments; NULL if they are not asked for
 */
struct graph_entry {
	struct event_graph_entry event;
	unsigned long caller;
	bool with_caller;
	const struct call_args *args;
};

/* Room for a record: in the ring, or where the task's calls are put aside. */
static void *record_reserve(const struct graph_tracer *tracer, const struct graph_task *task,
			    struct rb_entry *entry, size_t size)
{
	const struct fnt_trace *tr = tracer->ops.private;

	if (task->tree)
		return subtree_add(task->tree, size);
	return rb_reserve(event_ring(tr), entry, size, trace_clock_now, tr);
}

static void record_commit(const struct graph_tracer *tracer, const struct graph_task *task,
			  const struct rb_entry *entry)
{
	if (!task->tree)
		event_commit(event_ring(tracer->ops.private), entry);
}

static bool put_entry(const struct graph_tracer *tracer, const struct graph_task *task,
		      const struct graph_entry *entry)
{
	struct event_graph_entry *event;
	size_t size = sizeof(*event);
	struct rb_entry place;

	if (entry->with_caller)
		size += sizeof(entry->caller);
	if (entry->args)
		size += call_args_size(entry->args);
	event = record_reserve(tracer, task, &place, size);
	if (!event)
		return false;
	*event = entry->event;
	if (entry->with_caller)
		memcpy(event->more, &entry->caller, sizeof(entry->caller));
	if (entry->args)
		call_args_put(entry->args, event->more + sizeof(entry->caller));
	record_commit(tracer, task, &place);
	return true;
}

static bool put_entry_with_args(const struct graph_tracer *tracer, const struct graph_task *task,
				struct graph_entry *entry, const struct fnt_regs *regs)
{
	struct call_args args = { .strings = prototype_strings(entry->event.func) };
	unsigned long flags;
	bool done;

	entry->args = &args;
	fnt_regs_args(regs, args.regs);
	if (!args.strings)
		return put_entry(tracer, task, entry);
	/* Nobody else may come and use the same room. */
	raw_local_irq_save(flags);
	call_args_look(&args, this_cpu_ptr(tracer->texts));
	done = put_entry(tracer, task, entry);
	raw_local_irq_restore(flags);
	return done;
}

/* Record an entry. Returns false if it was dropped, and the call is not followed. */
static bool record_entry(const struct graph_tracer *tracer, const struct graph_task *task,
			 unsigned long ip, unsigned long parent_ip, const struct fnt_regs *regs)
{
	struct graph_entry entry = {
		.caller = parent_ip,
		.with_caller = tracer->options & (TRACE_OPT_GRAPH_RETADDR | TRACE_OPT_GRAPH_ARGS),
	};

	/* It came by a jump: who called is known to whoever jumped. */
	if (parent_ip == retstack_handler())
		entry.caller = retstack_caller();
	event_fill_header(&entry.event.ent, EVENT_GRAPH_ENTRY);
	fill_entry(&entry.event, ip, task->depth - 1);
	if (tracer->options & TRACE_OPT_GRAPH_ARGS)
		return put_entry_with_args(tracer, task, &entry, regs);
	return put_entry(tracer, task, &entry);
}

/* Does this run because of strings that are being looked for? */
static bool is_looking(const struct graph_tracer *tracer)
{
	return tracer->texts &&
	       this_cpu_ptr(tracer->texts)->looking & BIT(interrupt_context_level());
}

/* Is this an interrupt, and are interrupts not wanted? */
static bool unwanted_irq(const struct graph_tracer *tracer, const struct graph_task *task)
{
	return !(tracer->options & PRINT_GRAPH_IRQS) && in_hardirq() &&
	       !(task->root && task->root_in_irq);
}

enum graph_verdict { GRAPH_SKIP, GRAPH_HIDE, GRAPH_SHOW };

/* What the settings say of a call; in the order in which the kernel's asks. */
static enum graph_verdict judge(const struct graph_tracer *tracer, const struct graph_task *task,
				unsigned long ip)
{
	const struct trace_graph *graph = &tracer->graph;
	const struct fnt_hash *except = READ_ONCE(graph->except), *roots = READ_ONCE(graph->roots);

	if (task->hidden)
		return GRAPH_SKIP;
	if (except && hash_contains(except, ip))
		return GRAPH_HIDE;
	if (!event_wanted(tracer->ops.private))
		return GRAPH_SKIP;
	if (!task->root && roots && !hash_contains(roots, ip))
		return GRAPH_SKIP;
	if (graph->depth && task->depth >= graph->depth)
		return GRAPH_SKIP;
	return unwanted_irq(tracer, task) ? GRAPH_SKIP : GRAPH_SHOW;
}

/* Is only the return of a call recorded, where it took long? */
static bool records_returns_only(const struct graph_tracer *tracer)
{
	return tracer->graph.thresh_ns && !(tracer->options & GRAPH_TREES);
}

static void graph_entered_choosy(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
				 const struct fnt_regs *regs)
{
	struct graph_tracer *tracer = container_of(ops, struct graph_tracer, ops);
	struct retstack *stack = retstack_begin(&tracer->rets);
	enum graph_verdict verdict;
	struct graph_task *task;

	if (!stack || is_looking(tracer) || ours_running())
		return;
	task = retstack_state(stack, &tracer->rets);
	verdict = judge(tracer, task, ip);
	if (verdict == GRAPH_SKIP)
		return;
	task->depth++;
	if (verdict == GRAPH_HIDE)
		task->hidden = task->depth;
	else if (!task->root && (tracer->trees || READ_ONCE(tracer->graph.roots)) &&
		 !graph_root_begin(tracer, task))
		goto out;
	if (verdict == GRAPH_HIDE || records_returns_only(tracer) ||
	    record_entry(tracer, task, ip, parent_ip, regs)) {
		retstack_push(&tracer->rets, stack, ip, parent_ip, regs,
			      clock_read(TRACE_CLOCK_LOCAL));
		return;
	}
	if (task->root == task->depth)
		graph_root_end(tracer, task);
out:
	task->depth--;
}

/* Record an entry and hook the return, if that is simple. */
static __always_inline bool try_enter(struct graph_tracer *tracer, unsigned long ip,
				      unsigned long *place)
{
	struct event_quick quick __uninitialized;
	const struct fnt_trace *tr = tracer->ops.private;
	struct ring *rb = event_ring(tr);
	struct retstack *stack;
	struct graph_task *task;
	void *event;

	if (unlikely(!retstack_ready() || *place == retstack_handler() ||
		     !event_quick_begin(tr, &quick)))
		return false;
	stack = retstack_of_current();
	task = retstack_state(stack, &tracer->rets);
	/* What interrupts us from here on is within this call. */
	task->depth++;
	if (unlikely(!event_quick_reserve(rb, &quick, EVENT_GRAPH_ENTRY,
					  sizeof(struct event_graph_entry), &event))) {
		task->depth--;
		return false;
	}
	fill_entry(event, ip, task->depth - 1);
	retstack_push_first(&tracer->rets, stack, ip, place, quick.ts);
	event_quick_commit(rb, &quick);
	return true;
}

static void graph_entered_plain(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
				const struct fnt_regs *regs)
{
	struct graph_tracer *tracer = container_of(ops, struct graph_tracer, ops);

	if (unlikely(!try_enter(tracer, ip, fnt_regs_return_place(regs))))
		graph_entered_choosy(ip, parent_ip, ops, regs);
}

/*
 * Every traced call runs through this, if nothing is to be chosen from: it calls
 * something at its end only, if at all. What is not simple goes the other way.
 */
static void graph_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	struct graph_tracer *tracer = container_of(ops, struct graph_tracer, ops);

	if (unlikely(!try_enter(tracer, fnt_regs_ip(regs), (unsigned long *)&regs->parent)))
		graph_entered_choosy(fnt_regs_ip(regs), regs->parent, ops, regs);
}

static void graph_entered_choosy_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	graph_entered_choosy(fnt_regs_ip(regs), regs->parent, ops, regs);
}

static __always_inline void fill_exit(struct event_graph_exit *event, unsigned long ip, int depth,
				      u64 calltime, u64 rettime)
{
	event->func = ip;
	event->depth = depth;
	event->overrun = atomic_read(&current->trace_overrun);
	event->calltime = calltime;
	event->rettime = rettime;
}

static void record_exit(const struct graph_tracer *tracer, const struct graph_task *task,
			const struct graph_exit *exit)
{
	bool result = tracer->options & TRACE_OPT_GRAPH_RETVAL;
	struct event_graph_exit *event;
	struct rb_entry place;

	event = record_reserve(tracer, task, &place, struct_size(event, retval, result));
	if (!event)
		return;
	event_fill_header(&event->ent, EVENT_GRAPH_EXIT);
	fill_exit(event, exit->ip, exit->depth, exit->calltime, exit->rettime);
	if (result)
		event->retval[0] = exit->result;
	record_commit(tracer, task, &place);
}

static void graph_returned_choosy(struct retstack_user *user, struct retstack *stack,
				  unsigned int index, unsigned long result)
{
	const struct graph_tracer *tracer = container_of(user, struct graph_tracer, rets);
	struct graph_task *task = retstack_state(stack, user);
	struct graph_exit exit = {
		.ip = retstack_ip(stack, index),
		.depth = --task->depth,
		.calltime = stack->frames[index].calltime + retstack_slept(stack, index),
		.rettime = clock_read(TRACE_CLOCK_LOCAL),
		.result = result,
	};

	if (task->hidden == exit.depth + 1) {
		task->hidden = 0;
		return;
	}
	if (event_wanted(user->private) &&
	    (task->tree || exit.rettime - exit.calltime >= READ_ONCE(tracer->graph.thresh_ns)))
		record_exit(tracer, task, &exit);
	if (task->tree)
		graph_root_returned(tracer, task, &exit);
	if (task->root == exit.depth + 1)
		graph_root_end(tracer, task);
}

/* Record a return, if that is simple. */
static __always_inline bool try_return(struct retstack_user *user, struct retstack *stack,
				       const struct ftrace_ret_stack *frame)
{
	struct event_quick quick __uninitialized;
	struct graph_task *task = retstack_state(stack, user);
	const struct fnt_trace *tr = user->private;
	struct ring *rb = event_ring(tr);
	void *event;

	if (unlikely(!event_wanted(tr) || !event_quick_begin(tr, &quick) ||
		     !event_quick_reserve(rb, &quick, EVENT_GRAPH_EXIT,
					  sizeof(struct event_graph_exit), &event)))
		return false;
	fill_exit(event, retstack_ip_of(frame), --task->depth, frame->calltime, quick.ts);
	event_quick_commit(rb, &quick);
	return true;
}

static void graph_returned_plain(struct retstack_user *user, struct retstack *stack,
				 unsigned int index, unsigned long result)
{
	if (unlikely(!try_return(user, stack, &stack->frames[index])))
		graph_returned_choosy(user, stack, index, result);
}

/* Every return of a call that was followed runs through this, as through the entry. */
static unsigned long graph_returned_direct(const unsigned long *results,
					   struct retstack_user *user)
{
	struct retstack_pop pop __uninitialized;

	if (unlikely(!retstack_pop(user, &pop) || !try_return(user, pop.stack, pop.frame)))
		return retstack_return(results, user);
	return retstack_popped(&pop);
}

/* Options that change what is recorded; the others only what is shown. */
#define GRAPH_RECORDS (PRINT_GRAPH_IRQS | TRACE_OPT_GRAPH_SLEEP_TIME | TRACE_OPT_GRAPH_ARGS | \
		       TRACE_OPT_GRAPH_RETVAL | TRACE_OPT_GRAPH_RETADDR | GRAPH_TREES)

#define GRAPH_OPTIONS (GRAPH_RECORDS | PRINT_GRAPH_OVERRUN | PRINT_GRAPH_CPU |	\
		       PRINT_GRAPH_OVERHEAD | PRINT_GRAPH_PROC | PRINT_GRAPH_DURATION | \
		       PRINT_GRAPH_ABSTIME | PRINT_GRAPH_TAIL | PRINT_GRAPH_RETVAL_HEX | \
		       TRACE_OPT_GRAPH_TIME)

/* Is there anything to be chosen from? */
static bool is_choosy(const struct fnt_trace *tr, u64 options, const struct trace_graph *graph)
{
	return graph->roots || graph->except || graph->depth || graph->thresh_ns ||
	       pids_choosy(&tr->pids) ||
	       (options & GRAPH_RECORDS) != (PRINT_GRAPH_IRQS | TRACE_OPT_GRAPH_SLEEP_TIME);
}

static void graph_gap(struct fnt_ops *ops, unsigned int nr, u64 ns)
{
	trace_gap(ops->private, nr, ns);
}

static bool watches_sleep(const struct graph_tracer *tracer)
{
	return !(tracer->options & TRACE_OPT_GRAPH_SLEEP_TIME);
}

/* What some options need beside. */
static int options_begin(struct graph_tracer *tracer)
{
	int err;

	if (watches_sleep(tracer)) {
		err = retstack_watch_sleep(true);
		if (err)
			return err;
	}
	err = graph_trees_begin(tracer);
	if (err)
		goto out_sleep;
	if (!(tracer->options & TRACE_OPT_GRAPH_ARGS))
		return 0;
	tracer->texts = alloc_percpu(struct call_texts);
	err = tracer->texts ? prototypes_get() : -ENOMEM;
	if (!err)
		return 0;
	free_percpu(tracer->texts);
	graph_trees_end(tracer);
out_sleep:
	if (watches_sleep(tracer))
		retstack_watch_sleep(false);
	return err;
}

static void options_end(struct graph_tracer *tracer)
{
	if (tracer->texts)
		prototypes_put();
	free_percpu(tracer->texts);
	graph_trees_end(tracer);
	if (watches_sleep(tracer))
		retstack_watch_sleep(false);
}

static void tracer_destroy(struct graph_tracer *tracer)
{
	/* Calls that have not returned yet do so without us afterwards. */
	retstack_put(&tracer->rets);
	options_end(tracer);
	fnt_ops_exit(&tracer->ops);
	kfree(tracer);
}

/* What is called is chosen here, so that the plain event need not ask. */
static void choose_calls(struct graph_tracer *tracer, struct fnt_trace *tr)
{
	bool choosy = is_choosy(tr, tracer->options, &tracer->graph);

	tracer->ops.func = choosy ? graph_entered_choosy : graph_entered_plain;
	tracer->ops.gate = pids_choosy(&tr->pids) ? tr->pids.wanted : &tr->buffer.cpus->enabled;
	tracer->ops.gap = graph_gap;
	tracer->ops.private = tr;
	tracer->ops.direct = choosy ? graph_entered_choosy_direct : graph_entered_direct;
	tracer->rets.returned = choosy ? graph_returned_choosy : graph_returned_plain;
	tracer->rets.direct = choosy ? NULL : graph_returned_direct;
	tracer->rets.private = tr;
	/* That of the trace goes when this one is there. */
	tracer->rets.follows = tr->tracer_data;
}

static struct graph_tracer *tracer_create(struct fnt_trace *tr, u64 options,
					  const struct trace_graph *graph)
{
	struct graph_tracer *tracer = kzalloc(sizeof(*tracer), GFP_KERNEL);
	int err;

	if (!tracer)
		return ERR_PTR(-ENOMEM);
	tracer->options = options & GRAPH_RECORDS;
	tracer->graph = *graph;
	choose_calls(tracer, tr);
	err = fnt_ops_init(&tracer->ops);
	if (err)
		goto out_free;
	err = conditional_choose(&tracer->ops, tr->filter, tr->except, tr->conditions);
	if (err)
		goto out_ops;
	err = retstack_get(&tracer->rets);
	if (err)
		goto out_ops;
	err = options_begin(tracer);
	if (!err)
		return tracer;
	retstack_put(&tracer->rets);
out_ops:
	fnt_ops_exit(&tracer->ops);
out_free:
	kfree(tracer);
	return ERR_PTR(err);
}

static int graph_init(struct fnt_trace *tr)
{
	struct graph_tracer *tracer = tracer_create(tr, tr->options, &tr->graph);
	int err;

	if (IS_ERR(tracer))
		return PTR_ERR(tracer);
	err = entries_start(tr, tracer, &tracer->ops);
	if (err)
		tracer_destroy(tracer);
	return err;
}

static void graph_reset(struct fnt_trace *tr)
{
	struct graph_tracer *tracer = tr->tracer_data;

	entries_stop(tr, &tracer->ops);
	tr->tracer_data = NULL;
	tracer_destroy(tracer);
}

/* One goes and another comes; if the new one cannot, the old one comes again. */
static int graph_restart(struct fnt_trace *tr, u64 options, const struct trace_graph *graph)
{
	struct graph_tracer *old = tr->tracer_data, *new = tracer_create(tr, options, graph);
	int err;

	if (IS_ERR(new))
		return PTR_ERR(new);
	err = entries_replace(tr, &old->ops, new, &new->ops);
	tracer_destroy(err ? new : old);
	return err;
}

static int graph_filter_changed(struct fnt_trace *tr, const struct fnt_hash *filter,
				const struct fnt_hash *except)
{
	struct graph_tracer *tracer = tr->tracer_data;

	return conditional_filter(tr, &tracer->ops, filter, except);
}

static int graph_conditions_changed(struct fnt_trace *tr,
				    const struct trace_conditions *conditions)
{
	struct graph_tracer *tracer = tr->tracer_data;

	return conditional_change(tr, &tracer->ops, conditions);
}

/* Most options are the readers'. Those of tasks are asked for by who chose them. */
static int graph_options_changed(struct fnt_trace *tr, u64 options)
{
	const struct graph_tracer *tracer = tr->tracer_data;
	bool choosy = tracer->ops.gate == tr->pids.wanted;

	if (tracer->options == (options & GRAPH_RECORDS) && choosy == pids_choosy(&tr->pids))
		return 0;
	return graph_restart(tr, options, &tr->graph);
}

/* Calls that are within each other stay so, unless there is nothing to choose any more. */
static int graph_graph_changed(struct fnt_trace *tr, const struct trace_graph *graph)
{
	struct graph_tracer *tracer = tr->tracer_data;

	if (is_choosy(tr, tracer->options, graph) !=
	    is_choosy(tr, tracer->options, &tracer->graph))
		return graph_restart(tr, tracer->options, graph);
	WRITE_ONCE(tracer->graph.roots, graph->roots);
	WRITE_ONCE(tracer->graph.except, graph->except);
	WRITE_ONCE(tracer->graph.depth, graph->depth);
	WRITE_ONCE(tracer->graph.thresh_ns, graph->thresh_ns);
	/* Whoever reads the old sets does so with preemption off, RCU watching or not. */
	synchronize_rcu_tasks_rude();
	return 0;
}

static void graph_losses(const struct fnt_trace *tr, int cpu, struct trace_losses *losses)
{
	const struct graph_tracer *tracer = tr->tracer_data;

	retstack_missed(&tracer->rets, cpu, &losses->no_stack, &losses->too_deep);
	if (tracer->trees)
		losses->no_room = *per_cpu_ptr(tracer->trees->refused, cpu);
}

const struct fnt_tracer tracer_fgraph = {
	.name = "function_graph",
	.init = graph_init,
	.reset = graph_reset,
	.filter_changed = graph_filter_changed,
	.conditions_changed = graph_conditions_changed,
	.graph = true,
	.options = GRAPH_OPTIONS,
	.options_changed = graph_options_changed,
	.graph_changed = graph_graph_changed,
	.losses = graph_losses,
};
