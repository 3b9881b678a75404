/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_TICKS_H
#define FNT_CORE_TICKS_H

/* Differences of the time stamp counter, and nanoseconds. */

#include <linux/types.h>

bool ticks_known(void);
u64 ticks_to_ns(u64 ticks);
s64 ticks_below_ns(u64 ns);

#endif
