// SPDX-License-Identifier: GPL-2.0
/*
 * Readers that consume a trace's events.
 */

#include "core/trace.h"

#include <linux/cpumask.h>
#include <linux/errno.h>

/**
 * trace_pipe_get - become a reader that consumes
 * @tr: the trace
 *
 * Until trace_pipe_put() the tracer cannot be changed.
 *
 * Context: process, may sleep.
 */
void trace_pipe_get(struct fnt_trace *tr)
{
	trace_lock();
	tr->pipes++;
	trace_unlock();
}

/**
 * trace_pipe_put - undo trace_pipe_get()
 * @tr: the trace
 *
 * Context: process, may sleep.
 */
void trace_pipe_put(struct fnt_trace *tr)
{
	trace_lock();
	tr->pipes--;
	trace_unlock();
}

/**
 * trace_text_pipe_get - become the one reader that consumes text
 * @tr: the trace
 * @cpu: of this CPU, or of BUFFER_ALL_CPUS
 *
 * Context: process, may sleep.
 * Return: 0; -EBUSY if there is one already for any of them.
 */
int trace_text_pipe_get(struct fnt_trace *tr, int cpu)
{
	bool taken;

	trace_lock();
	if (cpu == BUFFER_ALL_CPUS) {
		taken = !cpumask_empty(&tr->text_pipes);
		if (!taken)
			cpumask_setall(&tr->text_pipes);
	} else {
		taken = cpumask_test_and_set_cpu(cpu, &tr->text_pipes);
	}
	tr->pipes += !taken;
	trace_unlock();
	return taken ? -EBUSY : 0;
}

/**
 * trace_text_pipe_put - undo trace_text_pipe_get()
 * @tr: the trace
 * @cpu: as it was given there
 *
 * Context: process, may sleep.
 */
void trace_text_pipe_put(struct fnt_trace *tr, int cpu)
{
	trace_lock();
	if (cpu == BUFFER_ALL_CPUS)
		cpumask_clear(&tr->text_pipes);
	else
		cpumask_clear_cpu(cpu, &tr->text_pipes);
	tr->pipes--;
	trace_unlock();
}
