// SPDX-License-Identifier: GPL-2.0
/*
 * Files that describe: the records, the tasks, the tree itself.
 */

#include "debugfs/files.h"

#include <linux/mm.h>
#include <linux/slab.h>

#include "core/comm.h"
#include "core/event.h"
#include "core/text.h"

static const char readme[] =
	"fntrace: function tracing by patching fentry call sites\n"
	"\n"
	"The files here are those of tracefs, as far as they are there.\n"
	"\n"
	"  trace\t\t\t- what was traced; truncate it to clear the buffer\n"
	"  trace_pipe\t\t- the same, consumed by reading\n"
	"  current_tracer\t- the tracer in use: function, nop\n"
	"  available_tracers\t- the tracers that there are\n"
	"  tracing_on\t\t- 1: events are recorded, 0: they are not\n"
	"  tracing_cpumask\t- the CPUs to be traced, in hex\n"
	"  trace_clock\t\t- where times come from\n"
	"  trace_options\t\t- options of the trace; options/ has a file for each\n"
	"\t\t\t  func_stack_trace, func-no-repeats, func-args: of the function tracer\n"
	"\t\t\t  function-fork: children of tasks that are chosen are chosen\n"
	"\t\t\t  raw, hex, bin, latency-format, verbose: how trace looks\n"
	"\t\t\t  pause-on-trace: record nothing while trace is open\n"
	"  trace_marker\t\t- write a string into the trace\n"
	"  trace_marker_raw\t- write bytes into the trace\n"
	"  buffer_size_kb\t- size of the buffer of one CPU\n"
	"  buffer_subbuf_size_kb - size of the pages of the buffers\n"
	"  buffer_total_size_kb\t- size of the buffers of all CPUs\n"
	"  buffer_percent\t- how full a buffer must be to wake its reader\n"
	"  per_cpu/\t\t- the same for one CPU; stats tells what became of its events\n"
	"  available_filter_functions - the functions that can be traced\n"
	"  set_ftrace_filter\t- the functions to be traced: names, globs, numbers of lines\n"
	"\t\t\t  of available_filter_functions; !NAME takes out, >> adds\n"
	"  set_ftrace_notrace\t- the functions not to be traced, in the same way\n"
	"  set_ftrace_pid\t- the tasks to be traced; truncate it for all\n"
	"  set_ftrace_notrace_pid - the tasks not to be traced\n"
	"  set_ftrace_cgroup\t- a path of cgroup v2: only tasks in it and below; empty for all\n"
	"  set_ftrace_pidns\t- a pid, or pid:[NUMBER]: only tasks in that pid namespace and\n"
	"\t\t\t  below, and behind it, only those of these numbers there\n"
	"  set_ftrace_syscall\t- only while a task is in one of these system calls\n"
	"  dyn_ftrace_total_info\t- what patching has done so far\n"
	"  enabled_functions\t- the functions that are traced, and how\n"
	"  function_hits_enabled - 1: enabled_functions counts calls, from zero\n"
	"  function_profile_enabled - 1: profile functions, from zero, beside the tracer\n"
	"  trace_stat/\t\t- what it found: function<cpu>, and functions for all CPUs;\n"
	"\t\t\t  options sleep-time, graph-time\n"
	"  saved_cmdlines\t- pids and their commands\n"
	"  saved_cmdlines_size\t- for how many there is room\n"
	"  saved_tgids\t\t- pids and their processes\n"
	"  free_buffer\t\t- closing it gives the buffer's memory back\n"
	"  timestamp_mode\t- how times are stored: delta, absolute\n"
	"  snapshot\t\t- write 1: what the trace has is put here, and the trace is empty\n"
	"\t\t\t  2: forget it; 0: give its memory back, too\n"
	"  instances/\t\t- a directory made here is a trace of its own, with a buffer, a tracer\n"
	"\t\t\t  and settings; rmdir removes it, unless a file of it is open\n"
	"  hist\t\t\t- how long functions take, with the tracer hist; truncate it to begin anew\n"
	"  hist_unit\t\t- its unit: ns, us, ms\n"
	"  hist_buckets\t\t- its buckets: log2, or linear WIDTH\n"
	"  hist_keys\t\t- a histogram for each: function, and result and task if written\n"
	"  kprobe_events\t\t- events that are made here: truncate it to remove all\n"
	"\t\t\t  Create/append/remove by lines: p:NAME PLACE ARGS, r:NAME PLACE ARGS,\n"
	"\t\t\t  -:NAME\n"
	"\t  accepts: p[:[<group>/][<event>]] <place> [<args>]\n"
	"\t\t   r[maxactive][:[<group>/][<event>]] <place> [<args>]\n"
	"\t\t   -:[<group>/][<event>]\n"
	"\t    place: [<module>:]<symbol>[+<offset>]|<memaddr>\n"
	"\t    place (kretprobe): [<module>:]<symbol>[+<offset>]%return|<memaddr>\n"
	"\t     args: <name>=fetcharg[:type]\n"
	"\t fetcharg: %<register>, @<address>, @<symbol>[+|-<offset>],\n"
	"\t\t   $stack<index>, $stack, $retval, $comm, $arg<N>, <argname>,\n"
	"\t\t   +|-[u]<offset>(<fetcharg>), \\imm-value, \\\"imm-string\"\n"
	"\t     type: s8/16/32/64, u8/16/32/64, x8/16/32/64, string, symbol,\n"
	"\t\t   b<bit-width>@<bit-offset>/<container-size>, ustring,\n"
	"\t\t   symstr, <type>\\[<array-size>\\]\n"
	"  dynamic_events\t- the same\n"
	"  kprobe_profile\t- how often each was hit, and missed\n"
	"  events/fntrace/tick\t- a timer on each CPU: what does it interrupt?\n"
	"  ticks_hz\t\t- how often, a second\n"
	"  events/fntrace/gap\t- nothing of this machine ran on a CPU\n"
	"  gaps_thresh_us\t- for longer than this\n"
	"  gaps_width_us\t\t- look for that so long, which takes the CPU's time,\n"
	"  gaps_window_us\t- of each so long\n"
	"  error_log\t\t- what was wrong with the last commands\n"
	"  patcher\t\t- how kernel text is changed: int3, stop_machine\n";

SHOW(readme_show)
{
	seq_puts(m, readme);
	return 0;
}

static int show_text(struct seq_file *m, void (*print)(struct text *text, const void *arg),
		     const void *arg)
{
	struct text text;
	char *buf;

	buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	text_init(&text, buf, PAGE_SIZE);
	print(&text, arg);
	seq_puts(m, buf);
	kfree(buf);
	return 0;
}

static void print_header_page(struct text *text, const void *arg)
{
	const struct fnt_trace *tr = arg;

	event_print_header_page(text, buffer_page_size(&tr->buffer));
}

SHOW(header_page_show)
{
	return show_text(m, print_header_page, file->tr);
}

static void print_header_event(struct text *text, const void *arg)
{
	event_print_header_event(text);
}

SHOW(header_event_show)
{
	return show_text(m, print_header_event, NULL);
}

static void print_format(struct text *text, const void *arg)
{
	event_print_format(text, arg);
}

SHOW(event_format_show)
{
	return show_text(m, print_format, event_nth_layout(file->index));
}

static int show_saved(struct seq_file *m, bool processes)
{
	unsigned int n, size = comm_size();
	char comm[COMM_LEN];
	int pid, tgid;

	for (n = 0; n < size; n++) {
		if (!comm_nth(n, &pid, &tgid, comm))
			continue;
		if (processes)
			seq_printf(m, "%d %d\n", pid, tgid);
		else
			seq_printf(m, "%d %s\n", pid, comm);
	}
	return 0;
}

SHOW(saved_cmdlines_show)
{
	return show_saved(m, false);
}

SHOW(saved_tgids_show)
{
	return show_saved(m, true);
}

SHOW(saved_cmdlines_size_show)
{
	seq_printf(m, "%u\n", comm_size());
	return 0;
}

STORE(saved_cmdlines_size_store)
{
	unsigned long places;
	int err = file_number(cmd, &places, error);

	if (err)
		return err;
	err = comm_resize(places);
	if (err == -EINVAL)
		error->what = "Not between 1 and 4194304";
	return err;
}

SHOW(timestamp_mode_show)
{
	seq_puts(m, file->buf->absolute ? "delta [absolute]\n" : "[delta] absolute\n");
	return 0;
}

/* The kernel lets only its histograms do this. */
STORE(timestamp_mode_store)
{
	bool absolute = !strcmp(cmd, "absolute");

	if (!absolute && strcmp(cmd, "delta")) {
		error->what = "Neither delta nor absolute";
		return -EINVAL;
	}
	trace_lock();
	trace_set_absolute(file->tr, absolute);
	trace_unlock();
	return 0;
}

/* No record here refers to a format of trace_printk(). */
SHOW(printk_formats_show)
{
	return 0;
}
