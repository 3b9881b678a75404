// SPDX-License-Identifier: GPL-2.0
/*
 * The x86-64 instructions that stand at a call site. PURE: also compiled in
 * user space.
 */

#include "patching/insn.h"

#include <linux/string.h>

/* P6_NOP5, the form that every kernel since v5.12 uses on x86-64. */
static const u8 nop5[INSN_LEN] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };

/**
 * insn_nop - encode the NOP of an idle call site
 * @code: receives INSN_LEN bytes
 *
 * Context: any, NMI-safe.
 */
void insn_nop(u8 *code)
{
	memcpy(code, nop5, INSN_LEN);
}

static bool encode_rel32(u8 *code, u8 opcode, unsigned long ip, unsigned long target)
{
	long disp = (long)(target - (ip + INSN_LEN));
	s32 rel = disp;

	if (rel != disp)
		return false;
	code[0] = opcode;
	memcpy(code + 1, &rel, sizeof(rel));
	return true;
}

/**
 * insn_call - encode a near call
 * @code: receives INSN_LEN bytes; untouched on failure
 * @ip: address the call will stand at
 * @target: address it calls
 *
 * Context: any, NMI-safe.
 * Return: false if @target is out of the reach of a 32-bit displacement.
 */
bool insn_call(u8 *code, unsigned long ip, unsigned long target)
{
	return encode_rel32(code, INSN_CALL, ip, target);
}

/**
 * insn_jmp - encode a near jump
 * @code: receives INSN_LEN bytes; untouched on failure
 * @ip: address the jump will stand at
 * @target: address it jumps to
 *
 * Context: any, NMI-safe.
 * Return: false if @target is out of the reach of a 32-bit displacement.
 */
bool insn_jmp(u8 *code, unsigned long ip, unsigned long target)
{
	return encode_rel32(code, INSN_JMP, ip, target);
}

/**
 * insn_is_nop - are these the bytes of an idle call site?
 * @code: INSN_LEN bytes
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
bool insn_is_nop(const u8 *code)
{
	return !memcmp(code, nop5, INSN_LEN);
}

/**
 * insn_call_target - where a near call goes
 * @code: INSN_LEN bytes
 * @ip: address they stand at
 *
 * Context: any, NMI-safe.
 * Return: the target; 0 if the bytes are no near call.
 */
unsigned long insn_call_target(const u8 *code, unsigned long ip)
{
	s32 rel;

	if (code[0] != INSN_CALL)
		return 0;
	memcpy(&rel, code + 1, sizeof(rel));
	return ip + INSN_LEN + rel;
}
