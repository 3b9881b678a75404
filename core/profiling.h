/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROFILING_H
#define FNT_CORE_PROFILING_H

/* What core/trace.c has to tell the profiler of a trace. */

#include "core/trace.h"

void profiling_init(const struct fnt_profiler *with);
void profiling_exit(struct fnt_trace *tr);
int profiling_set_filters(struct fnt_trace *tr, const struct fnt_hash *filter,
			  const struct fnt_hash *except);
u64 profiling_options(void);
int profiling_set_options(struct fnt_trace *tr, u64 bit, u64 options);

#endif
