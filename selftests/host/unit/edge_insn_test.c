// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes of instructions that switch interrupts and preemption, and of the calls in
 * their place.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <linux/string.h>

#include "patching/edge_insn.h"

#define COUNT 0x1fb40
#define IP 0xffffffff81234567UL

/* A word of code that has the count for its operand. */
static void put_operand(u8 *code, unsigned int len)
{
	u32 disp = COUNT - (u32)(IP + len);

	memcpy(code + 3, &disp, sizeof(disp));
}

static void put_amount(u8 *code, s32 amount)
{
	memcpy(code + 7, &amount, sizeof(amount));
}

static void the_kernels_instructions_are_known(void **state)
{
	static const struct {
		s32 amount;
		unsigned int op;
	} adds[] = {
		{ 0x200, EDGE_ADD_BH }, { 0x201, EDGE_ADD_BH_LOCK }, { 0x100, EDGE_ADD_SOFTIRQ },
		{ 0x10000, EDGE_ADD_HARDIRQ }, { -0x200, EDGE_SUB_BH },
		{ -0x100, EDGE_SUB_SOFTIRQ }, { -0x10000, EDGE_SUB_HARDIRQ },
	};
	u8 cli[EDGE_LEN_MAX] = { 0xfa, 0x0f, 0x1f, 0x44 };
	u8 sti[EDGE_LEN_MAX] = { 0xfb, 0x0f, 0x1f, 0x44 };
	u8 inc[EDGE_LEN_MAX] = { 0x65, 0xff, 0x05 };
	u8 dec[EDGE_LEN_MAX] = { 0x65, 0xff, 0x0d };
	u8 add[EDGE_LEN_MAX] = { 0x65, 0x81, 0x05 };
	struct edge_insn insn;
	unsigned int i;

	assert_true(edge_insn_at(cli, IP, COUNT, &insn));
	assert_int_equal(insn.op, EDGE_CLI);
	assert_int_equal(insn.len, 6);
	assert_true(edge_insn_at(sti, IP, COUNT, &insn));
	assert_int_equal(insn.op, EDGE_STI);
	assert_int_equal(insn.len, 6);
	put_operand(inc, 7);
	assert_true(edge_insn_at(inc, IP, COUNT, &insn));
	assert_int_equal(insn.op, EDGE_INC);
	assert_int_equal(insn.len, 7);
	put_operand(dec, 7);
	assert_true(edge_insn_at(dec, IP, COUNT, &insn));
	assert_int_equal(insn.op, EDGE_DEC);
	assert_int_equal(insn.len, 7);
	put_operand(add, 11);
	for (i = 0; i < sizeof(adds) / sizeof(*adds); i++) {
		put_amount(add, adds[i].amount);
		assert_true(edge_insn_at(add, IP, COUNT, &insn));
		assert_int_equal(insn.op, adds[i].op);
		assert_int_equal(insn.len, 11);
	}
}

static void others_are_none(void **state)
{
	static const u8 raw_cli[EDGE_LEN_MAX] = { 0xfa, 0x90, 0x0f, 0x1f, 0x44 };
	static const u8 endbr[EDGE_LEN_MAX] = { 0xf3, 0x0f, 0x1e, 0xfa, 0x0f, 0x1f, 0x44 };
	u8 inc[EDGE_LEN_MAX] = { 0x65, 0xff, 0x05 };
	u8 add[EDGE_LEN_MAX] = { 0x65, 0x81, 0x05 };
	u8 and[EDGE_LEN_MAX] = { 0x65, 0x81, 0x25 };
	struct edge_insn insn;

	assert_false(edge_insn_at(raw_cli, IP, COUNT, &insn));
	assert_false(edge_insn_at(endbr, IP, COUNT, &insn));
	/* Another variable. */
	put_operand(inc, 7);
	assert_false(edge_insn_at(inc, IP + 1, COUNT, &insn));
	assert_false(edge_insn_at(inc, IP, COUNT + 8, &insn));
	/* Without the CPU's segment, or another operation. */
	inc[0] = 0x64;
	assert_false(edge_insn_at(inc, IP, COUNT, &insn));
	put_operand(and, 11);
	put_amount(and, 0x7fffffff);
	assert_false(edge_insn_at(and, IP, COUNT, &insn));
	/* An amount that nothing is known of: of an NMI. */
	put_operand(add, 11);
	put_amount(add, 0x110000);
	assert_false(edge_insn_at(add, IP, COUNT, &insn));
}

/* Whatever stands there, what might begin one is found, and where it is. */
static void looking_finds_every_place(void **state)
{
	static const u8 likely[] = { 0x65, 0xfa, 0xfb, 0x64, 0xf9, 0xfc, 0, 0xff, 0x0f };
	u8 text[64 + 8];
	unsigned int round, i, from, end;
	const u8 *found;

	srand(1);
	for (round = 0; round < 100000; round++) {
		for (i = 0; i < sizeof(text); i++)
			text[i] = rand() % 3 ? rand() : likely[rand() % sizeof(likely)];
		if (rand() % 2)
			memset(text, rand(), rand() % 64);
		from = rand() % 64;
		end = from + rand() % (65 - from);
		found = edge_insn_look(text + from, text + end);
		for (i = from; i < end; i++)
			if (text[i] == 0x65 || text[i] == 0xfa || text[i] == 0xfb)
				break;
		assert_ptr_equal(found, text + i);
	}
}

static void calls_fill_the_place(void **state)
{
	static const u8 six[] = { 0x2e, 0xe8, 0xfa, 0x0f, 0, 0 };
	static const u8 seven[] = { 0x2e, 0x2e, 0xe8, 0xf9, 0x0f, 0, 0 };
	u8 code[EDGE_LEN_MAX + 1];
	unsigned int len;

	assert_true(edge_insn_call(code, 0x1000, 6, 0x2000));
	assert_memory_equal(code, six, 6);
	assert_true(edge_insn_call(code, 0x1000, 7, 0x2000));
	assert_memory_equal(code, seven, 7);
	for (len = INSN_LEN; len <= EDGE_LEN_MAX; len++) {
		memset(code, 0x5a, sizeof(code));
		assert_true(edge_insn_call(code, IP, len, IP - 0x1234567));
		assert_int_equal(code[len], 0x5a);
		assert_int_equal(edge_insn_call_target(code, IP, len), IP - 0x1234567);
		/* From behind its first prefix it is the same call. */
		if (len > INSN_LEN)
			assert_int_equal(edge_insn_call_target(code + 1, IP + 1, len - 1),
					 IP - 0x1234567);
		code[0] ^= 1;
		assert_int_equal(edge_insn_call_target(code, IP, len), 0);
	}
	memset(code, 0x5a, sizeof(code));
	assert_false(edge_insn_call(code, 0, 7, 1UL << 40));
	for (len = 0; len < sizeof(code); len++)
		assert_int_equal(code[len], 0x5a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernels_instructions_are_known),
		cmocka_unit_test(others_are_none),
		cmocka_unit_test(looking_finds_every_place),
		cmocka_unit_test(calls_fill_the_place),
	};

	return cmocka_run_group_tests_name("edge_insn", tests, NULL, NULL);
}
