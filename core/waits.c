// SPDX-License-Identifier: GPL-2.0
/*
 * Since when tasks wait. PURE: also compiled in user space.
 */

#include "core/waits.h"

#include <linux/atomic.h>
#include <linux/compiler.h>

#define TIME_MASK ((1ULL << WAITS_TIME_BITS) - 1)

/**
 * waits_begin - a task waits from now on
 * @waits: the table
 * @pid: its pid, not 0
 * @now: nanoseconds of a clock that all CPUs have; 73 minutes are told apart
 *
 * Context: any, NMI-safe.
 * Return: false if another one that waits is forgotten for it.
 */
bool waits_begin(const struct waits *waits, u32 pid, u64 now)
{
	u64 word = (u64)pid << WAITS_TIME_BITS | (now & TIME_MASK);
	u64 before = xchg(&waits->words[pid & waits->mask], word);

	return !before || before >> WAITS_TIME_BITS == pid;
}

/**
 * waits_end - a task does not wait any more
 * @waits: the table
 * @pid: its pid, not 0
 * @now: as for waits_begin()
 * @ns: receives how long it has waited; 0 if the clock went back
 *
 * Context: any, NMI-safe.
 * Return: false if nothing is known of it.
 */
bool waits_end(const struct waits *waits, u32 pid, u64 now, u64 *ns)
{
	u64 *place = &waits->words[pid & waits->mask];
	u64 word = READ_ONCE(*place);

	/* If it is another's meanwhile, it was ours no more than that. */
	if (word >> WAITS_TIME_BITS != pid || cmpxchg(place, word, 0ULL) != word)
		return false;
	*ns = (now - word) & TIME_MASK;
	if (*ns > TIME_MASK / 2)
		*ns = 0;
	return true;
}
