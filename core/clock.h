/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_CLOCK_H
#define FNT_CORE_CLOCK_H

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/trace_clock.h>
#include <linux/types.h>

#include <asm/msr.h>

#include "core/kabi.h"

/* The trace clocks, in the order in which the control file lists them. */
enum clock_id {
	TRACE_CLOCK_LOCAL,
	TRACE_CLOCK_GLOBAL,
	TRACE_CLOCK_COUNTER,
	TRACE_CLOCK_UPTIME,
	TRACE_CLOCK_PERF,
	TRACE_CLOCK_MONO,
	TRACE_CLOCK_MONO_RAW,
	TRACE_CLOCK_BOOT,
	TRACE_CLOCK_TAI,
	TRACE_CLOCK_X86_TSC,
	TRACE_CLOCK_COARSE,
	TRACE_CLOCK_COUNT,
};

/* Times that the coarse clock shows before it looks at the hardware again. */
#define CLOCK_COARSE_USES 8

/**
 * struct clock_coarse - what the coarse clock of a CPU shows
 * @time: nanoseconds of the local clock, when it was last read
 * @tick: jiffies then
 * @left: how often it may be shown again; an interrupt may take it below 0
 */
struct clock_coarse {
	u64 time;
	unsigned long tick;
	int left;
};

void clock_init(void);
bool clock_is_quick(enum clock_id id);
const char *clock_name(enum clock_id id);
bool clock_in_ns(enum clock_id id);
int clock_by_name(const char *name);
enum clock_id clock_default(void);
u64 clock_count(void);

/**
 * struct clock_quick - how a CPU's time stamp counter becomes nanoseconds, as far as
 *                      we know
 * @data: that one of kabi.cyc2ns which is not being written
 * @seq: kabi.cyc2ns->seq when we looked
 */
struct clock_quick {
	struct cyc2ns_data __percpu *data;
	unsigned int seq;
};

DECLARE_PER_CPU(struct clock_quick, clock_quick);

/**
 * clock_quick_same - is what we know of this CPU's clock still so?
 *
 * Context: any, NMI-safe; preemption off.
 * Return: true if nothing has been written since we looked.
 */
static __always_inline bool clock_quick_same(void)
{
	unsigned int seq = __this_cpu_read(kabi.cyc2ns->seq.seqcount.sequence);
	bool same;

	/* Compared where it stands. */
	asm("cmpl " __percpu_arg(2) ", %1"
	    : "=@ccz" (same) : "r" (seq), "m" (clock_quick.seq));
	return same;
}

/**
 * clock_try_read_quick - what the clock shows for which clock_is_quick(), if we know
 * @now: receives it, in nanoseconds
 *
 * What trace_clock_local() does where the time stamp counter is its source, with
 * no call and none of its tests: a quarter of the instructions. The shift is
 * below 32 (__set_cyc2ns_scale(), v6.1).
 *
 * Context: any, NMI-safe; preemption off.
 * Return: false if clock_read() must follow, after which this may be true again.
 */
static __always_inline bool clock_try_read_quick(u64 *now)
{
	struct cyc2ns_data __percpu *data = __this_cpu_read(clock_quick.data);
	u64 low, high, mul;
	u32 shift;

	/* As rdtsc(), but put together where the multiplication wants it. */
	asm volatile("rdtsc\n\tshlq $32, %1\n\torq %1, %0" : "=a" (low), "=d" (high) : : "cc");
	/* The upper half is cleared by the processor. */
	asm("movl " __percpu_arg(1) ", %k0" : "=r" (mul) : "m" (data->cyc2ns_mul));
	asm("mulq %2" : "+a" (low), "=d" (high) : "r" (mul) : "cc");
	shift = __this_cpu_read(data->cyc2ns_shift);
	asm("shrdq %%cl, %1, %0" : "+r" (low) : "r" (high), "c" (shift) : "cc");
	asm("addq " __percpu_arg(1) ", %0" : "+r" (low) : "m" (data->cyc2ns_offset) : "cc");
	*now = low;
	/* What is written after this is not what was read. */
	barrier();
	return likely(clock_quick_same());
}

u64 clock_read_local(void);
u64 clock_read_timekeeper(enum clock_id id);

/**
 * clock_set_coarse - have the coarse clock show another time
 * @coarse: its state
 * @now: nanoseconds of the local clock
 *
 * An interrupt in the midst of this has a later time than we: then the clock goes
 * back a little, and the ring puts it right.
 *
 * Context: any, NMI-safe; preemption off.
 * Return: @now.
 */
static __always_inline u64 clock_set_coarse(struct clock_coarse __percpu *coarse, u64 now)
{
	__this_cpu_write(coarse->time, now);
	__this_cpu_write(coarse->tick, jiffies);
	__this_cpu_write(coarse->left, CLOCK_COARSE_USES - 1);
	return now;
}

/**
 * clock_try_read_coarse - what the coarse clock shows, if that is simple
 * @coarse: its state
 * @now: receives it
 *
 * The time of up to CLOCK_COARSE_USES - 1 readings ago, but not of an earlier
 * tick. Where ticks cannot be relied upon, in interrupts and when idle, use
 * clock_set_coarse(). Only where the local clock is quick.
 *
 * Context: any, NMI-safe; preemption off.
 * Return: false if clock_set_coarse() must follow.
 */
static __always_inline bool clock_try_read_coarse(struct clock_coarse __percpu *coarse, u64 *now)
{
	if (unlikely(__this_cpu_read(coarse->left) <= 0 ||
		     jiffies - __this_cpu_read(coarse->tick))) {
		if (!clock_try_read_quick(now))
			return false;
		clock_set_coarse(coarse, *now);
		return true;
	}
	__this_cpu_dec(coarse->left);
	*now = __this_cpu_read(coarse->time);
	return true;
}

/**
 * clock_read - what a clock shows
 * @id: the clock; of the coarse one what it would show if it looked now
 *
 * Context: any, NMI-safe; preemption off.
 * Return: nanoseconds, or the clock's own unit; see clock_in_ns().
 */
static __always_inline u64 clock_read(enum clock_id id)
{
	switch (id) {
	case TRACE_CLOCK_LOCAL:
	case TRACE_CLOCK_COARSE:
		return clock_read_local();
	case TRACE_CLOCK_GLOBAL:
		return trace_clock_global();
	case TRACE_CLOCK_UPTIME:
		return trace_clock_jiffies();
	case TRACE_CLOCK_PERF:
		return trace_clock();
	case TRACE_CLOCK_MONO:
	case TRACE_CLOCK_MONO_RAW:
	case TRACE_CLOCK_BOOT:
	case TRACE_CLOCK_TAI:
		return clock_read_timekeeper(id);
	case TRACE_CLOCK_X86_TSC:
		return rdtsc_ordered();
	default:
		return clock_count();
	}
}

#endif
