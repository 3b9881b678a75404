// SPDX-License-Identifier: GPL-2.0
/*
 * Where the events of the system fntrace come from.
 */

#include "debugfs/files.h"

#include <linux/errno.h>

#include "core/event_files.h"
#include "core/gaps.h"
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

SHOW(gaps_thresh_show)
{
	seq_printf(m, "%u\n", READ_ONCE(file->tr->gaps_settings.thresh));
	return 0;
}

SHOW(gaps_width_show)
{
	seq_printf(m, "%u\n", READ_ONCE(file->tr->gaps_settings.width));
	return 0;
}

SHOW(gaps_window_show)
{
	seq_printf(m, "%u\n", READ_ONCE(file->tr->gaps_settings.window));
	return 0;
}

/* Who looks reads each of them again and again. */
STORE(gaps_thresh_store)
{
	unsigned long us;
	int err = file_number(cmd, &us, error);

	if (err)
		return err;
	if (!us || us > GAPS_THRESH_US_MAX) {
		error->what = "Not from 1 to 1000000";
		return -EINVAL;
	}
	WRITE_ONCE(file->tr->gaps_settings.thresh, us);
	return 0;
}

STORE(gaps_width_store)
{
	struct gaps_settings *settings = &file->tr->gaps_settings;
	unsigned long us;
	int err = file_number(cmd, &us, error);

	if (err)
		return err;
	trace_lock();
	if (us < GAPS_WIDTH_US_MIN || us > settings->window) {
		error->what = us > settings->window ? "Longer than gaps_window_us" :
						      "Less than 100";
		err = -EINVAL;
	} else {
		WRITE_ONCE(settings->width, us);
	}
	trace_unlock();
	return err;
}

STORE(gaps_window_store)
{
	struct gaps_settings *settings = &file->tr->gaps_settings;
	unsigned long us;
	int err = file_number(cmd, &us, error);

	if (err)
		return err;
	trace_lock();
	if (us < settings->width || us > GAPS_WINDOW_US_MAX) {
		error->what = us < settings->width ? "Shorter than gaps_width_us" :
						     "More than 60000000";
		err = -EINVAL;
	} else {
		WRITE_ONCE(settings->window, us);
	}
	trace_unlock();
	return err;
}

SHOW(gaps_show)
{
	trace_lock();
	trace_source_show(file->tr, EVENT_OF_GAPS, m);
	trace_unlock();
	return 0;
}
