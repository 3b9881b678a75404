// SPDX-License-Identifier: GPL-2.0
/*
 * The profiler of a trace: it is switched on and off beside the tracer in use.
 */

#include "core/profiling.h"

#include <linux/errno.h>

#include "core/fault.h"

static const struct fnt_profiler *profiler;

/**
 * profiling_init - have a profiler
 * @with: it
 *
 * Context: process; once, at load.
 */
void profiling_init(const struct fnt_profiler *with)
{
	profiler = with;
}

/**
 * profiling_exit - stop, and forget what was found
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void profiling_exit(struct fnt_trace *tr)
{
	if (tr->profiling)
		profiler->end(tr);
	tr->profiling = false;
	profiler->forget(tr);
}

/**
 * trace_set_profiling - profile functions, from zero, or stop
 * @tr: the trace
 * @on: profile
 *
 * What was found can be read until it begins again.
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -EIO after a fail-stop, unless it is to stop; what the profiler's begin()
 * returned: then what was found before is still there.
 */
int trace_set_profiling(struct fnt_trace *tr, bool on)
{
	int err = 0;

	if (on == tr->profiling)
		return 0;
	if (on && fault_killed())
		return -EIO;
	if (on)
		err = profiler->begin(tr);
	else
		profiler->end(tr);
	if (!err)
		WRITE_ONCE(tr->profiling, on);
	return err;
}

/**
 * trace_profile_show - print what was found
 * @tr: the trace
 * @m: receives it
 * @cpu: on this CPU, or BUFFER_ALL_CPUS
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM.
 */
int trace_profile_show(struct fnt_trace *tr, struct seq_file *m, int cpu)
{
	int err;

	trace_lock();
	err = profiler->show(tr, m, cpu);
	trace_unlock();
	return err;
}

/**
 * profiling_set_filters - the functions to be profiled change
 * @tr: the trace
 * @filter: those to be profiled, NULL for all
 * @except: those not to be profiled, NULL for none
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what the profiler returned: then nothing has changed.
 */
int profiling_set_filters(struct fnt_trace *tr, const struct fnt_hash *filter,
			  const struct fnt_hash *except)
{
	return tr->profiling ? profiler->filter_changed(tr, filter, except) : 0;
}

/**
 * profiling_options - those that are the profiler's own
 *
 * Context: any.
 * Return: some of TRACE_OPT_*.
 */
u64 profiling_options(void)
{
	return profiler->options;
}

/**
 * profiling_set_options - an option changes
 * @tr: the trace
 * @bit: the option
 * @options: what all become
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what the profiler returned: then nothing has changed.
 */
int profiling_set_options(struct fnt_trace *tr, u64 bit, u64 options)
{
	if (!tr->profiling || !(bit & profiler->options))
		return 0;
	return profiler->options_changed(tr, options);
}
