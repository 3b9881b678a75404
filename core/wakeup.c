// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the tasks that wait for a CPU is watched. PURE: also compiled in user space.
 */

#include "core/wakeup.h"

#include <linux/compiler.h>
#include <linux/stddef.h>

/* Lower than any priority. */
#define NO_PRIO 0x7fffffff

/**
 * wakeup_watch_init - watch nobody yet
 * @watch: the watch
 * @class: of which tasks one may be watched
 *
 * Context: any.
 */
void wakeup_watch_init(struct wakeup_watch *watch, enum wakeup_class class)
{
	*watch = (struct wakeup_watch) { .class = class, .prio = NO_PRIO };
}

/**
 * wakeup_wants - is a task that was woken to be watched from now on?
 * @watch: the watch
 * @woken: the task
 * @current_prio: priority of the task that runs on the CPU that wakes it
 *
 * (v6.1: probe_wakeup() of kernel/trace/trace_sched_wakeup.c.)
 *
 * Context: any.
 * Return: true if it is of the class that is looked at, and comes before the one that is
 * watched and before the one that runs; one with a deadline always, and nobody before it.
 */
bool wakeup_wants(const struct wakeup_watch *watch, const struct wakeup_task *woken,
		  int current_prio)
{
	if (watch->dl || (watch->class == WAKEUP_DL && !woken->dl) ||
	    (watch->class == WAKEUP_RT && !woken->dl && !woken->rt))
		return false;
	return woken->dl || (woken->prio < watch->prio && woken->prio < current_prio);
}

/**
 * wakeup_begin - watch a task
 * @watch: the watch
 * @woken: the task; whoever was watched is not watched any more
 * @cpu: that it was woken to run on
 * @now: the time
 *
 * Context: any.
 */
void wakeup_begin(struct wakeup_watch *watch, const struct wakeup_task *woken,
		  unsigned int cpu, u64 now)
{
	watch->prio = woken->prio;
	watch->dl = woken->dl;
	watch->woken_cpu = cpu;
	watch->cpu = cpu;
	watch->since = now;
	/* Others look at it without a lock first. */
	WRITE_ONCE(watch->task, woken->task);
}

/**
 * wakeup_moves - a task waits for another CPU
 * @watch: the watch
 * @task: the task
 * @cpu: the CPU
 *
 * Context: any.
 * Return: true if it is the one that is watched.
 */
bool wakeup_moves(struct wakeup_watch *watch, const void *task, unsigned int cpu)
{
	if (!wakeup_is(watch, task))
		return false;
	watch->cpu = cpu;
	return true;
}

/**
 * wakeup_is - is it the task that is watched?
 * @watch: the watch
 * @task: the task
 *
 * Context: any.
 * Return: true if so.
 */
bool wakeup_is(const struct wakeup_watch *watch, const void *task)
{
	return task && READ_ONCE(watch->task) == task;
}

/**
 * wakeup_end - watch nobody
 * @watch: the watch
 *
 * Context: any.
 */
void wakeup_end(struct wakeup_watch *watch)
{
	wakeup_watch_init(watch, watch->class);
}
