// SPDX-License-Identifier: GPL-2.0
/*
 * An interrupt's name is in the stack at the place where it wakes somebody.
 * PURE: the caller has the names of the functions.
 */

#include "wakers.h"

#include <string.h>

/* Of common_flags in a record: include/linux/trace_events.h, enum trace_flag_type. */
#define IN_HARDIRQ 0x08
#define IN_SOFTIRQ 0x10
#define IN_NMI 0x40

/* What runs in the softirqs: kernel/softirq.c, softirq_to_name[], and open_softirq(). */
static const struct {
	const char *function;
	const char *name;
} softirqs[] = {
	{ "tasklet_hi_action", "HI" },
	{ "run_timer_softirq", "TIMER" },
	{ "__run_timers", "TIMER" },
	{ "net_tx_action", "NET_TX" },
	{ "net_rx_action", "NET_RX" },
	{ "blk_done_softirq", "BLOCK" },
	{ "irq_poll_softirq", "IRQ_POLL" },
	{ "tasklet_action", "TASKLET" },
	{ "run_rebalance_domains", "SCHED" },
	{ "hrtimer_run_softirq", "HRTIMER" },
	{ "rcu_core", "RCU" },
	{ "rcu_core_si", "RCU" },
};

/* What calls the handler of an interrupt. */
static const char *const irq_callers[] = {
	"__handle_irq_event_percpu",
	"handle_percpu_devid_irq",
	"__hrtimer_run_queues",
};

/* Entries of interrupts that have no handler; their names say which they are. */
static const char *const vectors[] = { "__sysvec_", "sysvec_", "asm_sysvec_" };

/**
 * waker_kind - in what context was somebody woken?
 * @flags: common_flags of the record
 *
 * Return: the context.
 */
enum waker_kind waker_kind(unsigned int flags)
{
	if (flags & IN_NMI)
		return WAKER_NMI;
	if (flags & IN_HARDIRQ)
		return WAKER_HARDIRQ;
	return flags & IN_SOFTIRQ ? WAKER_SOFTIRQ : WAKER_TASK;
}

/**
 * waker_kind_name - what it is called
 * @kind: the context
 *
 * Return: a constant string.
 */
const char *waker_kind_name(enum waker_kind kind)
{
	static const char *const names[] = {
		[WAKER_UNKNOWN] = "unknown",
		[WAKER_TASK] = "task",
		[WAKER_SOFTIRQ] = "softirq",
		[WAKER_HARDIRQ] = "hardirq",
		[WAKER_NMI] = "nmi",
	};

	return names[kind];
}

static const char *softirq_name(const char *function)
{
	size_t i;

	for (i = 0; i < sizeof(softirqs) / sizeof(softirqs[0]); i++)
		if (!strcmp(function, softirqs[i].function))
			return softirqs[i].name;
	return NULL;
}

static int calls_handlers(const char *function)
{
	size_t i;

	for (i = 0; i < sizeof(irq_callers) / sizeof(irq_callers[0]); i++)
		if (!strcmp(function, irq_callers[i]))
			return 1;
	return 0;
}

static const char *vector_name(const char *function)
{
	size_t i, len;

	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		len = strlen(vectors[i]);
		if (!strncmp(function, vectors[i], len))
			return function + len;
	}
	return NULL;
}

/**
 * waker_name - which interrupt woke somebody
 * @kind: its kind
 * @functions: those that were running, the innermost first; NULL for one that is not known
 * @nr: number of them
 *
 * Return: a softirq's name, or the function that handles an interrupt, or a vector's
 * name: constant, or one of @functions or behind its prefix; NULL if it is not known.
 */
const char *waker_name(enum waker_kind kind, const char *const functions[], size_t nr)
{
	const char *name;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!functions[i])
			continue;
		if (kind == WAKER_SOFTIRQ) {
			name = softirq_name(functions[i]);
		} else if (kind == WAKER_HARDIRQ) {
			name = i && calls_handlers(functions[i]) ? functions[i - 1] : NULL;
			name = name ? name : vector_name(functions[i]);
		} else {
			return NULL;
		}
		if (name)
			return name;
	}
	return NULL;
}
