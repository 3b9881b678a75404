/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_TICK_TIMES_H
#define FNT_CORE_TICK_TIMES_H

/*
 * When ticks are due: the n-th one n / hz seconds behind the beginning, whatever became of
 * those before. PURE: also compiled in user space.
 */

#include <linux/types.h>

/* Ticks a second: few enough that the CPU gets on between two. */
#define TICKS_HZ_MAX 10000

/* Not in step with what comes a hundred times a second. */
#define TICKS_HZ_INITIAL 99

/**
 * struct tick_times - the ticks of a CPU
 * @base: the beginning, in ns
 * @hz: ticks a second, 1 to TICKS_HZ_MAX
 * @last: number of the one that was accounted for last; 0 before the first
 */
struct tick_times {
	u64 base;
	unsigned int hz;
	u64 last;
};

void tick_times_begin(struct tick_times *times, unsigned int hz, u64 now);
u64 tick_times_take(struct tick_times *times, u64 now, u64 *due);
u64 tick_times_next(const struct tick_times *times, u64 now);

#endif
