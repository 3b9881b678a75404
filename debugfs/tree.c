// SPDX-License-Identifier: GPL-2.0
/*
 * Every file of the control tree, one row each.
 */

#include "debugfs/tree.h"

#include <linux/cache.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "core/events.h"
#include "core/instances.h"
#include "debugfs/files.h"
#include "debugfs/fs.h"
#include "debugfs/path.h"

#define RW 0640
#define RO 0440
#define WO 0220
#define FREE 0200

/* The longest command that one write() may bring. */
#define COMMAND_MAX 4095

/* The kernel's word, by which clients find their error. */
#define FILTER_LOG "event filter parse error"

static const struct tree_row rows[] = {
	{ "README", RO, .show = readme_show, .top = true },
	{ "available_events", RO, .show = available_events_show, .top = true },
	{ "available_filter_functions", RO, .fops = &available_functions_fops, .top = true },
	{ "available_tracers", RO, .show = available_tracers_show },
	{ "buffer_percent", RW, .show = buffer_percent_show, .store = buffer_percent_store },
	{ "buffer_size_kb", RW, .show = buffer_size_show, .store = buffer_size_store },
	{ "buffer_subbuf_size_kb", RW, .show = subbuf_size_show, .store = subbuf_size_store },
	{ "buffer_total_size_kb", RO, .show = buffer_total_size_show },
	{ "current_tracer", RW, .show = current_tracer_show, .store = current_tracer_store },
	{ "dynamic_events", RW, .fops = &probe_events_fops, .top = true },
	{ "dyn_ftrace_total_info", RO, .show = total_info_show, .top = true },
	{ "enabled_functions", RO, .fops = &enabled_functions_fops, .top = true },
	{ "error_log", RW, .show = error_log_show, .store = error_log_store,
	  .truncate = error_log_truncate },
	{ "events/enable", RW, .show = events_enable_show, .store = events_enable_store },
	{ "events/ftrace/%s/format", RO, EACH_LAYOUT, .show = event_format_show },
	{ "events/ftrace/%s/trigger", RW, EACH_MARKS, .show = trigger_show, .store = trigger_store,
	  .nothing = NOTHING_TAKEN, .log = "event trigger" },
	{ "events/header_event", RO, .show = header_event_show },
	{ "events/header_page", RO, .show = header_page_show },
	{ "events/%s/enable", RW, EACH_SYSTEM, .show = system_enable_show,
	  .store = system_enable_store, .log = "event enable" },
	{ "events/%s/filter", RW, EACH_SYSTEM, .show = system_filter_show,
	  .store = system_filter_store, .log = FILTER_LOG },
	{ "events/%s/%s/enable", RW, EACH_EVENT, .show = event_enable_show,
	  .store = event_enable_store, .log = "event enable" },
	{ "events/%s/%s/filter", RW, EACH_EVENT, .show = event_filter_show,
	  .store = event_filter_store, .log = FILTER_LOG },
	{ "events/%s/%s/format", RO, EACH_EVENT, .show = kernel_format_show },
	{ "events/%s/%s/id", RO, EACH_EVENT, .show = event_id_show },
	{ "events/%s/%s/trigger", RW, EACH_EVENT, .show = trigger_show, .store = trigger_store,
	  .nothing = NOTHING_TAKEN, .log = "event trigger" },
	{ "function_hits_enabled", RW, .show = hits_enabled_show, .store = hits_enabled_store,
	  .top = true },
	{ "function_profile_enabled", RW, .show = profile_enabled_show,
	  .store = profile_enabled_store },
	{ "free_buffer", FREE, .fops = &free_buffer_fops },
	{ "ftrace_dump_events", RW, .show = dump_events_show, .store = dump_events_store },
	{ "ftrace_dump_on_oops", RW, .show = dump_on_oops_show, .store = dump_on_oops_store },
	{ "gaps_thresh_us", RW, .show = gaps_thresh_show, .store = gaps_thresh_store },
	{ "gaps_width_us", RW, .show = gaps_width_show, .store = gaps_width_store },
	{ "gaps_window_us", RW, .show = gaps_window_show, .store = gaps_window_store },
	{ "hist", RW, .fops = &hist_fops },
	{ "hist_buckets", RW, .show = hist_buckets_show, .store = hist_buckets_store },
	{ "hist_keys", RW, .show = hist_keys_show, .store = hist_keys_store },
	{ "hist_unit", RW, .show = hist_unit_show, .store = hist_unit_store },
	{ "instances/%s", 0, EACH_INSTANCE, .top = true },
	{ "kprobe_events", RW, .fops = &probe_events_fops, .top = true },
	{ "kprobe_profile", RO, .show = probe_profile_show, .top = true },
	{ "max_graph_depth", RW, .show = max_depth_show, .store = max_depth_store },
	{ "options/%s", RW, EACH_OPTION, .show = option_show, .store = option_store,
	  .log = "options" },
	{ "patcher", RW, .show = patcher_show, .store = patcher_store, .top = true },
	{ "per_cpu/cpu%u/buffer_size_kb", RW, EACH_CPU, .show = buffer_size_show,
	  .store = buffer_size_store, .log = "buffer_size_kb" },
	{ "per_cpu/cpu%u/snapshot", RW, EACH_CPU, .store = snapshot_store,
	  .fops = &snapshot_fops, .snapshot = true },
	{ "per_cpu/cpu%u/snapshot_raw", RO, EACH_CPU, .fops = &trace_pipe_raw_fops,
	  .snapshot = true },
	{ "per_cpu/cpu%u/stats", RO, EACH_CPU, .show = stats_show },
	{ "per_cpu/cpu%u/trace", RW, EACH_CPU, .fops = &trace_fops },
	{ "per_cpu/cpu%u/trace_pipe", RO, EACH_CPU, .fops = &trace_pipe_fops },
	{ "per_cpu/cpu%u/trace_pipe_raw", RO, EACH_CPU, .fops = &trace_pipe_raw_fops },
	{ "printk_formats", RO, .show = printk_formats_show, .top = true },
	{ "saved_cmdlines", RO, .show = saved_cmdlines_show, .top = true },
	{ "saved_cmdlines_size", RW, .show = saved_cmdlines_size_show,
	  .store = saved_cmdlines_size_store, .top = true },
	{ "saved_tgids", RO, .show = saved_tgids_show, .top = true },
	{ "set_event", RW, .show = set_event_show, .store = set_event_store,
	  .truncate = set_event_truncate },
	{ "set_event_notrace_pid", RW, .show = set_event_notrace_pid_show,
	  .store = set_event_notrace_pid_store, .truncate = set_event_notrace_pid_truncate },
	{ "set_event_pid", RW, .show = set_event_pid_show, .store = set_event_pid_store,
	  .truncate = set_event_pid_truncate },
	{ "set_ftrace_cgroup", RW, .show = set_cgroup_show, .store = set_cgroup_store },
	{ "set_ftrace_filter", RW, .fops = &set_filter_fops },
	{ "set_ftrace_notrace", RW, .fops = &set_notrace_fops },
	{ "set_ftrace_notrace_pid", RW, .show = set_notrace_pid_show,
	  .store = set_notrace_pid_store, .truncate = set_notrace_pid_truncate },
	{ "set_ftrace_pid", RW, .show = set_pid_show, .store = set_pid_store,
	  .truncate = set_pid_truncate },
	{ "set_ftrace_pidns", RW, .show = set_pidns_show, .store = set_pidns_store },
	{ "set_ftrace_syscall", RW, .show = set_syscall_show, .store = set_syscall_store,
	  .truncate = set_syscall_truncate },
	{ "set_graph_function", RW, .fops = &set_graph_fops },
	{ "set_graph_notrace", RW, .fops = &set_graph_notrace_fops },
	{ "snapshot", RW, .store = snapshot_store, .fops = &snapshot_fops, .snapshot = true },
	{ "ticks_hz", RW, .show = ticks_hz_show, .store = ticks_hz_store },
	{ "timestamp_mode", RW, .show = timestamp_mode_show, .store = timestamp_mode_store },
	{ "trace", RW, .fops = &trace_fops },
	{ "trace_clock", RW, .show = trace_clock_show, .store = trace_clock_store },
	{ "trace_marker", WO, .fops = &trace_marker_fops },
	{ "trace_marker_raw", WO, .fops = &trace_marker_raw_fops },
	{ "trace_options", RW, .show = trace_options_show, .store = trace_options_store },
	{ "trace_pipe", RO, .fops = &trace_pipe_fops },
	{ "trace_stat/function%u", RO, EACH_CPU, .show = profile_show },
	{ "trace_stat/functions", RO, .show = profile_show },
	{ "trace_stat/gaps", RO, .show = gaps_show },
	{ "trace_stat/ticks", RO, .show = ticks_show },
	{ "tracing_cpumask", RW, .show = cpumask_show, .store = cpumask_store,
	  .nothing = NOTHING_REFUSED },
	{ "latency_kinds", RW, .show = latency_kinds_show, .store = latency_kinds_store },
	{ "tracing_max_latency", RW, .show = max_latency_show, .store = max_latency_store },
	{ "tracing_on", RW, .show = tracing_on_show, .store = tracing_on_store },
	{ "tracing_thresh", RW, .show = thresh_show, .store = thresh_store },
};

static int simple_file_show(struct seq_file *m, void *unused)
{
	const struct tree_file *file = m->private;

	return file->row->show(m, file);
}

static int simple_file_open(struct inode *inode, struct file *file)
{
	const struct tree_row *row = tree_file(file)->row;

	int err = 0;

	if (file->f_mode & FMODE_WRITE && file->f_flags & O_TRUNC && row->truncate)
		err = row->truncate(tree_file(file));
	return err ?: single_open(file, simple_file_show, inode->i_private);
}

static void log_error(const struct tree_file *file, const char *cmd, size_t len,
		      const struct tree_error *error)
{
	if (error->what)
		errlog_add(&file->tr->errors, file->row->log ?: file->row->path, cmd, len,
			   error->pos, error->what);
}

/**
 * tree_write - have a command obeyed by the store function of a file's row
 * @file: open
 * @ubuf: the command
 * @count: its length
 * @ppos: means nothing: clients keep files open and write on
 *
 * What is wrong with it goes into error_log.
 *
 * Context: process, may sleep.
 * Return: @count; what store() returned; -EINVAL if the file obeys nothing; -E2BIG, -ENOMEM,
 * -EFAULT.
 */
ssize_t tree_write(struct file *file, const char __user *ubuf, size_t count, loff_t *ppos)
{
	const struct tree_file *tf = tree_file(file);
	struct tree_error error = { };
	char *buf, *copy, *cmd;
	int err;

	/* Root can open what nobody is to write. */
	if (!tf->row->store)
		return -EINVAL;
	if (!count && tf->row->nothing != NOTHING_STORED)
		return tf->row->nothing == NOTHING_TAKEN ? 0 : -EINVAL;
	if (count > COMMAND_MAX)
		return -E2BIG;
	buf = memdup_user_nul(ubuf, count);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	cmd = strim(buf);
	copy = kstrdup(cmd, GFP_KERNEL);
	err = copy ? tf->row->store(tf, cmd, &error) : -ENOMEM;
	if (err)
		log_error(tf, copy, copy ? strlen(copy) : 0, &error);
	kfree(copy);
	kfree(buf);
	return err ? err : count;
}

static const struct file_operations simple_file_fops = {
	.owner = THIS_MODULE,
	.open = simple_file_open,
	.read = seq_read,
	.write = tree_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/*
 * What a row's file does, and around it that its trace stays while it is open. Filled
 * once, at load.
 */
static struct file_operations row_fops[ARRAY_SIZE(rows)] __ro_after_init;

/* What it does without that. */
static const struct file_operations *plain_fops(const struct tree_row *row)
{
	return row->fops ?: &simple_file_fops;
}

static int row_open(struct inode *inode, struct file *file)
{
	const struct tree_file *tf = tree_file(file);
	int err;

	if (!trace_hold(tf->tr))
		return -ENODEV;
	err = plain_fops(tf->row)->open(inode, file);
	if (err)
		trace_release(tf->tr);
	return err;
}

static int row_release(struct inode *inode, struct file *file)
{
	const struct tree_file *tf = tree_file(file);
	const struct file_operations *fops = plain_fops(tf->row);
	int ret = fops->release ? fops->release(inode, file) : 0;

	trace_release(tf->tr);
	return ret;
}

static void __init row_fops_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		row_fops[i] = *plain_fops(&rows[i]);
		row_fops[i].open = row_open;
		row_fops[i].release = row_release;
	}
}

/**
 * tree_nth_row - go through the table
 * @n: counted from 0
 *
 * Context: any.
 * Return: the row; NULL behind the last one.
 */
const struct tree_row *tree_nth_row(unsigned int n)
{
	return n < ARRAY_SIZE(rows) ? &rows[n] : NULL;
}

/**
 * tree_row_fops - what the files of a row do
 * @row: from tree_nth_row()
 *
 * Context: any.
 * Return: it.
 */
const struct file_operations *tree_row_fops(const struct tree_row *row)
{
	return &row_fops[row - rows];
}

/**
 * tree_init - make the control tree mountable
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; what fs_register() returned.
 */
int __init tree_init(void)
{
	int err;

	row_fops_init();
	err = fs_register(&path_tree);
	if (err)
		return err;
	filter_modules_init();
	events_follow(path_forget_event);
	return 0;
}

/**
 * tree_exit - undo tree_init()
 *
 * Context: process, may sleep.
 */
void tree_exit(void)
{
	events_follow(NULL);
	filter_modules_exit();
	fs_unregister();
}
