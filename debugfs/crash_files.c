// SPDX-License-Identifier: GPL-2.0
/*
 * ftrace_dump_on_oops, ftrace_dump_events: what the console is told of a trace if the kernel
 * has an oops or panics.
 */

#include "debugfs/files.h"

#include <linux/errno.h>

#include "core/crash.h"

static int set_crash(struct fnt_trace *tr, const struct crash_settings *settings,
		     struct tree_error *error)
{
	int err = crash_set(tr, settings);

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
	struct crash_settings settings;
	unsigned long mode;
	int err = file_number(cmd, &mode, error);

	if (err)
		return err;
	if (mode > CRASH_THIS_CPU) {
		error->what = "Neither 0, nor 1 (all CPUs), nor 2 (the CPU of the oops)";
		return -EINVAL;
	}
	trace_lock();
	settings = file->tr->crash_settings;
	settings.mode = mode;
	err = set_crash(file->tr, &settings, error);
	trace_unlock();
	return err;
}

SHOW(dump_events_show)
{
	seq_printf(m, "%u\n", READ_ONCE(file->tr->crash_settings.events));
	return 0;
}

STORE(dump_events_store)
{
	struct crash_settings settings;
	unsigned long events;
	int err = file_number(cmd, &events, error);

	if (err)
		return err;
	if (!events || events > CRASH_EVENTS_MAX) {
		error->what = "Not between 1 and 1000000";
		return -EINVAL;
	}
	trace_lock();
	settings = file->tr->crash_settings;
	settings.events = events;
	err = set_crash(file->tr, &settings, error);
	trace_unlock();
	return err;
}
