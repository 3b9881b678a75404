/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_TRACERS_TRACERS_H
#define FNT_TRACERS_TRACERS_H

#include "core/trace.h"

/* All tracers, the idle one first; ends with NULL. */
extern const struct fnt_tracer *const fnt_tracers[];

extern const struct fnt_tracer tracer_nop;
extern const struct fnt_tracer tracer_function;
extern const struct fnt_tracer tracer_hist;
extern const struct fnt_tracer tracer_fgraph;

/* Beside them. */
extern const struct fnt_profiler function_profiler;

#endif
