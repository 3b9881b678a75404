// SPDX-License-Identifier: GPL-2.0
/*
 * What `fntrace count` makes of enabled_functions.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "user/counts.h"

static void parse(struct counts *counts, const char *text)
{
	assert_int_equal(counts_parse(counts, strdup(text)), 0);
}

static void check(const struct count *count, const char *name, uint64_t calls, uint64_t missed)
{
	assert_string_equal(count->name, name);
	assert_int_equal(count->calls, calls);
	assert_int_equal(count->missed, missed);
}

static void lines_of_all_states_are_read(void **state)
{
	struct counts counts;

	parse(&counts, "vfs_read (1)\towned\te8 0b 76 fa 3e\t12 hits, 3 missed\n"
	      "fnt_a [fnt] (2)\tjoined with a_callback, other\te8 0b 76 fa 3e\t7 hits, 0 missed\n"
	      "broken (1)\tunavailable: bytes\tcc 00 00 00 00\n"
	      "same (1)\towned\te8 0b 76 fa 3e\t18446744073709551615 hits, 0 missed\n"
	      "no line of ours\n");
	assert_int_equal(counts.nr, 4);
	check(&counts.at[0], "broken", 0, 0);
	check(&counts.at[1], "fnt_a [fnt]", 7, 0);
	assert_int_equal(counts.at[1].shared, 1);
	check(&counts.at[2], "same", UINT64_MAX, 0);
	check(&counts.at[3], "vfs_read", 12, 3);
	assert_int_equal(counts.at[3].shared, 0);
	counts_by_calls(&counts);
	check(&counts.at[0], "same", UINT64_MAX, 0);
	check(&counts.at[3], "broken", 0, 0);
	counts_by_name(&counts);
	check(&counts.at[0], "broken", 0, 0);
	counts_free(&counts);
	parse(&counts, "");
	assert_int_equal(counts.nr, 0);
	counts_free(&counts);
}

static void functions_of_one_name_are_one(void **state)
{
	struct counts counts;

	parse(&counts, "twin (1)\towned\te8\t2 hits, 1 missed\nb (1)\towned\te8\t9 hits, 0 missed\n"
	      "twin (2)\towned\te8\t3 hits, 1 missed\ntwin [m] (1)\towned\te8\t4 hits, 0 missed\n");
	assert_int_equal(counts.nr, 3);
	check(&counts.at[1], "twin", 5, 2);
	assert_int_equal(counts.at[1].functions, 2);
	assert_int_equal(counts.at[1].shared, 1);
	check(&counts.at[2], "twin [m]", 4, 0);
	counts_free(&counts);
}

static void what_was_before_is_taken_off(void **state)
{
	struct counts before, last, now;

	parse(&before, "a (1)\towned\te8\t10 hits, 1 missed\ngone (1)\towned\te8\t3 hits, 0 missed\n"
	      "again (1)\towned\te8\t90 hits, 0 missed\n");
	parse(&last, "a (1)\towned\te8\t2 hits, 0 missed\n");
	parse(&now, "a (1)\towned\te8\t15 hits, 1 missed\nnew (1)\towned\te8\t4 hits, 0 missed\n"
	      "again (1)\towned\te8\t6 hits, 0 missed\n");
	counts_since(&now, &before);
	counts_recent(&now, &last);
	check(&now.at[0], "a", 5, 0);
	assert_int_equal(now.at[0].recent, 3);
	check(&now.at[1], "again", 6, 0);
	assert_int_equal(now.at[1].recent, 6);
	check(&now.at[2], "new", 4, 0);
	assert_int_equal(now.at[2].recent, 4);
	counts_free(&before);
	counts_free(&last);
	counts_recent(&now, &last);
	assert_int_equal(now.at[0].recent, 5);
	counts_free(&now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_all_states_are_read),
		cmocka_unit_test(functions_of_one_name_are_one),
		cmocka_unit_test(what_was_before_is_taken_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
