// SPDX-License-Identifier: GPL-2.0
/*
 * set_ftrace_pid and set_ftrace_notrace_pid: the tasks that are traced; set_event_pid
 * and set_event_notrace_pid: those whose events are recorded.
 */

#include "debugfs/files.h"

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

/**
 * struct pid_choice - what a file is about
 * @of_events: the choice of tasks whose events are recorded; else of those traced
 * @kind: the set of it
 * @none: what is shown if there is no set
 */
struct pid_choice {
	bool of_events;
	enum pids_kind kind;
	const char *none;
};

static const struct pid_choice set_pid = { false, PIDS_ONLY, "no pid\n" };
static const struct pid_choice set_notrace_pid = { false, PIDS_EXCEPT, "no pid\n" };
static const struct pid_choice set_event_pid = { true, PIDS_ONLY, "" };
static const struct pid_choice set_event_notrace_pid = { true, PIDS_EXCEPT, "" };

static const struct pids *pids_of(const struct fnt_trace *tr, const struct pid_choice *choice)
{
	return choice->of_events ? &tr->event_pids : &tr->pids;
}

static int set_pids(struct fnt_trace *tr, const struct pid_choice *choice, unsigned long *set)
{
	if (choice->of_events)
		return trace_set_event_pids(tr, choice->kind, set);
	return trace_set_pids(tr, choice->kind, set);
}

static int show_pids(struct seq_file *m, struct fnt_trace *tr, const struct pid_choice *choice)
{
	unsigned long *set, pid;

	trace_lock();
	if (!pids_are_set(pids_of(tr, choice), choice->kind)) {
		seq_puts(m, choice->none);
		trace_unlock();
		return 0;
	}
	set = pids_copy(pids_of(tr, choice), choice->kind);
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
static int store_pids(struct fnt_trace *tr, const struct pid_choice *choice, const char *cmd,
		      struct tree_error *error)
{
	unsigned long *set;
	int err;

	/* Clients write a space. */
	if (!*cmd)
		return 0;
	trace_lock();
	set = pids_copy(pids_of(tr, choice), choice->kind);
	err = set ? add_pids(set, cmd, error) : -ENOMEM;
	if (err)
		kvfree(set);
	else
		err = set_pids(tr, choice, set);
	trace_unlock();
	return err;
}

static int clear_pids(struct fnt_trace *tr, const struct pid_choice *choice)
{
	int err = 0;

	trace_lock();
	if (pids_are_set(pids_of(tr, choice), choice->kind))
		err = set_pids(tr, choice, NULL);
	trace_unlock();
	return err;
}

SHOW(set_pid_show)
{
	return show_pids(m, file->tr, &set_pid);
}

STORE(set_pid_store)
{
	return store_pids(file->tr, &set_pid, cmd, error);
}

/**
 * set_pid_truncate - trace all tasks: the file was opened with O_TRUNC
 * @file: the file
 *
 * Context: process, may sleep.
 * Return: 0; what trace_set_pids() returned.
 */
int set_pid_truncate(const struct tree_file *file)
{
	return clear_pids(file->tr, &set_pid);
}

SHOW(set_notrace_pid_show)
{
	return show_pids(m, file->tr, &set_notrace_pid);
}

STORE(set_notrace_pid_store)
{
	return store_pids(file->tr, &set_notrace_pid, cmd, error);
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
	return clear_pids(file->tr, &set_notrace_pid);
}

SHOW(set_event_pid_show)
{
	return show_pids(m, file->tr, &set_event_pid);
}

STORE(set_event_pid_store)
{
	return store_pids(file->tr, &set_event_pid, cmd, error);
}

/**
 * set_event_pid_truncate - record events of all tasks: the file was opened with O_TRUNC
 * @file: the file
 *
 * Context: process, may sleep.
 * Return: 0; what trace_set_event_pids() returned.
 */
int set_event_pid_truncate(const struct tree_file *file)
{
	return clear_pids(file->tr, &set_event_pid);
}

SHOW(set_event_notrace_pid_show)
{
	return show_pids(m, file->tr, &set_event_notrace_pid);
}

STORE(set_event_notrace_pid_store)
{
	return store_pids(file->tr, &set_event_notrace_pid, cmd, error);
}

/**
 * set_event_notrace_pid_truncate - leave out no task: the file was opened with O_TRUNC
 * @file: the file
 *
 * Context: process, may sleep.
 * Return: 0; what trace_set_event_pids() returned.
 */
int set_event_notrace_pid_truncate(const struct tree_file *file)
{
	return clear_pids(file->tr, &set_event_notrace_pid);
}
