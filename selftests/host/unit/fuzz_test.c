// SPDX-License-Identifier: GPL-2.0
/*
 * The seeds of the fuzzers, which have found something or reach what others do
 * not: selftests/host/fuzz. Run from the top of the tree.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>

#include "selftests/host/fuzz/fuzz.h"

#define SEED_MAX 65536

static void run_seeds(const char *folder, void (*fuzz)(const uint8_t *bytes, size_t size))
{
	static uint8_t bytes[SEED_MAX];
	unsigned int seeds = 0;
	struct dirent *entry;
	char path[512];
	DIR *dir = opendir(folder);
	FILE *file;
	size_t size;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		file = fopen(path, "r");
		assert_non_null(file);
		size = fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		fuzz(bytes, size);
		seeds++;
	}
	closedir(dir);
	assert_true(seeds >= 5);
}

static void pages_of_any_bytes_are_read_as_by_a_naive_reader(void **state)
{
	(void)state;
	run_seeds("selftests/host/fuzz/seeds/page", fuzz_page);
}

static void filters_of_any_bytes_match_as_a_naive_matcher_does(void **state)
{
	(void)state;
	run_seeds("selftests/host/fuzz/seeds/filter", fuzz_filter);
}

static void event_filters_of_any_bytes_are_read_as_by_a_naive_reader(void **state)
{
	(void)state;
	run_seeds("selftests/host/fuzz/seeds/event_filter", fuzz_event_filter);
}

static void types_of_any_bytes_are_shown_or_refused(void **state)
{
	(void)state;
	run_seeds("selftests/host/fuzz/seeds/btf", fuzz_btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_any_bytes_are_read_as_by_a_naive_reader),
		cmocka_unit_test(filters_of_any_bytes_match_as_a_naive_matcher_does),
		cmocka_unit_test(event_filters_of_any_bytes_are_read_as_by_a_naive_reader),
		cmocka_unit_test(types_of_any_bytes_are_shown_or_refused),
	};

	return cmocka_run_group_tests_name("fuzz", tests, NULL, NULL);
}
