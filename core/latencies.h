/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_LATENCIES_H
#define FNT_CORE_LATENCIES_H

/* What the histograms of latencies are of. */

#include "core/hist_store.h"

/* The order of the bits of struct hist_settings.kinds. */
enum latency_kind {
	LATENCY_IRQSOFF,
	LATENCY_PREEMPTOFF,
	LATENCY_PREEMPTIRQSOFF,
	LATENCY_WAKEUP,
	LATENCY_KINDS
};

/* What is looked at if nothing else was said. */
#define LATENCIES_INITIAL (BIT(LATENCY_IRQSOFF) | BIT(LATENCY_PREEMPTOFF) | BIT(LATENCY_WAKEUP))

extern const struct hist_naming latencies;

const char *latency_kind_name(unsigned int kind);

/**
 * latency_key - the key of a latency's histogram
 * @kind: its kind
 * @place: an address in the code; 0 for none
 * @pid: the task's, or 0
 *
 * Context: any, NMI-safe.
 * Return: the key, which is not 0.
 */
static __always_inline u64 latency_key(enum latency_kind kind, unsigned long place, u32 pid)
{
	return (u32)place | (u64)pid << HIST_KEY_PID_SHIFT |
	       (kind + 1ULL) << HIST_KEY_RESULT_SHIFT;
}

#endif
