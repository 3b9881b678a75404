/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PIDS_H
#define FNT_CORE_PIDS_H

/* Which tasks are traced. */

#include <linux/smp.h>
#include <linux/threads.h>
#include <linux/types.h>

#include "core/scope.h"

struct task_struct;

/* What a set of tasks means. */
enum pids_kind { PIDS_ONLY, PIDS_EXCEPT, PIDS_KINDS };

/**
 * struct pids - a choice of tasks
 * @sets: bits by pid, PID_MAX_LIMIT of them; NULL if the choice does not depend
 *        on it
 * @scopes: what a task must be in, of each kind; NULL if the choice does not depend on it
 * @asked: per CPU: it is to look at its task again; while there is a cgroup
 * @wanted: per CPU: the task that runs there is chosen; true everywhere while there
 *          is no set
 * @follow: children of tasks in a set come into it, tasks that end leave it
 * @watching: probes are registered
 * @of_events: an event of a switch, or of a task being woken, is of either task's
 *
 * Changed under tracer_mutex, read by probes.
 */
struct pids {
	unsigned long __rcu *sets[PIDS_KINDS];
	struct scope __rcu *scopes[SCOPE_KINDS];
	call_single_data_t __percpu *asked;
	bool __percpu *wanted;
	bool follow;
	bool watching;
	bool of_events;
};

int pids_points_init(void);

int pids_init(struct pids *pids, bool of_events);
void pids_exit(struct pids *pids);

unsigned long *pids_copy(const struct pids *pids, enum pids_kind kind);
int pids_set(struct pids *pids, enum pids_kind kind, unsigned long *set);
int pids_set_scope(struct pids *pids, enum scope_kind kind, struct scope *scope);
const struct scope *pids_scope(const struct pids *pids, enum scope_kind kind);
bool pids_are_set(const struct pids *pids, enum pids_kind kind);
bool pids_choosy(const struct pids *pids);
bool pids_chosen(const struct pids *pids, const struct task_struct *task);
void pids_follow(struct pids *pids, bool follow);

#endif
