// SPDX-License-Identifier: GPL-2.0
/*
 * The latency tracer: how long interrupts and preemption were off, and tasks waited for a
 * CPU, in histograms. Nothing is recorded.
 */

#include "tracers/tracers.h"

#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>

#include "core/latencies.h"
#include "core/ticks.h"
#include "core/tracepoints.h"
#include "core/waits.h"
#include "patching/edges.h"

/* Places that a CPU has room for, and tasks whose wake-ups are noted. */
#define PLACES_EXPECTED 2047
#define WAITS_PLACES 16384

enum { POINT_WAKEUP, POINT_NEW, POINT_SWITCH, NR_POINTS };

/**
 * struct latency_cpu - what is kept for each CPU
 * @start: of a section that may go on
 * @ticks: how long it was so far
 * @key: of its histogram; 0 if there is none
 * @pushed_out: wake-ups that were forgotten
 */
struct latency_cpu {
	u64 start;
	s64 ticks;
	u64 key;
	unsigned long pushed_out;
};

/**
 * struct latency_tracer - a trace's latency tracer
 * @tr: the trace
 * @users: of sections, by kind
 * @points: tracepoints that are watched
 * @nr_points: as many as are
 * @kinds: what is looked at, by enum latency_kind
 * @waits: tasks that were woken
 * @cpus: per CPU
 * @store: the histograms
 * @cleared: wake-ups that had been forgotten when the histograms were cleared
 */
struct latency_tracer {
	struct fnt_trace *tr;
	struct edge_user users[EDGE_KINDS];
	struct tracepoint *points[NR_POINTS];
	unsigned int nr_points;
	u8 kinds;
	struct waits waits;
	struct latency_cpu __percpu *cpus;
	struct hist_store store;
	u64 cleared;
};

static const enum latency_kind kind_of_section[EDGE_KINDS] = {
	[EDGE_IRQS] = LATENCY_IRQSOFF,
	[EDGE_PREEMPT] = LATENCY_PREEMPTOFF,
	[EDGE_EITHER] = LATENCY_PREEMPTIRQSOFF,
};

/* Those of places without room for their own have room always. */
static noinline void make_elsewhere(struct hist_table *table)
{
	unsigned int kind;

	for (kind = 0; kind < LATENCY_KINDS; kind++)
		hist_find(table, latency_key(kind, 0, 0));
}

static void count(const struct latency_tracer *tracer, u64 key, u64 ns)
{
	const struct hist_set *set = READ_ONCE(tracer->store.set);
	struct hist_table *table;
	struct hist *hist;

	/* They are being cleared. */
	if (!set)
		return;
	table = this_cpu_ptr(set->tables);
	if (unlikely(!READ_ONCE(table->taken)))
		make_elsewhere(table);
	hist = hist_find(table, key);
	if (!hist)
		hist = hist_find(table, latencies.key_of_group(key));
	if (hist)
		hist_add(hist, &table->shape, ns);
}

static u32 pid_in_key(const struct latency_tracer *tracer, const struct task_struct *task)
{
	return READ_ONCE(tracer->tr->hist.keys) & HIST_KEY_TASK ? task->pid : 0;
}

/* What may go on has not: something else ends. Once more than needed does not matter. */
static void count_held_back(const struct latency_tracer *tracer, u64 start)
{
	struct latency_cpu *cpu = this_cpu_ptr(tracer->cpus);

	if (cpu->key && cpu->start != start) {
		count(tracer, cpu->key, ticks_to_ns(cpu->ticks));
		cpu->key = 0;
	}
}

/*
 * An interrupt, and the softirqs after it, are one section: it is told of when the
 * interrupt ends, and if there are softirqs once more. Interrupts that come here are in
 * the section, too, and end none.
 */
static void count_either(const struct latency_tracer *tracer, const struct edge_end *section,
			 u64 key)
{
	struct latency_cpu *cpu = this_cpu_ptr(tracer->cpus);

	count_held_back(tracer, section->start);
	cpu->key = 0;
	if (!section->continues) {
		count(tracer, key, ticks_to_ns(section->ticks));
		return;
	}
	cpu->start = section->start;
	cpu->ticks = section->ticks;
	cpu->key = key;
}

static void section_ended(struct edge_user *user, const struct edge_end *section)
{
	const struct latency_tracer *tracer = user->private;
	const struct fnt_trace *tr = tracer->tr;
	u64 key;

	if (!event_wanted(tr) || !__this_cpu_read(*tr->pids.wanted))
		return;
	key = latency_key(kind_of_section[user->kind], section->caller ?: section->at,
			  pid_in_key(tracer, current));
	if (user->kind == EDGE_EITHER)
		count_either(tracer, section, key);
	else
		count(tracer, key, ticks_to_ns(section->ticks));
}

static void probe_wakeup(void *data, struct task_struct *p)
{
	struct latency_tracer *tracer = data;

	if (!waits_begin(&tracer->waits, p->pid, ktime_get_mono_fast_ns()))
		this_cpu_inc(tracer->cpus->pushed_out);
}

/* A task that was woken while it ran has not waited, and does not when it is preempted. */
static void probe_switch(void *data, bool preempt, struct task_struct *prev,
			 struct task_struct *next, unsigned int prev_state)
{
	struct latency_tracer *tracer = data;
	const struct fnt_trace *tr = tracer->tr;
	u64 now = ktime_get_mono_fast_ns(), ns;

	if (prev->pid)
		waits_end(&tracer->waits, prev->pid, now, &ns);
	if (!next->pid || !waits_end(&tracer->waits, next->pid, now, &ns))
		return;
	if (event_wanted(tr) && pids_chosen(&tr->pids, next))
		count(tracer, latency_key(LATENCY_WAKEUP, 0, pid_in_key(tracer, next)), ns);
}

static const struct {
	const char *name;
	void *probe;
} points[NR_POINTS] = {
	[POINT_WAKEUP] = { "sched_wakeup", probe_wakeup },
	[POINT_NEW] = { "sched_wakeup_new", probe_wakeup },
	[POINT_SWITCH] = { "sched_switch", probe_switch },
};

static void unwatch_wakeups(struct latency_tracer *tracer)
{
	while (tracer->nr_points) {
		tracer->nr_points--;
		tracepoint_probe_unregister(tracer->points[tracer->nr_points],
					    points[tracer->nr_points].probe, tracer);
	}
	tracepoint_synchronize_unregister();
	memset(tracer->waits.words, 0, WAITS_PLACES * sizeof(*tracer->waits.words));
}

static int watch_wakeups(struct latency_tracer *tracer)
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
			unwatch_wakeups(tracer);
			return err;
		}
		tracer->nr_points++;
	}
	return 0;
}

/* The users for those kinds that are of sections. Returns how many. */
static unsigned int users_of(struct latency_tracer *tracer, u8 kinds, struct edge_user **list)
{
	unsigned int i, nr = 0;

	for (i = 0; i < EDGE_KINDS; i++)
		if (kinds & BIT(kind_of_section[i]))
			list[nr++] = &tracer->users[i];
	return nr;
}

static int begin_kinds(struct latency_tracer *tracer, u8 kinds)
{
	struct edge_user *list[EDGE_KINDS];
	unsigned int nr = users_of(tracer, kinds, list);
	int err = nr && !ticks_known() ? -EOPNOTSUPP : 0;

	if (!err && kinds & BIT(LATENCY_WAKEUP))
		err = watch_wakeups(tracer);
	if (err || !nr)
		return err;
	err = edges_register_all(list, nr);
	if (err && kinds & BIT(LATENCY_WAKEUP))
		unwatch_wakeups(tracer);
	return err;
}

static void end_kinds(struct latency_tracer *tracer, u8 kinds)
{
	struct edge_user *list[EDGE_KINDS];
	unsigned int nr = users_of(tracer, kinds, list);

	if (nr)
		edges_unregister_all(list, nr);
	if (kinds & BIT(LATENCY_WAKEUP))
		unwatch_wakeups(tracer);
}

/* Look at these kinds. On error nothing has changed. */
static int use_kinds(struct latency_tracer *tracer, u8 kinds)
{
	int err = begin_kinds(tracer, kinds & ~tracer->kinds);

	if (err)
		return err;
	end_kinds(tracer, tracer->kinds & ~kinds);
	tracer->kinds = kinds;
	return 0;
}

static void tracer_destroy(struct latency_tracer *tracer)
{
	hist_store_exit(&tracer->store);
	free_percpu(tracer->cpus);
	kvfree(tracer->waits.words);
	kfree(tracer);
}

static struct latency_tracer *tracer_create(struct fnt_trace *tr)
{
	struct latency_tracer *tracer = kzalloc(sizeof(*tracer), GFP_KERNEL);
	unsigned int i;

	if (!tracer)
		return ERR_PTR(-ENOMEM);
	tracer->tr = tr;
	for (i = 0; i < EDGE_KINDS; i++)
		tracer->users[i] = (struct edge_user) {
			.kind = i,
			.limit = -1,
			.ended = section_ended,
			.private = tracer,
		};
	tracer->waits.mask = WAITS_PLACES - 1;
	tracer->waits.words = kvcalloc(WAITS_PLACES, sizeof(*tracer->waits.words), GFP_KERNEL);
	tracer->cpus = alloc_percpu(struct latency_cpu);
	if (tracer->waits.words && tracer->cpus &&
	    !hist_store_init(&tracer->store, &latencies, &tr->hist, PLACES_EXPECTED))
		return tracer;
	free_percpu(tracer->cpus);
	kvfree(tracer->waits.words);
	kfree(tracer);
	return ERR_PTR(-ENOMEM);
}

static int start(struct fnt_trace *tr)
{
	struct latency_tracer *tracer = tracer_create(tr);
	int err;

	if (IS_ERR(tracer))
		return PTR_ERR(tracer);
	err = use_kinds(tracer, tr->hist.kinds);
	if (err)
		tracer_destroy(tracer);
	else
		tr->tracer_data = tracer;
	return err;
}

static void stop(struct fnt_trace *tr)
{
	struct latency_tracer *tracer = tr->tracer_data;

	use_kinds(tracer, 0);
	tr->tracer_data = NULL;
	tracer_destroy(tracer);
}

static void count_here(void *data)
{
	count_held_back(data, edges_started(EDGE_EITHER));
}

static u64 nr_pushed_out(const struct latency_tracer *tracer)
{
	u64 nr = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		nr += READ_ONCE(per_cpu_ptr(tracer->cpus, cpu)->pushed_out);
	return nr;
}

static struct results_taken *take_stock(struct fnt_trace *tr)
{
	struct latency_tracer *tracer = tr->tracer_data;
	u64 missed[HIST_MISSED_KINDS] = { };

	on_each_cpu(count_here, tracer, 1);
	missed[HIST_PUSHED_OUT] = nr_pushed_out(tracer) - tracer->cleared;
	return hist_store_take(&tracer->store, missed);
}

static int begin_anew(struct fnt_trace *tr)
{
	struct latency_tracer *tracer = tr->tracer_data;

	on_each_cpu(count_here, tracer, 1);
	hist_store_clear(&tracer->store);
	tracer->cleared = nr_pushed_out(tracer);
	return 0;
}

static int settings_changed(struct fnt_trace *tr, const struct hist_settings *settings)
{
	struct latency_tracer *tracer = tr->tracer_data;
	u8 before = tracer->kinds;
	int err = use_kinds(tracer, settings->kinds);

	if (err)
		return err;
	err = hist_store_change(&tracer->store, settings, PLACES_EXPECTED);
	if (!err)
		tracer->cleared = nr_pushed_out(tracer);
	else if (use_kinds(tracer, before))
		pr_err("latencies are not looked at any more: there was no memory to do it again\n");
	return err;
}

static void module_goes(struct fnt_trace *tr, const char *module)
{
	hist_store_module_goes(&((struct latency_tracer *)tr->tracer_data)->store, module);
}

static const struct fnt_results latency_results = {
	.take = take_stock,
	.print = hist_taken_print,
	.drop = hist_taken_drop,
	.clear = begin_anew,
};

const struct fnt_tracer tracer_latency = {
	.name = "latency",
	.unsupported = "The instructions that switch interrupts or preemption cannot be replaced on this kernel: see latency_kinds",
	.init = start,
	.reset = stop,
	.hist_changed = settings_changed,
	.module_goes = module_goes,
	.results = &latency_results,
};
