// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots: the rings of the trace's buffer and those of another one, which
 * nobody writes, change places. So a snapshot copies no event and keeps no writer
 * waiting, and the trace goes on with an empty buffer.
 */

#include "core/snapshot.h"

#include <linux/errno.h>

/**
 * snapshot_take - put aside what a trace has
 * @tr: the trace
 * @cpu: the part, or BUFFER_ALL_CPUS
 *
 * The snapshot that there was before is gone.
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM; -EBUSY if a reader has mapped pages of either buffer, or if a tracer
 * of latencies keeps the longest there: then the trace has what it had.
 */
int snapshot_take(struct fnt_trace *tr, int cpu)
{
	int err;

	if (tr->latency)
		return -EBUSY;
	/* Looked at again later, but before anything is allocated for it, too. */
	if (buffer_mapped(&tr->buffer, cpu) || buffer_mapped(&tr->snapshot, cpu))
		return -EBUSY;
	err = buffer_expand(&tr->buffer);
	if (err)
		return err;
	do {
		err = buffer_match(&tr->snapshot, &tr->buffer,
				   snapshot_allocated(tr) ? cpu : BUFFER_ALL_CPUS);
		if (err)
			return err;
		err = buffer_swap(&tr->buffer, &tr->snapshot, cpu);
		/* A CPU came between the two, and its part has grown. */
	} while (err == -EAGAIN);
	return err;
}

/**
 * snapshot_prepare - have room for a snapshot that is to be taken later
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM, -EBUSY if a reader has mapped pages of it.
 */
int snapshot_prepare(struct fnt_trace *tr)
{
	int err = buffer_expand(&tr->buffer);

	if (err || snapshot_allocated(tr))
		return err;
	return buffer_match(&tr->snapshot, &tr->buffer, BUFFER_ALL_CPUS);
}

/**
 * snapshot_clear - forget the snapshot, and keep the room for the next
 * @tr: the trace
 * @cpu: the part, or BUFFER_ALL_CPUS
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void snapshot_clear(struct fnt_trace *tr, int cpu)
{
	if (snapshot_allocated(tr))
		buffer_clear(&tr->snapshot, cpu);
}

/**
 * snapshot_free - forget the snapshot and give its memory back
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM, -EBUSY: then nothing has changed.
 */
int snapshot_free(struct fnt_trace *tr)
{
	if (!snapshot_allocated(tr))
		return 0;
	snapshot_clear(tr, BUFFER_ALL_CPUS);
	return buffer_shrink(&tr->snapshot);
}
