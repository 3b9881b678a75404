// SPDX-License-Identifier: GPL-2.0
/*
 * All interleavings of one writer, one that interrupts it, and one reader on a
 * tiny ring; see ring_model.h.
 *
 *	ring_model_test [--long]
 *
 * --long: fuller and longer rings too; minutes instead of seconds.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "selftests/host/unit/ring_model.h"

/* One event fills a page, two do, or the page has room for more. */
#define ONE_A_PAGE { 96, 96 }
#define TWO_A_PAGE { 48, 48 }
#define SHORT { 8, 8 }

static bool longer;

/* @more: also with more events there before; in a long run. */
static void explore(struct model_script script, unsigned int more)
{
	unsigned long states;
	const char *failed;
	unsigned int i;

	for (i = 0; i <= (longer ? more : 0); i++, script.prefill++) {
		failed = model_run(&script, &states);
		if (failed)
			fail_msg("%s; state %lu with %u events before", failed, states,
				 script.prefill);
		if (longer)
			print_message("%lu states with %u events before\n", states, script.prefill);
	}
}

static void every_event_is_read_once(void **state)
{
	(void)state;
	explore((struct model_script) {
		.nr_pages = 2, .overwrite = true, .prefill = 1, .events = { 1, 1 },
		.len = ONE_A_PAGE, .reads = 2, .how = READS_EVENTS, .late = true,
	}, 2);
}

static void every_event_of_a_page_is_read_once(void **state)
{
	(void)state;
	explore((struct model_script) {
		.nr_pages = 2, .overwrite = true, .prefill = 1, .events = { 1, 1 },
		.len = ONE_A_PAGE, .reads = 2, .how = READS_PAGES, .late = true,
	}, 2);
	explore((struct model_script) {
		.nr_pages = 2, .overwrite = true, .prefill = 1, .events = { 2, 1 },
		.len = TWO_A_PAGE, .reads = 1, .how = READS_PAGES,
	}, 4);
}

static void every_page_that_is_handed_out_is_complete(void **state)
{
	(void)state;
	explore((struct model_script) {
		.nr_pages = 2, .overwrite = true, .prefill = 1, .events = { 1, 1 },
		.len = ONE_A_PAGE, .reads = 2, .how = READS_BY_EXCHANGE, .late = longer,
	}, 2);
	explore((struct model_script) {
		.nr_pages = 2, .overwrite = true, .prefill = 1, .events = { 2, 1 },
		.len = TWO_A_PAGE, .reads = 2, .how = READS_MAPPED,
	}, 4);
}

static void every_copy_is_whole(void **state)
{
	(void)state;
	explore((struct model_script) {
		.nr_pages = 2, .overwrite = true, .prefill = 1, .events = { 1, 1 },
		.len = ONE_A_PAGE, .reads = 1, .how = READS_COPIES, .late = true,
	}, 2);
	if (longer)
		explore((struct model_script) {
			.nr_pages = 2, .overwrite = true, .prefill = 2, .events = { 2, 1 },
			.len = ONE_A_PAGE, .reads = 1, .how = READS_COPIES,
		}, 1);
}

static void nothing_is_lost_without_overwriting(void **state)
{
	(void)state;
	explore((struct model_script) {
		.nr_pages = 2, .prefill = 1, .events = { 2, 1 },
		.len = ONE_A_PAGE, .reads = 2, .how = READS_EVENTS,
	}, 1);
}

static void what_is_discarded_leaves_no_trace(void **state)
{
	struct model_script script = {
		.nr_pages = 2, .overwrite = true, .prefill = 1, .events = { 2, 1 },
		.len = SHORT, .discard = { true, false }, .reads = 2, .how = READS_EVENTS,
		.late = true,
	};

	(void)state;
	explore(script, 0);
	script.discard[1] = true;
	explore(script, 0);
	script.len[0] = 48;
	script.len[1] = 48;
	script.late = false;
	explore(script, 3);
}

/* What one interrupt leaves to the writer another may find. */
static void interrupts_that_follow_each_other(void **state)
{
	struct model_script script = {
		.nr_pages = 3, .overwrite = true, .prefill = 1, .again = 1, .events = { 1, 1 },
		.len = TWO_A_PAGE, .reads = 1, .how = READS_EVENTS,
	};

	(void)state;
	explore(script, 2);
	script.how = READS_PAGES;
	explore(script, 2);
	script.how = READS_COPIES;
	explore(script, 2);
	script.nr_pages = 2;
	script.how = READS_EVENTS;
	script.len[1] = 96;
	explore(script, 2);
}

static void sums_are_read_at_any_time(void **state)
{
	(void)state;
	explore((struct model_script) {
		.nr_pages = 2, .overwrite = true, .prefill = 1, .events = { 1, 1 },
		.len = ONE_A_PAGE, .reads = 1, .how = READS_STATS,
	}, 2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_is_read_once),
		cmocka_unit_test(every_event_of_a_page_is_read_once),
		cmocka_unit_test(every_page_that_is_handed_out_is_complete),
		cmocka_unit_test(every_copy_is_whole),
		cmocka_unit_test(nothing_is_lost_without_overwriting),
		cmocka_unit_test(what_is_discarded_leaves_no_trace),
		cmocka_unit_test(interrupts_that_follow_each_other),
		cmocka_unit_test(sums_are_read_at_any_time),
	};

	longer = argc > 1 && !strcmp(argv[1], "--long");
	return cmocka_run_group_tests_name("ring_model", tests, NULL, NULL);
}
