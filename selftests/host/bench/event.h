/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_BENCH_EVENT_H
#define HOST_BENCH_EVENT_H

/*
 * The event path in user space: core/ring.h as it is, and around it the same
 * steps as in event_quick_begin(), clock_try_read_quick() and tracers/function.c,
 * which need the kernel. What a CPU has of its own is reached by %gs, as there.
 */

#include "core/ring.h"
#include "patching/slots.h"

struct bench_retstack;

struct bench_task {
	unsigned long flags;
	unsigned int pid;
	unsigned short migration_disabled;
	/* For function_graph. */
	int curr_ret_stack;
	int curr_ret_depth;
	struct bench_retstack *ret_stack;
	int trace_overrun;
	int tracing_graph_pause;
};

struct bench_scale {
	u32 mul;
	u32 shift;
	u64 offset;
};

/* What the kernel has, and what we know of it. */
struct bench_cyc2ns {
	struct bench_scale data[2];
	u32 seq;
};

struct bench_clock {
	unsigned long data;
	u32 seq;
};

/*
 * A CPU's own data; tramp_slot.S and graph_tramp.S know the first and the third. Its
 * addresses are distances from %gs.
 */
struct bench_cpu {
	unsigned int preempt_count;
	bool gate;
	u64 *shadow;
	struct ring *rb;
	struct bench_task *task;
	struct bench_cyc2ns cyc2ns;
	struct bench_clock clock;
};

/* @rings: where each CPU has its ring, as a distance from %gs. */
struct bench_trace {
	bool quick_clock;
	unsigned long rings;
};

struct bench_ops {
	struct bench_trace *private;
};

/* What a handler finds on the stack; struct fnt_regs from there on. */
struct bench_regs {
	unsigned long behind;
	unsigned long parent;
};

static __always_inline unsigned long bench_ip(const struct bench_regs *regs)
{
	return regs->behind - SITE_LEN;
}

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

#define GS(type, at) ((volatile __seg_gs type *)(unsigned long)(at))

extern unsigned long bench_cyc2ns;	/* kabi.cyc2ns */

static __always_inline bool bench_try_clock(u64 *now)
{
	unsigned long data = THIS_CPU(clock.data);
	u64 low, high, mul;
	u32 shift, seq;
	bool is_same;

	__asm__ volatile("rdtsc\n\tshlq $32, %1\n\torq %1, %0" : "=a" (low), "=d" (high) : : "cc");
	__asm__("movl %%gs:(%1), %k0" : "=r" (mul) : "r" (data));
	__asm__("mulq %2" : "+a" (low), "=d" (high) : "r" (mul) : "cc");
	shift = *GS(u32, data + offsetof(struct bench_scale, shift));
	__asm__("shrdq %%cl, %1, %0" : "+r" (low) : "r" (high), "c" (shift) : "cc");
	__asm__("addq %%gs:%c2(%1), %0" : "+r" (low)
		: "r" (data), "i" (offsetof(struct bench_scale, offset)) : "cc");
	*now = low;
	barrier();
	seq = *GS(u32, bench_cyc2ns + offsetof(struct bench_cyc2ns, seq));
	__asm__("cmpl %%gs:%c2, %1" : "=@ccz" (is_same)
		: "r" (seq), "i" (offsetof(struct bench_cpu, clock.seq)));
	return likely(is_same);
}

static inline u64 bench_clock(const void *arg)
{
	u64 now = 0;

	(void)arg;
	bench_try_clock(&now);
	return now;
}

static __always_inline unsigned long bench_flags(void)
{
	unsigned long flags;

	__asm__ volatile("pushfq; popq %0" : "=rm" (flags) : : "memory");
	return flags;
}

void bench_commit_slow(struct ring *rb);

/* The trace's ring of this CPU. */
static __always_inline struct ring *bench_ring(const struct bench_trace *tr)
{
	struct ring *rb;

	__asm__("movq %%gs:(%1), %0" : "=r" (rb) : "r" (tr->rings));
	return rb;
}

static __always_inline bool bench_simple(const struct bench_trace *tr)
{
	const struct bench_task *task = THIS_CPU(task);

	return tr->quick_clock && THIS_CPU(preempt_count) - (PREEMPT_NEED_RESCHED + 1) <= 0xf &&
	       !(task->flags & NEED_RESCHED) && !task->migration_disabled;
}

/* @flags: false for what is measured without them. */
static __always_inline void bench_fill_simple(void *record, u16 type, bool flags)
{
	u32 head = (THIS_CPU(preempt_count) << 24) - (1 << 24) + (type | 1 << 16);

	((u32 *)record)[0] = flags ? head - ((bench_flags() & 0x200) << 7) : head;
	((u32 *)record)[1] = THIS_CPU(task)->pid;
}

/* @clock and @flags: false for what is measured without them. */
static __always_inline bool bench_event(const struct bench_regs *regs, struct bench_ops *ops,
					bool clock, bool flags)
{
	const struct bench_trace *tr = ops->private;
	struct bench_record *record;
	struct rb_entry entry;
	struct ring *rb;
	void *payload;
	u64 now;

	if (unlikely(!bench_simple(tr)))
		return false;
	if (!clock)
		now = bench_ring(tr)->tail_page->base;
	else if (!bench_try_clock(&now))
		return false;
	rb = bench_ring(tr);
	if (unlikely(!rb_try_reserve(rb, &entry, sizeof(*record), now, &payload)))
		return false;
	record = payload;
	bench_fill_simple(record, 1, flags);
	record->ip = bench_ip(regs);
	record->parent_ip = regs->parent;
	if (unlikely(!rb_try_commit(rb, &entry)))
		bench_commit_slow(rb);
	return true;
}

static __always_inline bool bench_compact(const struct bench_regs *regs, struct bench_ops *ops)
{
	const struct bench_trace *tr = ops->private;
	u32 depth, pid = THIS_CPU(task)->pid;
	struct compact_record *record;
	struct rb_entry entry;
	struct ring *rb;
	void *payload;
	u64 now;

	depth = THIS_CPU(preempt_count) - (PREEMPT_NEED_RESCHED + 1);
	if (unlikely(!bench_simple(tr) || pid >> COMPACT_PID_BITS || !bench_try_clock(&now)))
		return false;
	rb = bench_ring(tr);
	if (unlikely(!rb_try_reserve(rb, &entry, sizeof(*record), now, &payload)))
		return false;
	record = payload;
	record->ip = bench_ip(regs);
	record->parent_ip = regs->parent;
	record->context = pid | depth << COMPACT_PID_BITS |
			  (u32)!(bench_flags() & 0x200) << (COMPACT_PID_BITS + COMPACT_DEPTH_BITS);
	if (unlikely(!rb_try_commit(rb, &entry)))
		bench_commit_slow(rb);
	return true;
}

void bench_event_slow(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops);

#endif
