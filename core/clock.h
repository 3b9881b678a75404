/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_CLOCK_H
#define FNT_CORE_CLOCK_H

#include <linux/compiler.h>
#include <linux/ktime.h>
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
	TRACE_CLOCK_COUNT,
};

void clock_init(void);
bool clock_is_quick(enum clock_id id);
const char *clock_name(enum clock_id id);
bool clock_in_ns(enum clock_id id);
int clock_by_name(const char *name);
enum clock_id clock_default(void);
u64 clock_count(void);

/**
 * clock_read_quick - what the clock shows for which clock_is_quick()
 *
 * What trace_clock_local() does where the time stamp counter is its source, with
 * no call and none of its tests: a quarter of the instructions. The shift is
 * below 32 (__set_cyc2ns_scale(), v6.1).
 *
 * Context: any, NMI-safe; preemption off.
 * Return: nanoseconds.
 */
static __always_inline u64 clock_read_quick(void)
{
	struct kabi_cyc2ns __percpu *scale = kabi.cyc2ns;
	struct cyc2ns_data __percpu *data;
	unsigned int seq;
	u64 low, high;
	u32 shift;

	do {
		low = rdtsc();
		seq = __this_cpu_read(scale->seq.seqcount.sequence);
		data = &scale->data[seq & 1];
		asm("mulq %2" : "+a" (low), "=d" (high)
		    : "r" ((u64)__this_cpu_read(data->cyc2ns_mul)) : "cc");
		shift = __this_cpu_read(data->cyc2ns_shift);
		asm("shrdq %%cl, %1, %0" : "+r" (low) : "r" (high), "c" (shift) : "cc");
		low += __this_cpu_read(data->cyc2ns_offset);
		barrier();
	} while (unlikely(seq != __this_cpu_read(scale->seq.seqcount.sequence)));
	return low;
}

/**
 * clock_read - what a clock shows
 * @id: the clock
 *
 * Context: any, NMI-safe; preemption off.
 * Return: nanoseconds, or the clock's own unit; see clock_in_ns().
 */
static __always_inline u64 clock_read(enum clock_id id)
{
	switch (id) {
	case TRACE_CLOCK_LOCAL:
		return trace_clock_local();
	case TRACE_CLOCK_GLOBAL:
		return trace_clock_global();
	case TRACE_CLOCK_UPTIME:
		return trace_clock_jiffies();
	case TRACE_CLOCK_PERF:
		return trace_clock();
	case TRACE_CLOCK_MONO:
		return ktime_get_mono_fast_ns();
	case TRACE_CLOCK_MONO_RAW:
		return ktime_get_raw_fast_ns();
	case TRACE_CLOCK_BOOT:
		return ktime_get_boot_fast_ns();
	case TRACE_CLOCK_TAI:
		return ktime_get_tai_fast_ns();
	case TRACE_CLOCK_X86_TSC:
		return rdtsc_ordered();
	default:
		return clock_count();
	}
}

#endif
