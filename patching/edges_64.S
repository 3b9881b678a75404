/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands in for the instructions that switch interrupts or preemption, with the
 * registers of each: edge_thunks.S.
 *
 * Reached only by direct calls, so they need no ENDBR.
 */

#include <linux/linkage.h>
#include <asm/nospec-branch.h>

#include "core/kabi_asm.h"
#include "patching/edge_layout.h"

#define EDGE_IRQS_OFF cli
#define EDGE_IRQS_ON sti
#define EDGE_PUSH_FLAGS pushfq
#define EDGE_COUNT KABI_PREEMPT_COUNT
#define EDGE_MEM(offset) %gs:edge_cpu + (offset)
#define EDGE_RDTSC rdtsc
#define EDGE_TELL edges_ended

#include "patching/edge_thunks.S"

	.text

	EDGE_ALL_THUNKS
