// SPDX-License-Identifier: GPL-2.0
/*
 * A stack for every task, on which its calls are noted whose returns are hooked.
 *
 * The kernel has a place for it, task_struct.ret_stack, which it fills for new
 * tasks while its function_graph is in use, and frees with the task. Ours begin as
 * the kernel's and go on behind. Tasks may have the kernel's from an earlier time,
 * even with calls on it that have not returned: they get a copy. As nobody pushes
 * before all have theirs, what is copied can only become less.
 */

#include "patching/retstack_tasks.h"

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/suspend.h>
#include <linux/tracepoint.h>

#include "core/kabi.h"
#include "core/tracepoints.h"
#include "patching/patch.h"
#include "patching/retired.h"
#include "patching/retstack.h"

/* Stacks are allocated by so many, as nothing can be while tasks are walked. */
#define BATCH 32

/* Who puts a stack into a task. */
static DEFINE_RAW_SPINLOCK(install_lock);

static struct tracepoint *tp_newtask, *tp_switch;

/* From cpuhp_setup_state(). */
static int hotplug_state;

static bool is_ours(const struct ftrace_ret_stack *stack)
{
	return stack && ksize(stack) >= sizeof(struct retstack);
}

static struct retstack *stack_alloc(gfp_t gfp)
{
	return kzalloc(sizeof(struct retstack), gfp);
}

/*
 * Give a task a stack. Returns false, with *old to be freed later, if it had none of
 * ours; @stack is in use then.
 */
static bool install(struct task_struct *task, struct retstack *stack,
		    struct ftrace_ret_stack **old)
{
	unsigned long flags;
	bool had;

	raw_spin_lock_irqsave(&install_lock, flags);
	*old = task->ret_stack;
	had = is_ours(*old);
	if (!had) {
		if (*old) {
			memcpy(stack->frames, *old, sizeof(stack->frames));
		} else {
			atomic_set(&task->trace_overrun, 0);
			task->ftrace_timestamp = 0;
			task->curr_ret_stack = -1;
			task->curr_ret_depth = -1;
		}
		/* Pairs with the address dependency in retstack_begin(). */
		smp_store_release(&task->ret_stack, (struct ftrace_ret_stack *)stack);
	}
	raw_spin_unlock_irqrestore(&install_lock, flags);
	return !had;
}

/*
 * A task has been made, and does not run yet. The kernel has given it a stack of
 * its own size, or none if it did not know of us yet.
 */
static void probe_newtask(void *data, struct task_struct *task, unsigned long clone_flags)
{
	struct retstack *stack = stack_alloc(GFP_ATOMIC | __GFP_NOWARN);
	struct ftrace_ret_stack *old;

	if (!stack) {
		/* One that is too small must not stay. */
		old = task->ret_stack;
		task->ret_stack = NULL;
		kfree(old);
		return;
	}
	if (install(task, stack, &old))
		kfree(old);
	else
		kfree(stack);
}

/* What a task had before, which is freed when nobody can be reading it any more. */
struct old_stack {
	struct old_stack *next;
	struct ftrace_ret_stack *stack;
};

/**
 * struct installing - stacks on their way to tasks
 * @stacks: those to be given
 * @entries: one for each, to remember what it replaces
 * @nr: of them left
 * @old: what was replaced
 */
struct installing {
	struct retstack *stacks[BATCH];
	struct old_stack *entries[BATCH];
	unsigned int nr;
	struct old_stack *old;
};

static int fill(struct installing *to)
{
	while (to->nr < BATCH) {
		to->stacks[to->nr] = stack_alloc(GFP_KERNEL);
		to->entries[to->nr] = kzalloc(sizeof(*to->entries[0]), GFP_KERNEL);
		if (!to->stacks[to->nr] || !to->entries[to->nr]) {
			kfree(to->stacks[to->nr]);
			kfree(to->entries[to->nr]);
			return -ENOMEM;
		}
		to->nr++;
	}
	return 0;
}

/* Returns false if there is no stack left to give. */
static bool give(struct installing *to, struct task_struct *task)
{
	struct ftrace_ret_stack *old;

	if (is_ours(READ_ONCE(task->ret_stack)))
		return true;
	if (!to->nr)
		return false;
	if (install(task, to->stacks[to->nr - 1], &old)) {
		to->nr--;
		to->entries[to->nr]->stack = old;
		to->entries[to->nr]->next = to->old;
		to->old = to->entries[to->nr];
	}
	return true;
}

/* As many tasks as there are stacks for. Returns true if all have one. */
static bool give_tasks(struct installing *to)
{
	struct task_struct *process, *task;
	bool all = true;

	rcu_read_lock();
	for_each_process_thread(process, task) {
		all = give(to, task);
		if (!all)
			goto out;
	}
out:
	rcu_read_unlock();
	return all;
}

/*
 * Idle tasks are in no list. The kernel keeps the stack of each and gives it back
 * to the task when its CPU comes again.
 */
static int give_idle(struct installing *to)
{
	struct task_struct *task;
	int cpu, err = 0;

	cpus_read_lock();
	for_each_possible_cpu(cpu) {
		task = kabi_idle_task(cpu);
		err = fill(to);
		if (err)
			break;
		if (!task)
			continue;
		give(to, task);
		*per_cpu_ptr(kabi.idle_ret_stack, cpu) = task->ret_stack;
	}
	cpus_read_unlock();
	return err;
}

static int give_all(struct installing *to)
{
	int err = give_idle(to);
	bool all = false;

	while (!err && !all) {
		err = fill(to);
		if (!err)
			all = give_tasks(to);
	}
	return err;
}

/* The kernel's ways of returning may still be reading what a task had before. */
static void free_rest(struct installing *to)
{
	struct old_stack *entry, *next;

	patch_quiesce();
	for (entry = to->old; entry; entry = next) {
		next = entry->next;
		kfree(entry->stack);
		kfree(entry);
	}
	while (to->nr--) {
		kfree(to->stacks[to->nr]);
		kfree(to->entries[to->nr]);
	}
}

/*
 * A CPU comes: its idle task begins anew, and the kernel has forgotten what it had
 * not returned from when the CPU went (v6.1: init_idle()).
 */
static int cpu_comes(unsigned int cpu)
{
	const struct task_struct *task = kabi_idle_task(cpu);
	struct retstack *stack = task ? (struct retstack *)task->ret_stack : NULL;

	if (stack)
		memset(stack->states, 0, sizeof(stack->states));
	return 0;
}

/* A task that suspends the machine comes back elsewhere than it left. */
static int hibernating(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event == PM_HIBERNATION_PREPARE)
		pause_graph_tracing();
	else if (event == PM_POST_HIBERNATION)
		unpause_graph_tracing();
	return NOTIFY_DONE;
}

static struct notifier_block hibernation_nb = { .notifier_call = hibernating };

/**
 * retstack_tasks_begin - have every task get a stack, those that are made later too
 *
 * Context: process, may sleep; the kernel's function_graph is claimed.
 * Return: 0; -ENOMEM, -ENOENT if the kernel does not tell of new tasks.
 */
int retstack_tasks_begin(void)
{
	struct installing *to;
	int err;

	tp_newtask = tp_newtask ?: tracepoints_find("task_newtask");
	if (!tp_newtask)
		return -ENOENT;
	to = kzalloc(sizeof(*to), GFP_KERNEL);
	if (!to)
		return -ENOMEM;
	err = tracepoint_probe_register(tp_newtask, probe_newtask, NULL);
	if (err)
		goto out;
	err = give_all(to);
	free_rest(to);
	if (!err) {
		hotplug_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "fntrace:prepare",
							  cpu_comes, NULL);
		err = min(hotplug_state, 0);
	}
	if (err) {
		tracepoint_probe_unregister(tp_newtask, probe_newtask, NULL);
		tracepoint_synchronize_unregister();
	} else {
		register_pm_notifier(&hibernation_nb);
	}
out:
	kfree(to);
	return err;
}

/**
 * retstack_tasks_end - undo retstack_tasks_begin()
 *
 * Tasks keep their stacks: there may be calls on them, and the kernel can use them.
 *
 * Context: process, may sleep.
 */
void retstack_tasks_end(void)
{
	unregister_pm_notifier(&hibernation_nb);
	cpuhp_remove_state_nocalls(hotplug_state);
	tracepoint_probe_unregister(tp_newtask, probe_newtask, NULL);
	tracepoint_synchronize_unregister();
}

/* Call a function for the stack of every task. */
static void each_stack(void (*fn)(struct task_struct *task, struct retstack *stack,
				  unsigned int nr), unsigned int nr)
{
	struct task_struct *process, *task;
	int cpu;

	rcu_read_lock();
	for_each_process_thread(process, task)
		if (task->ret_stack)
			fn(task, (struct retstack *)task->ret_stack, nr);
	rcu_read_unlock();
	for_each_possible_cpu(cpu) {
		task = kabi_idle_task(cpu);
		if (task && task->ret_stack)
			fn(task, (struct retstack *)task->ret_stack, nr);
	}
}

static void clear_state(struct task_struct *task, struct retstack *stack, unsigned int nr)
{
	memset(stack->states[nr], 0, sizeof(stack->states[nr]));
}

/**
 * retstack_tasks_clear_state - a user comes
 * @nr: its number
 *
 * Context: process, may sleep; it pushes nothing yet.
 */
void retstack_tasks_clear_state(unsigned int nr)
{
	each_stack(clear_state, nr);
}

/* The task may be returning from them meanwhile. */
static void forget(struct task_struct *task, struct retstack *stack, unsigned int nr)
{
	int i, last = READ_ONCE(task->curr_ret_stack);
	unsigned long func;

	for (i = 0; i <= last && i < FTRACE_RETFUNC_DEPTH; i++) {
		func = READ_ONCE(stack->frames[i].func);
		if (!(func & RETSTACK_BIT(nr)))
			cmpxchg(&stack->frames[i].func, func, func | RETSTACK_BIT(nr));
	}
}

/**
 * retstack_tasks_forget - a user has gone: calls that it pushed are not its any more
 * @nr: its number
 *
 * Context: process, may sleep; it pushes nothing any more.
 */
void retstack_tasks_forget(unsigned int nr)
{
	each_stack(forget, nr);
}

/* Both stand still: one has just stopped running, the other is about to run. */
static void probe_switch(void *data, bool preempt, struct task_struct *prev,
			 struct task_struct *next, unsigned int prev_state)
{
	struct retstack *stack = (struct retstack *)prev->ret_stack;
	u64 now = ktime_get_mono_fast_ns();

	if (stack)
		stack->asleep_since = now;
	stack = (struct retstack *)next->ret_stack;
	if (stack && stack->asleep_since) {
		stack->slept += now - stack->asleep_since;
		stack->asleep_since = 0;
	}
}

static void wake(struct task_struct *task, struct retstack *stack, unsigned int nr)
{
	stack->asleep_since = 0;
}

/* retstack_watch_sleep(): who wants to know. */
static DEFINE_MUTEX(sleep_mutex);
static unsigned int sleep_watchers;

/**
 * retstack_watch_sleep - have it noted how long tasks do not run, or no more
 * @on: have it noted; each with one that is not is paired
 *
 * Context: process, may sleep; by a user of returns.
 * Return: 0; what tracepoint_probe_register() returned. 0 if @on is false.
 */
int retstack_watch_sleep(bool on)
{
	int err = 0;

	mutex_lock(&sleep_mutex);
	tp_switch = tp_switch ?: tracepoints_find("sched_switch");
	if (on && !sleep_watchers) {
		each_stack(wake, 0);
		err = tp_switch ? tracepoint_probe_register(tp_switch, probe_switch, NULL) :
				  -ENOENT;
	}
	if (!err)
		sleep_watchers += on ? 1 : -1;
	if (!on && !sleep_watchers) {
		tracepoint_probe_unregister(tp_switch, probe_switch, NULL);
		tracepoint_synchronize_unregister();
	}
	mutex_unlock(&sleep_mutex);
	return err;
}
