// SPDX-License-Identifier: GPL-2.0
/*
 * When ticks are due, against a time that is added up exactly, in parts of 1 / hz ns.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/tick_times.h"

#define SEC 1000000000ULL

static const unsigned int rates[] = { 1, 3, 7, 49, 99, 100, 999, 1000, 1001, 4096, 9999, 10000 };

#define NR_RATES (sizeof(rates) / sizeof(*rates))

/* Periods added up: whole ns, and parts of which @hz are one. */
struct sum {
	u64 ns;
	u64 parts;
};

static void add_period(struct sum *sum, unsigned int hz)
{
	sum->parts += SEC;
	sum->ns += sum->parts / hz;
	sum->parts %= hz;
}

static void each_is_due_where_periods_add_up_to(void **state)
{
	struct tick_times times;
	struct sum sum;
	u64 due, now;
	size_t i;
	int n;

	for (i = 0; i < NR_RATES; i++) {
		tick_times_begin(&times, rates[i], 12345);
		sum = (struct sum) { .ns = 12345 };
		now = 12345;
		for (n = 0; n < 30000; n++) {
			add_period(&sum, rates[i]);
			now = tick_times_next(&times, now);
			assert_int_equal(now, sum.ns + !!sum.parts);
			assert_int_equal(tick_times_take(&times, now - 1, &due), 0);
			assert_int_equal(tick_times_take(&times, now, &due), 1);
			assert_int_equal(due, now);
		}
	}
}

static void a_second_has_as_many_as_it_should(void **state)
{
	struct tick_times times;
	u64 due, now, end;
	size_t i;
	unsigned int nr;

	for (i = 0; i < NR_RATES; i++) {
		tick_times_begin(&times, rates[i], 7);
		now = 7;
		for (end = 7 + SEC; end < 7 + 5 * SEC; end += SEC) {
			nr = 0;
			while (tick_times_next(&times, now) <= end) {
				assert_true(tick_times_next(&times, now) > now);
				now = tick_times_next(&times, now);
				nr += tick_times_take(&times, now, &due);
			}
			assert_int_equal(nr, rates[i]);
		}
	}
}

/* However late they are, all are accounted for, and the next one is where it belongs. */
static void late_ones_are_counted(void **state)
{
	struct tick_times times;
	u64 due, now, next, sum;
	size_t i;
	int n;

	srand(1);
	for (i = 0; i < NR_RATES; i++) {
		tick_times_begin(&times, rates[i], 1000);
		now = 1000;
		sum = 0;
		for (n = 0; n < 20000; n++) {
			now = tick_times_next(&times, now) + rand() % (5 * SEC / rates[i]);
			sum += tick_times_take(&times, now, &due);
			assert_true(due <= now);
			assert_true(now - due <= SEC / rates[i]);
			assert_int_equal(sum, (now - 1000) / SEC * rates[i] +
					 (now - 1000) % SEC * rates[i] / SEC);
			now += rand() % (3 * SEC / rates[i]);
			next = tick_times_next(&times, now);
			assert_true(next > now);
			assert_true(next - now <= SEC / rates[i] + 1);
		}
	}
}

/* A timer may come a little too early by another clock, or twice. */
static void none_is_counted_twice(void **state)
{
	struct tick_times times;
	u64 due = 0;

	tick_times_begin(&times, 100, 0);
	assert_int_equal(tick_times_take(&times, 0, &due), 0);
	assert_int_equal(tick_times_take(&times, 10000000, &due), 1);
	assert_int_equal(tick_times_take(&times, 10000001, &due), 0);
	assert_int_equal(tick_times_take(&times, 9999999, &due), 0);
	assert_int_equal(tick_times_next(&times, 9999999), 20000000);
	assert_int_equal(tick_times_next(&times, 10000000), 20000000);
}

/* A hundred years of the fastest. */
static void nothing_overflows(void **state)
{
	u64 years = 100ULL * 365 * 86400, due = 0;
	struct tick_times times;

	tick_times_begin(&times, TICKS_HZ_MAX, 5);
	assert_int_equal(tick_times_take(&times, 5 + years * SEC, &due), years * TICKS_HZ_MAX);
	assert_int_equal(due, 5 + years * SEC);
	assert_int_equal(tick_times_next(&times, due), due + SEC / TICKS_HZ_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_due_where_periods_add_up_to),
		cmocka_unit_test(a_second_has_as_many_as_it_should),
		cmocka_unit_test(late_ones_are_counted),
		cmocka_unit_test(none_is_counted_twice),
		cmocka_unit_test(nothing_overflows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
