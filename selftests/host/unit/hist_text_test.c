// SPDX-License-Identifier: GPL-2.0
/*
 * What `fntrace hist` makes of the histograms of the kernel.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "user/hist.h"

static void parse(struct hists *hists, const char *text)
{
	assert_int_equal(hists_parse(hists, strdup(text)), 0);
}

static void check_print(const struct hist *hist, bool log2, const char *wanted)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	hist_print(out, hist, "usecs", log2);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
}

static void heads_of_all_keys_are_read(void **state)
{
	struct hists hists;

	parse(&hists, "# hist\n# missed: 3 calls, no room\n# missed: 1 return\n"
	      "vfs_read hits=3 total=12 min=2 max=7\n\t[2, 4) 2\n\t[4, 8) 1\n"
	      "f [mod] result=error hits=1 total=5 min=5 max=5\n\t[-inf, 0) 1\n\t[0, 5) 0\n"
	      "g result=ok pid=17 comm=a hits=9 pid=3 comm=x hits=2 total=9 min=1 max=8\n\t[8, inf) 2\n"
	      "h pid=0 comm=swapper/0 hits=18446744073709551615 total=18446744073709551615 min=0 max=1\n");
	assert_int_equal(hists.nr, 4);
	assert_string_equal(hists.warnings, "missed: 3 calls, no room\nmissed: 1 return");
	assert_string_equal(hists.at[0].function, "vfs_read");
	assert_null(hists.at[0].result);
	assert_null(hists.at[0].comm);
	assert_int_equal(hists.at[0].hits, 3);
	assert_int_equal(hists.at[0].total, 12);
	assert_int_equal(hists.at[0].min, 2);
	assert_int_equal(hists.at[0].max, 7);
	assert_int_equal(hists.at[0].nr, 2);
	assert_int_equal(hists.at[0].buckets[1].from, 4);
	assert_int_equal(hists.at[0].buckets[1].to, 8);
	assert_int_equal(hists.at[0].buckets[1].count, 1);
	assert_string_equal(hists.at[1].function, "f [mod]");
	assert_string_equal(hists.at[1].result, "error");
	assert_int_equal(hists.at[1].buckets[0].to, 0);
	assert_int_equal(hists.at[1].buckets[0].count, 1);
	assert_string_equal(hists.at[2].function, "g");
	assert_string_equal(hists.at[2].result, "ok");
	assert_string_equal(hists.at[2].comm, "a hits=9 pid=3 comm=x");
	assert_int_equal(hists.at[2].pid, 17);
	assert_int_equal(hists.at[2].hits, 2);
	assert_int_equal(hists.at[2].buckets[0].to, UINT64_MAX);
	assert_int_equal(hists.at[3].hits, UINT64_MAX);
	hists_free(&hists);
}

static void what_is_no_histogram_is_left_out(void **state)
{
	struct hists hists;

	parse(&hists, "\t[1, 2) 3\nno figures\n\t[1, 2) 4\na hits=1 total=1 min=1 max=1\n\t[1 2) x\n\t\n");
	assert_int_equal(hists.nr, 1);
	assert_int_equal(hists.at[0].nr, 0);
	assert_int_equal(hist_percentile(&hists.at[0], 500), 0);
	hists_free(&hists);
	parse(&hists, "");
	assert_int_equal(hists.nr, 0);
	hists_free(&hists);
}

static void percentiles_are_those_of_an_even_spread(void **state)
{
	/* All values from 0 to 999, once each, in buckets of ten. */
	struct hist hist = { .hits = 1000, .max = 999, .nr = 100 };
	struct bucket buckets[100];
	uint64_t i;

	for (i = 0; i < 100; i++)
		buckets[i] = (struct bucket) { i * 10, i * 10 + 10, 10 };
	hist.buckets = buckets;
	for (i = 1; i <= 1000; i++)
		assert_in_range(hist_percentile(&hist, i), i > 1 ? i - 2 : 0, i);
	assert_int_equal(hist_percentile(&hist, 0), 0);
}

static void percentiles_stay_within_what_was_seen(void **state)
{
	struct bucket one[] = { { 1024, 2048, 5 } };
	struct hist hist = { .hits = 5, .min = 1500, .max = 1503, .buckets = one, .nr = 1 };
	struct bucket ends[] = { { 0, 0, 1 }, { 0, 1, 0 }, { 1, 4, 98 }, { 4, UINT64_MAX, 1 } };
	struct hist wide = { .hits = 100, .max = UINT64_MAX, .buckets = ends, .nr = 4 };
	unsigned int i;

	for (i = 0; i <= 1000; i++)
		assert_in_range(hist_percentile(&hist, i), 1500, 1503);
	hist.min = 1503;
	assert_int_equal(hist_percentile(&hist, 500), 1503);
	assert_int_equal(hist_percentile(&wide, 10), 0);
	assert_int_equal(hist_percentile(&wide, 20), 1);
	assert_int_equal(hist_percentile(&wide, 990), 2);
	assert_true(hist_percentile(&wide, 991) > 4);
}

static void large_numbers_do_not_wrap(void **state)
{
	struct bucket buckets[] = { { 0, 1, UINT64_MAX / 2 }, { 1, 2, UINT64_MAX / 2 } };
	struct hist hist = { .hits = UINT64_MAX, .max = 1, .buckets = buckets, .nr = 2 };

	assert_int_equal(hist_percentile(&hist, 499), 0);
	assert_int_equal(hist_percentile(&hist, 501), 1);
	assert_int_equal(hist_percentile(&hist, 1000), 1);
}

static void powers_of_two_look_as_bcc_prints_them(void **state)
{
	struct hists hists;

	parse(&hists, "f hits=20 total=125 min=4 max=14\n\t[4, 8) 16\n\t[8, 16) 4\n");
	check_print(&hists.at[0], true,
		    "     usecs                : count     distribution\n"
		    "         0 -> 1          : 0        |                                        |\n"
		    "         2 -> 3          : 0        |                                        |\n"
		    "         4 -> 7          : 16       |****************************************|\n"
		    "         8 -> 15         : 4        |**********                              |\n"
		    "\n"
		    "avg = 6 usecs, total: 125 usecs, count: 20\n"
		    "p50 = 5, p90 = 10, p99 = 13, p99.9 = 13 (interpolated within buckets), max = 14 usecs\n");
	hists_free(&hists);
	parse(&hists, "f hits=7 total=9 min=0 max=1\n\t[0, 1) 3\n\t[1, 2) 4\n");
	check_print(&hists.at[0], true,
		    "     usecs                : count     distribution\n"
		    "         0 -> 1          : 7        |****************************************|\n"
		    "\n"
		    "avg = 1 usecs, total: 9 usecs, count: 7\n"
		    "p50 = 1, p90 = 1, p99 = 1, p99.9 = 1 (interpolated within buckets), max = 1 usecs\n");
	hists_free(&hists);
}

static void buckets_of_one_width_are_printed_as_they_are(void **state)
{
	struct hists hists;

	parse(&hists, "f hits=4 total=2560 min=120 max=2000\n\t[100, 200) 2\n\t[200, 300) 1\n\t[300, inf) 1\n");
	check_print(&hists.at[0], false,
		    "     usecs                : count     distribution\n"
		    "       100 -> 199        : 2        |****************************************|\n"
		    "       200 -> 299        : 1        |********************                    |\n"
		    "       300 ->            : 1        |********************                    |\n"
		    "\n"
		    "avg = 640 usecs, total: 2560 usecs, count: 4\n"
		    "p50 = 179, p90 = 1150, p99 = 1150, p99.9 = 1150 (interpolated within buckets), max = 2000 usecs\n");
	hists_free(&hists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_of_all_keys_are_read),
		cmocka_unit_test(what_is_no_histogram_is_left_out),
		cmocka_unit_test(percentiles_are_those_of_an_even_spread),
		cmocka_unit_test(percentiles_stay_within_what_was_seen),
		cmocka_unit_test(large_numbers_do_not_wrap),
		cmocka_unit_test(powers_of_two_look_as_bcc_prints_them),
		cmocka_unit_test(buckets_of_one_width_are_printed_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
