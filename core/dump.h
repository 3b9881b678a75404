/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_DUMP_H
#define FNT_CORE_DUMP_H

/* The events of a trace on the console. */

struct fnt_trace;

void trace_dump(struct fnt_trace *tr, int cpu);

#endif
