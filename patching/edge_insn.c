// SPDX-License-Identifier: GPL-2.0
/*
 * Instructions that switch interrupts or preemption off and on. PURE: also compiled in
 * user space.
 *
 * Interrupts are switched by an instruction of one byte, but where the kernel may run
 * on a hypervisor that wants to be called for it there is room for a call: a NOP follows.
 * Preemption is off while a word of the CPU is not 0, which is counted up and down.
 */

#include "patching/edge_insn.h"

#include <linux/string.h>

#define CLI 0xfa
#define STI 0xfb
#define GS 0x65

/* A prefix that means nothing to a call. */
#define PREFIX_CS 0x2e

static u32 read_u32(const u8 *code)
{
	u32 value;

	memcpy(&value, code, sizeof(value));
	return value;
}

static bool put_insn(struct edge_insn *insn, unsigned int op, unsigned int len)
{
	insn->op = op;
	insn->len = len;
	return true;
}

static bool add_at(s32 amount, unsigned int len, struct edge_insn *insn)
{
	switch (amount) {
	case EDGE_COUNT_BH:
		return put_insn(insn, EDGE_ADD_BH, len);
	case EDGE_COUNT_BH_LOCK:
		return put_insn(insn, EDGE_ADD_BH_LOCK, len);
	case EDGE_COUNT_SOFTIRQ:
		return put_insn(insn, EDGE_ADD_SOFTIRQ, len);
	case EDGE_COUNT_HARDIRQ:
		return put_insn(insn, EDGE_ADD_HARDIRQ, len);
	case -EDGE_COUNT_BH:
		return put_insn(insn, EDGE_SUB_BH, len);
	case -EDGE_COUNT_SOFTIRQ:
		return put_insn(insn, EDGE_SUB_SOFTIRQ, len);
	case -EDGE_COUNT_HARDIRQ:
		return put_insn(insn, EDGE_SUB_HARDIRQ, len);
	default:
		return false;
	}
}

/* One that has the preempt count for its operand, by its distance from what follows. */
static bool count_at(const u8 *code, unsigned long ip, u32 count, struct edge_insn *insn)
{
	unsigned int len = code[1] == 0x81 ? 11 : 7;

	if ((u32)(ip + len) + read_u32(code + 3) != count)
		return false;
	if (code[1] == 0xff && code[2] == 0x05)
		return put_insn(insn, EDGE_INC, len);
	if (code[1] == 0xff && code[2] == 0x0d)
		return put_insn(insn, EDGE_DEC, len);
	if (code[1] == 0x81 && code[2] == 0x05)
		return add_at(read_u32(code + 7), len, insn);
	return false;
}

/**
 * edge_insn_at - is it such an instruction?
 * @code: EDGE_LEN_MAX bytes
 * @ip: the address that they are executed at
 * @count: where the preempt count is, from the base of a CPU's variables
 * @insn: receives it
 *
 * Whether an instruction begins there at all the bytes do not tell.
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
bool edge_insn_at(const u8 *code, unsigned long ip, u32 count, struct edge_insn *insn)
{
	if (code[0] == GS)
		return count_at(code, ip, count, insn);
	if ((code[0] == CLI || code[0] == STI) && insn_is_nop(code + 1))
		return put_insn(insn, code[0] == CLI ? EDGE_CLI : EDGE_STI, 1 + INSN_LEN);
	return false;
}

#define EACH_BYTE(byte) (0x0101010101010101ULL * (byte))

/* Has one of eight bytes the value 0? Or the one above one that has the value 1. */
static bool has_zero(u64 word)
{
	return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

/* May one of eight bytes be the first of an instruction that is looked for? */
static bool may_begin(const u8 *code)
{
	u64 word;

	memcpy(&word, code, sizeof(word));
	return has_zero(word ^ EACH_BYTE(GS)) || has_zero((word | EACH_BYTE(1)) ^ EACH_BYTE(STI));
}

/**
 * edge_insn_look - the next place at which such an instruction might be
 * @code: where to begin
 * @end: behind the last byte to be looked at, and 8 bytes more can be read
 *
 * Context: any.
 * Return: the place; @end if there is none.
 */
const u8 *edge_insn_look(const u8 *code, const u8 *end)
{
	while (code < end) {
		if (code + 8 <= end && !may_begin(code)) {
			code += 8;
			continue;
		}
		if (*code == GS || *code == CLI || *code == STI)
			return code;
		code++;
	}
	return end;
}

/**
 * edge_insn_call - encode a call that is so many bytes long
 * @code: receives them; untouched on failure
 * @ip: address the call will stand at
 * @len: from INSN_LEN to EDGE_LEN_MAX
 * @target: address it calls
 *
 * One instruction: what is before it and behind it is the same as if the kernel's own
 * stood there, so text can be changed while somebody is in @target.
 *
 * Context: any, NMI-safe.
 * Return: false if @target is out of the reach of a 32-bit displacement.
 */
bool edge_insn_call(u8 *code, unsigned long ip, unsigned int len, unsigned long target)
{
	unsigned int prefixes = len - INSN_LEN;

	if (!insn_call(code + prefixes, ip + prefixes, target))
		return false;
	memset(code, PREFIX_CS, prefixes);
	return true;
}

/**
 * edge_insn_call_target - where a call of edge_insn_call() goes
 * @code: @len bytes
 * @ip: address they stand at
 * @len: from INSN_LEN to EDGE_LEN_MAX
 *
 * Context: any, NMI-safe.
 * Return: the target; 0 if the bytes are no such call.
 */
unsigned long edge_insn_call_target(const u8 *code, unsigned long ip, unsigned int len)
{
	unsigned int prefixes = len - INSN_LEN, i;

	for (i = 0; i < prefixes; i++)
		if (code[i] != PREFIX_CS)
			return 0;
	return insn_call_target(code + prefixes, ip + prefixes);
}
