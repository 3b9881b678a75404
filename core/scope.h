/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_SCOPE_H
#define FNT_CORE_SCOPE_H

/* What a task can be in, beside having a pid: tasks that are not are not traced. */

#include <linux/types.h>

struct cgroup;
struct pid_namespace;
struct task_struct;

enum scope_kind { SCOPE_CGROUP, SCOPE_PIDNS, SCOPE_SYSCALL, SCOPE_KINDS };

/**
 * struct scope - one of them
 * @kind: which
 * @cgroup: of SCOPE_CGROUP: the task is in it or below it
 * @ns: of SCOPE_PIDNS: the task has a number there
 * @numbers: it is one of these, by bits; NULL for any
 * @syscalls: of SCOPE_SYSCALL: the task is in one of these calls, by bits
 * @inside: tasks that are, by bits of their pids
 * @path: of @cgroup, as it was written
 *
 * It stays as it is, but for @inside.
 */
struct scope {
	enum scope_kind kind;
	struct cgroup *cgroup;
	struct pid_namespace *ns;
	unsigned long *numbers;
	unsigned long *syscalls;
	unsigned long *inside;
	char path[];
};

struct scope *scope_of_cgroup(const char *path);
struct scope *scope_of_pidns(struct pid_namespace *ns, unsigned long *numbers);
struct scope *scope_of_syscalls(const unsigned long *syscalls);
void scope_destroy(struct scope *scope);

bool scope_holds(const struct scope *scope, const struct task_struct *task);
bool scope_entered(struct scope *scope, long syscall);
bool scope_left(struct scope *scope);
void scope_forked(struct scope *scope, const struct task_struct *child);

struct pid_namespace *pidns_of_task(int pid);
struct pid_namespace *pidns_numbered(unsigned int inum);

#endif
