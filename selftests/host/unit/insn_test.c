// SPDX-License-Identifier: GPL-2.0
/*
 * The instructions of call sites.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/string.h>

#include "patching/insn.h"

#define TEXT 0xffffffff81000000UL

static void nop_is_recognised(void **state)
{
	u8 code[INSN_LEN] = { };

	assert_false(insn_is_nop(code));
	insn_nop(code);
	assert_true(insn_is_nop(code));
	assert_int_equal(insn_call_target(code, TEXT), 0);
	code[4] = 1;
	assert_false(insn_is_nop(code));
}

static void call_is_what_the_manual_says(void **state)
{
	static const u8 forward[INSN_LEN] = { 0xe8, 0xfb, 0x0f, 0, 0 };
	static const u8 backward[INSN_LEN] = { 0xe8, 0xfb, 0xef, 0xff, 0xff };
	u8 code[INSN_LEN];

	assert_true(insn_call(code, TEXT, TEXT + 0x1000));
	assert_memory_equal(code, forward, INSN_LEN);
	assert_true(insn_call(code, TEXT, TEXT - 0x1000));
	assert_memory_equal(code, backward, INSN_LEN);
	assert_true(insn_jmp(code, TEXT, TEXT + 0x1000));
	assert_int_equal(code[0], 0xe9);
	assert_int_equal(insn_call_target(code, TEXT), 0);
}

static void targets_come_back(void **state)
{
	static const long reach[] = { 0, 5, -5, 0x1000, -0x1000, 0x7fffffff, -0x7ffffff0 };
	u8 code[INSN_LEN];
	unsigned int i;

	for (i = 0; i < sizeof(reach) / sizeof(*reach); i++) {
		unsigned long target = TEXT + 5 + reach[i];

		assert_true(insn_call(code, TEXT, target));
		assert_int_equal(insn_call_target(code, TEXT), target);
	}
}

static void out_of_reach_is_refused_and_writes_nothing(void **state)
{
	u8 code[INSN_LEN] = { 1, 2, 3, 4, 5 };
	static const u8 same[INSN_LEN] = { 1, 2, 3, 4, 5 };

	assert_false(insn_call(code, TEXT, TEXT + 5 + 0x80000000UL));
	assert_false(insn_call(code, TEXT, TEXT + 5 - 0x80000001UL));
	assert_false(insn_jmp(code, TEXT, 0xffff888000000000UL));
	assert_memory_equal(code, same, INSN_LEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nop_is_recognised),
		cmocka_unit_test(call_is_what_the_manual_says),
		cmocka_unit_test(targets_come_back),
		cmocka_unit_test(out_of_reach_is_refused_and_writes_nothing),
	};

	return cmocka_run_group_tests_name("insn", tests, NULL, NULL);
}
