/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_BENCH_EVENT_H
#define HOST_BENCH_EVENT_H

/*
 * The event path in user space: core/ring.h as it is, and around it the same
 * steps as in event_try_reserve(), clock_read_quick() and tracers/function.c,
 * which need the kernel. What a CPU has of its own is reached by %gs, as there.
 */

#include "core/ring.h"

struct bench_task {
	unsigned long flags;
	unsigned int pid;
	unsigned short migration_disabled;
};

struct bench_scale {
	u32 mul;
	u32 shift;
	u64 offset;
};

/* A CPU's own data; tramp.S knows the first one. */
struct bench_cpu {
	unsigned int preempt_count;
	bool gate;
	struct ring *rb;
	struct bench_task *task;
	u32 seq;
	struct bench_scale scale[2];
};

/* @rings: where each CPU has its ring, as a distance from %gs. */
struct bench_trace {
	bool quick_clock;
	unsigned long rings;
};

struct bench_ops {
	struct bench_trace *private;
};

/* The record of a function event, the common header of 6.1 before it. */
struct bench_record {
	u16 type;
	u8 flags;
	u8 preempt_count;
	u32 pid;
	unsigned long ip;
	unsigned long parent_ip;
};

/*
 * The same in 12 bytes, for the experiment with compact storage: all text is in
 * the last 2 GiB of addresses, and what does not fit into the context goes into
 * a whole record.
 */
struct compact_record {
	u32 ip;
	u32 parent_ip;
	u32 context;
};

#define COMPACT_PID_BITS 22
#define COMPACT_DEPTH_BITS 4
#define COMPACT_FLAGS_BITS 6	/* NEED_RESCHED and PREEMPT_RESCHED come together */

#define THIS_CPU(member) (*(volatile __seg_gs typeof(((struct bench_cpu *)0)->member) *) \
			  offsetof(struct bench_cpu, member))

#define NEED_RESCHED 0x8UL
#define PREEMPT_NEED_RESCHED 0x80000000U

static __always_inline u64 bench_rdtsc(void)
{
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a" (low), "=d" (high));
	return low | (u64)high << 32;
}

static __always_inline u64 bench_clock(const void *arg)
{
	unsigned int seq;
	u64 low, high;
	u32 shift;

	(void)arg;
	do {
		low = bench_rdtsc();
		seq = THIS_CPU(seq);
		__asm__("mulq %2" : "+a" (low), "=d" (high)
			: "r" ((u64)THIS_CPU(scale[seq & 1].mul)) : "cc");
		shift = THIS_CPU(scale[seq & 1].shift);
		__asm__("shrdq %%cl, %1, %0" : "+r" (low) : "r" (high), "c" (shift) : "cc");
		low += THIS_CPU(scale[seq & 1].offset);
		barrier();
	} while (unlikely(seq != THIS_CPU(seq)));
	return low;
}

static __always_inline unsigned long bench_flags(void)
{
	unsigned long flags;

	__asm__ volatile("pushfq; popq %0" : "=rm" (flags) : : "memory");
	return flags;
}

void bench_wake(struct ring *rb);
void bench_commit_slow(struct ring *rb);

static __always_inline void bench_finish(struct bench_record *record, unsigned long ip,
					 unsigned long parent_ip, struct ring *rb)
{
	record->ip = ip;
	record->parent_ip = parent_ip;
	if (unlikely(!rb_try_commit(rb)))
		bench_commit_slow(rb);
	else if (unlikely(rb->commit_seq >= READ_ONCE(rb->wake_seq)))
		bench_wake(rb);
}

/* The trace's ring of this CPU. */
static __always_inline struct ring *bench_ring(const struct bench_trace *tr)
{
	struct ring *rb;

	__asm__("movq %%gs:(%1), %0" : "=r" (rb) : "r" (tr->rings));
	return rb;
}

/* @clock and @flags: false for what is measured without them. */
static __always_inline bool bench_event(unsigned long ip, unsigned long parent_ip,
					struct bench_ops *ops, bool clock, bool flags)
{
	const struct bench_trace *tr = ops->private;
	struct ring *rb = bench_ring(tr);
	const struct bench_task *task = THIS_CPU(task);
	struct bench_record *record;
	void *payload;
	u64 now;

	if (unlikely(!READ_ONCE(tr->quick_clock) ||
		     THIS_CPU(preempt_count) - (PREEMPT_NEED_RESCHED + 1) > 0xf ||
		     READ_ONCE(task->flags) & NEED_RESCHED || task->migration_disabled))
		return false;
	now = clock ? bench_clock(NULL) : rb->tail_page->base;
	if (unlikely(!rb_try_reserve(rb, NULL, sizeof(*record), now, &payload)))
		return false;
	record = payload;
	record->type = 1;
	record->flags = flags ? !(bench_flags() & 0x200) : 0;
	record->preempt_count = THIS_CPU(preempt_count) - 1;
	record->pid = task->pid;
	bench_finish(record, ip, parent_ip, rb);
	return true;
}

static __always_inline bool bench_compact(unsigned long ip, unsigned long parent_ip,
					  struct bench_ops *ops)
{
	const struct bench_trace *tr = ops->private;
	struct ring *rb = bench_ring(tr);
	const struct bench_task *task = THIS_CPU(task);
	struct compact_record *record;
	u32 depth, pid = task->pid;
	void *payload;

	depth = THIS_CPU(preempt_count) - (PREEMPT_NEED_RESCHED + 1);
	if (unlikely(!READ_ONCE(tr->quick_clock) || depth > 0xf || pid >> COMPACT_PID_BITS ||
		     READ_ONCE(task->flags) & NEED_RESCHED || task->migration_disabled))
		return false;
	if (unlikely(!rb_try_reserve(rb, NULL, sizeof(*record), bench_clock(NULL),
				     &payload)))
		return false;
	record = payload;
	record->ip = ip;
	record->parent_ip = parent_ip;
	record->context = pid | depth << COMPACT_PID_BITS |
			  (u32)!(bench_flags() & 0x200) << (COMPACT_PID_BITS + COMPACT_DEPTH_BITS);
	if (unlikely(!rb_try_commit(rb)))
		bench_commit_slow(rb);
	else if (unlikely(rb->commit_seq >= READ_ONCE(rb->wake_seq)))
		bench_wake(rb);
	return true;
}

void bench_event_slow(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops);

#endif
