// SPDX-License-Identifier: GPL-2.0
/*
 * The way from a trampoline to those who want the function: every event runs
 * through here.
 */

#include "patching/dispatch.h"

#include <linux/jump_label.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "patching/hits.h"
#include "patching/join.h"

/* Read by tramp_64.S. */
struct ops_slot ops_slots[OPS_SLOTS];
static_assert(sizeof(struct ops_slot) == OPS_SLOT_SIZE);

/* Calls are counted function by function. */
static DEFINE_STATIC_KEY_FALSE(hits_counted);

/*
 * Contexts in which a dispatch is under way on this CPU: one bit a level, and
 * one more for the first functions of an interrupt, which run before the
 * preempt count tells of it.
 */
static DEFINE_PER_CPU(unsigned int, ops_busy);
#define BUSY_TRANSITION BIT(4)

/* task 0, softirq 1, irq 2, NMI 3 */
static __always_inline unsigned int context_level(void)
{
	unsigned int count = preempt_count();

	return !!(count & NMI_MASK) + !!(count & (NMI_MASK | HARDIRQ_MASK)) +
	       !!(count & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET));
}

static void count_missed(const struct ops_users *users)
{
	unsigned int i;

	for (i = 0; i < users->nr; i++)
		this_cpu_inc(*users->ops[i]->missed);
}

/* Is the user to be called on this CPU? */
static __always_inline bool gate_open(const struct fnt_ops *ops)
{
	return !ops->gate || __this_cpu_read(*ops->gate);
}

static __always_inline bool wants_call(const struct ops_users *users, const struct fnt_ops *ops,
				       unsigned long ip)
{
	return gate_open(ops) && (!users->filtered || ops_wants(ops, ip));
}

/* Count an entry, if it is one for which somebody is called, or would be. */
static noinline void count_hit(const struct ops_users *users, unsigned long ip, bool missed)
{
	unsigned int i;

	for (i = 0; i < users->nr; i++)
		if (wants_call(users, READ_ONCE(users->ops[i]), ip)) {
			hits_count(ip, missed);
			return;
		}
}

static void call_all(const struct ops_users *users, unsigned long ip, unsigned long parent_ip,
		     const struct fnt_regs *regs)
{
	struct fnt_ops *ops;
	unsigned int i;

	for (i = 0; i < users->nr; i++) {
		ops = READ_ONCE(users->ops[i]);
		if (wants_call(users, ops, ip))
			ops->func(ip, parent_ip, ops, regs);
	}
}

static void dispatch(unsigned long ip, unsigned long parent_ip, const struct ops_slot *slot,
		     const struct fnt_regs *regs)
{
	const struct ops_users *users = READ_ONCE(slot->users);
	unsigned int busy = __this_cpu_read(ops_busy);
	unsigned int bit = 1U << context_level();

	if (unlikely(busy & bit))
		bit = BUSY_TRANSITION;
	if (unlikely(busy & bit)) {
		count_missed(users);
		if (static_branch_unlikely(&hits_counted))
			count_hit(users, ip, true);
		return;
	}
	if (static_branch_unlikely(&hits_counted))
		count_hit(users, ip, false);
	/* Whatever interrupts us puts back what it found. */
	__this_cpu_write(ops_busy, busy | bit);
	barrier();
	call_all(users, ip, parent_ip, regs);
	barrier();
	__this_cpu_write(ops_busy, busy);
}

/**
 * ops_dispatch - call everybody who wants a function
 * @regs: registers at its call site
 * @slot: trampoline slot that the site leads to
 *
 * Called by the trampoline, where there is not just one user that can be called
 * without this.
 *
 * Context: any, NMI-safe; preemption off, once more than in the function.
 */
void ops_dispatch(const struct fnt_regs *regs, const void *slot)
{
	dispatch(fnt_regs_ip(regs), regs->parent, slot, regs);
}

/**
 * ops_dispatch_shared - the same for a function that the kernel calls us for
 * @ip: address of the call site
 * @parent_ip: return address of the function
 * @regs: registers at the site
 *
 * Called by the trampoline from which the kernel calls us, or by our callback.
 *
 * Context: any, NMI-safe; preemption off, once more than in the function.
 */
void ops_dispatch_shared(unsigned long ip, unsigned long parent_ip, const struct fnt_regs *regs)
{
	unsigned int slot = join_slot(ip);

	if (slot)
		dispatch(ip, parent_ip, &ops_slots[slot], regs);
}

/**
 * dispatch_count_hits - have calls counted function by function, or no more
 * @on: count
 *
 * Calls that are under way may be counted, or not, for as long as a quiescence
 * takes.
 *
 * Context: process, may sleep; patch_mutex held.
 */
void dispatch_count_hits(bool on)
{
	if (on)
		static_branch_enable(&hits_counted);
	else
		static_branch_disable(&hits_counted);
}
