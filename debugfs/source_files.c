// SPDX-License-Identifier: GPL-2.0
/*
 * Where the events of the system fntrace come from.
 */

#include "debugfs/files.h"

#include <linux/errno.h>

#include "core/event_files.h"
#include "core/tick_times.h"

SHOW(ticks_hz_show)
{
	seq_printf(m, "%u\n", READ_ONCE(file->tr->ticks_hz));
	return 0;
}

STORE(ticks_hz_store)
{
	unsigned long hz;
	int err = file_number(cmd, &hz, error);

	if (err)
		return err;
	if (!hz || hz > TICKS_HZ_MAX) {
		error->what = "Not from 1 to 10000";
		return -EINVAL;
	}
	trace_lock();
	trace_set_ticks_hz(file->tr, hz);
	trace_unlock();
	return 0;
}

SHOW(ticks_show)
{
	trace_lock();
	trace_source_show(file->tr, EVENT_OF_TICKS, m);
	trace_unlock();
	return 0;
}
