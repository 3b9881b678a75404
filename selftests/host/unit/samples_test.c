// SPDX-License-Identifier: GPL-2.0
/*
 * What ticks interrupted, added up, beside a twin that looks at all of them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/samples.h"

#define NAMES 3
#define DEPTH 4
#define STEPS 30000

static const char *const names[NAMES] = { "a", "b", "c" };

struct twin {
	struct sample sample;
	const char *functions[DEPTH];
};

static void be_something(struct twin *twin)
{
	size_t i;

	twin->sample = (struct sample) { .pid = rand() % 5, .user = rand() % 2,
					 .nr = rand() % (DEPTH + 1), .count = 1 + rand() % 3 };
	for (i = 0; i < twin->sample.nr; i++)
		twin->functions[i] = names[rand() % NAMES];
	twin->sample.functions = twin->functions;
}

static bool is_same(const struct sample *a, const struct sample *b)
{
	size_t i;

	if (a->pid != b->pid || a->user != b->user || a->nr != b->nr)
		return false;
	for (i = 0; i < a->nr; i++)
		if (a->functions[i] != b->functions[i])
			return false;
	return true;
}

static void each_is_there_once_with_its_sum(void **state)
{
	struct twin *all = calloc(STEPS, sizeof(*all));
	struct samples samples = { };
	uint64_t sum, total = 0;
	size_t i, k;

	srand(1);
	for (i = 0; i < STEPS; i++) {
		be_something(&all[i]);
		all[i].sample.functions = all[i].functions;
		total += all[i].sample.count;
		samples_add(&samples, &all[i].sample);
	}
	assert_false(samples.failed);
	assert_int_equal(samples.ticks, total);
	assert_in_range(samples.nr, 900, 5 * 2 * (1 + 3 + 9 + 27 + 81));
	for (k = 0; k < samples.nr; k++) {
		for (sum = 0, i = 0; i < STEPS; i++)
			if (is_same(&samples.at[k], &all[i].sample))
				sum += all[i].sample.count;
		assert_int_equal(samples.at[k].count, sum);
		for (i = 0; i < k; i++)
			assert_false(is_same(&samples.at[i], &samples.at[k]));
	}
	samples_free(&samples);
	assert_int_equal(samples.ticks, 0);
	free(all);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_there_once_with_its_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
