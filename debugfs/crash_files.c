// SPDX-License-Identifier: GPL-2.0
/*
 * ftrace_dump_on_oops, ftrace_dump_events: what the console is told of a trace if the kernel
 * has an oops or panics.
 */

#include "debugfs/files.h"

#include <linux/errno.h>

#include "core/crash.h"

/* One of the settings, @at in them, becomes another number. */
static int change_setting(struct fnt_trace *tr, size_t at, unsigned int number,
			  struct tree_error *error)
{
	struct crash_settings settings;
	int err;

	trace_lock();
	settings = tr->crash_settings;
	*(unsigned int *)((void *)&settings + at) = number;
	err = crash_set(tr, &settings);
	trace_unlock();
	if (err)
		error->what = "No memory to have it ready";
	return err;
}

SHOW(dump_on_oops_show)
{
	seq_printf(m, "%u\n", READ_ONCE(file->tr->crash_settings.mode));
	return 0;
}

STORE(dump_on_oops_store)
{
	unsigned long mode;
	int err = file_number(cmd, &mode, error);

	if (!err && mode > CRASH_THIS_CPU) {
		error->what = "Neither 0, nor 1 (all CPUs), nor 2 (the CPU of the oops)";
		err = -EINVAL;
	}
	return err ?: change_setting(file->tr, offsetof(struct crash_settings, mode), mode, error);
}

SHOW(dump_events_show)
{
	seq_printf(m, "%u\n", READ_ONCE(file->tr->crash_settings.events));
	return 0;
}

STORE(dump_events_store)
{
	unsigned long events;
	int err = file_number(cmd, &events, error);

	if (!err && (!events || events > CRASH_EVENTS_MAX)) {
		error->what = "Not between 1 and 1000000";
		err = -EINVAL;
	}
	return err ?: change_setting(file->tr, offsetof(struct crash_settings, events), events,
				     error);
}
