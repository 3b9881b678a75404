// SPDX-License-Identifier: GPL-2.0
/* The handlers that the trampolines call, each with what is measured of it. */

#include "selftests/host/bench/event.h"

void handler_event(const struct bench_regs *regs, struct bench_ops *ops);
void handler_event(const struct bench_regs *regs, struct bench_ops *ops)
{
	if (unlikely(!bench_event(regs, ops, true, true)))
		bench_event_slow(bench_ip(regs), regs->parent, ops);
}

void handler_no_clock(const struct bench_regs *regs, struct bench_ops *ops);
void handler_no_clock(const struct bench_regs *regs, struct bench_ops *ops)
{
	if (unlikely(!bench_event(regs, ops, false, true)))
		bench_event_slow(bench_ip(regs), regs->parent, ops);
}

void handler_no_flags(const struct bench_regs *regs, struct bench_ops *ops);
void handler_no_flags(const struct bench_regs *regs, struct bench_ops *ops)
{
	if (unlikely(!bench_event(regs, ops, true, false)))
		bench_event_slow(bench_ip(regs), regs->parent, ops);
}

void handler_compact(const struct bench_regs *regs, struct bench_ops *ops);
void handler_compact(const struct bench_regs *regs, struct bench_ops *ops)
{
	if (unlikely(!bench_compact(regs, ops)))
		bench_event_slow(bench_ip(regs), regs->parent, ops);
}

/* function_entered_slow() of the module. */
void bench_event_slow(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops)
{
	struct ring *rb = bench_ring(ops->private);
	struct bench_record *record;
	struct rb_entry entry;

	record = rb_reserve_slow(rb, &entry, sizeof(*record), bench_clock, NULL);
	if (!record)
		return;
	record->type = 1;
	record->flags = !(bench_flags() & 0x200);
	record->preempt_count = THIS_CPU(preempt_count) - 1;
	record->pid = THIS_CPU(task)->pid;
	record->ip = ip;
	record->parent_ip = parent_ip;
	if (!rb_try_commit(rb, &entry))
		bench_commit_slow(rb);
}

void bench_commit_slow(struct ring *rb)
{
	rb_commit_slow(rb);
	if (rb_wake_due(rb))
		rb_woken(rb);
}
