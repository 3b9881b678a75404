// SPDX-License-Identifier: GPL-2.0
/*
 * Which calls function_graph shows, but for the functions: filter_files.c.
 */

#include "debugfs/files.h"

#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/time64.h>

SHOW(max_depth_show)
{
	trace_lock();
	seq_printf(m, "%u\n", file->tr->graph.depth);
	trace_unlock();
	return 0;
}

STORE(max_depth_store)
{
	struct trace_graph graph;
	unsigned long depth;
	int err = file_number(cmd, &depth, error);

	if (err)
		return err;
	if (depth > INT_MAX) {
		error->what = "Too deep";
		return -EINVAL;
	}
	trace_lock();
	graph = file->tr->graph;
	graph.depth = depth;
	err = trace_set_graph(file->tr, &graph);
	trace_unlock();
	return err;
}

SHOW(thresh_show)
{
	trace_lock();
	seq_printf(m, "%llu\n", file->tr->graph.thresh_ns / NSEC_PER_USEC);
	trace_unlock();
	return 0;
}

/* In microseconds. */
STORE(thresh_store)
{
	struct trace_graph graph;
	unsigned long us;
	int err = file_number(cmd, &us, error);

	if (err)
		return err;
	if (us > U64_MAX / NSEC_PER_USEC) {
		error->what = "Too long";
		return -EINVAL;
	}
	trace_lock();
	graph = file->tr->graph;
	graph.thresh_ns = us * NSEC_PER_USEC;
	err = trace_set_graph(file->tr, &graph);
	trace_unlock();
	return err;
}
