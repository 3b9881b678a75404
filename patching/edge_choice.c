// SPDX-License-Identifier: GPL-2.0
/*
 * The numbers of thunks. PURE: also compiled in user space.
 */

#include "patching/edge_choice.h"

#include <linux/stddef.h>

_Static_assert(offsetof(struct edge_section, start) == EDGE_START, "see edge_layout.h");
_Static_assert(offsetof(struct edge_section, at) == EDGE_AT, "see edge_layout.h");
_Static_assert(offsetof(struct edge_section, caller) == EDGE_CALLER, "see edge_layout.h");
_Static_assert(offsetof(struct edge_section, limit) == EDGE_LIMIT, "see edge_layout.h");
_Static_assert(sizeof(struct edge_section) == EDGE_SECTION_SIZE, "see edge_layout.h");
_Static_assert((int)offsetof(struct edge_cpu, before) == EDGE_BEFORE, "see edge_layout.h");
_Static_assert((int)offsetof(struct edge_cpu, inside) == EDGE_INSIDE, "see edge_layout.h");

/* Choices of kinds that make a difference to a thunk. */
#define WANTS_ONE 3	/* its own, either, both */
#define WANTS_ALL 7

#define OF_IRQS EDGE_WANT(EDGE_IRQS)
#define OF_PREEMPT EDGE_WANT(EDGE_PREEMPT)
#define OF_BOTH (OF_IRQS | OF_PREEMPT)

/* In how many ways it is done, and of which kinds the sections are, but for either. */
static const struct {
	u8 hows;
	u8 kinds;
} ops[EDGE_OPS] = {
	[EDGE_CLI] = { EDGE_BEGIN_HOWS, OF_IRQS },
	[EDGE_INC] = { EDGE_BEGIN_HOWS, OF_PREEMPT },
	[EDGE_ADD_BH] = { EDGE_BEGIN_HOWS, OF_PREEMPT },
	[EDGE_ADD_BH_LOCK] = { EDGE_BEGIN_HOWS, OF_PREEMPT },
	[EDGE_ADD_SOFTIRQ] = { EDGE_BEGIN_HOWS, OF_PREEMPT },
	[EDGE_ADD_HARDIRQ] = { EDGE_BEGIN_HOWS, OF_BOTH },
	[EDGE_STI] = { EDGE_END_HOWS, OF_IRQS },
	[EDGE_DEC] = { EDGE_END_HOWS, OF_PREEMPT },
	[EDGE_SUB_BH] = { EDGE_END_HOWS, OF_PREEMPT },
	[EDGE_SUB_SOFTIRQ] = { EDGE_END_HOWS, OF_PREEMPT },
	[EDGE_SUB_HARDIRQ] = { EDGE_END_HOWS, OF_BOTH },
};

/* Number of a choice among those that make a difference, from 1; 0 if none is wanted. */
static unsigned int choice(unsigned int op, unsigned int wanted)
{
	if (ops[op].kinds == OF_BOTH)
		return wanted;
	return !!(wanted & ops[op].kinds) + 2 * !!(wanted & EDGE_WANT(EDGE_EITHER));
}

/**
 * edge_thunk_number - the thunk that does what an instruction does
 * @op: the instruction, EDGE_*
 * @wanted: kinds of sections that somebody wants to know of, EDGE_WANT()
 * @how: EDGE_SELF and so on, or EDGE_PLAINLY and so on
 *
 * Context: any.
 * Return: its place in the order of EDGE_ALL_THUNKS, from 1; 0 if none is needed.
 */
unsigned int edge_thunk_number(unsigned int op, unsigned int wanted, unsigned int how)
{
	unsigned int before = 0, i;

	if (!choice(op, wanted))
		return 0;
	for (i = 0; i < op; i++)
		before += (ops[i].kinds == OF_BOTH ? WANTS_ALL : WANTS_ONE) * ops[i].hows;
	return before + (choice(op, wanted) - 1) * ops[op].hows + how + 1;
}

/**
 * edge_kinds_possible - which sections can be told of?
 * @has: for each instruction whether there are any
 *
 * A kernel without paravirtualisation switches interrupts by an instruction that is too
 * short to be replaced, one that cannot be preempted does not count.
 *
 * Context: any.
 * Return: EDGE_WANT() of each kind that both begins and ends.
 */
unsigned int edge_kinds_possible(const bool has[EDGE_OPS])
{
	unsigned int kinds = 0;

	if (has[EDGE_CLI] && has[EDGE_STI])
		kinds |= OF_IRQS;
	if (has[EDGE_INC] && has[EDGE_DEC])
		kinds |= OF_PREEMPT;
	return kinds == OF_BOTH ? OF_BOTH | EDGE_WANT(EDGE_EITHER) : kinds;
}

/**
 * edge_thunk_addr - where a thunk begins
 * @thunk: its number
 *
 * Context: any.
 * Return: its address; 0 for that of none.
 */
unsigned long edge_thunk_addr(unsigned int thunk)
{
	return thunk ? (unsigned long)fnt_edge_thunks + fnt_edge_offsets[thunk - 1] : 0;
}
