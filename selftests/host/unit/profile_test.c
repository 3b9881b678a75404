// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of functions against a naive twin: an array that is searched, sums in long
 * double. Text against what the kernel prints.
 */

#include <stdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <linux/string.h>

#include "core/profile.h"
#include "core/text.h"

#define FUNCTIONS 300
#define BASE 0xffffffff81000000UL

struct twin {
	u64 hits;
	u64 sum;
	/* In more bits than the sum of squares may have. */
	long double squares;
};

/* Not so evenly spread that each has the place that is its own. */
static unsigned long ip_of(unsigned long n)
{
	return BASE + 16 * n * n;
}

static struct profile_entry *table_create(unsigned int bits)
{
	struct profile_entry *table = calloc(1UL << bits, sizeof(*table));

	assert_non_null(table);
	return table;
}

/* Times of all sizes: up to 2^62 ns, their squares up to 2^124. */
static u64 some_time(void)
{
	return ((u64)random() << 31 | random()) >> (random() % 62);
}

static void call(struct profile_entry *table, unsigned int bits, struct twin *twins,
		 unsigned int n, u64 ns)
{
	struct profile_entry *entry = profile_find(table, bits, ip_of(n));

	assert_non_null(entry);
	assert_int_equal(entry->ip, ip_of(n));
	profile_add(&entry->hits, 1);
	profile_add_time(&entry->total, ns);
	twins[n].hits++;
	twins[n].sum += ns;
	twins[n].squares += (long double)ns * ns;
}

static const struct profile_entry *row_of(const struct profile_entry *rows, unsigned int nr,
					  unsigned int n)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (rows[i].ip == ip_of(n))
			return &rows[i];
	return NULL;
}

static void check_row(const struct profile_entry *row, const struct twin *twin)
{
	long double squares, wrong;

	assert_int_equal(row->hits, twin->hits);
	assert_int_equal(row->total.sum, twin->sum);
	squares = row->total.squares[1] * 18446744073709551616.0L + row->total.squares[0];
	wrong = squares - twin->squares;
	assert_true((wrong < 0 ? -wrong : wrong) <= twin->squares / 1e15L);
}

static void two_cpus_merged_are_what_the_twin_is(void **state)
{
	static struct twin twins[FUNCTIONS];
	unsigned int bits = profile_bits(FUNCTIONS), i, nr, calls[FUNCTIONS] = { };
	struct profile_entry *tables[2] = { table_create(bits), table_create(bits) };
	struct profile_entry rows[2 * FUNCTIONS];

	srandom(1);
	for (i = 0; i < 20000; i++) {
		unsigned int n = random() % FUNCTIONS;

		call(tables[random() & 1], bits, twins, n, some_time() >> 8);
		calls[n]++;
	}
	assert_int_equal(profile_used(tables[0], bits), FUNCTIONS);
	nr = profile_copy(rows, FUNCTIONS, tables[0], bits);
	nr += profile_copy(rows + nr, FUNCTIONS, tables[1], bits);
	nr = profile_merge(rows, nr);
	assert_int_equal(nr, FUNCTIONS);
	for (i = 0; i < FUNCTIONS; i++) {
		const struct profile_entry *row = row_of(rows, nr, i);

		assert_non_null(row);
		assert_int_equal(row->hits, calls[i]);
		check_row(row, &twins[i]);
	}
	free(tables[0]);
	free(tables[1]);
}

static void a_full_table_gives_no_place_and_keeps_what_it_has(void **state)
{
	unsigned int bits = profile_bits(0), i, found = 0;
	struct profile_entry *table = table_create(bits), *entry;
	struct profile_entry rows[1 << 8];

	for (i = 0; i < 2U << bits; i++) {
		entry = profile_find(table, bits, ip_of(i));
		if (entry) {
			entry->hits = i + 1;
			found++;
		}
	}
	assert_int_equal(found, 1U << bits);
	assert_int_equal(profile_used(table, bits), 1U << bits);
	for (i = 0; i < 2U << bits; i++) {
		entry = profile_find(table, bits, ip_of(i));
		if (entry)
			assert_int_equal(entry->hits, i + 1);
	}
	/* No more than there is room for. */
	assert_int_equal(profile_copy(rows, 10, table, bits), 10);
	free(table);
}

static void a_table_has_a_third_to_spare(void **state)
{
	unsigned int functions;

	for (functions = 0; functions < 100000; functions += 77)
		assert_true(1UL << profile_bits(functions) >= functions + functions / 2);
	assert_int_equal(profile_bits(38425), 16);
}

static struct profile_times times_of(const u64 *ns, unsigned int nr)
{
	struct profile_times times = { };
	unsigned int i;

	for (i = 0; i < nr; i++)
		profile_add_time(&times, ns[i]);
	return times;
}

static void the_variance_is_the_kernels_and_does_not_overflow(void **state)
{
	static const u64 small[] = { 1000, 2000, 4000, 7000 };
	static const u64 large[] = { 500000000, 1500000000 };
	struct profile_times times = times_of(small, 4);
	unsigned int i;

	/* (4 * 70e6 - 14000^2) / (4 * 3 * 1000) */
	assert_int_equal(profile_variance(&times, 4), 7000);
	assert_int_equal(profile_average(&times, 4), 3500);
	/* Calls that have not returned, or are within another of the same: of no time. */
	assert_int_equal(profile_variance(&times, 5), (5 * 70000000ULL - 196000000) / 20000);
	assert_int_equal(profile_variance(&times, 1), 0);
	assert_int_equal(profile_average(&times, 0), 0);
	/* Squares without their sum, and the other way round. */
	times.sum *= 10;
	assert_int_equal(profile_variance(&times, 4), 0);
	memset(&times, 0, sizeof(times));
	for (i = 0; i < 100000; i++) {
		profile_add_time(&times, large[0]);
		profile_add_time(&times, large[1]);
	}
	/* 200,000 calls, each 0.5 s from their average of one. */
	assert_int_equal(profile_variance(&times, 200000), 250001250006250);
}

static void what_took_longest_comes_first(void **state)
{
	struct profile_entry rows[4] = {
		{ .ip = 1, .hits = 1, .total.sum = 10, .self.sum = 9 },
		{ .ip = 2, .hits = 1, .total.sum = 30, .self.sum = 1 },
		{ .ip = 3, .hits = 2, .total.sum = 10, .self.sum = 10 },
		{ .ip = 4, .hits = 1, .total.sum = 10, .self.sum = 9 },
	};

	profile_sort(rows, 4, false);
	assert_int_equal(rows[0].ip, 2);
	assert_int_equal(rows[1].ip, 3);
	assert_int_equal(rows[2].ip, 1);
	assert_int_equal(rows[3].ip, 4);
	profile_sort(rows, 4, true);
	assert_int_equal(rows[0].ip, 3);
	assert_int_equal(rows[3].ip, 2);
}

static const char *line_of(u64 ns, bool self)
{
	static char buf[256];
	struct profile_entry row = { .hits = 1 };
	struct text text;

	profile_add_time(self ? &row.self : &row.total, ns);
	text_init(&text, buf, sizeof(buf));
	profile_print_row(&text, &row, "a_function_that_has_a_name_of_39_characters", self);
	assert_false(text.full);
	return buf;
}

/* A time is followed by as many blanks as make a column of what is not too long. */
static const char *line_with(const char *time)
{
	static char line[128];

	snprintf(line, sizeof(line), "%s%s    %s    0.000 us    %c",
		 "  a_function_that_has_a_name_of_           1    ", time, time, '\n');
	return line;
}

static void lines_are_the_kernels(void **state)
{
	assert_string_equal(line_of(0, false), line_with("0.000 us    "));
	assert_string_equal(line_of(1234, true), line_with("1.234 us    "));
	assert_string_equal(line_of(12345, false), line_with("12.345 us   "));
	assert_string_equal(line_of(123456, false), line_with("123.456 us  "));
	assert_string_equal(line_of(1234567, false), line_with("1234.567 us "));
	assert_string_equal(line_of(12345678, false), line_with("12345.67 us "));
	assert_string_equal(line_of(123456789, false), line_with("123456.7 us "));
	assert_string_equal(line_of(1234567890, false), line_with("1234567 us  "));
	assert_string_equal(line_of(12345678901, false), line_with("12345678 us "));
	assert_string_equal(line_of(123456789012, false), line_with("123456789 us "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_cpus_merged_are_what_the_twin_is),
		cmocka_unit_test(a_full_table_gives_no_place_and_keeps_what_it_has),
		cmocka_unit_test(a_table_has_a_third_to_spare),
		cmocka_unit_test(the_variance_is_the_kernels_and_does_not_overflow),
		cmocka_unit_test(what_took_longest_comes_first),
		cmocka_unit_test(lines_are_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
