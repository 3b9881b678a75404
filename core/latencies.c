// SPDX-License-Identifier: GPL-2.0
/*
 * What the histograms of latencies are of: kinds, and places in the code.
 */

#include "core/latencies.h"

#include <linux/kernel.h>

#include "core/text.h"

static const char *const kinds[] = {
	[LATENCY_IRQSOFF] = "irqsoff",
	[LATENCY_PREEMPTOFF] = "preemptoff",
	[LATENCY_PREEMPTIRQSOFF] = "preemptirqsoff",
	[LATENCY_WAKEUP] = "wakeup",
};

static enum latency_kind kind_of(u64 key)
{
	return (key >> HIST_KEY_RESULT_SHIFT) - 1;
}

/* A wake-up has no place: if tasks are not told apart there is the sum of the kind only. */
static u64 key_of_sum(const struct hist_settings *settings, u64 key)
{
	return kind_of(key) == LATENCY_WAKEUP && !(settings->keys & HIST_KEY_TASK) ? 0 : key;
}

static u64 key_of_group(u64 key)
{
	return latency_key(kind_of(key), 0, 0);
}

/* Either it has none, or there was no room for another. */
static const char *nowhere(u64 key)
{
	return kind_of(key) == LATENCY_WAKEUP ? "all" : "elsewhere";
}

static void print_key(struct text *text, const struct hist_settings *settings, u64 key)
{
	text_printf(text, " kind=%s", kinds[kind_of(key)]);
}

const struct hist_naming latencies = {
	.first = "kind place",
	.name = PRINT_NAME_OFFSET,
	.key_of_sum = key_of_sum,
	.key_of_group = key_of_group,
	.nowhere = nowhere,
	.print = print_key,
};

/**
 * latency_kind_name - the name of a kind of latencies
 * @kind: enum latency_kind, or more
 *
 * Context: any.
 * Return: the name; NULL behind the last one.
 */
const char *latency_kind_name(unsigned int kind)
{
	return kind < ARRAY_SIZE(kinds) ? kinds[kind] : NULL;
}
