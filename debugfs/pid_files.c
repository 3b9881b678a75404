// SPDX-License-Identifier: GPL-2.0
/*
 * set_ftrace_pid and set_ftrace_notrace_pid: the tasks that are traced.
 */

#include "debugfs/files.h"

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

static int show_pids(struct seq_file *m, struct fnt_trace *tr, enum pids_kind kind)
{
	unsigned long *set, pid;

	trace_lock();
	if (!pids_are_set(&tr->pids, kind)) {
		seq_puts(m, "no pid\n");
		trace_unlock();
		return 0;
	}
	set = pids_copy(&tr->pids, kind);
	trace_unlock();
	if (!set)
		return -ENOMEM;
	for_each_set_bit(pid, set, PID_MAX_LIMIT)
		seq_printf(m, "%lu\n", pid);
	kvfree(set);
	return 0;
}

/* Put the pids of a command into a set. */
static int add_pids(unsigned long *set, const char *cmd, struct tree_error *error)
{
	const char *at = cmd;
	unsigned long pid;
	char word[24];
	size_t len;
	int err;

	for (at = skip_spaces(at); *at; at = skip_spaces(at + len)) {
		for (len = 0; at[len] && !isspace(at[len]); len++)
			;
		error->pos = at - cmd;
		strscpy(word, at, min(len + 1, sizeof(word)));
		err = len < sizeof(word) ? kstrtoul(word, 0, &pid) : -EINVAL;
		if (err) {
			error->what = "Not a number";
			return -EINVAL;
		}
		if (pid >= PID_MAX_LIMIT) {
			error->what = "No task can have this number";
			return -EINVAL;
		}
		__set_bit(pid, set);
	}
	return 0;
}

/* All of them come into the set, or none. */
static int store_pids(struct fnt_trace *tr, enum pids_kind kind, const char *cmd,
		      struct tree_error *error)
{
	unsigned long *set;
	int err;

	/* Clients write a space. */
	if (!*cmd)
		return 0;
	trace_lock();
	set = pids_copy(&tr->pids, kind);
	err = set ? add_pids(set, cmd, error) : -ENOMEM;
	if (err)
		kvfree(set);
	else
		err = trace_set_pids(tr, kind, set);
	trace_unlock();
	return err;
}

static int clear_pids(struct fnt_trace *tr, enum pids_kind kind)
{
	int err = 0;

	trace_lock();
	if (pids_are_set(&tr->pids, kind))
		err = trace_set_pids(tr, kind, NULL);
	trace_unlock();
	return err;
}

SHOW(set_pid_show)
{
	return show_pids(m, file->tr, PIDS_ONLY);
}

STORE(set_pid_store)
{
	return store_pids(file->tr, PIDS_ONLY, cmd, error);
}

/**
 * set_pid_truncate - trace all tasks: set_ftrace_pid was opened with O_TRUNC
 * @file: the file
 *
 * Context: process, may sleep.
 * Return: 0; what trace_set_pids() returned.
 */
int set_pid_truncate(const struct tree_file *file)
{
	return clear_pids(file->tr, PIDS_ONLY);
}

SHOW(set_notrace_pid_show)
{
	return show_pids(m, file->tr, PIDS_EXCEPT);
}

STORE(set_notrace_pid_store)
{
	return store_pids(file->tr, PIDS_EXCEPT, cmd, error);
}

/**
 * set_notrace_pid_truncate - leave out no task: the file was opened with O_TRUNC
 * @file: the file
 *
 * Context: process, may sleep.
 * Return: 0; what trace_set_pids() returned.
 */
int set_notrace_pid_truncate(const struct tree_file *file)
{
	return clear_pids(file->tr, PIDS_EXCEPT);
}
