// SPDX-License-Identifier: GPL-2.0
/*
 * What took longest.
 */

#include "debugfs/files.h"

#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "core/latencies.h"

SHOW(max_latency_show)
{
	seq_printf(m, "%llu\n", READ_ONCE(file->tr->max_ns) / NSEC_PER_USEC);
	return 0;
}

/* In microseconds. */
STORE(max_latency_store)
{
	unsigned long us;
	int err = file_number(cmd, &us, error);

	if (err)
		return err;
	if (us > U64_MAX / NSEC_PER_USEC) {
		error->what = "Too long";
		return -EINVAL;
	}
	trace_lock();
	trace_set_max(file->tr, us * NSEC_PER_USEC);
	trace_unlock();
	return 0;
}

SHOW(latency_kinds_show)
{
	u8 kinds = READ_ONCE(file->tr->hist.kinds);
	const char *name, *between = "";
	unsigned int kind;

	for (kind = 0; (name = latency_kind_name(kind)); kind++) {
		if (!(kinds & BIT(kind)))
			continue;
		seq_printf(m, "%s%s", between, name);
		between = " ";
	}
	seq_putc(m, '\n');
	return 0;
}

static int parse_kinds(char *cmd, u8 *kinds, struct tree_error *error)
{
	char *rest = cmd, *word;
	const char *name;
	unsigned int kind;

	*kinds = 0;
	while ((word = strsep(&rest, " \t\n"))) {
		if (!*word)
			continue;
		for (kind = 0; (name = latency_kind_name(kind)); kind++)
			if (!strcmp(name, word))
				break;
		if (!name) {
			error->what = "Not irqsoff, preemptoff, preemptirqsoff or wakeup";
			error->pos = word - cmd;
			return -EINVAL;
		}
		*kinds |= BIT(kind);
	}
	if (*kinds)
		return 0;
	error->what = "No kind of latencies";
	return -EINVAL;
}

STORE(latency_kinds_store)
{
	struct hist_settings settings;
	u8 kinds;
	int err = parse_kinds(cmd, &kinds, error);

	if (err)
		return err;
	trace_lock();
	settings = file->tr->hist;
	settings.kinds = kinds;
	err = trace_set_hist(file->tr, &settings);
	trace_unlock();
	return err;
}
