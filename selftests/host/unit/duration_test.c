// SPDX-License-Identifier: GPL-2.0
/*
 * Times as people write them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "user/duration.h"

static void every_unit_is_known(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} times[] = {
		{ "7", 7000000000 }, { "500us", 500000 }, { "1ms", 1000000 }, { "12ns", 12 },
		{ "1.5s", 1500000000 }, { ".25", 250000000 }, { "2m", 120000000000 },
		{ "1h", 3600000000000 }, { "0", 0 }, { "1.", 1000000000 }, { "0.1us", 100 },
		{ "1.000000001", 1000000001 }, { "1.0000000019", 1000000001 },
		{ "0009us", 9000 }, { "2562047h", 2562047ULL * 3600000000000 },
	};
	uint64_t ns;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		assert_int_equal(duration_parse(times[i].text, NS_PER_SECOND, &ns), 0);
		assert_int_equal(ns, times[i].ns);
	}
	assert_int_equal(duration_parse("3", NS_PER_US, &ns), 0);
	assert_int_equal(ns, 3000);
}

static void what_is_no_time_is_refused_and_leaves_the_old_one(void **state)
{
	static const char *const none[] = {
		"", ".", "s", "us", "-1", "+1", " 1", "1 ", "1 s", "1x", "1sec", "1..5", "1.5.2",
		"0x10", "1e3", "inf", "nan", "1us2", "2562048h", "9223372037",
		"99999999999999999999999999", "1.s.",
	};
	uint64_t ns = 77;
	size_t i;

	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(duration_parse(none[i], NS_PER_SECOND, &ns), -1);
	assert_int_equal(ns, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_unit_is_known),
		cmocka_unit_test(what_is_no_time_is_refused_and_leaves_the_old_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
