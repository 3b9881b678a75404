// SPDX-License-Identifier: GPL-2.0
/*
 * Load and unload: the order in which the parts come and go.
 */

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "core/clock.h"
#include "core/comm.h"
#include "core/commands.h"
#include "core/deferred.h"
#include "core/event_files.h"
#include "core/events.h"
#include "core/instances.h"
#include "core/kabi.h"
#include "core/pids.h"
#include "core/probes.h"
#include "core/prototypes.h"
#include "core/symbol.h"
#include "core/trace.h"
#include "debugfs/tree.h"
#include "patching/edges.h"
#include "patching/ops.h"
#include "patching/patch.h"
#include "patching/sites.h"
#include "tracers/tracers.h"

static char *patcher;
module_param(patcher, charp, 0444);
MODULE_PARM_DESC(patcher, "how kernel text is changed: int3 or stop_machine (default: the first that works)");

static int __init fntrace_init(void)
{
	char why[128];
	int err;

	err = kabi_init();
	if (err)
		return err;
	err = kabi_refusal(why, sizeof(why));
	if (err) {
		pr_err("not loaded: %s\n", why);
		return err;
	}
	clock_init();
	err = patch_init(patcher);
	if (err)
		return err;
	err = ops_init();
	if (err)
		return err;
	err = edges_init();
	if (err)
		goto out_ops;
	err = pids_points_init() ?: comm_init();
	if (err)
		goto out_edges;
	err = symbol_init();
	if (err)
		goto out_comm;
	err = prototypes_init();
	if (err)
		goto out_symbol;
	err = deferred_init();
	if (err)
		goto out_prototypes;
	err = buffers_init();
	if (err)
		goto out_deferred;
	commands_init(&function_commands);
	err = trace_root_init(fnt_tracers, &function_profiler);
	if (err)
		goto out_buffers;
	err = instances_init();
	if (err)
		goto out_trace;
	probes_init(&kernel_probes);
	err = event_files_init(&kernel_events);
	if (err)
		goto out_instances;
	err = tree_init();
	if (err)
		goto out_events;
	pr_info("%u call sites, patcher %s\n", site_count(), patch_patcher()->name);
	return 0;

out_events:
	event_files_exit();
	probes_exit();
	events_exit();
out_instances:
	instances_exit();
out_trace:
	trace_root_exit();
out_buffers:
	buffers_exit();
out_deferred:
	deferred_exit();
out_prototypes:
	prototypes_exit();
out_symbol:
	symbol_exit();
out_comm:
	comm_exit();
out_edges:
	edges_exit();
out_ops:
	ops_exit();
	return err;
}

static void __exit fntrace_exit(void)
{
	tree_exit();
	event_files_exit();
	probes_exit();
	instances_exit();
	trace_root_exit();
	events_exit();
	kernel_events_exit();
	buffers_exit();
	deferred_exit();
	prototypes_exit();
	symbol_exit();
	comm_exit();
	edges_exit();
	ops_exit();
}

module_init(fntrace_init);
module_exit(fntrace_exit);

MODULE_DESCRIPTION("Function tracer for stock kernels");
MODULE_LICENSE("GPL");
