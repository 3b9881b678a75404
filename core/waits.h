/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_WAITS_H
#define FNT_CORE_WAITS_H

/*
 * Since when tasks wait: a table of one word for each, by pid. PURE.
 *
 * Of tasks whose place is the same the last one is known. What waits at a time are few
 * of all tasks, and pids are given out one after the other.
 */

#include <linux/types.h>

/* As many bits as a pid has at most (PID_MAX_LIMIT); the others are of the time. */
#define WAITS_PID_BITS 22
#define WAITS_TIME_BITS (64 - WAITS_PID_BITS)

/**
 * struct waits - the table
 * @words: pid and time; 0 in places where nobody waits
 * @mask: number of @words, a power of two, less one
 */
struct waits {
	u64 *words;
	unsigned int mask;
};

bool waits_begin(const struct waits *waits, u32 pid, u64 now);
bool waits_end(const struct waits *waits, u32 pid, u64 now, u64 *ns);

#endif
