// SPDX-License-Identifier: GPL-2.0
/*
 * Differences of the time stamp counter, and nanoseconds. Its rate is what the kernel has
 * measured, as for its own clocks.
 */

#include "core/ticks.h"

#include <linux/limits.h>
#include <linux/bits.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include <asm/tsc.h>

/* Longer times are not told apart: 13 days; the CPU's division is to have no overflow. */
#define NS_MAX BIT_ULL(50)

/**
 * ticks_known - is it known how fast the counter is?
 *
 * Context: any.
 * Return: true if so.
 */
bool ticks_known(void)
{
	return tsc_khz;
}

/**
 * ticks_to_ns - how long so many ticks are
 * @ticks: the difference of two readings
 *
 * Context: any, NMI-safe.
 * Return: nanoseconds, rounded down, or a number that is very large.
 */
u64 ticks_to_ns(u64 ticks)
{
	if (ticks >= NS_MAX)
		return NS_MAX;
	return mul_u64_u64_div_u64(ticks, NSEC_PER_MSEC, tsc_khz);
}

/**
 * ticks_below_ns - a time that is not longer, in ticks
 * @ns: the time
 *
 * What is longer than @ns in nanoseconds is longer than that in ticks.
 *
 * Context: any, NMI-safe.
 * Return: the largest number of ticks that are not more than @ns nanoseconds by
 * ticks_to_ns(); S64_MAX if that is too large.
 */
s64 ticks_below_ns(u64 ns)
{
	u64 ticks;

	if (ns >= NS_MAX / 16)
		return S64_MAX;
	ticks = mul_u64_u64_div_u64(ns + 1, tsc_khz, NSEC_PER_MSEC);
	while (ticks_to_ns(ticks) > ns)
		ticks--;
	return ticks;
}
