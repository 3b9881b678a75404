// SPDX-License-Identifier: GPL-2.0
/*
 * Histograms against naive twins: lists of the values that were added.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <linux/kernel.h>
#include <linux/string.h>

#include "core/hist.h"
#include "core/text.h"

#define MAX_VALUES 2000
#define TEXT_SIZE 8192

static const struct hist_shape shapes[] = {
	{ 1, 0 }, { 1000, 0 }, { 1000000, 0 }, { 1, 1 }, { 1, 3 }, { 1, 1000 }, { 1000, 1 },
	{ 1000, 7 }, { 1000000, 250 }, { 1, UINT32_MAX }, { 1000000, UINT32_MAX },
};

struct twin {
	s64 values[MAX_VALUES];
	unsigned int nr;
};

/* Borders of bucket @n of those between below and above, by counting up. */
static void borders(const struct hist_shape *shape, unsigned int n, u64 *from, u64 *to)
{
	u64 next = 1;
	unsigned int i;

	*from = 0;
	*to = shape->width ?: 1;
	for (i = 0; i < n; i++) {
		*from = *to;
		next *= 2;
		*to = shape->width ? *to + shape->width : next;
	}
}

static bool falls_into(const struct hist_shape *shape, unsigned int bucket, s64 value)
{
	unsigned int nr = shape->width ? 64 : 40;
	u64 from, to;

	if (!bucket)
		return value < 0;
	if (value < 0)
		return false;
	borders(shape, bucket - 1, &from, &to);
	if (bucket == nr + 1)
		return value / shape->unit >= from;
	return value / shape->unit >= from && value / shape->unit < to;
}

static void check_bucket(const struct hist_shape *shape, s64 value)
{
	unsigned int i, nr = hist_buckets(shape) + 2, bucket = hist_bucket(shape, value);

	for (i = 0; i < nr; i++)
		assert_int_equal(i == bucket, falls_into(shape, i, value));
}

static void every_border_is_where_it_is_said_to_be(void **state)
{
	const struct hist_shape *shape;
	unsigned int n;
	u64 from, to;
	s64 border;
	int off;

	for (shape = shapes; shape < shapes + ARRAY_SIZE(shapes); shape++) {
		assert_int_equal(hist_buckets(shape), shape->width ? 64 : 40);
		for (n = 0; n <= hist_buckets(shape); n++) {
			borders(shape, n, &from, &to);
			border = from * shape->unit;
			for (off = -2; off <= 2; off++)
				check_bucket(shape, border + off);
			check_bucket(shape, border + shape->unit - 1);
			check_bucket(shape, border - (s64)shape->unit);
		}
		check_bucket(shape, INT64_MAX);
		check_bucket(shape, INT64_MIN);
	}
}

/* Any order of magnitude, sometimes below 0. */
static s64 any_value(void)
{
	s64 value = (((u64)random() << 31) ^ random()) >> (random() % 62);

	return random() % 20 ? value : -value;
}

static void print_naively(char *out, const struct twin *twin, const struct hist_shape *shape)
{
	unsigned int i, n, nr = hist_buckets(shape) + 2, first = nr, last = 0, counts[80] = { };
	u64 total = 0, smallest = INT64_MAX, largest = 0, value, from, to;

	for (i = 0; i < twin->nr; i++) {
		value = twin->values[i] < 0 ? 0 : twin->values[i];
		total += value;
		smallest = value < smallest ? value : smallest;
		largest = value > largest ? value : largest;
		for (n = 0; !falls_into(shape, n, twin->values[i]); n++)
			;
		counts[n]++;
		first = n < first ? n : first;
		last = n > last ? n : last;
	}
	out += sprintf(out, "hits=%u total=%llu min=%llu max=%llu\n", twin->nr,
		       total / shape->unit, smallest / shape->unit, largest / shape->unit);
	for (n = first; n <= last; n++) {
		borders(shape, n ? n - 1 : 0, &from, &to);
		if (!n)
			out += sprintf(out, "\t[-inf, 0) %u\n", counts[n]);
		else if (n == nr - 1)
			out += sprintf(out, "\t[%llu, inf) %u\n", from, counts[n]);
		else
			out += sprintf(out, "\t[%llu, %llu) %u\n", from, to, counts[n]);
	}
}

static void check_hist(const struct hist *hist, const struct twin *twin,
		       const struct hist_shape *shape)
{
	static char found[TEXT_SIZE], wanted[TEXT_SIZE];
	struct text text;

	assert_int_equal(hist_hits(hist, shape), twin->nr);
	text_init(&text, found, sizeof(found));
	hist_print_sums(&text, hist, shape);
	text_putc(&text, '\n');
	hist_print_buckets(&text, hist, shape);
	assert_false(text.full);
	print_naively(wanted, twin, shape);
	assert_string_equal(found, wanted);
}

static void add(struct hist *hist, struct twin *twin, const struct hist_shape *shape, s64 value)
{
	if (!hist_try_add(hist, shape, value))
		hist_add(hist, shape, value);
	twin->values[twin->nr++] = value;
}

static void what_is_printed_is_what_the_twin_has(void **state)
{
	const struct hist_shape *shape;
	struct hist_table table;
	unsigned int i, round;
	struct hist *hist;
	struct twin twin;

	srandom(1);
	for (shape = shapes; shape < shapes + ARRAY_SIZE(shapes); shape++) {
		assert_int_equal(hist_table_init(&table, shape, 4), 0);
		for (round = 1; round < 200; round++) {
			twin.nr = 0;
			hist = hist_find(&table, round);
			for (i = 0; i < round * 7 % 50 + 1; i++)
				add(hist, &twin, shape, any_value());
			check_hist(hist, &twin, shape);
			hist_table_clear(&table);
		}
		hist_table_exit(&table);
	}
}

static struct hist *hist_of(const struct hist_table *table, u64 key)
{
	struct hist *hist, *found = NULL;
	unsigned int n;

	for (n = 0; (hist = hist_nth(table, n)); n++) {
		if (hist->key != key)
			continue;
		assert_null(found);
		found = hist;
	}
	return found;
}

static void tables_merged_are_one_table(void **state)
{
	const struct hist_shape *shape = &shapes[0];
	static struct twin twins[30];
	struct hist_table tables[3];
	unsigned int i, n;
	struct hist *hist;
	u64 key;

	srandom(2);
	memset(twins, 0, sizeof(twins));
	for (i = 0; i < 3; i++)
		assert_int_equal(hist_table_init(&tables[i], shape, 30), 0);
	for (i = 0; i < 3000; i++) {
		key = random() % 29 + 1;
		add(hist_find(&tables[i % 2], key), &twins[key], shape, any_value());
	}
	for (i = 0; i < 2; i++)
		for (n = 0; (hist = hist_nth(&tables[i], n)); n++)
			hist_merge(hist_find(&tables[2], hist->key), hist, shape);
	for (key = 1; key < 30; key++)
		check_hist(hist_of(&tables[2], key), &twins[key], shape);
	for (i = 0; i < 3; i++)
		hist_table_exit(&tables[i]);
}

/* Keys as functions have them, those that are close to each other, and any. */
static u64 key_of(unsigned int kind, unsigned int n)
{
	static const u64 first[] = { 0x81000004, 1, 0x123456789abcd };
	static const u64 step[] = { 16, 1, 0x123456789abcd };

	return first[kind] + n * step[kind];
}

static void what_there_is_no_room_for_is_counted(void **state)
{
	unsigned int room, kind, i, again;
	struct hist_table table;
	struct hist *hist;

	for (kind = 0; kind < 3; kind++) {
		for (room = 1; room < 300; room += room / 5 + 1) {
			assert_int_equal(hist_table_init(&table, &shapes[0], room), 0);
			for (again = 0; again < 2; again++) {
				for (i = 0; i < room + 3; i++) {
					hist = hist_find(&table, key_of(kind, i));
					assert_int_equal(!!hist, i < room);
					if (!hist)
						continue;
					assert_int_equal(hist->key, key_of(kind, i));
					hist = hist_try_find(&table, key_of(kind, i));
					assert_true(!hist || hist->key == key_of(kind, i));
				}
			}
			assert_int_equal(local_read(&table.refused), 6);
			assert_int_equal(table.taken, room);
			hist_table_clear(&table);
			assert_null(hist_nth(&table, 0));
			assert_int_equal(local_read(&table.refused), 0);
			assert_non_null(hist_find(&table, 77));
			hist_table_exit(&table);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_border_is_where_it_is_said_to_be),
		cmocka_unit_test(what_is_printed_is_what_the_twin_has),
		cmocka_unit_test(tables_merged_are_one_table),
		cmocka_unit_test(what_there_is_no_room_for_is_counted),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
