// SPDX-License-Identifier: GPL-2.0
/* What the trampolines call at the entry and at the return of a call, see graph.h. */

#include "selftests/host/bench/graph.h"

#include <stddef.h>

#include "selftests/host/bench/cpu.h"

struct bench_user *graph_user;

static struct bench_retstack the_stack;

/* As event_quick_begin(); without the clock the time is one that costs nothing. */
static __always_inline bool begin(const struct bench_trace *tr, bool clock, u64 *ts)
{
	if (unlikely(!bench_simple(tr)))
		return false;
	if (clock)
		return bench_try_clock(ts);
	*ts = bench_ring(tr)->tail_page->base;
	return true;
}

static __always_inline void commit(struct ring *rb, const struct rb_entry *entry)
{
	if (unlikely(!rb_try_commit(rb, entry)))
		bench_commit_slow(rb);
}

static __always_inline struct graph_task *state_of(struct bench_retstack *stack,
						   const struct bench_user *user)
{
	return (struct graph_task *)((u8 *)stack + user->state);
}

static __always_inline struct bench_beside *beside(struct bench_frame *frame)
{
	return (struct bench_beside *)(frame + GRAPH_DEPTH);
}

static __always_inline void fill_entry(struct event_graph_entry *event, unsigned long ip, int depth)
{
	event->func = ip;
	event->depth = depth;
}

/*
 * @place: where the return address stands; NULL if it has been taken off the stack
 * @handler: where it shall lead
 */
static __always_inline struct bench_frame *push(const struct bench_user *user,
						struct bench_retstack *stack, unsigned long ip,
						unsigned long *place, void (*handler)(void),
						u64 calltime)
{
	struct bench_task *task = THIS_CPU(task);
	unsigned int index = ++task->curr_ret_stack;
	struct bench_frame *frame;

	task->curr_ret_depth++;
	barrier();
	frame = &stack->frames[index];
	if (place)
		frame->ret = *place;
	frame->func = ip ^ user->bit;
	frame->calltime = calltime;
	frame->retp = place;
	beside(frame)->slept = stack->slept;
	barrier();
	if (place)
		*place = (unsigned long)handler;
	return frame;
}

/* A new page: all that is not simple. */
static noinline struct bench_frame *entered_slow(unsigned long ip, unsigned long *place,
						 void (*handler)(void),
						 const struct bench_graph *tracer)
{
	struct bench_retstack *stack = THIS_CPU(task)->ret_stack;
	struct graph_task *task = state_of(stack, &tracer->rets);
	struct ring *rb = bench_ring(tracer->ops.private);
	struct event_graph_entry *event;
	struct rb_entry entry;

	event = rb_reserve_slow(rb, &entry, sizeof(*event), bench_clock, NULL);
	if (!event)
		__builtin_trap();
	bench_fill_simple(event, EVENT_GRAPH_ENTRY, true);
	fill_entry(event, ip, task->depth++);
	commit(rb, &entry);
	return push(&tracer->rets, stack, ip, place, handler, bench_clock(NULL));
}

static __always_inline struct bench_frame *entered(unsigned long ip, unsigned long *place,
						   void (*handler)(void),
						   const struct bench_graph *tracer, bool clock)
{
	const struct bench_task *current = THIS_CPU(task);
	const struct bench_trace *tr = tracer->ops.private;
	struct ring *rb = bench_ring(tr);
	struct bench_retstack *stack;
	struct bench_frame *frame;
	struct graph_task *task;
	struct rb_entry entry;
	void *event;
	u64 ts;

	if (unlikely(!current->ret_stack || current->curr_ret_stack >= GRAPH_DEPTH - 1 ||
		     current->tracing_graph_pause ||
		     (place && *place == (unsigned long)handler) || !begin(tr, clock, &ts)))
		return entered_slow(ip, place, handler, tracer);
	stack = current->ret_stack;
	task = state_of(stack, &tracer->rets);
	task->depth++;
	if (unlikely(!rb_try_reserve(rb, &entry, sizeof(struct event_graph_entry), ts, &event))) {
		task->depth--;
		return entered_slow(ip, place, handler, tracer);
	}
	bench_fill_simple(event, EVENT_GRAPH_ENTRY, true);
	fill_entry(event, ip, task->depth - 1);
	frame = push(&tracer->rets, stack, ip, place, handler, ts);
	commit(rb, &entry);
	return frame;
}

static __always_inline const struct bench_graph *graph_of(const struct bench_ops *ops)
{
	return (const void *)((const char *)ops - offsetof(struct bench_graph, ops));
}

void graph_entered(struct bench_regs *regs, struct bench_ops *ops);
void graph_entered(struct bench_regs *regs, struct bench_ops *ops)
{
	entered(bench_ip(regs), &regs->parent, graph_return_to_handler, graph_of(ops), true);
}

void graph_entered_jump(struct bench_regs *regs, struct bench_ops *ops);
void graph_entered_jump(struct bench_regs *regs, struct bench_ops *ops)
{
	entered(bench_ip(regs), &regs->parent, graph_return_by_jump, graph_of(ops), true);
}

void graph_entered_no_clock(struct bench_regs *regs, struct bench_ops *ops);
void graph_entered_no_clock(struct bench_regs *regs, struct bench_ops *ops)
{
	entered(bench_ip(regs), &regs->parent, graph_return_to_handler_no_clock, graph_of(ops),
		false);
}

/* Returns where the stub shall put the return address. */
unsigned long *graph_entered_paired(unsigned long ip, struct bench_ops *ops);
unsigned long *graph_entered_paired(unsigned long ip, struct bench_ops *ops)
{
	return &entered(ip, NULL, NULL, graph_of(ops), true)->ret;
}

unsigned long *graph_entered_paired_no_clock(unsigned long ip, struct bench_ops *ops);
unsigned long *graph_entered_paired_no_clock(unsigned long ip, struct bench_ops *ops)
{
	return &entered(ip, NULL, NULL, graph_of(ops), false)->ret;
}

static __always_inline void fill_exit(struct event_graph_exit *event,
				      const struct bench_frame *frame, int depth, u64 rettime)
{
	/* The upper half of an address here is zero. */
	event->func = (u32)frame->func;
	event->depth = depth;
	event->overrun = READ_ONCE(THIS_CPU(task)->trace_overrun);
	event->calltime = frame->calltime;
	event->rettime = rettime;
}

static noinline void returned_slow(const struct bench_user *user, struct bench_retstack *stack,
				   const struct bench_frame *frame)
{
	struct graph_task *task = state_of(stack, user);
	struct ring *rb = bench_ring(user->private);
	struct event_graph_exit *event;
	struct rb_entry entry;

	event = rb_reserve_slow(rb, &entry, sizeof(*event), bench_clock, NULL);
	if (!event)
		__builtin_trap();
	bench_fill_simple(event, EVENT_GRAPH_EXIT, true);
	fill_exit(event, frame, --task->depth, bench_clock(NULL));
	commit(rb, &entry);
}

static __always_inline void record_return(const struct bench_user *user,
					  struct bench_retstack *stack,
					  const struct bench_frame *frame, bool clock)
{
	struct graph_task *task = state_of(stack, user);
	const struct bench_trace *tr = user->private;
	struct ring *rb = bench_ring(tr);
	struct rb_entry entry;
	void *event;
	u64 ts;

	if (unlikely(!THIS_CPU(gate) || !begin(tr, clock, &ts) ||
		     !rb_try_reserve(rb, &entry, sizeof(struct event_graph_exit), ts, &event))) {
		returned_slow(user, stack, frame);
		return;
	}
	bench_fill_simple(event, EVENT_GRAPH_EXIT, true);
	fill_exit(event, frame, --task->depth, ts);
	commit(rb, &entry);
}

/* As retstack_pop() and retstack_popped(), of a hijacked call and of a paired one. */
static __always_inline unsigned long returned(const struct bench_user *user, bool clock)
{
	struct bench_task *task = THIS_CPU(task);
	unsigned long index = (unsigned int)task->curr_ret_stack;
	struct bench_retstack *stack;
	struct bench_frame *frame;
	unsigned long ret;

	if (unlikely(index >= GRAPH_DEPTH))
		__builtin_trap();
	stack = task->ret_stack;
	frame = &stack->frames[index];
	if (unlikely(((u32 *)&frame->func)[1] != user->alone))
		__builtin_trap();
	record_return(user, stack, frame, clock);
	ret = frame->ret;
	task->curr_ret_depth--;
	barrier();
	task->curr_ret_stack--;
	return ret;
}

unsigned long graph_returned(const unsigned long *results, struct bench_user *user);
unsigned long graph_returned(const unsigned long *results, struct bench_user *user)
{
	return returned(user, true);
}

unsigned long graph_returned_no_clock(const unsigned long *results, struct bench_user *user);
unsigned long graph_returned_no_clock(const unsigned long *results, struct bench_user *user)
{
	return returned(user, false);
}

/* The trampolines' argument is the tracer from here on. */
void graph_set_up(void)
{
	static struct bench_graph graph = {
		.rets = { .bit = 2UL << 32, .alone = 2,
			  .state = offsetof(struct bench_retstack, states[1]) },
	};

	bench_task.ret_stack = &the_stack;
	bench_task.curr_ret_stack = -1;
	bench_task.curr_ret_depth = -1;
	graph.ops = *bench_arg;
	graph.rets.private = graph.ops.private;
	graph_user = &graph.rets;
	bench_arg = &graph.ops;
}
