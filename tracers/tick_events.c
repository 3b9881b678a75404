// SPDX-License-Identifier: GPL-2.0
/*
 * The event tick: on each CPU that is traced a timer of the trace's own, at its own rate,
 * records what it interrupted.
 *
 * The timer is told when the next tick is due, reckoned from the first, so being late once
 * makes no later one late. Ticks for which it came too late, as interrupts were off or the
 * CPU was taken away, are counted in the next record: records and their overruns are as
 * many as were due.
 */

#include "tracers/event_source.h"

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include <asm/irq_regs.h>
#include <asm/ptrace.h>

#include "core/event.h"
#include "core/tick_times.h"
#include "core/trace.h"

/* In hard interrupts on a real-time kernel, too. */
#define TIMER_MODE HRTIMER_MODE_ABS_PINNED_HARD

/**
 * struct tick_cpu - the ticks of a CPU
 * @timer: expires at each; this CPU's alone, so nothing here needs a lock
 * @ticks: whose they are
 * @times: when they are due
 * @expiries: how often the timer expired
 * @overruns: ticks for which it came too late
 * @latest: the longest that one was late, in ns
 */
struct tick_cpu {
	struct hrtimer timer;
	struct trace_ticks *ticks;
	struct tick_times times;
	u64 expiries;
	u64 overruns;
	u64 latest;
};

/**
 * struct trace_ticks - the ticks of a trace
 * @node: among those that are told of CPUs that come and go
 * @file: the event of the trace
 * @on: CPUs whose timers run, or will when they come; changed with cpus_read_lock()
 * @hz: how often
 * @cpus: per CPU
 */
struct trace_ticks {
	struct hlist_node node;
	struct event_file *file;
	struct cpumask on;
	unsigned int hz;
	struct tick_cpu __percpu *cpus;
};

static enum cpuhp_state cpuhp_state;

static void record(struct event_file *file, u64 late, unsigned int overruns)
{
	struct pt_regs *regs = get_irq_regs();
	struct trace_event_buffer fbuffer;
	struct event_tick *tick;

	/* Once more than in what was interrupted, as event_record_reserve() wants it. */
	preempt_disable_notrace();
	tick = event_record_reserve(&fbuffer, &file->native, sizeof(*tick));
	if (tick) {
		tick->ip = regs ? instruction_pointer(regs) : 0;
		tick->late = late;
		tick->overruns = overruns;
		tick->user = regs && user_mode(regs);
		event_record_commit(&fbuffer);
	}
	preempt_enable_notrace();
}

static enum hrtimer_restart tick_expired(struct hrtimer *timer)
{
	struct tick_cpu *cpu = container_of(timer, struct tick_cpu, timer);
	u64 now = ktime_get_ns(), due = now;
	u64 nr = tick_times_take(&cpu->times, now, &due);

	cpu->expiries++;
	if (nr) {
		cpu->overruns += nr - 1;
		cpu->latest = max(cpu->latest, now - due);
		record(cpu->ticks->file, now - due, min_t(u64, nr - 1, U32_MAX));
	}
	/* Recording takes time, too. */
	hrtimer_set_expires(timer, ns_to_ktime(tick_times_next(&cpu->times, ktime_get_ns())));
	return HRTIMER_RESTART;
}

/* On the CPU itself. */
static void start_here(void *data)
{
	struct trace_ticks *ticks = data;
	struct tick_cpu *cpu = this_cpu_ptr(ticks->cpus);
	u64 now = ktime_get_ns();

	tick_times_begin(&cpu->times, ticks->hz, now);
	hrtimer_start(&cpu->timer, ns_to_ktime(tick_times_next(&cpu->times, now)), TIMER_MODE);
}

static int cpu_comes(unsigned int cpu, struct hlist_node *node)
{
	struct trace_ticks *ticks = hlist_entry(node, struct trace_ticks, node);

	if (cpumask_test_cpu(cpu, &ticks->on))
		start_here(ticks);
	return 0;
}

/* Else the timer would be moved to another CPU. */
static int cpu_goes(unsigned int cpu, struct hlist_node *node)
{
	struct trace_ticks *ticks = hlist_entry(node, struct trace_ticks, node);

	hrtimer_cancel(&per_cpu_ptr(ticks->cpus, cpu)->timer);
	return 0;
}

/* Those that run begin anew. */
static void run_on(struct trace_ticks *ticks, const struct cpumask *on)
{
	int cpu;

	cpus_read_lock();
	for_each_cpu(cpu, &ticks->on)
		hrtimer_cancel(&per_cpu_ptr(ticks->cpus, cpu)->timer);
	ticks->hz = ticks->file->tr->ticks_hz;
	/* A mask from user space has bits for CPUs that there are not. */
	cpumask_and(&ticks->on, on, cpu_possible_mask);
	on_each_cpu_mask(&ticks->on, start_here, ticks, true);
	cpus_read_unlock();
}

static void ticks_destroy(struct trace_ticks *ticks)
{
	free_percpu(ticks->cpus);
	kfree(ticks);
}

static struct trace_ticks *ticks_create(struct event_file *file)
{
	struct trace_ticks *ticks = kzalloc(sizeof(*ticks), GFP_KERNEL);
	struct tick_cpu *part;
	int cpu;

	if (!ticks)
		return NULL;
	ticks->file = file;
	ticks->cpus = alloc_percpu(struct tick_cpu);
	if (!ticks->cpus) {
		kfree(ticks);
		return NULL;
	}
	for_each_possible_cpu(cpu) {
		part = per_cpu_ptr(ticks->cpus, cpu);
		part->ticks = ticks;
		hrtimer_init(&part->timer, CLOCK_MONOTONIC, TIMER_MODE);
		part->timer.function = tick_expired;
	}
	return ticks;
}

/**
 * ticks_attach - have the timers of a trace run
 * @file: the event tick of the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM.
 */
int ticks_attach(struct event_file *file)
{
	struct trace_ticks *ticks = ticks_create(file);
	int err;

	if (!ticks)
		return -ENOMEM;
	err = cpuhp_state_add_instance_nocalls(cpuhp_state, &ticks->node);
	if (err) {
		ticks_destroy(ticks);
		return err;
	}
	file->tr->ticks = ticks;
	run_on(ticks, &file->tr->cpus);
	return 0;
}

/**
 * ticks_detach - undo ticks_attach(); when it returns no timer of the trace runs
 * @file: the event tick of the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void ticks_detach(struct event_file *file)
{
	struct trace_ticks *ticks = file->tr->ticks;

	run_on(ticks, cpu_none_mask);
	cpuhp_state_remove_instance_nocalls(cpuhp_state, &ticks->node);
	file->tr->ticks = NULL;
	ticks_destroy(ticks);
}

/**
 * ticks_changed - the rate of a trace's ticks has, or where they are wanted
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void ticks_changed(struct fnt_trace *tr)
{
	if (tr->ticks)
		run_on(tr->ticks, &tr->cpus);
}

/**
 * tick_events_show - print how many ticks there were since the event was switched on
 * @tr: the trace
 * @m: receives it
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void tick_events_show(const struct fnt_trace *tr, struct seq_file *m)
{
	const struct tick_cpu *part;
	int cpu;

	seq_puts(m, "# cpu      expiries      overruns   latest(us)\n");
	if (!tr->ticks)
		return;
	for_each_possible_cpu(cpu) {
		part = per_cpu_ptr(tr->ticks->cpus, cpu);
		if (part->expiries || cpumask_test_cpu(cpu, &tr->ticks->on))
			seq_printf(m, "%5d %13llu %13llu %12llu\n", cpu,
				   READ_ONCE(part->expiries), READ_ONCE(part->overruns),
				   READ_ONCE(part->latest) / NSEC_PER_USEC);
	}
}

/**
 * ticks_init - prepare for ticks
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -ENOMEM or -ENOSPC.
 */
int ticks_init(void)
{
	int state = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "fntrace:ticks", cpu_comes,
					    cpu_goes);

	if (state < 0)
		return state;
	cpuhp_state = state;
	return 0;
}

/**
 * ticks_exit - undo ticks_init()
 *
 * Context: process, may sleep; no trace wants ticks.
 */
void ticks_exit(void)
{
	cpuhp_remove_multi_state(cpuhp_state);
}
