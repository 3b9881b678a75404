// SPDX-License-Identifier: GPL-2.0
/*
 * The event gap: times in which nothing of this machine ran on a CPU. The hypervisor gave the
 * CPU to others, or the firmware took it.
 *
 * A thread on each CPU that is traced reads the time stamp counter again and again with
 * interrupts off: between two readings nothing of this machine can run but NMIs, which are
 * counted. So it is known, not guessed from something being late. The price is the CPU's time
 * while it looks, of each window the width, in slices with interrupts off.
 */

#include "tracers/event_source.h"

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/hardirq.h>
#include <linux/hrtimer.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/topology.h>

#include <asm/msr.h>

#include "core/event.h"
#include "core/kabi.h"
#include "core/ticks.h"
#include "core/trace.h"

/* Interrupts are off for so long at a time. */
#define SLICE_US 1000U

/**
 * struct gap_cpu - looking for gaps on a CPU
 * @gaps: whose they are
 * @thread: that looks; NULL where none does
 * @steal: the steal clock, when it was read last
 * @looked: how long it has looked, in TSC ticks
 * @nr: gaps
 * @total: their sum, in ns
 * @longest: of them, in ns
 * @with_nmis: others in which NMIs were handled, which are not in that sum
 * @stolen: while it looked, by the steal clock, in ns
 *
 * All that is counted is written by @thread alone.
 */
struct gap_cpu {
	struct trace_gaps *gaps;
	struct task_struct *thread;
	u64 steal;
	u64 looked;
	u64 nr;
	u64 total;
	u64 longest;
	u64 with_nmis;
	u64 stolen;
};

/**
 * struct trace_gaps - looking for the gaps of a trace
 * @node: among those that are told of CPUs that come and go
 * @file: the event of the trace
 * @on: CPUs that are looked at, or will be when they come; changed with cpus_read_lock()
 * @has_steal: there is a steal clock
 * @cpus: per CPU
 */
struct trace_gaps {
	struct hlist_node node;
	struct event_file *file;
	struct cpumask on;
	bool has_steal;
	struct gap_cpu __percpu *cpus;
};

static enum cpuhp_state cpuhp_state;

static unsigned int nr_nmis(void)
{
	return __this_cpu_read(irq_stat.__nmi_count);
}

static const struct gaps_settings *settings_of(const struct gap_cpu *cpu)
{
	return &cpu->gaps->file->tr->gaps_settings;
}

/* What the steal clock has gone on since it was asked last; -1 if there is none. */
static s64 steal_since(struct gap_cpu *cpu)
{
	u64 before = cpu->steal;

	if (!cpu->gaps->has_steal)
		return -1;
	cpu->steal = kabi_steal_ns(smp_processor_id());
	cpu->stolen += cpu->steal - before;
	return cpu->steal - before;
}

static void found(struct gap_cpu *cpu, u64 ns, unsigned int nmis)
{
	struct event_file *file = cpu->gaps->file;
	s64 steal = steal_since(cpu);
	struct trace_event_buffer fbuffer;
	struct event_gap *gap;

	if (nmis) {
		cpu->with_nmis++;
	} else {
		cpu->nr++;
		cpu->total += ns;
		cpu->longest = max(cpu->longest, ns);
	}
	preempt_disable_notrace();
	gap = event_record_reserve(&fbuffer, &file->native, sizeof(*gap));
	if (gap) {
		gap->duration = ns;
		gap->steal = steal;
		gap->nmis = nmis;
		event_record_commit(&fbuffer);
	}
	preempt_enable_notrace();
}

/*
 * Look for so many TSC ticks. NMIs are counted from before the one reading until behind the
 * other, so that none is overlooked.
 */
static void look(struct gap_cpu *cpu, u64 ticks, u64 thresh)
{
	unsigned int nmis, nmis_before;
	u64 first, last, now;

	local_irq_disable();
	/* What was stolen while nobody looked is of no interest. */
	if (cpu->gaps->has_steal)
		cpu->steal = kabi_steal_ns(smp_processor_id());
	nmis = nr_nmis();
	first = rdtsc_ordered();
	last = first;
	do {
		nmis_before = nmis;
		nmis = nr_nmis();
		now = rdtsc_ordered();
		if (unlikely(now - last > thresh)) {
			found(cpu, ticks_to_ns(now - last), nr_nmis() - nmis_before);
			nmis = nr_nmis();
			now = rdtsc_ordered();
		}
		last = now;
	} while (now - first < ticks);
	cpu->looked += now - first;
	steal_since(cpu);
	local_irq_enable();
}

/* A window: first looking, in slices, then sleep. */
static void look_and_sleep(struct gap_cpu *cpu)
{
	const struct gaps_settings *settings = settings_of(cpu);
	u64 start = ktime_get_ns(), spent = 0, width, window;
	ktime_t rest;

	do {
		width = READ_ONCE(settings->width) * (u64)NSEC_PER_USEC;
		look(cpu, ticks_below_ns(min_t(u64, width - spent, SLICE_US * NSEC_PER_USEC)),
		     ticks_below_ns(READ_ONCE(settings->thresh) * (u64)NSEC_PER_USEC));
		/* It may never sleep: who waits for RCU-tasks would wait for it. */
		cond_resched_tasks_rcu_qs();
		spent = ktime_get_ns() - start;
	} while (spent < width && !kthread_should_stop());
	window = READ_ONCE(settings->window) * (u64)NSEC_PER_USEC;
	if (spent >= window)
		return;
	rest = ns_to_ktime(window - spent);
	set_current_state(TASK_INTERRUPTIBLE);
	if (!kthread_should_stop())
		schedule_hrtimeout(&rest, HRTIMER_MODE_REL);
	__set_current_state(TASK_RUNNING);
}

static int look_until_stopped(void *data)
{
	while (!kthread_should_stop())
		look_and_sleep(data);
	return 0;
}

static int start_on(struct trace_gaps *gaps, unsigned int nr)
{
	struct gap_cpu *cpu = per_cpu_ptr(gaps->cpus, nr);
	struct task_struct *thread;

	thread = kthread_create_on_node(look_until_stopped, cpu, cpu_to_node(nr),
					"fntrace-gaps/%u", nr);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	kthread_bind(thread, nr);
	cpu->thread = thread;
	wake_up_process(thread);
	return 0;
}

static void stop_on(struct trace_gaps *gaps, unsigned int nr)
{
	struct gap_cpu *cpu = per_cpu_ptr(gaps->cpus, nr);

	if (cpu->thread)
		kthread_stop(cpu->thread);
	cpu->thread = NULL;
}

static int cpu_comes(unsigned int cpu, struct hlist_node *node)
{
	struct trace_gaps *gaps = hlist_entry(node, struct trace_gaps, node);

	if (cpumask_test_cpu(cpu, &gaps->on) && start_on(gaps, cpu))
		pr_warn("no memory to look for gaps on CPU %u\n", cpu);
	return 0;
}

static int cpu_goes(unsigned int cpu, struct hlist_node *node)
{
	stop_on(hlist_entry(node, struct trace_gaps, node), cpu);
	return 0;
}

/* On error no CPU is looked at. */
static int run_on(struct trace_gaps *gaps, const struct cpumask *on)
{
	int cpu, err = 0;

	cpus_read_lock();
	for_each_cpu(cpu, &gaps->on)
		stop_on(gaps, cpu);
	/* A mask from user space has bits for CPUs that there are not. */
	cpumask_and(&gaps->on, on, cpu_possible_mask);
	for_each_cpu_and(cpu, &gaps->on, cpu_online_mask) {
		err = start_on(gaps, cpu);
		if (err)
			break;
	}
	if (err) {
		for_each_cpu(cpu, &gaps->on)
			stop_on(gaps, cpu);
		cpumask_clear(&gaps->on);
	}
	cpus_read_unlock();
	return err;
}

static void gaps_destroy(struct trace_gaps *gaps)
{
	free_percpu(gaps->cpus);
	kfree(gaps);
}

static struct trace_gaps *gaps_create(struct event_file *file)
{
	struct trace_gaps *gaps = kzalloc(sizeof(*gaps), GFP_KERNEL);
	int cpu;

	if (!gaps)
		return NULL;
	gaps->file = file;
	gaps->has_steal = kabi_find_steal_clock();
	gaps->cpus = alloc_percpu(struct gap_cpu);
	if (!gaps->cpus) {
		kfree(gaps);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		per_cpu_ptr(gaps->cpus, cpu)->gaps = gaps;
	return gaps;
}

/**
 * gaps_attach - have gaps looked for
 * @file: the event gap of the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM; -EOPNOTSUPP if the rate of the time stamp counter is not known.
 */
int gaps_attach(struct event_file *file)
{
	struct trace_gaps *gaps;
	int err;

	if (!ticks_known())
		return -EOPNOTSUPP;
	gaps = gaps_create(file);
	if (!gaps)
		return -ENOMEM;
	err = cpuhp_state_add_instance_nocalls(cpuhp_state, &gaps->node);
	if (err)
		goto out;
	err = run_on(gaps, &file->tr->cpus);
	if (err) {
		cpuhp_state_remove_instance_nocalls(cpuhp_state, &gaps->node);
		goto out;
	}
	file->tr->gaps = gaps;
	return 0;

out:
	gaps_destroy(gaps);
	return err;
}

/**
 * gaps_detach - undo gaps_attach(); when it returns no thread of the trace is there
 * @file: the event gap of the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void gaps_detach(struct event_file *file)
{
	struct trace_gaps *gaps = file->tr->gaps;

	run_on(gaps, cpu_none_mask);
	cpuhp_state_remove_instance_nocalls(cpuhp_state, &gaps->node);
	file->tr->gaps = NULL;
	gaps_destroy(gaps);
}

/**
 * gaps_changed - the CPUs of a trace may have
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void gaps_changed(struct fnt_trace *tr)
{
	if (tr->gaps && !cpumask_equal(&tr->gaps->on, &tr->cpus) && run_on(tr->gaps, &tr->cpus))
		pr_warn("no memory to look for gaps: no CPU is looked at\n");
}

/**
 * gap_events_show - print the sums of gaps since the event was switched on
 * @tr: the trace
 * @m: receives it
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void gap_events_show(const struct fnt_trace *tr, struct seq_file *m)
{
	const struct gap_cpu *part;
	int cpu;

	if (tr->gaps && !tr->gaps->has_steal)
		seq_puts(m, "# no steal clock\n");
	seq_puts(m, "# cpu    looked(us)          gaps     total(us)   longest(us)     with-nmis     steal(us)\n");
	if (!tr->gaps)
		return;
	for_each_possible_cpu(cpu) {
		part = per_cpu_ptr(tr->gaps->cpus, cpu);
		if (!READ_ONCE(part->looked) && !cpumask_test_cpu(cpu, &tr->gaps->on))
			continue;
		seq_printf(m, "%5d %13llu %13llu %13llu %13llu %13llu ", cpu,
			   ticks_to_ns(READ_ONCE(part->looked)) / NSEC_PER_USEC,
			   READ_ONCE(part->nr), READ_ONCE(part->total) / NSEC_PER_USEC,
			   READ_ONCE(part->longest) / NSEC_PER_USEC, READ_ONCE(part->with_nmis));
		if (tr->gaps->has_steal)
			seq_printf(m, "%13llu\n", READ_ONCE(part->stolen) / NSEC_PER_USEC);
		else
			seq_printf(m, "%13s\n", "-");
	}
}

/**
 * gaps_init - prepare for looking for gaps
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -ENOMEM or -ENOSPC.
 */
int gaps_init(void)
{
	int state = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "fntrace:gaps", cpu_comes,
					    cpu_goes);

	if (state < 0)
		return state;
	cpuhp_state = state;
	return 0;
}

/**
 * gaps_exit - undo gaps_init()
 *
 * Context: process, may sleep; no trace wants gaps.
 */
void gaps_exit(void)
{
	cpuhp_remove_multi_state(cpuhp_state);
}
