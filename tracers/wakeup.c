// SPDX-License-Identifier: GPL-2.0
/*
 * The longest time for which a task that was woken had to wait for a CPU, of those tasks
 * that have a higher priority than all others: as the kernel's own tracers look for it.
 */

#include "tracers/tracers.h"

#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/deadline.h>
#include <linux/sched/rt.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>

#include "core/latency.h"
#include "core/tracepoints.h"
#include "core/wakeup.h"
#include "tracers/edges.h"

enum { POINT_WAKEUP, POINT_NEW, POINT_SWITCH, POINT_MIGRATE, NR_POINTS };

/**
 * struct wakeup_tracer - a trace's wakeup tracer
 * @tr: the trace
 * @calls: functions that are called on the CPU that the task waits for
 * @points: tracepoints that are watched
 * @nr_points: as many as are
 * @lock: over @watch; with interrupts off
 * @watch: the task that waits
 * @since: when it was woken, in nanoseconds
 * @waiting: per CPU: it waits for this one
 * @stacks: per CPU
 */
struct wakeup_tracer {
	struct fnt_trace *tr;
	struct edge_calls calls;
	struct tracepoint *points[NR_POINTS];
	unsigned int nr_points;
	arch_spinlock_t lock;
	struct wakeup_watch watch;
	u64 since;
	bool __percpu *waiting;
	struct edge_stack __percpu *stacks;
};

/* The trace's clock if that has nanoseconds. */
static u64 now_ns(const struct fnt_trace *tr, u64 now)
{
	return clock_in_ns(READ_ONCE(tr->clock)) ? now : ktime_get_mono_fast_ns();
}

/*
 * The lock is the CPU's own, which no function has to be called for: what is called here
 * is traced, and so is the scheduler, whose locks are held. While it is held nothing that
 * this CPU calls is recorded.
 */
static void lock_watch(struct wakeup_tracer *tracer)
{
	arch_spin_lock(&tracer->lock);
	__this_cpu_write(*tracer->waiting, false);
}

static void unlock_watch(struct wakeup_tracer *tracer)
{
	const struct wakeup_watch *watch = &tracer->watch;

	if (watch->task)
		WRITE_ONCE(*per_cpu_ptr(tracer->waiting, watch->cpu), true);
	arch_spin_unlock(&tracer->lock);
}

/* It does not wait for that CPU any more. */
static void leave_cpu(struct wakeup_tracer *tracer)
{
	if (tracer->watch.task)
		WRITE_ONCE(*per_cpu_ptr(tracer->waiting, tracer->watch.cpu), false);
}

static void record_switch(const struct fnt_trace *tr, const struct trace_entry *context,
			  u16 type, struct task_struct *prev, struct task_struct *next)
{
	struct ring *rb = event_ring(tr);
	struct event_switch *event;
	struct rb_entry place;

	event = rb_reserve(rb, &place, sizeof(*event), trace_clock_now, tr);
	if (!event)
		return;
	event->ent = *context;
	event->ent.type = type;
	event->prev_pid = prev->pid;
	event->prev_prio = prev->prio;
	event->prev_state = task_state_index(prev);
	event->next_pid = next->pid;
	event->next_prio = next->prio;
	event->next_state = task_state_index(next);
	event->next_cpu = task_cpu(next);
	event_commit(rb, &place);
}

static const unsigned long *stack_of(struct wakeup_tracer *tracer, unsigned int point,
				     unsigned int *nr)
{
	struct edge_stack *stack = this_cpu_ptr(tracer->stacks);

	*nr = edge_save_stack_of(stack, tracer->points[point]);
	return stack->frames;
}

static void begin_wait(struct wakeup_tracer *tracer, struct task_struct *p,
		       const struct wakeup_task *woken)
{
	const struct fnt_trace *tr = tracer->tr;
	struct trace_entry context;
	const unsigned long *frames;
	unsigned int nr;
	u64 now;

	latency_follow(tracer->tr);
	event_fill_header(&context, EVENT_WAKEUP);
	now = trace_clock_now(tr);
	leave_cpu(tracer);
	wakeup_begin(&tracer->watch, woken, task_cpu(p), now);
	tracer->since = now_ns(tr, now);
	record_switch(tr, &context, EVENT_WAKEUP, current, p);
	frames = stack_of(tracer, POINT_WAKEUP, &nr);
	edge_record_stack(tr, &context, frames, nr);
	edge_record(&tracer->calls, &context, trace_clock_now(tr), frames[0],
		    nr > 1 ? frames[1] : 0);
}

static void probe_wakeup(void *data, struct task_struct *p)
{
	struct wakeup_tracer *tracer = data;
	const struct wakeup_task woken = {
		.task = p,
		.prio = p->prio,
		.rt = rt_task(p),
		.dl = dl_task(p),
	};
	unsigned long flags;

	if (!event_wanted(tracer->tr) || !wakeup_wants(&tracer->watch, &woken, current->prio))
		return;
	raw_local_irq_save(flags);
	lock_watch(tracer);
	if (wakeup_wants(&tracer->watch, &woken, current->prio))
		begin_wait(tracer, p, &woken);
	unlock_watch(tracer);
	raw_local_irq_restore(flags);
}

static void end_wait(struct wakeup_tracer *tracer, struct task_struct *prev,
		     struct task_struct *next)
{
	const struct wakeup_watch *watch = &tracer->watch;
	struct fnt_trace *tr = tracer->tr;
	struct storage_facts facts = {
		.from_ts = watch->since,
		.cpu = watch->woken_cpu,
		.everywhere = true,
	};
	struct trace_entry context;
	const unsigned long *frames;
	unsigned int nr;
	u64 now;

	latency_follow(tr);
	event_fill_header(&context, EVENT_SWITCH);
	frames = stack_of(tracer, POINT_SWITCH, &nr);
	now = edge_record(&tracer->calls, &context, trace_clock_now(tr), frames[0],
			  nr > 1 ? frames[1] : 0);
	record_switch(tr, &context, EVENT_SWITCH, prev, next);
	edge_record_stack(tr, &context, frames, nr);
	/* The clock may stand still, and records do not. */
	facts.to_ts = max(now, trace_clock_now(tr));
	facts.ns = now_ns(tr, facts.to_ts) - tracer->since;
	if (!latency_is_longer(tr, facts.ns) || !latency_claim(tr, facts.ns))
		return;
	latency_describe(&facts, next);
	latency_keep_everywhere(tr, &facts);
}

static void probe_switch(void *data, bool preempt, struct task_struct *prev,
			 struct task_struct *next, unsigned int prev_state)
{
	struct wakeup_tracer *tracer = data;
	unsigned long flags;

	if (!wakeup_is(&tracer->watch, next))
		return;
	raw_local_irq_save(flags);
	lock_watch(tracer);
	if (wakeup_is(&tracer->watch, next)) {
		if (event_wanted(tracer->tr))
			end_wait(tracer, prev, next);
		leave_cpu(tracer);
		wakeup_end(&tracer->watch);
	}
	unlock_watch(tracer);
	raw_local_irq_restore(flags);
}

static void probe_migrate(void *data, struct task_struct *p, int cpu)
{
	struct wakeup_tracer *tracer = data;
	unsigned long flags;

	if (!wakeup_is(&tracer->watch, p))
		return;
	raw_local_irq_save(flags);
	lock_watch(tracer);
	if (wakeup_is(&tracer->watch, p)) {
		leave_cpu(tracer);
		wakeup_moves(&tracer->watch, p, cpu);
	}
	unlock_watch(tracer);
	raw_local_irq_restore(flags);
}

static const struct {
	const char *name;
	void *probe;
} points[NR_POINTS] = {
	[POINT_WAKEUP] = { "sched_wakeup", probe_wakeup },
	[POINT_NEW] = { "sched_wakeup_new", probe_wakeup },
	[POINT_SWITCH] = { "sched_switch", probe_switch },
	[POINT_MIGRATE] = { "sched_migrate_task", probe_migrate },
};

static void unwatch(struct wakeup_tracer *tracer)
{
	while (tracer->nr_points) {
		tracer->nr_points--;
		tracepoint_probe_unregister(tracer->points[tracer->nr_points],
					    points[tracer->nr_points].probe, tracer);
	}
	tracepoint_synchronize_unregister();
}

static int watch(struct wakeup_tracer *tracer)
{
	struct tracepoint *point;
	unsigned int i;
	int err;

	for (i = 0; i < NR_POINTS; i++) {
		point = tracepoints_find(points[i].name);
		tracer->points[i] = point;
		err = point ? tracepoint_probe_register(point, points[i].probe, tracer) :
			      -EOPNOTSUPP;
		if (err) {
			unwatch(tracer);
			return err;
		}
		tracer->nr_points++;
	}
	return 0;
}

/* Functions are recorded in the ring of the same CPU as everything else. */
static bool call_while_waiting(struct edge_calls *calls)
{
	latency_follow(container_of(calls, struct wakeup_tracer, calls)->tr);
	return true;
}

static void tracer_destroy(struct wakeup_tracer *tracer)
{
	free_percpu(tracer->stacks);
	free_percpu(tracer->waiting);
	kfree(tracer);
}

static struct wakeup_tracer *tracer_create(struct fnt_trace *tr, enum wakeup_class class)
{
	struct wakeup_tracer *tracer = kzalloc(sizeof(*tracer), GFP_KERNEL);

	if (!tracer)
		return ERR_PTR(-ENOMEM);
	tracer->tr = tr;
	tracer->lock = (arch_spinlock_t)__ARCH_SPIN_LOCK_UNLOCKED;
	wakeup_watch_init(&tracer->watch, class);
	tracer->waiting = alloc_percpu(bool);
	tracer->stacks = alloc_percpu(struct edge_stack);
	if (!tracer->waiting || !tracer->stacks) {
		tracer_destroy(tracer);
		return ERR_PTR(-ENOMEM);
	}
	tracer->calls.gate = tracer->waiting;
	tracer->calls.wanted = call_while_waiting;
	return tracer;
}

static int init(struct fnt_trace *tr, enum wakeup_class class)
{
	struct wakeup_tracer *tracer = tracer_create(tr, class);
	int err;

	if (IS_ERR(tracer))
		return PTR_ERR(tracer);
	err = latency_begin(tr);
	if (err)
		goto out_destroy;
	tr->tracer_data = tracer;
	err = edge_calls_begin(&tracer->calls, tr, tr->options);
	if (err)
		goto out_latency;
	err = watch(tracer);
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

static void wakeup_reset(struct fnt_trace *tr)
{
	struct wakeup_tracer *tracer = tr->tracer_data;

	unwatch(tracer);
	edge_calls_end(&tracer->calls, tr);
	tr->tracer_data = NULL;
	latency_end(tr);
	tracer_destroy(tracer);
}

/* As the kernel's own, it begins anew if it is to be shown otherwise. */
static int wakeup_options_changed(struct fnt_trace *tr, u64 options)
{
	struct wakeup_tracer *tracer = tr->tracer_data;
	u64 changed = (options & EDGE_OPTIONS) ^ tracer->calls.options;
	int err;

	if (!changed)
		return 0;
	if (!(changed & TRACE_OPT_DISPLAY_GRAPH))
		return edge_calls_change(&tracer->calls, tr, options);
	unwatch(tracer);
	leave_cpu(tracer);
	wakeup_end(&tracer->watch);
	err = edge_calls_change(&tracer->calls, tr, options);
	if (!err)
		latency_begin_anew(tr);
	if (watch(tracer))
		pr_err("wake-ups are not traced any more: there was no memory to do it again\n");
	return err;
}

/* The threshold may be another. */
static int wakeup_graph_changed(struct fnt_trace *tr, const struct trace_graph *graph)
{
	latency_restart(tr);
	return 0;
}

static int wakeup_filter_changed(struct fnt_trace *tr, const struct fnt_hash *filter,
				 const struct fnt_hash *except)
{
	return edge_calls_filter(&((struct wakeup_tracer *)tr->tracer_data)->calls, filter, except);
}

static void wakeup_losses(const struct fnt_trace *tr, int cpu, struct trace_losses *losses)
{
	edge_calls_losses(&((const struct wakeup_tracer *)tr->tracer_data)->calls, cpu, losses);
}

static int wakeup_init(struct fnt_trace *tr)
{
	return init(tr, WAKEUP_ALL);
}

static int wakeup_rt_init(struct fnt_trace *tr)
{
	return init(tr, WAKEUP_RT);
}

static int wakeup_dl_init(struct fnt_trace *tr)
{
	return init(tr, WAKEUP_DL);
}

/* What the kernel's own show with display-graph. */
#define WAKEUP_GRAPH (PRINT_GRAPH_PROC | PRINT_GRAPH_CPU | PRINT_GRAPH_REL_TIME | \
		      PRINT_GRAPH_DURATION | PRINT_GRAPH_OVERHEAD | PRINT_GRAPH_IRQS)

#define WAKEUP_TRACER(what) {				\
	.name = #what,					\
	.unsupported = "This kernel does not tell of wake-ups",	\
	.init = what##_init,				\
	.reset = wakeup_reset,				\
	.filter_changed = wakeup_filter_changed,	\
	.graph_style = WAKEUP_GRAPH,			\
	.heeds = EDGE_OPTIONS,				\
	.options_changed = wakeup_options_changed,	\
	.graph_changed = wakeup_graph_changed,		\
	.limit_changed = latency_restart,		\
	.losses = wakeup_losses,			\
}

const struct fnt_tracer tracer_wakeup = WAKEUP_TRACER(wakeup);
const struct fnt_tracer tracer_wakeup_rt = WAKEUP_TRACER(wakeup_rt);
const struct fnt_tracer tracer_wakeup_dl = WAKEUP_TRACER(wakeup_dl);
