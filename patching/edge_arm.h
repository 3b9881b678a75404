/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_EDGE_ARM_H
#define FNT_PATCHING_EDGE_ARM_H

/* Which thunk stands at which site, and having it so. */

#include <linux/percpu.h>
#include <linux/types.h>

#include "patching/edge_layout.h"

struct edge_end;
struct edge_stats;

/**
 * struct edge_section - a section on a CPU; as edge_layout.h has it
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
} __aligned(64);

DECLARE_PER_CPU(struct edge_cpu, edge_cpu);

/* The thunks, and where in them each begins. */
extern const char fnt_edge_thunks[];
extern const u32 fnt_edge_offsets[];

void edges_ended(unsigned int kind, unsigned long end, s64 ticks);

int edge_arm(unsigned int wanted);
bool edge_armed(void);
void edge_arm_stats(struct edge_stats *stats);

#endif
