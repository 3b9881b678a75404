// SPDX-License-Identifier: GPL-2.0
/*
 * Calls put aside: what was added is what is gone through, what is kept is a call and
 * all within it, and what does not fit is counted.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/event.h"
#include "core/subtree.h"

static struct subtree tree;

/* Records lie at multiples of four. */
static bool add(u16 type, int depth, unsigned long func)
{
	const struct event_graph_entry entry = {
		.ent.type = type, .func = func, .depth = depth,
	};
	const struct event_graph_exit exit = { .ent.type = type, .func = func, .depth = depth };
	size_t size = type == EVENT_GRAPH_ENTRY ? sizeof(entry) : sizeof(exit);
	void *record = subtree_add(&tree, size);

	if (record)
		memcpy(record, type == EVENT_GRAPH_ENTRY ? (const void *)&entry : &exit, size);
	return record;
}

/* The functions of all records, or of those kept, as digits. */
static const char *functions(bool kept)
{
	static char text[64];
	struct subtree_record *record;
	const struct event_graph_entry *entry;
	unsigned int nr = 0;

	for (record = subtree_next(&tree, NULL); record; record = subtree_next(&tree, record)) {
		entry = (const void *)record->data;
		if (kept && !record->kept)
			continue;
		text[nr++] = '0' + entry->func;
	}
	text[nr] = '\0';
	return text;
}

/* 1 { 2 { 3 } 4 } */
static void fill(void)
{
	subtree_begin(&tree);
	add(EVENT_GRAPH_ENTRY, 0, 1);
	add(EVENT_GRAPH_ENTRY, 1, 2);
	add(EVENT_GRAPH_ENTRY, 2, 3);
	add(EVENT_GRAPH_EXIT, 2, 3);
	add(EVENT_GRAPH_EXIT, 1, 2);
	add(EVENT_GRAPH_ENTRY, 1, 4);
	add(EVENT_GRAPH_EXIT, 1, 4);
}

static void what_was_added_is_gone_through_in_order(void **state)
{
	subtree_begin(&tree);
	assert_null(subtree_next(&tree, NULL));
	fill();
	assert_string_equal(functions(false), "1233244");
	assert_string_equal(functions(true), "");
}

static void the_last_call_at_a_depth_is_kept(void **state)
{
	fill();
	assert_true(subtree_keep(&tree, 1));
	assert_string_equal(functions(true), "44");
	/* One within another, which is kept, too. */
	fill();
	add(EVENT_GRAPH_EXIT, 0, 1);
	assert_true(subtree_keep(&tree, 0));
	assert_string_equal(functions(true), "12332441");
	assert_false(subtree_keep(&tree, 5));
}

static void what_does_not_fit_is_counted(void **state)
{
	unsigned long fit = 0, i;

	subtree_begin(&tree);
	while (add(EVENT_GRAPH_EXIT, 0, 1))
		fit++;
	assert_int_equal(fit, SUBTREE_SIZE / (sizeof(struct subtree_record) +
					      sizeof(struct event_graph_exit)));
	assert_int_equal(local_read(&tree.lost), 1);
	for (i = 0; i < 4; i++)
		assert_null(subtree_add(&tree, SUBTREE_RECORD_MAX));
	assert_int_equal(local_read(&tree.lost), 5);
	assert_true(local_read(&tree.used) <= SUBTREE_SIZE);
	subtree_begin(&tree);
	assert_null(subtree_add(&tree, SUBTREE_RECORD_MAX + 4));
	assert_int_equal(local_read(&tree.lost), 1);
	assert_non_null(subtree_add(&tree, SUBTREE_RECORD_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_gone_through_in_order),
		cmocka_unit_test(the_last_call_at_a_depth_is_kept),
		cmocka_unit_test(what_does_not_fit_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
