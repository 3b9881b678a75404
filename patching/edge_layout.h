/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_EDGE_LAYOUT_H
#define FNT_PATCHING_EDGE_LAYOUT_H

/*
 * Numbers that edge_thunks.S and C code have to agree on. PURE: also for the test in
 * user space.
 *
 * A section is a time in which interrupts are off on a CPU, or preemption is, or either.
 */
#define EDGE_IRQS 0
#define EDGE_PREEMPT 1
#define EDGE_EITHER 2
#define EDGE_KINDS 3

/*
 * What an instruction does, that is what a thunk does in its place. The first ones may
 * begin a section, the others may end one.
 */
#define EDGE_CLI 0
#define EDGE_INC 1		/* of the preempt count, as all that follow but two */
#define EDGE_ADD_BH 2
#define EDGE_ADD_BH_LOCK 3
#define EDGE_ADD_SOFTIRQ 4
#define EDGE_ADD_HARDIRQ 5
#define EDGE_STI 6
#define EDGE_DEC 7
#define EDGE_SUB_BH 8
#define EDGE_SUB_SOFTIRQ 9
#define EDGE_SUB_HARDIRQ 10
#define EDGE_OPS 11
#define EDGE_BEGINS EDGE_STI

/* Parts of the preempt count: linux/preempt.h. */
#define EDGE_COUNT_BH 0x200
#define EDGE_COUNT_BH_LOCK 0x201
#define EDGE_COUNT_SOFTIRQ 0x100
#define EDGE_COUNT_HARDIRQ 0x10000
#define EDGE_COUNT_MASK 0x7fffffff

/* Offsets in struct edge_cpu, and in the struct edge_section at its front. */
#define EDGE_START 0
#define EDGE_AT 8
#define EDGE_CALLER 16
#define EDGE_LIMIT 24
#define EDGE_SECTION_SIZE 32
#define EDGE_BEFORE (EDGE_KINDS * EDGE_SECTION_SIZE)
#define EDGE_INSIDE (EDGE_BEFORE + 24)

/* The upper half of a start that is none: later than any. */
#define EDGE_NEVER 0x7fffffff

/*
 * Thunks are numbered by what they do; for which kinds of sections; and how: those that
 * may begin one by where the caller's address is, the others by whether an end is one.
 */
#define EDGE_WANT(kind) (1 << (kind))
#define EDGE_SELF 0		/* the caller is not asked for */
#define EDGE_CALLER_ABOVE 1	/* upon the stack as the site has it */
#define EDGE_CALLER_BEHIND 2	/* behind one word of it */
#define EDGE_BEGIN_HOWS 3
#define EDGE_PLAINLY 0
#define EDGE_AT_GATE 1		/* see EDGE_GATE */
#define EDGE_END_HOWS 2

/* Before a thunk begins, it is entered by way of int3. */
#define EDGE_TRAP_ENTRY 5

#endif
