// SPDX-License-Identifier: GPL-2.0
/*
 * snapshot: what was put aside of the trace. Its text is that of the trace.
 */

#include "debugfs/files.h"

#include <linux/kernel.h>
#include <linux/module.h>

#include "core/snapshot.h"

static const char all_cpus_help[] =
	"# Snapshot commands:\n"
	"# echo 0 > snapshot : Clears and frees snapshot buffer\n"
	"# echo 1 > snapshot : Allocates snapshot buffer, if not already allocated.\n"
	"#                      Takes a snapshot of the main buffer.\n"
	"# echo 2 > snapshot : Clears snapshot buffer (but does not allocate or free)\n"
	"#                      (Doesn't have to be '2' works with any number that\n"
	"#                       is not a '0' or '1')\n";

static const char one_cpu_help[] =
	"# Snapshot commands:\n"
	"# echo 0 > snapshot : Invalid for per_cpu snapshot file.\n"
	"# echo 1 > snapshot : Allocates snapshot buffer, if not already allocated.\n"
	"#                      Takes a snapshot of the main buffer for this cpu.\n"
	"# echo 2 > snapshot : Clears this cpu's snapshot buffer (but does not allocate)\n"
	"#                      (Doesn't have to be '2' works with any number that\n"
	"#                       is not a '0' or '1')\n";

/**
 * snapshot_help - what stands in a snapshot without events
 * @m: receives it
 * @tr: the trace
 * @cpu: of the part, or BUFFER_ALL_CPUS
 *
 * The kernel's words, which scripts look for.
 *
 * Context: process.
 */
void snapshot_help(struct seq_file *m, const struct fnt_trace *tr, int cpu)
{
	seq_printf(m, "#\n# * Snapshot is %s *\n#\n",
		   snapshot_allocated(tr) ? "allocated" : "freed");
	seq_puts(m, cpu == BUFFER_ALL_CPUS ? all_cpus_help : one_cpu_help);
}

STORE(snapshot_store)
{
	unsigned long command;
	int err = file_number(cmd, &command, error);

	if (err)
		return err;
	if (!command && file->index != BUFFER_ALL_CPUS) {
		error->what = "Only the snapshot of all CPUs can be freed";
		return -EINVAL;
	}
	trace_lock();
	if (file->tr->latency) {
		trace_unlock();
		error->what = "The tracer keeps there what took longest";
		return -EBUSY;
	}
	if (command == 0)
		err = snapshot_free(file->tr);
	else if (command == 1)
		err = snapshot_take(file->tr, file->index);
	else
		snapshot_clear(file->tr, file->index);
	trace_unlock();
	file_buffer_error(err, error);
	return err;
}

const struct file_operations snapshot_fops = {
	.owner = THIS_MODULE,
	.open = text_open,
	.read = seq_read,
	.write = tree_write,
	.llseek = text_llseek,
	.release = text_release,
};
