// SPDX-License-Identifier: GPL-2.0
/*
 * Which calls are recorded: every comparison of every small value is held against what C says
 * of it; and what is refused, with where.
 */

#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/btf.h"
#include "core/condition.h"

static struct btf *types;
static struct btf_image image;

static int make_types(void **state)
{
	int t_char, s8, u8, s64, u64, flag, name, mode, wide, proto;
	const void *data;
	__u32 size;

	types = btf__new_empty();
	t_char = btf__add_int(types, "char", 1, BTF_INT_SIGNED);
	s8 = btf__add_int(types, "s8", 1, BTF_INT_SIGNED);
	u8 = btf__add_int(types, "u8", 1, 0);
	s64 = btf__add_int(types, "s64", 8, BTF_INT_SIGNED);
	u64 = btf__add_int(types, "u64", 8, 0);
	flag = btf__add_int(types, "_Bool", 1, BTF_INT_BOOL);
	name = btf__add_ptr(types, t_char);
	mode = btf__add_enum(types, "mode", 4);
	btf__add_enum_value(types, "MODE_NONE", -1);
	btf__add_enum_value(types, "MODE_ABS", 0);
	wide = btf__add_enum64(types, "wide", 8, false);
	btf__add_enum64_value(types, "WIDE", 0x123456789aULL);
	proto = btf__add_func_proto(types, 0);
	btf__add_func_param(types, "s8", s8);
	btf__add_func_param(types, "u8", u8);
	btf__add_func_param(types, "s64", s64);
	btf__add_func_param(types, "u64", u64);
	btf__add_func_param(types, "flag", flag);
	btf__add_func_param(types, "name", name);
	btf__add_func_param(types, "seventh", s8);
	btf__add_func(types, "all", BTF_FUNC_STATIC, proto);
	proto = btf__add_func_proto(types, 0);
	btf__add_func_param(types, "mode", mode);
	btf__add_func_param(types, "wide", wide);
	btf__add_func(types, "enums", BTF_FUNC_STATIC, proto);
	data = btf__raw_data(types, &size);
	assert_int_equal(btf_image_open(&image, data, size, NULL), 0);
	return 0;
}

static int drop_types(void **state)
{
	btf_image_close(&image);
	btf__free(types);
	return 0;
}

/* What @text means of a function: 0, and @condition; else where it is wrong. */
static int compile(const char *function, const char *text, struct condition *condition)
{
	int proto = btf_image_prototype(&image, btf_image_slot(&image, function));
	struct trigger_fault fault = { };
	struct condition_words words;
	char copy[400];

	snprintf(copy, sizeof(copy), "%s", text);
	if (!condition_parse(copy, false, &words, &fault) &&
	    !condition_compile(condition, &words, &image, proto, &fault))
		return 0;
	assert_non_null(fault.what);
	return fault.pos;
}

static bool holds(const char *function, const char *text, unsigned long reg)
{
	struct condition condition = { };
	int pos = compile(function, text, &condition);

	if (pos)
		fail_msg("'%s' is refused at %d", text, pos);
	return condition_holds(&condition, reg);
}

static bool meant(const char *op, long a, long b)
{
	return !strcmp(op, "==") ? a == b : !strcmp(op, "!=") ? a != b : !strcmp(op, "<") ? a < b :
	       !strcmp(op, "<=") ? a <= b : !strcmp(op, ">") ? a > b :
	       !strcmp(op, ">=") ? a >= b : (a & b) != 0;
}

/* Whatever is above an argument in its register. */
static const unsigned long rubbish[] = { 0, ~0UL << 8, 0xa5a5a5a5a5a5a500UL };

static void every_byte_is_compared_as_in_c(void **state)
{
	static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=", "&" };
	struct condition condition = { };
	char text[64];
	int a, b, i;

	for (i = 0; i < 7; i++) {
		for (b = -128; b < 128; b++) {
			sprintf(text, "if:s8 %s %d", ops[i], ops[i][0] == '&' ? (u8)b : b);
			assert_int_equal(compile("all", text, &condition), 0);
			for (a = -128; a < 128; a++)
				assert_int_equal(condition_holds(&condition,
								 (u8)a | rubbish[a & 1]),
						 meant(ops[i], ops[i][0] == '&' ? (u8)a : a,
						       ops[i][0] == '&' ? (u8)b : b));
		}
		for (b = 0; b < 256; b++) {
			sprintf(text, "if:u8%s0x%x", ops[i], b);
			assert_int_equal(compile("all", text, &condition), 0);
			for (a = 0; a < 256; a++)
				assert_int_equal(condition_holds(&condition, a | rubbish[a % 3]),
						 meant(ops[i], a, b));
		}
	}
}

static void the_ends_of_long_ones(void **state)
{
	assert_true(holds("all", "if:s64 == -9223372036854775808", 1UL << 63));
	assert_true(holds("all", "if:s64 < -9223372036854775807", 1UL << 63));
	assert_false(holds("all", "if:s64 < -9223372036854775808", 1UL << 63));
	assert_true(holds("all", "if:s64 <= 9223372036854775807", ~0UL));
	assert_false(holds("all", "if:s64 > 9223372036854775807", ~0UL >> 1));
	assert_true(holds("all", "if:u64 > 9223372036854775807", ~0UL));
	assert_true(holds("all", "if:u64 == 18446744073709551615", ~0UL));
	assert_false(holds("all", "if:u64 > 0xffffffffffffffff", ~0UL));
	assert_false(holds("all", "if:u64 < 0", 0));
	assert_true(holds("all", "if:u64 >= 0", 0));
	assert_true(holds("all", "if:u64 & 0x8000000000000000", 1UL << 63));
	assert_false(holds("all", "if:u64 & 0", ~0UL));
	assert_true(holds("all", "if:u64 == 0644", 420));
}

static void names_of_values(void **state)
{
	assert_true(holds("all", "if:flag == true", 0x7701));
	assert_true(holds("all", "if:flag == false", 0x7700));
	assert_true(holds("all", "if:name != NULL", 1));
	assert_true(holds("all", "if:name == 0x10", 16));
	assert_true(holds("enums", "if:mode == MODE_NONE", 0xffffffffUL));
	assert_true(holds("enums", "if:mode < MODE_ABS", 0xffffffffUL));
	assert_true(holds("enums", "if:wide == WIDE", 0x123456789aUL));
	assert_false(holds("enums", "if:wide == WIDE", 0x3456789aUL));
}

static void texts_of_strings(void **state)
{
	struct condition condition = { };

	assert_int_equal(compile("all", "if:name == \"a b\"", &condition), 0);
	assert_string_equal(condition.text, "name == \"a b\"");
	assert_true(condition.string);
	assert_true(condition_holds_string(&condition, "a b", 4));
	assert_false(condition_holds_string(&condition, "a b", 2));
	assert_false(condition_holds_string(&condition, "a bc", 5));
	assert_int_equal(compile("all", "if:name!=\"\"", &condition), 0);
	assert_false(condition_holds_string(&condition, "", 1));
	assert_true(condition_holds_string(&condition, "x", 2));
	/* What cannot be read is neither. */
	assert_false(condition_holds_string(&condition, "x", 0));
	assert_int_equal(compile("all", "if:name ~ /etc/*", &condition), 0);
	assert_true(condition_holds_string(&condition, "/etc/passwd", 12));
	assert_false(condition_holds_string(&condition, "/usr/etc/", 10));
}

static void what_is_wrong_is_told_where_it_is(void **state)
{
	static const struct {
		const char *text;
		int pos;
	} wrong[] = {
		{ "if:none == 1", 3 },	{ "if: == 1", 4 },	{ "if:u8 =! 1", 6 },
		{ "if:u8", 5 },		{ "if:u8 ==", 8 },	{ "if:u8 == 256", 9 },
		{ "if:u8 == -1", 9 },	{ "if:s8 == 128", 9 },	{ "if:s8 == -129", 9 },
		{ "if:s8 & -1", 8 },	{ "if:s8 & 256", 8 },	{ "if:u8 == 1a", 9 },
		{ "if:u8 == 08", 9 },	{ "if:u8 == 0x", 9 },	{ "if:u8 == --1", 9 },
		{ "if:u8 == \"1", 9 },	{ "if:u8 == \"1\"", 9 }, { "if:u8 ~ 1", 6 },
		{ "if:u8 == 1 2", 11 },	{ "if:flag == 2", 11 },	{ "if:flag == NULL", 11 },
		{ "if:name < \"a\"", 8 }, { "if:seventh == 1", 3 },
		{ "if:u64 == 18446744073709551616", 10 },
		{ "if:s64 == 9223372036854775808", 10 }, { "every:0", 6 }, { "every:", 6 },
		{ "every:4294967296", 6 }, { "every:1 ", 6 },
	};
	struct condition condition = { };
	char text[CONDITION_TEXT_MAX + 64];
	unsigned int i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (compile("all", wrong[i].text, &condition) != wrong[i].pos)
			fail_msg("'%s' is refused at %d", wrong[i].text,
				 compile("all", wrong[i].text, &condition));
	assert_int_equal(compile("enums", "if:mode == WIDE", &condition), 11);
	assert_int_equal(compile("nosuch", "if:mode == 1", &condition), 3);
	sprintf(text, "if:name ~ %0*d", CONDITION_TEXT_MAX - (int)sizeof("name ~ ") + 1, 1);
	assert_int_equal(compile("all", text, &condition), 10);
	/* One less fits, with its NUL. */
	text[strlen(text) - 1] = '\0';
	assert_int_equal(compile("all", text, &condition), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_is_compared_as_in_c),
		cmocka_unit_test(the_ends_of_long_ones),
		cmocka_unit_test(names_of_values),
		cmocka_unit_test(texts_of_strings),
		cmocka_unit_test(what_is_wrong_is_told_where_it_is),
	};

	return cmocka_run_group_tests(tests, make_types, drop_types);
}
