// SPDX-License-Identifier: GPL-2.0
/*
 * Readers of a trace: what they keep from being changed, or from being recorded.
 */

#include "core/trace.h"

#include <linux/cpumask.h>
#include <linux/errno.h>

/**
 * trace_pause - record nothing while somebody reads, if that is asked for
 * @tr: the trace
 *
 * Context: process, may sleep.
 * Return: true if trace_resume() must follow; false without pause-on-trace.
 */
bool trace_pause(struct fnt_trace *tr)
{
	bool pause;

	trace_lock();
	pause = tr->options & TRACE_OPT_PAUSE;
	if (pause && !tr->pauses++)
		buffer_set_stopped(&tr->buffer, true);
	trace_unlock();
	return pause;
}

/**
 * trace_resume - undo trace_pause()
 * @tr: the trace
 *
 * Context: process, may sleep.
 */
void trace_resume(struct fnt_trace *tr)
{
	trace_lock();
	if (!--tr->pauses)
		buffer_set_stopped(&tr->buffer, false);
	trace_unlock();
}

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
