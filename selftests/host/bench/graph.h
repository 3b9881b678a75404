/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_BENCH_GRAPH_H
#define HOST_BENCH_GRAPH_H

/*
 * A call of function_graph in user space: around core/ring.h and the records of
 * core/event.h the same steps as in graph_entered_direct(), retstack_push_first(),
 * graph_returned_direct() and retstack_popped(), which need the kernel.
 */

#include "core/event.h"
#include "selftests/host/bench/event.h"

#define GRAPH_DEPTH 50		/* FTRACE_RETFUNC_DEPTH */
#define GRAPH_USERS 32		/* RETSTACK_USERS */
#define GRAPH_STATE 24		/* RETSTACK_STATE */

/* struct ftrace_ret_stack of the kernel. */
struct bench_frame {
	unsigned long ret;
	unsigned long func;
	u64 calltime;
	unsigned long *retp;
};

/* What we keep beside each, with the same stride. */
struct bench_beside {
	u64 slept;
	u64 other[3];
};

/* struct retstack of patching/retstack.h. */
struct bench_retstack {
	struct bench_frame frames[GRAPH_DEPTH];
	struct bench_beside beside[GRAPH_DEPTH];
	u64 slept;
	u64 asleep_since;
	u8 states[GRAPH_USERS][GRAPH_STATE];
};

struct graph_task {
	int depth;
};

/* struct retstack_user: the bit that stands for it, and the upper half of an address with it. */
struct bench_user {
	struct bench_trace *private;
	unsigned long bit;
	u32 alone;
	u32 state;
};

/* struct graph_tracer of tracers/fgraph.h. */
struct bench_graph {
	struct bench_ops ops;
	struct bench_user rets;
};

/* What return trampolines give to the handlers they call. */
extern struct bench_user *graph_user;

/* Where hooked returns lead, in graph_tramp.S. */
void graph_return_to_handler(void);
void graph_return_to_handler_no_clock(void);
void graph_return_by_jump(void);

void graph_set_up(void);

#endif
