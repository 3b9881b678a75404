/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_WAKEUP_H
#define FNT_CORE_WAKEUP_H

/*
 * Which of the tasks that wait for a CPU is watched: the one with the highest priority, as
 * the kernel's own wakeup tracers have it. PURE.
 */

#include <linux/types.h>

/* Of which tasks wake-ups are looked at. */
enum wakeup_class { WAKEUP_ALL, WAKEUP_RT, WAKEUP_DL };

/**
 * struct wakeup_task - what has to be known of a task
 * @task: which it is; no other has it until it has run
 * @prio: its priority, 0 the highest
 * @rt: it is scheduled before all usual tasks
 * @dl: it has a deadline
 */
struct wakeup_task {
	const void *task;
	int prio;
	bool rt;
	bool dl;
};

/**
 * struct wakeup_watch - the task that is watched
 * @class: of which tasks one may be watched
 * @task: it; NULL if there is none
 * @prio: its priority
 * @dl: it has a deadline: no other will be watched before it has run
 * @woken_cpu: CPU that it was woken to run on
 * @cpu: CPU that it waits for now
 * @since: time at which it was woken
 */
struct wakeup_watch {
	enum wakeup_class class;
	const void *task;
	int prio;
	bool dl;
	unsigned int woken_cpu;
	unsigned int cpu;
	u64 since;
};

void wakeup_watch_init(struct wakeup_watch *watch, enum wakeup_class class);
bool wakeup_wants(const struct wakeup_watch *watch, const struct wakeup_task *woken,
		  int current_prio);
void wakeup_begin(struct wakeup_watch *watch, const struct wakeup_task *woken,
		  unsigned int cpu, u64 now);
bool wakeup_moves(struct wakeup_watch *watch, const void *task, unsigned int cpu);
bool wakeup_is(const struct wakeup_watch *watch, const void *task);
void wakeup_end(struct wakeup_watch *watch);

#endif
