// SPDX-License-Identifier: GPL-2.0
/* The handlers that the trampolines call, each with what is measured of it. */

#include "selftests/host/bench/event.h"

void handler_event(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops);
void handler_event(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops)
{
	if (unlikely(!bench_event(ip, parent_ip, ops, true, true)))
		bench_event_slow(ip, parent_ip, ops);
}

void handler_no_clock(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops);
void handler_no_clock(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops)
{
	if (unlikely(!bench_event(ip, parent_ip, ops, false, true)))
		bench_event_slow(ip, parent_ip, ops);
}

void handler_no_flags(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops);
void handler_no_flags(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops)
{
	if (unlikely(!bench_event(ip, parent_ip, ops, true, false)))
		bench_event_slow(ip, parent_ip, ops);
}

void handler_compact(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops);
void handler_compact(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops)
{
	if (unlikely(!bench_compact(ip, parent_ip, ops)))
		bench_event_slow(ip, parent_ip, ops);
}

/* function_entered_slow() of the module. */
void bench_event_slow(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops)
{
	struct ring *rb = bench_ring(ops->private);
	struct bench_record *record;

	record = rb_reserve_slow(rb, NULL, sizeof(*record), bench_clock, NULL);
	if (!record)
		return;
	record->type = 1;
	record->flags = !(bench_flags() & 0x200);
	record->preempt_count = THIS_CPU(preempt_count) - 1;
	record->pid = THIS_CPU(task)->pid;
	bench_finish(record, ip, parent_ip, rb);
}

void bench_commit_slow(struct ring *rb)
{
	rb_commit_slow(rb);
	if (rb->commit_seq >= READ_ONCE(rb->wake_seq))
		bench_wake(rb);
}
