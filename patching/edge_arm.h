/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_EDGE_ARM_H
#define FNT_PATCHING_EDGE_ARM_H

/* Which thunk stands at which site, and having it so. */

#include <linux/percpu.h>
#include <linux/types.h>

#include "patching/edge_choice.h"

struct edge_stats;

DECLARE_PER_CPU(struct edge_cpu, edge_cpu);

int edge_arm(unsigned int wanted);
bool edge_armed(void);
void edge_arm_stats(struct edge_stats *stats);

#endif
