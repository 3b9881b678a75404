/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_SNAPSHOT_H
#define FNT_CORE_SNAPSHOT_H

/* A second buffer that takes what the first one has, at a moment of choice. */

#include "core/trace.h"

int snapshot_prepare(struct fnt_trace *tr);
int snapshot_take(struct fnt_trace *tr, int cpu);
void snapshot_clear(struct fnt_trace *tr, int cpu);
int snapshot_free(struct fnt_trace *tr);

/**
 * snapshot_allocated - is there room for a snapshot?
 * @tr: the trace
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool snapshot_allocated(const struct fnt_trace *tr)
{
	return READ_ONCE(tr->snapshot.expanded);
}

#endif
