// SPDX-License-Identifier: GPL-2.0
/*
 * Which tasks are traced. A CPU's flag says whether the task that runs on it is
 * chosen: it changes where the kernel switches from one task to the next, and where the
 * task enters or leaves what it has to be in, so that the way of an event looks at one byte.
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
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "core/tracepoints.h"

static struct tracepoint *tp_switch, *tp_fork, *tp_free, *tp_attach, *tp_enter, *tp_exit;

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
	/* Without these there are no scopes of that kind. */
	tp_attach = tracepoints_find("cgroup_attach_task");
	tp_enter = tracepoints_find("sys_enter");
	tp_exit = tracepoints_find("sys_exit");
	return tp_switch && tp_fork && tp_free ? 0 : -ENOENT;
}

static bool is_in(const unsigned long *set, int pid)
{
	return test_bit(pid, set);
}

static bool in_scopes(const struct pids *pids, const struct task_struct *task)
{
	const struct scope *scope;
	unsigned int kind;

	for (kind = 0; kind < SCOPE_KINDS; kind++) {
		scope = rcu_dereference_sched(pids->scopes[kind]);
		if (scope && !scope_holds(scope, task))
			return false;
	}
	return true;
}

/**
 * pids_chosen - is a task chosen?
 * @pids: the choice
 * @task: the task, which may be another than the current one
 *
 * Context: irq-safe, not NMI; RCU-sched is watching, as it is in probes of tracepoints.
 * Return: true if so.
 */
bool pids_chosen(const struct pids *pids, const struct task_struct *task)
{
	const unsigned long *only = rcu_dereference_sched(pids->sets[PIDS_ONLY]);
	const unsigned long *except = rcu_dereference_sched(pids->sets[PIDS_EXCEPT]);

	return (!only || is_in(only, task->pid)) && !(except && is_in(except, task->pid)) &&
	       in_scopes(pids, task);
}

static void probe_switch(void *data, bool preempt, struct task_struct *prev,
			 struct task_struct *next, unsigned int prev_state)
{
	struct pids *pids = data;

	__this_cpu_write(*pids->wanted, pids_chosen(pids, next));
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
			 pids_chosen(pids, prev) || pids_chosen(pids, next));
}

static void probe_before_wakeup(void *data, struct task_struct *task)
{
	struct pids *pids = data;

	if (pids_chosen(pids, task))
		__this_cpu_write(*pids->wanted, true);
}

static void probe_behind_wakeup(void *data, struct task_struct *task)
{
	struct pids *pids = data;

	__this_cpu_write(*pids->wanted, pids_chosen(pids, current));
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
	const struct pids *pids = data;
	struct scope *scope = rcu_dereference_sched(pids->scopes[SCOPE_SYSCALL]);

	if (scope)
		scope_forked(scope, child);
	follow(data, child, parent);
}

static void probe_free(void *data, struct task_struct *task)
{
	follow(data, task, NULL);
}

/* Interrupts are off from probe_switch() until the next task runs. */
static void look_at_current(void *data)
{
	struct pids *pids = data;

	__this_cpu_write(*pids->wanted, pids_chosen(pids, current));
}

/* Somebody else's task may have come into the group, or left it, while it runs. */
static void probe_attach(void *data, struct cgroup *group, const char *path,
			 struct task_struct *task, bool all_threads)
{
	const struct pids *pids = data;
	int cpu;

	/* One that is asked already has not looked yet. */
	for_each_online_cpu(cpu)
		smp_call_function_single_async(cpu, per_cpu_ptr(pids->asked, cpu));
}

static void probe_enter(void *data, struct pt_regs *regs, long id)
{
	struct pids *pids = data;
	struct scope *scope = rcu_dereference_sched(pids->scopes[SCOPE_SYSCALL]);
	unsigned long flags;

	if (!scope || !scope_entered(scope, id))
		return;
	local_irq_save(flags);
	look_at_current(pids);
	local_irq_restore(flags);
}

static void probe_exit(void *data, struct pt_regs *regs, long ret)
{
	struct pids *pids = data;
	struct scope *scope = rcu_dereference_sched(pids->scopes[SCOPE_SYSCALL]);
	unsigned long flags;

	if (!scope || !scope_left(scope))
		return;
	local_irq_save(flags);
	look_at_current(pids);
	local_irq_restore(flags);
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
	pids->asked = alloc_percpu(call_single_data_t);
	if (!pids->wanted || !pids->asked) {
		pids_exit(pids);
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu) {
		bool *wanted = per_cpu_ptr(pids->wanted, cpu);

		*wanted = true;
		INIT_CSD(per_cpu_ptr(pids->asked, cpu), look_at_current, pids);
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

static int watch_these(struct pids *pids, const struct watched *watched, unsigned int nr)
{
	unsigned int i;
	int err;

	for (i = 0; i < nr; i++) {
		err = watched[i].tp ? tracepoint_probe_register_prio(watched[i].tp,
								     watched[i].probe, pids,
								     watched[i].prio) : -ENOENT;
		if (err) {
			unwatch(pids, watched, i);
			return err;
		}
	}
	return 0;
}

static int watch(struct pids *pids)
{
	struct watched watched[WATCHED_MAX];
	int err = 0;

	if (!pids->watching)
		err = watch_these(pids, watched, watched_by(pids, watched));
	pids->watching = !err;
	return err;
}

static void watch_no_more(struct pids *pids)
{
	struct watched watched[WATCHED_MAX];

	if (!pids->watching)
		return;
	unwatch(pids, watched, watched_by(pids, watched));
	pids->watching = false;
}

/* A CPU that comes begins with its idle task. */
static void look_at_all(struct pids *pids)
{
	int cpu;

	cpus_read_lock();
	for_each_possible_cpu(cpu) {
		preempt_disable();
		if (!cpu_online(cpu))
			*per_cpu_ptr(pids->wanted, cpu) = pids_chosen(pids, &init_task);
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

	for (kind = 0; kind < SCOPE_KINDS; kind++)
		pids_set_scope(pids, kind, NULL);
	watch_no_more(pids);
	for (kind = 0; kind < PIDS_KINDS; kind++)
		kvfree(rcu_dereference_protected(pids->sets[kind], true));
	free_percpu(pids->asked);
	free_percpu(pids->wanted);
	memset(pids, 0, sizeof(*pids));
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

/* What tells that a task enters or leaves a scope; switches tell of all kinds. */
static unsigned int watched_for(enum scope_kind kind, struct watched *watched)
{
	switch (kind) {
	case SCOPE_CGROUP:
		watched[0] = (struct watched) { tp_attach, probe_attach, TRACEPOINT_DEFAULT_PRIO };
		return 1;
	case SCOPE_SYSCALL:
		watched[0] = (struct watched) { tp_enter, probe_enter, TRACEPOINT_DEFAULT_PRIO };
		watched[1] = (struct watched) { tp_exit, probe_exit, TRACEPOINT_DEFAULT_PRIO };
		return 2;
	default:
		return 0;
	}
}

static int watch_scope(struct pids *pids, enum scope_kind kind)
{
	struct watched watched[2];
	int err = watch(pids);

	if (!err)
		err = watch_these(pids, watched, watched_for(kind, watched));
	if (err && !pids_choosy(pids))
		watch_no_more(pids);
	return err;
}

static void unwatch_scope(struct pids *pids, enum scope_kind kind)
{
	struct watched watched[2];

	unwatch(pids, watched, watched_for(kind, watched));
	if (!pids_choosy(pids))
		watch_no_more(pids);
}

/**
 * pids_set_scope - have tasks chosen only while they are in something
 * @pids: the choice
 * @kind: what kind of thing
 * @scope: what; NULL for anything, which cannot fail
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0, and @scope is taken over; -ENOENT if the kernel lacks a tracepoint; what
 * tracepoint_probe_register() returned.
 */
int pids_set_scope(struct pids *pids, enum scope_kind kind, struct scope *scope)
{
	struct scope *old = rcu_dereference_protected(pids->scopes[kind], true);
	int err = scope && !old ? watch_scope(pids, kind) : 0;

	if (err || scope == old)
		return err;
	rcu_assign_pointer(pids->scopes[kind], scope);
	if (!scope)
		unwatch_scope(pids, kind);
	/* Behind what was asked of other CPUs before. */
	look_at_all(pids);
	synchronize_rcu();
	scope_destroy(old);
	return 0;
}

/**
 * pids_scope - what tasks have to be in
 * @pids: the choice
 * @kind: what kind of thing
 *
 * Context: process; tracer_mutex held.
 * Return: what; NULL for anything.
 */
const struct scope *pids_scope(const struct pids *pids, enum scope_kind kind)
{
	return rcu_dereference_protected(pids->scopes[kind], true);
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
 * pids_choosy - does the choice depend on any set, or scope?
 * @pids: the choice
 *
 * Context: any.
 * Return: true if so; else all tasks are chosen.
 */
bool pids_choosy(const struct pids *pids)
{
	unsigned int kind;

	for (kind = 0; kind < SCOPE_KINDS; kind++)
		if (rcu_access_pointer(pids->scopes[kind]))
			return true;
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
