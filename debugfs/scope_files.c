// SPDX-License-Identifier: GPL-2.0
/*
 * set_ftrace_cgroup, set_ftrace_pidns and set_ftrace_syscall: what tasks have to be in to be
 * traced. Empty while that does not matter.
 */

#include "debugfs/files.h"

#include <linux/bitmap.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/unistd.h>
#include <trace/syscall.h>

#include "core/events.h"

/* Of the longest name of an event of a system call. */
#define NAME_LEN 64

static const struct scope *scope_of(const struct fnt_trace *tr, enum scope_kind kind)
{
	return pids_scope(&tr->pids, kind);
}

/* A scope, or an error pointer, becomes what is set. */
static int set_scope(struct fnt_trace *tr, enum scope_kind kind, struct scope *scope)
{
	int err;

	if (IS_ERR(scope))
		return PTR_ERR(scope);
	trace_lock();
	err = trace_set_scope(tr, kind, scope);
	trace_unlock();
	return err;
}

/* The next word of a command; *at is left behind it. False at the end, or if it is longer. */
static bool next_word(const char **at, char *word, size_t size)
{
	size_t len = strcspn(skip_spaces(*at), " \t\n");

	*at = skip_spaces(*at);
	if (!len || len >= size)
		return false;
	memcpy(word, *at, len);
	word[len] = '\0';
	*at += len;
	return true;
}

SHOW(set_cgroup_show)
{
	const struct scope *scope;

	trace_lock();
	scope = scope_of(file->tr, SCOPE_CGROUP);
	if (scope)
		seq_printf(m, "%s\n", scope->path);
	trace_unlock();
	return 0;
}

STORE(set_cgroup_store)
{
	int err = set_scope(file->tr, SCOPE_CGROUP, *cmd ? scope_of_cgroup(cmd) : NULL);

	if (err == -ENOENT || err == -ENOTDIR) {
		error->what = "No such cgroup of version 2";
		return -EINVAL;
	}
	return err;
}

SHOW(set_pidns_show)
{
	const struct scope *scope;
	unsigned long number;

	trace_lock();
	scope = scope_of(file->tr, SCOPE_PIDNS);
	if (scope) {
		seq_printf(m, "pid:[%u]", scope->ns->ns.inum);
		if (scope->numbers)
			for_each_set_bit(number, scope->numbers, PID_MAX_LIMIT)
				seq_printf(m, " %lu", number);
		seq_putc(m, '\n');
	}
	trace_unlock();
	return 0;
}

/* By its number, as a link in /proc shows it, or as that of a task. */
static struct pid_namespace *read_namespace(const char *word, struct tree_error *error)
{
	struct pid_namespace *ns = NULL;
	unsigned int inum, pid;
	char end;

	error->what = "No such task, or no task in such a namespace";
	if (sscanf(word, "pid:[%u%c", &inum, &end) == 2 && end == ']')
		ns = pidns_numbered(inum);
	else if (!kstrtouint(word, 10, &pid) && pid < PID_MAX_LIMIT)
		ns = pidns_of_task(pid);
	else
		error->what = "Neither a pid nor pid:[NUMBER]";
	return ns;
}

static int read_pids(const char *cmd, const char *at, unsigned long *numbers,
		     struct tree_error *error)
{
	unsigned int number;
	char word[24];

	while (next_word(&at, word, sizeof(word))) {
		if (kstrtouint(word, 10, &number) || !number || number >= PID_MAX_LIMIT) {
			error->pos = at - strlen(word) - cmd;
			error->what = "No task can have this number";
			return -EINVAL;
		}
		__set_bit(number, numbers);
	}
	if (!*at)
		return 0;
	error->pos = at - cmd;
	error->what = "No task can have this number";
	return -EINVAL;
}

static struct scope *read_pidns(const char *cmd, struct tree_error *error)
{
	unsigned long *numbers = NULL;
	struct scope *scope = NULL;
	struct pid_namespace *ns;
	const char *at = cmd;
	char word[32] = "";
	int err = 0;

	next_word(&at, word, sizeof(word));
	ns = read_namespace(word, error);
	if (!ns)
		return ERR_PTR(-EINVAL);
	error->what = NULL;
	if (*at) {
		numbers = kvcalloc(BITS_TO_LONGS(PID_MAX_LIMIT), sizeof(*numbers), GFP_KERNEL);
		err = numbers ? read_pids(cmd, at, numbers, error) : -ENOMEM;
	}
	if (!err)
		scope = scope_of_pidns(ns, numbers);
	if (!err && !IS_ERR(scope))
		return scope;
	put_pid_ns(ns);
	kvfree(numbers);
	return err ? ERR_PTR(err) : scope;
}

STORE(set_pidns_store)
{
	return set_scope(file->tr, SCOPE_PIDNS, *cmd ? read_pidns(cmd, error) : NULL);
}

/* The number of a system call by the name that it has in events/syscalls. */
static int syscall_named(const char *name)
{
	const struct syscall_metadata *meta;
	const struct event_def *event;
	char entry[NAME_LEN];

	snprintf(entry, sizeof(entry), "sys_enter_%s", name);
	event = events_named("syscalls", entry);
	if (!event)
		return -ENOENT;
	meta = event->call->data;
	return meta->syscall_nr;
}

static void show_syscall(struct seq_file *m, unsigned int nr)
{
	const struct syscall_metadata *meta;
	const struct event_def *event;

	for (event = events_next(NULL); event; event = events_next((struct event_def *)event)) {
		if (event->origin != EVENT_OF_SYSCALL_ENTRY)
			continue;
		meta = event->call->data;
		if (meta->syscall_nr != nr)
			continue;
		seq_printf(m, "%s\n", event->name + strlen("sys_enter_"));
		return;
	}
	seq_printf(m, "%u\n", nr);
}

SHOW(set_syscall_show)
{
	const struct scope *scope;
	unsigned long nr;

	trace_lock();
	events_lock();
	scope = scope_of(file->tr, SCOPE_SYSCALL);
	if (scope)
		for_each_set_bit(nr, scope->syscalls, NR_syscalls)
			show_syscall(m, nr);
	events_unlock();
	trace_unlock();
	return 0;
}

/* Each word takes a call in, or out. */
static int read_syscalls(const char *cmd, unsigned long *syscalls, struct tree_error *error)
{
	const char *at = cmd, *name;
	char word[NAME_LEN];
	unsigned int nr;
	int found;

	while (next_word(&at, word, sizeof(word))) {
		name = word + (*word == '!');
		found = kstrtouint(name, 10, &nr) ? syscall_named(name) :
			nr < NR_syscalls ? (int)nr : -ENOENT;
		if (found < 0) {
			error->pos = at - strlen(name) - cmd;
			error->what = "No such system call";
			return -EINVAL;
		}
		if (*word == '!')
			__clear_bit(found, syscalls);
		else
			__set_bit(found, syscalls);
	}
	error->pos = at - cmd;
	error->what = *at ? "No such system call" : NULL;
	return *at ? -EINVAL : 0;
}

STORE(set_syscall_store)
{
	DECLARE_BITMAP(syscalls, NR_syscalls) = { };
	struct scope *scope = NULL;
	const struct scope *old;
	int err;

	/* Clients write a space. */
	if (!*cmd)
		return 0;
	trace_lock();
	old = scope_of(file->tr, SCOPE_SYSCALL);
	if (old)
		bitmap_copy(syscalls, old->syscalls, NR_syscalls);
	events_lock();
	err = read_syscalls(cmd, syscalls, error);
	events_unlock();
	if (!err && !bitmap_empty(syscalls, NR_syscalls)) {
		scope = scope_of_syscalls(syscalls);
		err = PTR_ERR_OR_ZERO(scope);
	}
	if (!err)
		err = trace_set_scope(file->tr, SCOPE_SYSCALL, scope);
	trace_unlock();
	return err;
}

/**
 * set_syscall_truncate - it does not matter what system call a task is in: the file was
 *                        opened with O_TRUNC
 * @file: the file
 *
 * Context: process, may sleep.
 * Return: 0; what trace_set_scope() returned.
 */
int set_syscall_truncate(const struct tree_file *file)
{
	return set_scope(file->tr, SCOPE_SYSCALL, NULL);
}
