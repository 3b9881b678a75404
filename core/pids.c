// SPDX-License-Identifier: GPL-2.0
/*
 * Which tasks are traced. A CPU's flag says whether the task that runs on it is
 * chosen: it changes where the kernel switches from one task to the next, so that
 * the way of an event looks at one byte.
 */

#include "core/pids.h"

#include <linux/bitmap.h>
#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "core/tracepoints.h"

static struct tracepoint *tp_switch, *tp_fork, *tp_free;

/* Those at which a task is woken. */
static const char *const wakeup_names[] = { "sched_waking", "sched_wakeup", "sched_wakeup_new" };
static struct tracepoint *tp_wakeups[ARRAY_SIZE(wakeup_names)];

/* Probes of events are called between the two. */
#define PRIO_BEFORE INT_MAX
#define PRIO_BEHIND 0

/**
 * pids_points_init - find what tells of tasks
 *
 * Context: process; once, at load.
 * Return: 0; -ENOENT if the kernel lacks a tracepoint.
 */
int pids_points_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tp_wakeups); i++) {
		tp_wakeups[i] = tracepoints_find(wakeup_names[i]);
		if (!tp_wakeups[i])
			return -ENOENT;
	}
	tp_switch = tracepoints_find("sched_switch");
	tp_fork = tracepoints_find("sched_process_fork");
	tp_free = tracepoints_find("sched_process_free");
	return tp_switch && tp_fork && tp_free ? 0 : -ENOENT;
}

static bool is_in(const unsigned long *set, int pid)
{
	return test_bit(pid, set);
}

/**
 * pids_chosen - is a task chosen?
 * @pids: the choice
 * @pid: of the task, which may be another than the current one
 *
 * Context: any; RCU-sched is watching, as it is in probes of tracepoints.
 * Return: true if so.
 */
bool pids_chosen(const struct pids *pids, int pid)
{
	const unsigned long *only = rcu_dereference_sched(pids->sets[PIDS_ONLY]);
	const unsigned long *except = rcu_dereference_sched(pids->sets[PIDS_EXCEPT]);

	return (!only || is_in(only, pid)) && !(except && is_in(except, pid));
}

static void probe_switch(void *data, bool preempt, struct task_struct *prev,
			 struct task_struct *next, unsigned int prev_state)
{
	struct pids *pids = data;

	__this_cpu_write(*pids->wanted, pids_chosen(pids, next->pid));
}

/*
 * An event that is about two tasks is recorded if one of them is chosen: before the
 * probes of events the CPU's flag is set for both, behind them for the one that runs.
 */
static void probe_before_switch(void *data, bool preempt, struct task_struct *prev,
				struct task_struct *next, unsigned int prev_state)
{
	struct pids *pids = data;

	__this_cpu_write(*pids->wanted,
			 pids_chosen(pids, prev->pid) || pids_chosen(pids, next->pid));
}

static void probe_before_wakeup(void *data, struct task_struct *task)
{
	struct pids *pids = data;

	if (pids_chosen(pids, task->pid))
		__this_cpu_write(*pids->wanted, true);
}

static void probe_behind_wakeup(void *data, struct task_struct *task)
{
	struct pids *pids = data;

	__this_cpu_write(*pids->wanted, pids_chosen(pids, current->pid));
}

/* Have a task come into the sets that its parent is in; without one, leave all. */
static void follow(struct pids *pids, const struct task_struct *task,
		   const struct task_struct *parent)
{
	unsigned long *set;
	unsigned int kind;

	if (!READ_ONCE(pids->follow))
		return;
	for (kind = 0; kind < PIDS_KINDS; kind++) {
		set = rcu_dereference_sched(pids->sets[kind]);
		if (set && !parent)
			clear_bit(task->pid, set);
		else if (set && is_in(set, parent->pid))
			set_bit(task->pid, set);
	}
}

static void probe_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	follow(data, child, parent);
}

static void probe_free(void *data, struct task_struct *task)
{
	follow(data, task, NULL);
}

/**
 * pids_init - all tasks are chosen
 * @pids: the choice
 * @of_events: it is of tasks whose events are recorded
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM.
 */
int pids_init(struct pids *pids, bool of_events)
{
	int cpu;

	memset(pids, 0, sizeof(*pids));
	pids->of_events = of_events;
	pids->wanted = alloc_percpu(bool);
	if (!pids->wanted)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		bool *wanted = per_cpu_ptr(pids->wanted, cpu);

		*wanted = true;
	}
	return 0;
}

/* What a choice has called, in the order in which it is registered. */
struct watched {
	struct tracepoint *tp;
	void *probe;
	int prio;
};

#define WATCHED_MAX (3 + 1 + 2 * ARRAY_SIZE(tp_wakeups))

static unsigned int watched_by(const struct pids *pids, struct watched *watched)
{
	unsigned int nr = 0, i;

	watched[nr++] = (struct watched) { tp_switch, probe_switch,
					   pids->of_events ? PRIO_BEHIND :
							     TRACEPOINT_DEFAULT_PRIO };
	watched[nr++] = (struct watched) { tp_fork, probe_fork, TRACEPOINT_DEFAULT_PRIO };
	watched[nr++] = (struct watched) { tp_free, probe_free, TRACEPOINT_DEFAULT_PRIO };
	if (!pids->of_events)
		return nr;
	watched[nr++] = (struct watched) { tp_switch, probe_before_switch, PRIO_BEFORE };
	for (i = 0; i < ARRAY_SIZE(tp_wakeups); i++) {
		watched[nr++] = (struct watched) { tp_wakeups[i], probe_before_wakeup,
						   PRIO_BEFORE };
		watched[nr++] = (struct watched) { tp_wakeups[i], probe_behind_wakeup,
						   PRIO_BEHIND };
	}
	return nr;
}

static void unwatch(struct pids *pids, const struct watched *watched, unsigned int nr)
{
	while (nr--)
		tracepoint_probe_unregister(watched[nr].tp, watched[nr].probe, pids);
	tracepoint_synchronize_unregister();
}

static int watch(struct pids *pids)
{
	struct watched watched[WATCHED_MAX];
	unsigned int nr = watched_by(pids, watched), i;
	int err;

	if (pids->watching)
		return 0;
	for (i = 0; i < nr; i++) {
		err = tracepoint_probe_register_prio(watched[i].tp, watched[i].probe, pids,
						     watched[i].prio);
		if (err) {
			unwatch(pids, watched, i);
			return err;
		}
	}
	pids->watching = true;
	return 0;
}

static void watch_no_more(struct pids *pids)
{
	struct watched watched[WATCHED_MAX];

	if (!pids->watching)
		return;
	unwatch(pids, watched, watched_by(pids, watched));
	pids->watching = false;
}

/* Interrupts are off from probe_switch() until the next task runs. */
static void look_at_current(void *data)
{
	struct pids *pids = data;

	__this_cpu_write(*pids->wanted, pids_chosen(pids, current->pid));
}

/* A CPU that comes begins with its idle task. */
static void look_at_all(struct pids *pids)
{
	int cpu;

	cpus_read_lock();
	for_each_possible_cpu(cpu) {
		preempt_disable();
		if (!cpu_online(cpu))
			*per_cpu_ptr(pids->wanted, cpu) = pids_chosen(pids, 0);
		preempt_enable();
	}
	on_each_cpu(look_at_current, pids, true);
	cpus_read_unlock();
}

/**
 * pids_exit - undo pids_init()
 * @pids: the choice
 *
 * Context: process, may sleep; nobody looks at @pids->wanted.
 */
void pids_exit(struct pids *pids)
{
	unsigned int kind;

	watch_no_more(pids);
	for (kind = 0; kind < PIDS_KINDS; kind++)
		kvfree(rcu_dereference_protected(pids->sets[kind], true));
	free_percpu(pids->wanted);
}

/**
 * pids_copy - a set of tasks to be changed
 * @pids: the choice
 * @kind: which set
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: a copy, empty if there is no such set, for pids_set() or kvfree(); NULL
 * without memory.
 */
unsigned long *pids_copy(const struct pids *pids, enum pids_kind kind)
{
	const unsigned long *set = rcu_dereference_protected(pids->sets[kind], true);
	size_t size = BITS_TO_LONGS(PID_MAX_LIMIT) * sizeof(*set);
	unsigned long *copy = kvzalloc(size, GFP_KERNEL);

	if (copy && set)
		memcpy(copy, set, size);
	return copy;
}

/**
 * pids_set - choose other tasks
 * @pids: the choice
 * @kind: which set
 * @set: what it becomes, from pids_copy(); NULL for none, which cannot fail
 *
 * Tasks that are made or end meanwhile may be missed.
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0, and @set is taken over; what tracepoint_probe_register() returned.
 */
int pids_set(struct pids *pids, enum pids_kind kind, unsigned long *set)
{
	unsigned long *old = rcu_dereference_protected(pids->sets[kind], true);
	int err = set ? watch(pids) : 0;

	if (err)
		return err;
	rcu_assign_pointer(pids->sets[kind], set);
	if (!pids_choosy(pids))
		watch_no_more(pids);
	look_at_all(pids);
	synchronize_rcu();
	kvfree(old);
	return 0;
}

/**
 * pids_are_set - does the choice depend on a set?
 * @pids: the choice
 * @kind: which set
 *
 * Context: any.
 * Return: true if so, be it empty.
 */
bool pids_are_set(const struct pids *pids, enum pids_kind kind)
{
	return rcu_access_pointer(pids->sets[kind]);
}

/**
 * pids_choosy - does the choice depend on any set?
 * @pids: the choice
 *
 * Context: any.
 * Return: true if so; else all tasks are chosen.
 */
bool pids_choosy(const struct pids *pids)
{
	return pids_are_set(pids, PIDS_ONLY) || pids_are_set(pids, PIDS_EXCEPT);
}

/**
 * pids_follow - have children come into the sets that their parents are in
 * @pids: the choice
 * @follow: have them, and have tasks that end leave them
 *
 * Context: any.
 */
void pids_follow(struct pids *pids, bool follow)
{
	WRITE_ONCE(pids->follow, follow);
}
