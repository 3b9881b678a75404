// SPDX-License-Identifier: GPL-2.0
/*
 * The handler that keeps every register itself: the compiler saves those that it
 * clobbers. What it calls has to do so too, or it would save all before each call.
 */

#define saves __attribute__((no_caller_saved_registers))

struct bench_ops;
struct bench_regs;
struct ring;
void saves bench_commit_slow_saves(struct ring *rb);
void saves bench_event_slow_saves(unsigned long ip, unsigned long parent_ip,
				  struct bench_ops *ops);

#define bench_event_slow bench_event_slow_saves
#define bench_commit_slow bench_commit_slow_saves
#include "selftests/host/bench/event.h"
#undef bench_event_slow
#undef bench_commit_slow

void bench_commit_slow(struct ring *rb);
void bench_event_slow(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops);

void saves handler_saves(const struct bench_regs *regs, struct bench_ops *ops);
void saves handler_saves(const struct bench_regs *regs, struct bench_ops *ops)
{
	if (unlikely(!bench_event(regs, ops, true, true)))
		bench_event_slow_saves(bench_ip(regs), regs->parent, ops);
}

void saves bench_commit_slow_saves(struct ring *rb)
{
	bench_commit_slow(rb);
}

void saves bench_event_slow_saves(unsigned long ip, unsigned long parent_ip,
				  struct bench_ops *ops)
{
	bench_event_slow(ip, parent_ip, ops);
}
