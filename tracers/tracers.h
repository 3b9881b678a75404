/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_TRACERS_TRACERS_H
#define FNT_TRACERS_TRACERS_H

#include "core/trace.h"

/* All tracers, the idle one first; ends with NULL. */
extern const struct fnt_tracer *const fnt_tracers[];

/* entries.c: how a tracer becomes a user of function entries. */
struct fnt_ops;
int entries_start(struct fnt_trace *tr, void *data, struct fnt_ops *ops);
int entries_replace(struct fnt_trace *tr, struct fnt_ops *old_ops, void *data,
		    struct fnt_ops *ops);

extern const struct fnt_tracer tracer_nop;
extern const struct fnt_tracer tracer_function;
extern const struct fnt_tracer tracer_hist;
extern const struct fnt_tracer tracer_fgraph;
extern const struct fnt_tracer tracer_latency;
extern const struct fnt_tracer tracer_irqsoff;
extern const struct fnt_tracer tracer_preemptoff;
extern const struct fnt_tracer tracer_preemptirqsoff;
extern const struct fnt_tracer tracer_irqsoff_approx;
extern const struct fnt_tracer tracer_wakeup;
extern const struct fnt_tracer tracer_wakeup_rt;
extern const struct fnt_tracer tracer_wakeup_dl;

/* Beside them. */
extern const struct fnt_profiler function_profiler;

extern const struct command_source function_commands;

extern const struct event_source kernel_events;
void kernel_events_exit(void);

#endif
