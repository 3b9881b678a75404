// SPDX-License-Identifier: GPL-2.0
/*
 * What is called on behalf of an event, and is no part of what is traced: waking readers, and
 * reading a clock whose source is a driver. These are functions that can be traced: without
 * this each would be an event, for which they are called again.
 */

#include "core/ours.h"

#include <linux/bitops.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

/* Contexts of this CPU that are in the midst of it, by bits. */
static DEFINE_PER_CPU(u8, running);

/**
 * ours_begin - what is called from here on is no part of what is traced
 * @ours: the caller's, for ours_end()
 *
 * The preempt count makes whatever is recorded meanwhile something that is not simple, see
 * event_simple(), so that nobody else need ask. Interrupts are off, as their first functions
 * cannot be told from ours.
 *
 * Context: any, NMI-safe; preemption off.
 */
void ours_begin(struct ours *ours)
{
	raw_local_irq_save(ours->flags);
	ours->level = BIT(interrupt_context_level()) & ~__this_cpu_read(running);
	if (!ours->level)
		return;
	__this_cpu_or(running, ours->level);
	__preempt_count_add(OURS_DEPTH);
}

/**
 * ours_end - undo ours_begin()
 * @ours: from there
 *
 * Context: any, NMI-safe; preemption off.
 */
void ours_end(const struct ours *ours)
{
	if (ours->level) {
		__preempt_count_sub(OURS_DEPTH);
		__this_cpu_and(running, ~ours->level);
	}
	raw_local_irq_restore(ours->flags);
}

/**
 * ours_running - is what runs here called on behalf of an event?
 *
 * Context: any, NMI-safe; preemption off.
 * Return: true if so; only if the preempt count is OURS_DEPTH at least.
 */
bool ours_running(void)
{
	return __this_cpu_read(running) & BIT(interrupt_context_level());
}

/**
 * ours_depth - what ours_begin() has added to the preempt count
 *
 * Context: any, NMI-safe; preemption off.
 * Return: how much.
 */
unsigned int ours_depth(void)
{
	return hweight8(__this_cpu_read(running)) * OURS_DEPTH;
}
