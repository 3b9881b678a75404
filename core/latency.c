// SPDX-License-Identifier: GPL-2.0
/*
 * The longest latency of a trace, and what was recorded while it lasted.
 */

#include "core/latency.h"

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "core/snapshot.h"

#define TAKE_TRIES 4

/**
 * struct latency - what such a trace has beside its buffers
 * @aside: where rings are put aside
 * @serial: number of the last that was
 * @epoch: number of times that it was said what is long
 * @rounds: times that all CPUs were to put theirs aside
 * @followed: how many of them a CPU has taken part in
 * @held: what a CPU's last events are about, which are to be put aside; its @ns is 0 if
 *        there is nothing
 * @options: of the trace, before
 */
struct latency {
	struct trace_buffer aside;
	atomic64_t serial;
	u64 epoch;
	u64 rounds;
	u64 __percpu *followed;
	struct storage_facts __percpu *held;
	u64 options;
};

static void forget_facts(struct trace_buffer *buf)
{
	int cpu;

	for_each_possible_cpu(cpu)
		buffer_storage(buffer_part(buf, cpu)->rb)->facts.serial = 0;
}

/* All three have the same sizes, and nothing in them. */
static int prepare_buffers(struct fnt_trace *tr, struct latency *latency)
{
	int err;

	err = buffer_match(&latency->aside, &tr->buffer, BUFFER_ALL_CPUS) ?:
	      buffer_match(&tr->snapshot, &tr->buffer, BUFFER_ALL_CPUS);
	if (err)
		return err;
	buffer_clear(&tr->snapshot, BUFFER_ALL_CPUS);
	forget_facts(&tr->buffer);
	forget_facts(&latency->aside);
	forget_facts(&tr->snapshot);
	return 0;
}

/**
 * latency_begin - be ready to keep what takes longest
 * @tr: a trace whose tracer will look for it; its buffer has its full size
 *
 * The longest latency is 0 then. The snapshot is used for it.
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM, -EBUSY if a reader has mapped pages of the snapshot.
 */
int latency_begin(struct fnt_trace *tr)
{
	struct latency *latency = kzalloc(sizeof(*latency), GFP_KERNEL);
	int err;

	if (!latency)
		return -ENOMEM;
	latency->followed = alloc_percpu(u64);
	latency->held = alloc_percpu(struct storage_facts);
	err = latency->followed && latency->held ?
	      buffer_init(&latency->aside, tr->buffer.kb) : -ENOMEM;
	if (err)
		goto out_free;
	err = prepare_buffers(tr, latency);
	if (err)
		goto out_buffer;
	buffer_use_aside(&tr->buffer, &latency->aside);
	WRITE_ONCE(tr->max_ns, 0);
	latency->options = tr->options;
	trace_option_set(tr, "overwrite", true);
	trace_option_set(tr, "latency-format", true);
	tr->latency = latency;
	return 0;

out_buffer:
	buffer_exit(&latency->aside);
out_free:
	free_percpu(latency->held);
	free_percpu(latency->followed);
	kfree(latency);
	return err;
}

/**
 * latency_end - undo latency_begin()
 * @tr: the trace; nothing of its tracer runs any more
 *
 * How long it was stays.
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void latency_end(struct fnt_trace *tr)
{
	struct latency *latency = tr->latency;

	tr->latency = NULL;
	trace_option_set(tr, "overwrite", latency->options & TRACE_OPT_OVERWRITE);
	trace_option_set(tr, "latency-format", latency->options & PRINT_LATENCY);
	buffer_use_aside(&tr->buffer, NULL);
	buffer_exit(&latency->aside);
	free_percpu(latency->held);
	free_percpu(latency->followed);
	kfree(latency);
	snapshot_free(tr);
}

/**
 * latency_is_longer - is this to be kept?
 * @tr: the trace
 * @ns: how long it was
 *
 * Context: any, NMI-safe.
 * Return: true if it is longer than all before, or with tracing_thresh if it is not shorter
 * than that.
 */
bool latency_is_longer(const struct fnt_trace *tr, u64 ns)
{
	u64 thresh = READ_ONCE(tr->graph.thresh_ns);

	return thresh ? ns >= thresh : ns > READ_ONCE(tr->max_ns);
}

/**
 * latency_limit - what is not longer than that is not to be kept
 * @tr: the trace
 *
 * Context: any, NMI-safe.
 * Return: nanoseconds.
 */
u64 latency_limit(const struct fnt_trace *tr)
{
	u64 thresh = READ_ONCE(tr->graph.thresh_ns);

	return thresh ? thresh - 1 : READ_ONCE(tr->max_ns);
}

/**
 * latency_claim - have this be the longest
 * @tr: the trace
 * @ns: how long it was
 *
 * Several CPUs may have found one; each is that for which this returned true last.
 *
 * Context: any, NMI-safe.
 * Return: false if another is longer meanwhile.
 */
bool latency_claim(struct fnt_trace *tr, u64 ns)
{
	u64 max;

	do {
		max = READ_ONCE(tr->max_ns);
		if (!latency_is_longer(tr, ns))
			return false;
	} while (cmpxchg(&tr->max_ns, max, ns) != max);
	return true;
}

/**
 * latency_describe - whose it is
 * @facts: receives it
 * @task: the task
 *
 * Context: any; not NMI.
 */
void latency_describe(struct storage_facts *facts, const struct task_struct *task)
{
	facts->pid = task->pid;
	memcpy(facts->comm, task->comm, sizeof(facts->comm));
	/* Others' need RCU, which may not be watching. */
	facts->uid = task == current ? current_uid() : task_uid(task);
	facts->nice = task->static_prio - DEFAULT_PRIO;
	facts->policy = task->policy;
	facts->rt_priority = task->rt_priority;
}

static void keep(struct fnt_trace *tr, const struct storage_facts *facts, u64 epoch)
{
	struct latency *latency = tr->latency;
	struct storage *storage = buffer_storage(event_ring(tr));
	u64 serial = atomic64_inc_return(&latency->serial);

	storage->facts = *facts;
	storage->facts.epoch = epoch;
	WRITE_ONCE(storage->facts.serial, serial);
	buffer_put_aside(&tr->buffer, &latency->aside);
}

/**
 * latency_keep - put this CPU's events aside
 * @tr: the trace
 * @facts: what the last of them are about, but for the serial number
 *
 * Context: irq-safe, not NMI; interrupts off.
 */
void latency_keep(struct fnt_trace *tr, const struct storage_facts *facts)
{
	__this_cpu_write(tr->latency->held->ns, 0);
	keep(tr, facts, READ_ONCE(tr->latency->epoch));
}

/**
 * latency_hold - put this CPU's events aside, unless what they are about goes on
 * @tr: the trace
 * @facts: what they are about, but for the serial number; its to_ts is known
 *
 * latency_keep() follows if it does, latency_let_go() if something else begins.
 *
 * Context: irq-safe, not NMI; interrupts off.
 */
void latency_hold(struct fnt_trace *tr, const struct storage_facts *facts)
{
	struct storage_facts *held = this_cpu_ptr(tr->latency->held);

	*held = *facts;
	held->epoch = READ_ONCE(tr->latency->epoch);
}

/**
 * latency_let_go - what latency_hold() was told of does not go on
 * @tr: the trace
 *
 * From an NMI nothing is done: it may have interrupted who is at it.
 *
 * Context: any, NMI-safe; interrupts off.
 */
void latency_let_go(struct fnt_trace *tr)
{
	struct storage_facts *held = this_cpu_ptr(tr->latency->held);

	if (likely(!READ_ONCE(held->ns)) || in_nmi())
		return;
	keep(tr, held, held->epoch);
	held->ns = 0;
}

/**
 * latency_keep_everywhere - put the events of all CPUs aside
 * @tr: the trace
 * @facts: what the last of them are about, but for the serial number
 *
 * Those of other CPUs go when these record something, or when they are wanted: a ring
 * changes its place on its own CPU only. What these record in between is later, and not
 * shown.
 *
 * Context: irq-safe, not NMI; interrupts off; one at a time.
 */
void latency_keep_everywhere(struct fnt_trace *tr, const struct storage_facts *facts)
{
	struct latency *latency = tr->latency;

	WRITE_ONCE(latency->rounds, latency->rounds + 1);
	__this_cpu_write(*latency->followed, latency->rounds);
	latency_keep(tr, facts);
}

/* Take part in the last round. Interrupts are off. */
static void follow(struct fnt_trace *tr)
{
	struct latency *latency = tr->latency;
	u64 rounds = READ_ONCE(latency->rounds);

	if (__this_cpu_read(*latency->followed) == rounds)
		return;
	__this_cpu_write(*latency->followed, rounds);
	/* Not what it is about, but a part of it. */
	latency_keep(tr, &(const struct storage_facts) { .everywhere = true });
}

/**
 * latency_follow - put this CPU's events aside, if they are to be
 * @tr: the trace
 *
 * Before something is recorded for which latency_keep_everywhere() may be called.
 *
 * Context: any, NMI-safe; preemption off.
 */
void latency_follow(struct fnt_trace *tr)
{
	unsigned long flags;

	if (likely(__this_cpu_read(*tr->latency->followed) == READ_ONCE(tr->latency->rounds)))
		return;
	/* It may have interrupted who is at it. */
	if (in_nmi())
		return;
	raw_local_irq_save(flags);
	follow(tr);
	raw_local_irq_restore(flags);
}

static void follow_here(void *tr)
{
	latency_let_go(tr);
	follow(tr);
}

/**
 * latency_restart - it was said anew what is long
 * @tr: a trace whose tracer looks for it
 *
 * What is found from now on is shown, be it shorter than what was found before.
 *
 * Context: process; tracer_mutex held.
 */
void latency_restart(struct fnt_trace *tr)
{
	WRITE_ONCE(tr->latency->epoch, tr->latency->epoch + 1);
}

/*
 * Which of two is to be shown? Two CPUs that find one at the same time may keep them in
 * the other order.
 */
static bool is_better(const struct fnt_trace *tr, const struct storage_facts *facts,
		      const struct storage_facts *than)
{
	if (!facts->ns || !than->ns || facts->epoch != than->epoch)
		return facts->ns && (!than->ns || facts->epoch > than->epoch);
	return tr->graph.thresh_ns ? facts->serial > than->serial : facts->ns > than->ns;
}

/**
 * latency_take - have the snapshot be what was kept last
 * @tr: a trace whose tracer looks for it
 * @facts: receives what it is about; its serial is 0 if nothing was kept
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void latency_take(struct fnt_trace *tr, struct storage_facts *facts)
{
	const struct storage_facts *found;
	unsigned int tries = TAKE_TRIES;
	u64 rounds;
	int cpu;

	/* All of the same round, unless there is one after the other. */
	do {
		rounds = READ_ONCE(tr->latency->rounds);
		on_each_cpu(follow_here, tr, 1);
		for_each_possible_cpu(cpu)
			buffer_take_aside(&tr->snapshot, &tr->latency->aside, cpu);
	} while (rounds != READ_ONCE(tr->latency->rounds) && --tries);
	*facts = (struct storage_facts) { };
	for_each_possible_cpu(cpu) {
		found = &buffer_storage(buffer_part(&tr->snapshot, cpu)->rb)->facts;
		if (is_better(tr, found, facts))
			*facts = *found;
	}
}

/**
 * latency_clear - forget what was kept, but for how long it was
 * @tr: a trace whose tracer looks for it
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void latency_clear(struct fnt_trace *tr)
{
	struct latency *latency = tr->latency;
	int cpu;

	buffer_hold(&tr->buffer);
	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(latency->held, cpu)->ns, 0);
	buffer_clear(&latency->aside, BUFFER_ALL_CPUS);
	buffer_clear(&tr->snapshot, BUFFER_ALL_CPUS);
	forget_facts(&latency->aside);
	forget_facts(&tr->snapshot);
	buffer_release(&tr->buffer);
}

/**
 * latency_begin_anew - forget everything, how long it was, too
 * @tr: a trace whose tracer looks for it, and does not run
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void latency_begin_anew(struct fnt_trace *tr)
{
	trace_clear(tr, BUFFER_ALL_CPUS);
	latency_clear(tr);
	WRITE_ONCE(tr->max_ns, 0);
}
