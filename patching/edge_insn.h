/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_EDGE_INSN_H
#define FNT_PATCHING_EDGE_INSN_H

/*
 * The instructions that switch interrupts or preemption off and on, as the kernel's
 * text has them. PURE.
 */

#include <linux/types.h>

#include "patching/edge_layout.h"
#include "patching/insn.h"

/* The longest of them, and of the calls that take their place. */
#define EDGE_LEN_MAX 11

/**
 * struct edge_insn - such an instruction
 * @op: what it does, EDGE_*
 * @len: bytes that it takes, with those of NOPs that belong to it
 */
struct edge_insn {
	u8 op;
	u8 len;
};

bool edge_insn_at(const u8 *code, unsigned long ip, u32 count, struct edge_insn *insn);
const u8 *edge_insn_look(const u8 *code, const u8 *end);
bool edge_insn_call(u8 *code, unsigned long ip, unsigned int len, unsigned long target);
unsigned long edge_insn_call_target(const u8 *code, unsigned long ip, unsigned int len);

#endif
