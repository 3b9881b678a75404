/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_TRACERS_EDGES_H
#define FNT_TRACERS_EDGES_H

/*
 * What tracers have in common that look for what takes longest: functions that are
 * called while it lasts, and what is recorded where it begins and ends.
 */

#include <linux/tracepoint-defs.h>

#include "core/trace.h"
#include "patching/edges.h"
#include "patching/ops.h"
#include "patching/retstack.h"

/* Frames of a stack that are recorded at most. */
#define EDGE_STACK_MAX 128

/**
 * struct edge_stack - room for a stack
 * @frames: return addresses, the innermost first
 */
struct edge_stack {
	unsigned long frames[EDGE_STACK_MAX];
};

/**
 * struct edge_calls - functions that are called while it lasts
 * @ops: the user of function entries
 * @rets: the user of function returns, with display-graph
 * @gate: per CPU: it lasts
 * @wanted: is this call to be recorded? Called with preemption off, from fnt_func_t.
 *          May be NULL
 * @options: those of EDGE_OPTIONS that it was begun for
 * @graph: it is to be shown as a graph: returns are recorded, too
 * @on: calls are recorded at all
 */
struct edge_calls {
	struct fnt_ops ops;
	struct retstack_user rets;
	bool __percpu *gate;
	bool (*wanted)(struct edge_calls *calls);
	u64 options;
	bool graph;
	bool on;
};

/* Options of a trace that make a difference to them. */
#define EDGE_OPTIONS (TRACE_OPT_FUNC_TRACE | TRACE_OPT_DISPLAY_GRAPH)

int edge_calls_begin(struct edge_calls *calls, struct fnt_trace *tr, u64 options);
void edge_calls_end(struct edge_calls *calls, struct fnt_trace *tr);
int edge_calls_change(struct edge_calls *calls, struct fnt_trace *tr, u64 options);
int edge_calls_filter(struct edge_calls *calls, const struct fnt_hash *filter,
		      const struct fnt_hash *except);
void edge_calls_losses(const struct edge_calls *calls, int cpu, struct trace_losses *losses);

u64 edge_record(const struct edge_calls *calls, const struct trace_entry *context, u64 ts,
		unsigned long ip, unsigned long parent_ip);
void edge_record_stack(const struct fnt_trace *tr, const struct trace_entry *context,
		       const unsigned long *frames, unsigned int nr);
unsigned int edge_save_stack(struct edge_stack *stack, unsigned long place);
unsigned int edge_save_stack_of(struct edge_stack *stack, const struct tracepoint *point);

/* edges_approx.c: what functions tell of interrupts that are off. */

/* Users of function entries that it takes. */
#define EDGE_APPROX_OPS 6

/**
 * struct edge_approx_cpu - the section that a CPU is in
 * @start: when it began, by the time stamp counter
 * @at: the function that began it
 * @caller: of that
 * @inside: there is one
 */
struct edge_approx_cpu {
	u64 start;
	unsigned long at;
	unsigned long caller;
	bool inside;
};

/**
 * struct edge_approx - who is told of sections by functions
 * @user: it
 * @ops: users of function entries
 * @on: those that are registered
 * @cpus: per CPU
 */
struct edge_approx {
	struct edge_user *user;
	struct fnt_ops ops[EDGE_APPROX_OPS];
	bool on[EDGE_APPROX_OPS];
	struct edge_approx_cpu __percpu *cpus;
};

int edge_approx_begin(struct edge_approx *approx, struct edge_user *user);
void edge_approx_end(struct edge_approx *approx);
u64 edge_approx_started(const struct edge_approx *approx);
bool edge_approx_section(const struct edge_approx *approx, struct edge_end *so_far);

#endif
