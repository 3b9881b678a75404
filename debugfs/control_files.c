// SPDX-License-Identifier: GPL-2.0
/*
 * Files that show and change one setting each.
 */

#include "debugfs/files.h"

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/clock.h"
#include "core/fault.h"
#include "patching/ops.h"

/**
 * file_number - the number that was written
 * @cmd: what was written
 * @number: receives it
 * @error: receives what is wrong
 *
 * Context: any.
 * Return: 0; -EINVAL; -ERANGE.
 */
int file_number(const char *cmd, unsigned long *number, struct tree_error *error)
{
	int err = kstrtoul(cmd, 10, number);

	if (err)
		error->what = "Not a number";
	return err;
}

/**
 * file_switch - the 0 or 1 that was written
 * @cmd: what was written
 * @on: receives it
 * @error: receives what is wrong
 *
 * Context: any.
 * Return: 0; -EINVAL; -ERANGE.
 */
int file_switch(const char *cmd, bool *on, struct tree_error *error)
{
	unsigned long number;
	int err = kstrtoul(cmd, 10, &number);

	if (!err && number > 1)
		err = -EINVAL;
	if (err)
		error->what = "Neither 0 nor 1";
	else
		*on = number;
	return err;
}

/**
 * file_returns_error - what an error means where function returns are hooked
 * @err: the error
 *
 * Context: any.
 * Return: a constant string for error_log; NULL if it means nothing special.
 */
const char *file_returns_error(int err)
{
	switch (err) {
	case -EBUSY:
		return "function_graph of the kernel's own ftrace is in use";
	case -ENOSPC:
		return "Too many users of function returns at a time";
	case -EOPNOTSUPP:
		return "Returns cannot be hooked on this kernel";
	default:
		return NULL;
	}
}

SHOW(available_tracers_show)
{
	const struct fnt_tracer *tracer;
	unsigned int n;

	/* The idle one last, as the kernel lists them. */
	for (n = 1; (tracer = trace_nth_tracer(n)); n++)
		seq_printf(m, "%s ", tracer->name);
	seq_printf(m, "%s\n", trace_nth_tracer(0)->name);
	return 0;
}

SHOW(current_tracer_show)
{
	trace_lock();
	seq_printf(m, "%s\n", file->tr->tracer->name);
	trace_unlock();
	return 0;
}

/* What it means that a tracer does not begin. */
static const char *tracer_error(const struct fnt_trace *tr, const struct fnt_tracer *tracer,
				int err)
{
	if (!tracer)
		return "No such tracer";
	if (err == -EOPNOTSUPP && tracer->unsupported)
		return tracer->unsupported;
	if (err == -ENOSPC && tracer->unsupported && !(tr->options & TRACE_OPT_DISPLAY_GRAPH))
		return "Too many traces look at interrupts and preemption";
	if (err == -EBUSY && tr->pipes)
		return "trace_pipe or trace_pipe_raw is open";
	if (err == -EBUSY && tracer->limit_changed && buffer_mapped(&tr->snapshot, BUFFER_ALL_CPUS))
		return "A reader has mapped pages of the snapshot";
	return file_returns_error(err);
}

STORE(current_tracer_store)
{
	int err;

	trace_lock();
	err = trace_set_tracer(file->tr, cmd);
	if (err)
		error->what = tracer_error(file->tr, trace_tracer_named(cmd), err);
	trace_unlock();
	return err;
}

SHOW(tracing_on_show)
{
	seq_printf(m, "%d\n", trace_is_on(file->tr));
	return 0;
}

STORE(tracing_on_store)
{
	unsigned long on;
	int err = file_number(cmd, &on, error);

	return err ?: trace_set_on(file->tr, on);
}

SHOW(cpumask_show)
{
	trace_lock();
	seq_printf(m, "%*pb\n", cpumask_pr_args(&file->tr->cpus));
	trace_unlock();
	return 0;
}

STORE(cpumask_store)
{
	struct cpumask *cpus = kzalloc(cpumask_size(), GFP_KERNEL);
	int err;

	if (!cpus)
		return -ENOMEM;
	err = cpumask_parse(cmd, cpus);
	if (err) {
		error->what = err == -EOVERFLOW ? "There are not so many CPUs" :
						  "Not a mask of CPUs";
	} else {
		trace_lock();
		trace_set_cpus(file->tr, cpus);
		trace_unlock();
	}
	kfree(cpus);
	return err;
}

SHOW(trace_clock_show)
{
	enum clock_id id;

	for (id = 0; id < TRACE_CLOCK_COUNT; id++)
		seq_printf(m, id == file->tr->clock ? "%s[%s]" : "%s%s", id ? " " : "",
			   clock_name(id));
	seq_putc(m, '\n');
	return 0;
}

STORE(trace_clock_store)
{
	int err;

	trace_lock();
	err = trace_set_clock(file->tr, cmd);
	trace_unlock();
	if (err)
		error->what = "No such clock";
	return err;
}

SHOW(patcher_show)
{
	const char *name, *chosen = ops_patcher();
	unsigned int n;

	for (n = 0; (name = ops_nth_patcher(n)); n++)
		seq_printf(m, name == chosen ? "%s[%s]" : "%s%s", n ? " " : "", name);
	seq_putc(m, '\n');
	return 0;
}

STORE(patcher_store)
{
	int err = ops_choose_patcher(cmd);

	if (err == -EINVAL)
		error->what = "No such patcher";
	else if (err)
		error->what = "This patcher does not work on this kernel";
	return err;
}

SHOW(hits_enabled_show)
{
	seq_printf(m, "%d\n", ops_counts_hits());
	return 0;
}

STORE(hits_enabled_store)
{
	bool on;
	int err = file_switch(cmd, &on, error);

	return err ?: ops_count_hits(on);
}

SHOW(total_info_show)
{
	struct ops_stats stats;

	ops_stats(&stats);
	seq_printf(m, "state: %s\n", fault_killed() ? "fail-stop" : "alive");
	seq_printf(m, "sites: %u\nowned: %u\nyielded: %u\njoined: %u\nunavailable: %u\n",
		   stats.sites, stats.owned, stats.yielded, stats.joined, stats.unavailable);
	seq_printf(m, "yields: %llu\ngaps: %llu\ngap time us: %llu\n", stats.yields, stats.gaps,
		   stats.gap_ns / 1000);
	seq_printf(m, "batches: %llu\nsites written: %llu\nsync rounds: %llu\n", stats.batches,
		   stats.written, stats.rounds);
	seq_printf(m, "longest stop us: %llu\n", stats.longest_stop_ns / 1000);
	return 0;
}

SHOW(trace_options_show)
{
	const char *name;
	unsigned int n;

	trace_lock();
	for (n = 0; (name = trace_nth_option(n)); n++)
		if (trace_option_applies(file->tr, name))
			seq_printf(m, "%s%s\n", trace_option_get(file->tr, name) ? "" : "no",
				   name);
	trace_unlock();
	return 0;
}

STORE(trace_options_store)
{
	bool on = true;
	int err;

	trace_lock();
	/* An option's own name may begin with "no". */
	if (trace_option_get(file->tr, cmd) < 0 && !strncmp(cmd, "no", 2)) {
		on = false;
		cmd += 2;
	}
	err = trace_option_applies(file->tr, cmd) ? trace_option_set(file->tr, cmd, on) : -EINVAL;
	trace_unlock();
	if (err == -EINVAL) {
		error->what = "No such option";
		error->pos = on ? 0 : 2;
	}
	return err;
}

SHOW(option_show)
{
	seq_printf(m, "%d\n", trace_option_get(file->tr, trace_nth_option(file->index)));
	return 0;
}

STORE(option_store)
{
	bool on;
	int err = file_switch(cmd, &on, error);

	if (err)
		return err;
	trace_lock();
	err = trace_option_set(file->tr, trace_nth_option(file->index), on);
	trace_unlock();
	return err;
}

SHOW(error_log_show)
{
	static const char prefix[] = "  Command: ";
	struct errlog_entry entry;
	unsigned int n;
	u64 us;

	for (n = 0; errlog_nth(&file->tr->errors, n, &entry); n++) {
		us = entry.ts / 1000;
		seq_printf(m, "[%5llu.%06llu] %s: error: %s\n", us / 1000000, us % 1000000,
			   entry.file, entry.what);
		seq_printf(m, "%s%s\n", prefix, entry.cmd);
		seq_printf(m, "%*s^\n", (int)(sizeof(prefix) - 1 + entry.pos), "");
	}
	return 0;
}

/* Whatever is written clears it. */
STORE(error_log_store)
{
	errlog_clear(&file->tr->errors);
	return 0;
}

/**
 * error_log_truncate - empty error_log: it was opened with O_TRUNC
 * @file: the file
 *
 * Context: process.
 * Return: 0.
 */
int error_log_truncate(const struct tree_file *file)
{
	errlog_clear(&file->tr->errors);
	return 0;
}
