// SPDX-License-Identifier: GPL-2.0
/*
 * The search of `fntrace bisect` with commands that fail for a known reason.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "user/bisect.h"

/* As many as a kernel has. */
#define MANY 38425

/**
 * struct command - what is run, in the place of a real one
 * @culprits: it is bad if all of these are traced
 * @nr_culprits: number of them
 * @others: it is bad too if one of these is traced
 * @nr_others: number of them
 * @bad_until: number of the run from which on it is good whatever is traced; 0 for none
 * @alone_runs: number of runs in which a culprit was alone and bad
 * @all_runs: number of runs in which everything was traced
 */
struct command {
	unsigned int culprits[BISECT_MEMBERS_MAX + 1];
	unsigned int nr_culprits;
	unsigned int others[2];
	unsigned int nr_others;
	unsigned int bad_until;
	unsigned int alone_runs;
	unsigned int all_runs;
};

static bool contains(const struct bisect_set *set, unsigned int function)
{
	unsigned int i;

	for (i = 0; i < set->nr_members; i++)
		if (set->members[i] == function)
			return true;
	return set->first <= function && function < set->end;
}

static bool is_bad(const struct command *command, const struct bisect_set *set, unsigned int run)
{
	unsigned int i, there = 0;

	if (command->bad_until && run >= command->bad_until)
		return false;
	for (i = 0; i < command->nr_others; i++)
		if (contains(set, command->others[i]))
			return true;
	for (i = 0; i < command->nr_culprits; i++)
		there += contains(set, command->culprits[i]);
	return command->nr_culprits && there == command->nr_culprits;
}

static void search(struct bisect *bisect, struct command *command, unsigned int nr)
{
	const struct bisect_set *set;
	unsigned int i;
	bool bad;

	bisect_init(bisect, nr);
	while ((set = bisect_ask(bisect))) {
		/* Asking changes nothing. */
		assert_ptr_equal(set, bisect_ask(bisect));
		assert_true(set->first <= set->end && set->end <= nr);
		for (i = 0; i < set->nr_members; i++)
			assert_true(set->members[i] >= set->end && set->members[i] < nr);
		bad = is_bad(command, set, bisect->runs + 1);
		command->alone_runs += bad && bisect_set_size(set) == 1;
		command->all_runs += bisect_set_size(set) == nr;
		bisect_answer(bisect, bad);
		assert_true(bisect->runs < 500);
	}
}

static unsigned int log2_up(unsigned int nr)
{
	unsigned int bits = 0;

	while (1U << bits < nr)
		bits++;
	return bits;
}

static void one_culprit(unsigned int nr, unsigned int culprit)
{
	struct command command = { .culprits = { culprit }, .nr_culprits = 1 };
	struct bisect bisect;

	search(&bisect, &command, nr);
	assert_int_equal(bisect.verdict, BISECT_ONE);
	assert_int_equal(bisect_set_size(&bisect.worst), 1);
	assert_int_equal(bisect_set_at(&bisect.worst, 0), culprit);
	assert_int_equal(command.alone_runs, 1);
	assert_true(bisect.runs <= log2_up(nr) + 2);
}

static void one_of_up_to_200_is_found_in_log2_n_plus_2_runs(void **state)
{
	unsigned int nr, culprit;

	for (nr = 1; nr <= 200; nr++)
		for (culprit = 0; culprit < nr; culprit++)
			one_culprit(nr, culprit);
}

static void one_of_38425_is_found_in_18_runs(void **state)
{
	unsigned int culprit;

	assert_int_equal(log2_up(MANY) + 2, 18);
	for (culprit = 0; culprit < MANY; culprit++)
		one_culprit(MANY, culprit);
}

static void bad_without_anything_traced_ends_it_at_once(void **state)
{
	struct bisect bisect;

	bisect_init(&bisect, MANY);
	assert_int_equal(bisect_set_size(bisect_ask(&bisect)), 0);
	bisect_answer(&bisect, true);
	assert_int_equal(bisect.verdict, BISECT_BAD_WITHOUT);
	assert_null(bisect_ask(&bisect));
}

static void good_with_all_traced_is_told(void **state)
{
	struct command command = { };
	struct bisect bisect;
	unsigned int nr;

	for (nr = 1; nr <= 200; nr++) {
		command.all_runs = 0;
		search(&bisect, &command, nr);
		assert_int_equal(bisect.verdict, BISECT_GOOD_WITH_ALL);
		assert_int_equal(command.all_runs, 1);
		assert_true(bisect.runs <= log2_up(nr) + 3);
	}
	search(&bisect, &command, MANY);
	assert_int_equal(bisect.verdict, BISECT_GOOD_WITH_ALL);
	assert_int_equal(bisect.runs, 3);
}

static int compare(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

/* Several that are bad together only: exactly these, and they were bad at last. */
static void several_culprits(unsigned int nr, struct command *command)
{
	unsigned int i, nr_found, found[BISECT_MEMBERS_MAX] = { };
	struct bisect bisect;

	search(&bisect, command, nr);
	assert_int_equal(bisect.verdict, BISECT_SEVERAL);
	nr_found = bisect_set_size(&bisect.worst);
	assert_int_equal(nr_found, command->nr_culprits);
	for (i = 0; i < nr_found; i++)
		found[i] = bisect_set_at(&bisect.worst, i);
	qsort(found, nr_found, sizeof(found[0]), compare);
	for (i = 0; i < nr_found; i++)
		assert_int_equal(found[i], command->culprits[i]);
	assert_true(bisect.runs <= (nr_found + 1) * (log2_up(nr) + 2) + 2);
}

static void every_pair_is_found(void **state)
{
	unsigned int nr, a, b;

	for (nr = 2; nr <= 50; nr++)
		for (a = 0; a < nr; a++)
			for (b = a + 1; b < nr; b++) {
				struct command command = {
					.culprits = { a, b },
					.nr_culprits = 2,
				};

				several_culprits(nr, &command);
			}
}

static void eight_together_are_found(void **state)
{
	struct command command = {
		.culprits = { 0, 1, 2, 700, 16384, 32767, 32768, MANY - 1 },
		.nr_culprits = 8,
	};

	several_culprits(MANY, &command);
}

static void of_more_than_eight_a_bad_set_is_left(void **state)
{
	struct command command = {
		.culprits = { 3, 5, 8, 13, 21, 34, 55, 89, 144 },
		.nr_culprits = 9,
	};
	struct bisect bisect;

	search(&bisect, &command, 200);
	assert_int_equal(bisect.verdict, BISECT_MANY);
	assert_true(is_bad(&command, &bisect.worst, 1));
	assert_true(bisect_set_size(&bisect.worst) < 200);
}

static void one_of_two_is_found_and_was_bad_alone(void **state)
{
	unsigned int nr = 60, a, b;

	for (a = 0; a < nr; a++)
		for (b = a + 1; b < nr; b++) {
			struct command command = { .others = { a, b }, .nr_others = 2 };
			struct bisect bisect;

			search(&bisect, &command, nr);
			assert_int_equal(bisect.verdict, BISECT_ONE);
			assert_true(is_bad(&command, &bisect.worst, 1));
			assert_int_equal(command.alone_runs, 1);
		}
}

/*
 * Cured at some run: either it was found before, or it was never bad where it
 * counts, or it is told that the command is not to be relied on. Never is a
 * function named that was not bad alone.
 */
static void what_becomes_good_names_nobody(void **state)
{
	unsigned int nr = 40, culprit, until, unstable = 0;

	for (culprit = 0; culprit < nr; culprit++)
		for (until = 1; until < 12; until++) {
			struct command command = {
				.culprits = { culprit },
				.nr_culprits = 1,
				.bad_until = until,
			};
			struct bisect bisect;

			search(&bisect, &command, nr);
			if (bisect.verdict == BISECT_ONE) {
				assert_int_equal(command.alone_runs, 1);
				continue;
			}
			if (bisect.verdict == BISECT_UNSTABLE) {
				assert_true(contains(&bisect.worst, culprit));
				unstable++;
				continue;
			}
			assert_int_equal(bisect.verdict, BISECT_GOOD_WITH_ALL);
			assert_int_equal(bisect_set_size(&bisect.worst), 0);
		}
	assert_true(unstable > nr);
}

static void with_random_answers_it_comes_to_an_end(void **state)
{
	struct bisect bisect;
	unsigned int round;

	srandom(1);
	for (round = 0; round < 100000; round++) {
		bisect_init(&bisect, 1 + random() % 300);
		while (bisect_ask(&bisect)) {
			bisect_answer(&bisect, random() & 1);
			assert_true(bisect.runs < 200);
		}
		if (bisect.verdict == BISECT_ONE)
			assert_int_equal(bisect_set_size(&bisect.worst), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_up_to_200_is_found_in_log2_n_plus_2_runs),
		cmocka_unit_test(one_of_38425_is_found_in_18_runs),
		cmocka_unit_test(bad_without_anything_traced_ends_it_at_once),
		cmocka_unit_test(good_with_all_traced_is_told),
		cmocka_unit_test(every_pair_is_found),
		cmocka_unit_test(eight_together_are_found),
		cmocka_unit_test(of_more_than_eight_a_bad_set_is_left),
		cmocka_unit_test(one_of_two_is_found_and_was_bad_alone),
		cmocka_unit_test(what_becomes_good_names_nobody),
		cmocka_unit_test(with_random_answers_it_comes_to_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
