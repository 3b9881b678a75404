// SPDX-License-Identifier: GPL-2.0
/*
 * What a task can be in: a cgroup, a pid namespace, a system call. It is asked at a switch to
 * the task, and when that changes otherwise; see pids.c.
 */

#include "core/scope.h"

#include <linux/bitmap.h>
#include <linux/cgroup.h>
#include <linux/compat.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/threads.h>

#include <asm/unistd.h>

static struct scope *scope_alloc(enum scope_kind kind, size_t path)
{
	struct scope *scope = kzalloc(struct_size(scope, path, path), GFP_KERNEL);

	if (scope)
		scope->kind = kind;
	return scope;
}

/**
 * scope_of_cgroup - a cgroup with all below it
 * @path: from the root of the hierarchy of version 2 on, as the writer sees it
 *
 * Context: process, may sleep.
 * Return: the scope; an error pointer with -ENOENT or -ENOTDIR if there is no such group,
 * -ENOMEM.
 */
struct scope *scope_of_cgroup(const char *path)
{
	struct cgroup *cgroup = cgroup_get_from_path(path);
	struct scope *scope;

	if (IS_ERR(cgroup))
		return ERR_CAST(cgroup);
	scope = scope_alloc(SCOPE_CGROUP, strlen(path) + 1);
	if (!scope) {
		cgroup_put(cgroup);
		return ERR_PTR(-ENOMEM);
	}
	scope->cgroup = cgroup;
	strcpy(scope->path, path);
	return scope;
}

/**
 * scope_of_pidns - a pid namespace with all below it, or some tasks there
 * @ns: the namespace, from pidns_of_task() or pidns_numbered(); taken over
 * @numbers: bits of the numbers that these have there, PID_MAX_LIMIT of them; NULL for all;
 *           taken over
 *
 * Context: process, may sleep.
 * Return: the scope; an error pointer with -ENOMEM: then nothing is taken over.
 */
struct scope *scope_of_pidns(struct pid_namespace *ns, unsigned long *numbers)
{
	struct scope *scope = scope_alloc(SCOPE_PIDNS, 0);

	if (!scope)
		return ERR_PTR(-ENOMEM);
	scope->ns = ns;
	scope->numbers = numbers;
	return scope;
}

/**
 * scope_of_syscalls - some system calls
 * @syscalls: bits of their numbers, NR_syscalls of them
 *
 * Nobody is in one of them yet: those count that begin from now on.
 *
 * Context: process, may sleep.
 * Return: the scope; an error pointer with -ENOMEM.
 */
struct scope *scope_of_syscalls(const unsigned long *syscalls)
{
	struct scope *scope = scope_alloc(SCOPE_SYSCALL, 0);

	if (!scope)
		return ERR_PTR(-ENOMEM);
	scope->syscalls = kcalloc(BITS_TO_LONGS(NR_syscalls), sizeof(*syscalls), GFP_KERNEL);
	scope->inside = kvcalloc(BITS_TO_LONGS(PID_MAX_LIMIT), sizeof(*scope->inside), GFP_KERNEL);
	if (!scope->syscalls || !scope->inside) {
		scope_destroy(scope);
		return ERR_PTR(-ENOMEM);
	}
	bitmap_copy(scope->syscalls, syscalls, NR_syscalls);
	return scope;
}

/**
 * scope_destroy - give a scope back
 * @scope: nobody asks it; may be NULL
 *
 * Context: process, may sleep.
 */
void scope_destroy(struct scope *scope)
{
	if (!scope)
		return;
	if (scope->cgroup)
		cgroup_put(scope->cgroup);
	if (scope->ns)
		put_pid_ns(scope->ns);
	kvfree(scope->numbers);
	kfree(scope->syscalls);
	kvfree(scope->inside);
	kfree(scope);
}

/* A task that has ended has no number any more. */
static bool in_namespace(const struct scope *scope, const struct task_struct *task)
{
	pid_t number = pid_nr_ns(READ_ONCE(task->thread_pid), scope->ns);

	return number && (!scope->numbers || test_bit(number, scope->numbers));
}

/**
 * scope_holds - is a task in it?
 * @scope: the scope
 * @task: the task
 *
 * Context: irq-safe, not NMI; RCU-sched is watching, as it is in probes of tracepoints.
 * Return: true if so.
 */
bool scope_holds(const struct scope *scope, const struct task_struct *task)
{
	switch (scope->kind) {
	case SCOPE_CGROUP:
		return cgroup_is_descendant(rcu_dereference_sched(task->cgroups)->dfl_cgrp,
					    scope->cgroup);
	case SCOPE_PIDNS:
		return in_namespace(scope, task);
	default:
		return test_bit(task->pid, scope->inside);
	}
}

/**
 * scope_entered - the current task has entered a system call
 * @scope: of SCOPE_SYSCALL
 * @syscall: its number
 *
 * Calls of 32-bit programs have other numbers, and do not count.
 *
 * Context: process; preemption off.
 * Return: true if it is one of those meant.
 */
bool scope_entered(struct scope *scope, long syscall)
{
	if ((unsigned long)syscall >= NR_syscalls || in_32bit_syscall() ||
	    !test_bit(syscall, scope->syscalls))
		return false;
	set_bit(current->pid, scope->inside);
	return true;
}

/**
 * scope_left - the current task leaves a system call
 * @scope: of SCOPE_SYSCALL
 *
 * Context: process; preemption off.
 * Return: true if it was one of those meant.
 */
bool scope_left(struct scope *scope)
{
	return test_and_clear_bit(current->pid, scope->inside);
}

/**
 * scope_forked - a task has been made, which is in no system call
 * @scope: of SCOPE_SYSCALL
 * @child: the task; the one that had its pid before may have ended in a call
 *
 * Context: irq-safe, not NMI.
 */
void scope_forked(struct scope *scope, const struct task_struct *child)
{
	clear_bit(child->pid, scope->inside);
}

static struct pid_namespace *pidns_get(struct task_struct *task)
{
	struct pid_namespace *ns = task ? task_active_pid_ns(task) : NULL;

	return ns ? get_pid_ns(ns) : NULL;
}

/**
 * pidns_of_task - the pid namespace that a task is in
 * @pid: of the task, in the initial namespace
 *
 * Context: process.
 * Return: the namespace, for scope_of_pidns() or put_pid_ns(); NULL if there is no such task.
 */
struct pid_namespace *pidns_of_task(int pid)
{
	struct pid_namespace *ns;

	rcu_read_lock();
	ns = pidns_get(pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID));
	rcu_read_unlock();
	return ns;
}

/**
 * pidns_numbered - a pid namespace by the number that it has in /proc/PID/ns/pid
 * @inum: the number
 *
 * Context: process.
 * Return: as of pidns_of_task(); NULL if no process is in it.
 */
struct pid_namespace *pidns_numbered(unsigned int inum)
{
	struct pid_namespace *ns = NULL;
	struct task_struct *task;

	rcu_read_lock();
	for_each_process(task) {
		ns = task_active_pid_ns(task);
		if (ns && ns->ns.inum == inum)
			break;
		ns = NULL;
	}
	if (ns)
		get_pid_ns(ns);
	rcu_read_unlock();
	return ns;
}
