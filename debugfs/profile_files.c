// SPDX-License-Identifier: GPL-2.0
/*
 * The function profiler: its switch, and what it found.
 */

#include "debugfs/files.h"

#include <linux/errno.h>

SHOW(profile_enabled_show)
{
	seq_printf(m, "%d\n", READ_ONCE(file->tr->profiling));
	return 0;
}

STORE(profile_enabled_store)
{
	bool on;
	int err = file_switch(cmd, &on, error);

	if (err)
		return err;
	trace_lock();
	err = trace_set_profiling(file->tr, on);
	trace_unlock();
	error->what = file_returns_error(err);
	return err;
}

SHOW(profile_show)
{
	return trace_profile_show(file->tr, m, file->index);
}
