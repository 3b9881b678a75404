// SPDX-License-Identifier: GPL-2.0
/*
 * The events of system calls: all are made at the two tracepoints that every system
 * call goes through, one of the two at its entry and the other at its exit.
 */

#include "tracers/event_source.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include <asm/syscall.h>
#include <trace/syscall.h>

#include "core/event.h"
#include "core/trace.h"
#include "core/tracepoints.h"

/* Which events of a trace are attached, by the numbers of their system calls. */
struct syscall_events {
	unsigned int nr;
	struct event_file *files[NR_syscalls];
};

/*
 * tracer_mutex: of traces that want any, struct trace_syscalls for entry and exit; kept
 * in fnt_trace.syscalls.
 */
struct trace_syscalls {
	struct syscall_events entry;
	struct syscall_events exit;
};

static struct tracepoint *tp_enter, *tp_exit;

/* The kernel's own have the depth of its probe here, not that of the call. */
#define PROBE_DEPTH 1

static struct event_file *file_of(const struct syscall_events *events, long nr)
{
	return (unsigned long)nr < NR_syscalls ? READ_ONCE(events->files[nr]) : NULL;
}

/* As in the kernel: calls of 32-bit programs have other numbers, and are not told. */
static bool has_other_numbers(struct pt_regs *regs)
{
	return in_32bit_syscall();
}

static void probe_enter(void *data, struct pt_regs *regs, long id)
{
	const struct trace_syscalls *syscalls = data;
	struct event_syscall_enter *record;
	struct trace_event_buffer fbuffer;
	const struct syscall_metadata *meta;
	unsigned long args[6];
	struct event_file *file;
	long nr = syscall_get_nr(current, regs);

	file = has_other_numbers(regs) ? NULL : file_of(&syscalls->entry, nr);
	if (!file)
		return;
	meta = file->event->call->data;
	record = event_record_reserve(&fbuffer, &file->native,
				      struct_size(record, args, meta->nb_args));
	if (!record)
		return;
	record->ent.preempt_count += PROBE_DEPTH;
	record->nr = nr;
	syscall_get_arguments(current, regs, args);
	memcpy(record->args, args, sizeof(unsigned long) * meta->nb_args);
	event_record_commit(&fbuffer);
}

static void probe_exit(void *data, struct pt_regs *regs, long ret)
{
	const struct trace_syscalls *syscalls = data;
	struct event_syscall_exit *record;
	struct trace_event_buffer fbuffer;
	struct event_file *file;
	long nr = syscall_get_nr(current, regs);

	file = has_other_numbers(regs) ? NULL : file_of(&syscalls->exit, nr);
	if (!file)
		return;
	record = event_record_reserve(&fbuffer, &file->native, sizeof(*record));
	if (!record)
		return;
	record->ent.preempt_count += PROBE_DEPTH;
	record->nr = nr;
	record->ret = syscall_get_return_value(current, regs);
	event_record_commit(&fbuffer);
}

static int points_find(void)
{
	tp_enter = tp_enter ?: tracepoints_find("sys_enter");
	tp_exit = tp_exit ?: tracepoints_find("sys_exit");
	return tp_enter && tp_exit ? 0 : -ENOENT;
}

static struct trace_syscalls *syscalls_of(struct fnt_trace *tr)
{
	struct trace_syscalls *syscalls;

	if (!tr->syscalls) {
		syscalls = kvzalloc(sizeof(*syscalls), GFP_KERNEL);
		tr->syscalls = syscalls;
	}
	return tr->syscalls;
}

static bool is_entry(const struct event_file *file)
{
	return file->event->origin == EVENT_OF_SYSCALL_ENTRY;
}

static struct syscall_events *events_of(const struct event_file *file)
{
	struct trace_syscalls *syscalls = file->tr->syscalls;

	return is_entry(file) ? &syscalls->entry : &syscalls->exit;
}

static int number_of(const struct event_file *file)
{
	const struct syscall_metadata *meta = file->event->call->data;

	return meta->syscall_nr;
}

static int point_register(const struct event_file *file)
{
	if (is_entry(file))
		return tracepoint_probe_register(tp_enter, probe_enter, file->tr->syscalls);
	return tracepoint_probe_register(tp_exit, probe_exit, file->tr->syscalls);
}

/**
 * syscalls_attach - have a file be called at a system call
 * @file: the event of a trace
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM, -ENOENT if the kernel lacks a tracepoint, or has no such
 * call.
 */
int syscalls_attach(struct event_file *file)
{
	int nr = number_of(file), err = points_find();

	if (nr < 0 || nr >= NR_syscalls)
		return -ENOENT;
	if (!err && !syscalls_of(file->tr))
		err = -ENOMEM;
	if (!err && !events_of(file)->nr)
		err = point_register(file);
	if (err)
		return err;
	events_of(file)->nr++;
	/* Pairs with the address dependency in file_of(). */
	smp_store_release(&events_of(file)->files[nr], file);
	return 0;
}

/**
 * syscalls_detach - undo syscalls_attach()
 * @file: the event of a trace; it is in use until tracepoint_synchronize_unregister()
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void syscalls_detach(struct event_file *file)
{
	WRITE_ONCE(events_of(file)->files[number_of(file)], NULL);
	if (--events_of(file)->nr)
		return;
	if (is_entry(file))
		tracepoint_probe_unregister(tp_enter, probe_enter, file->tr->syscalls);
	else
		tracepoint_probe_unregister(tp_exit, probe_exit, file->tr->syscalls);
}
