// SPDX-License-Identifier: GPL-2.0
/*
 * When ticks are due. A period that is rounded to nanoseconds and added again and again
 * drifts; here each time is reckoned from the beginning. PURE: also compiled in user space.
 */

#include "core/tick_times.h"

#define NS_PER_SEC 1000000000ULL

/* Whole seconds apart, so that nothing overflows however long it goes on. */
static u64 due_at(const struct tick_times *times, u64 number)
{
	u64 part = (number % times->hz * NS_PER_SEC + times->hz - 1) / times->hz;

	return times->base + number / times->hz * NS_PER_SEC + part;
}

/* Number of the last one that is due: due_at() rounds up, so that this finds it. */
static u64 number_at(const struct tick_times *times, u64 now)
{
	u64 ns = now > times->base ? now - times->base : 0;

	return ns / NS_PER_SEC * times->hz + ns % NS_PER_SEC * times->hz / NS_PER_SEC;
}

/**
 * tick_times_begin - begin, with the first one a period from now
 * @times: the ticks
 * @hz: ticks a second, 1 to TICKS_HZ_MAX
 * @now: the time, in ns
 *
 * Context: any.
 */
void tick_times_begin(struct tick_times *times, unsigned int hz, u64 now)
{
	*times = (struct tick_times) { .base = now, .hz = hz };
}

/**
 * tick_times_take - account for all that are due
 * @times: the ticks
 * @now: the time, in ns
 * @due: receives when the last of them was, in ns
 *
 * Context: any.
 * Return: how many they are.
 */
u64 tick_times_take(struct tick_times *times, u64 now, u64 *due)
{
	u64 number = number_at(times, now), nr;

	if (number <= times->last)
		return 0;
	nr = number - times->last;
	times->last = number;
	*due = due_at(times, number);
	return nr;
}

/**
 * tick_times_next - when the next one is due
 * @times: the ticks
 * @now: the time, in ns
 *
 * Context: any.
 * Return: a time behind @now, in ns. Those between are found by tick_times_take().
 */
u64 tick_times_next(const struct tick_times *times, u64 now)
{
	u64 number = number_at(times, now);

	return due_at(times, (number > times->last ? number : times->last) + 1);
}
