// SPDX-License-Identifier: GPL-2.0
/*
 * What took longest.
 */

#include "debugfs/files.h"

#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/time64.h>

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
