/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_INSN_H
#define FNT_PATCHING_INSN_H

#include <linux/types.h>

/* Bytes of an fentry call site: a NOP, a near call or a near jump. */
#define INSN_LEN 5

#define INSN_INT3 0xcc
#define INSN_CALL 0xe8
#define INSN_JMP 0xe9

void insn_nop(u8 *code);
bool insn_call(u8 *code, unsigned long ip, unsigned long target);
bool insn_jmp(u8 *code, unsigned long ip, unsigned long target);

bool insn_is_nop(const u8 *code);
unsigned long insn_call_target(const u8 *code, unsigned long ip);

#endif
