/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_EDGE_CHOICE_H
#define FNT_PATCHING_EDGE_CHOICE_H

/* What edge_thunks.S and C code know of each other. PURE: also for the test in user space. */

#include <linux/types.h>

#include "patching/edge_layout.h"

/**
 * struct edge_section - a section on a CPU
 * @start: time at which it began; the upper half is EDGE_NEVER if there is none
 * @at: where: behind the instruction
 * @caller: return address of the function, if that only does it for others; else 0
 * @limit: somebody wants to know if it was longer, in ticks
 */
struct edge_section {
	u64 start;
	unsigned long at;
	unsigned long caller;
	s64 limit;
};

/**
 * struct edge_cpu - what thunks know of a CPU
 * @sections: one of each kind
 * @before: start, @at and @caller of the section that the last interrupt ended
 * @inside: there is one, for each kind
 */
struct edge_cpu {
	struct edge_section sections[EDGE_KINDS];
	u64 before[3];
	bool inside[EDGE_KINDS];
} __attribute__((aligned(64)));

/* The thunks, and where in them each begins. */
extern const char fnt_edge_thunks[];
extern const u32 fnt_edge_offsets[];

/* What they call. */
void edges_ended(unsigned int kind, unsigned long end, s64 ticks);

unsigned int edge_kinds_possible(const bool has[EDGE_OPS]);
unsigned int edge_thunk_number(unsigned int op, unsigned int wanted, unsigned int how);
unsigned long edge_thunk_addr(unsigned int thunk);

#endif
