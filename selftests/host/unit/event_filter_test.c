// SPDX-License-Identifier: GPL-2.0
/*
 * The language of event filters: made-up filters beside a naive reader, and what is
 * wrong with others; the language of triggers.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <errno.h>
#include <stdio.h>
#include <cmocka.h>

#include <linux/string.h>

#include "core/event_filter.h"
#include "core/trigger.h"
#include "selftests/host/fuzz/fuzz.h"

#define RECORD_SIZE 48

static unsigned int below(unsigned int n)
{
	return random() % n;
}

static char *put(char *at, const char *word)
{
	size_t len = strlen(word);

	memcpy(at, word, len + 1);
	return at + len;
}

static char *put_space(char *at)
{
	return below(3) ? at : put(at, " ");
}

static char *put_one(char *at)
{
	static const char *const numbers[] = { "a", "b", "c", "d", "e", "f", "g", "h", "cpu",
					       "odd" };
	static const char *const strings[] = { "s", "l", "r", "p", "p.ustring", "comm" };
	static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=", "&", "~" };
	static const char *const values[] = { "0", "1", "-1", "3", "127", "128", "-128", "0x80", "255",
		"65535", "4294967295", "-9223372036854775808", "18446744073709551615", "017" };
	static const char *const texts[] = { "\"\"", "'a task'", "\"a*\"", "\"*k\"", "'*'", "\"at0\"",
		"\"user*\"", "\"!a*\"", "\"?\"", "\"[a-c]*\"" };

	if (below(2)) {
		at = put_space(put(at, numbers[below(10)]));
		at = put_space(put(at, ops[below(7)]));
		return put_space(put(at, values[below(14)]));
	}
	at = put_space(put(at, strings[below(6)]));
	at = put_space(put(at, below(2) ? "~" : ops[below(2)]));
	return put_space(put(at, texts[below(10)]));
}

static char *put_filter(char *at, unsigned int depth)
{
	unsigned int i, terms = 1 + below(3);

	for (i = 0; i < terms; i++) {
		if (i)
			at = put_space(put(at, below(2) ? "&&" : "||"));
		while (!below(4))
			at = put_space(put(at, "!"));
		if (depth && !below(3)) {
			at = put(put_filter(put_space(put(at, "(")), depth - 1), ")");
			at = put_space(at);
		} else {
			at = put_one(at);
		}
	}
	return at;
}

/* Nearly all are accepted, so that it is matching that is compared. */
static void filters_match_as_a_naive_reader_does(void **state)
{
	unsigned int round, i, accepted = 0;
	uint8_t record[RECORD_SIZE];
	char text[4096];

	(void)state;
	srandom(1);
	for (round = 0; round < 200000; round++) {
		for (i = 0; i < RECORD_SIZE; i++)
			record[i] = below(3) ? random() : (below(2) ? 0 : 0xff);
		memset(record + 40, 0, 8);
		record[40] = below(32);
		record[42] = below(8);
		put_filter(text, 3);
		accepted += fuzz_event_filter_text(text, record);
	}
	assert_true(accepted > 60000);
}

static const struct filter_field *find_any(void *arg, const char *name, size_t len)
{
	static const struct filter_field number = { "n", 0, 4, true, FILTER_NUMBER };
	static const struct filter_field string = { "s", 4, 16, true, FILTER_STRING };
	static const struct filter_field cpu = { "cpu", 0, 4, true, FILTER_THIS_CPU };

	(void)arg;
	if (len == 3 && !memcmp(name, "cpu", 3))
		return &cpu;
	if (len != 1)
		return NULL;
	return *name == 'n' ? &number : *name == 's' ? &string : NULL;
}

static void errors_point_at_their_cause_in_the_kernels_words(void **state)
{
	static const struct {
		const char *text;
		unsigned int pos;
		const char *what;
	} cases[] = {
		{ "bad", 4, "Field not found" },
		{ "n == 1 && x == 2", 12, "Field not found" },
		{ "n = 1", 2, "Invalid operator" },
		{ "n", 1, "Invalid operator" },
		{ "n == ", 5, "Invalid value (did you forget quotes)?" },
		{ "n == b", 5, "Invalid value (did you forget quotes)?" },
		{ "n == 08", 5, "Illegal integer value" },
		{ "n == 99999999999999999999", 5, "Illegal integer value" },
		{ "n == \"a\"", 5, "Expecting numeric field" },
		{ "n ~ 1", 4, "Illegal operation for field type" },
		{ "cpu ~ 1", 6, "Illegal operation for field type" },
		{ "s == 1", 5, "Expecting string field" },
		{ "s < \"a\"", 4, "Illegal operation for field type" },
		{ "s == \"a", 5, "Missing matching quote" },
		{ "(n == 1", 0, "Too many '('" },
		{ "n == 1 && (n == 2", 10, "Too many '('" },
		{ "n == 1)", 6, "Too few '('" },
		{ "n == 1 n == 2", 7, "Too many terms in predicate expression" },
		{ "n == 1 & n == 2", 7, "Too many terms in predicate expression" },
		{ "n == 1 &&", 9, "No filter found" },
		{ "", 0, "No filter found" },
		{ "!", 1, "No filter found" },
		{ "()", 1, "Field not found" },
	};
	struct filter_fault fault;
	struct event_filter *filter;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(event_filter_create(cases[i].text, find_any, NULL, &filter,
						     &fault),
				 -EINVAL);
		if (fault.pos != cases[i].pos || !fault.what || strcmp(fault.what, cases[i].what)) {
			print_error("'%s': %u %s\n", cases[i].text, fault.pos, fault.what);
			fail();
		}
	}
}

static void describe(struct filter_scene *scene)
{
	*scene = (struct filter_scene) { .cpu = 0 };
}

/* As many parentheses as a filter has room for, and they take no stack. */
static void thousands_of_parentheses(void **state)
{
	static char text[EVENT_FILTER_MAX + 1];
	struct event_filter *filter;
	struct filter_fault fault;
	int record[5] = { 1 };
	unsigned int i, deep = 2000;
	char *at = text;

	(void)state;
	for (i = 0; i < deep; i++)
		at = put(at, i % 2 ? "(" : "!");
	at = put(at, "n==1");
	for (i = 0; i < deep / 2; i++)
		at = put(at, ")");
	assert_int_equal(event_filter_create(text, find_any, NULL, &filter, &fault), 0);
	assert_true(event_filter_match(filter, record, describe));
	record[0] = 2;
	assert_false(event_filter_match(filter, record, describe));
	event_filter_destroy(filter);
	at = text;
	while (at + 7 < text + EVENT_FILTER_MAX)
		at = put(at, "n==1||");
	put(at, "n");
	assert_int_equal(event_filter_create(text, find_any, NULL, &filter, &fault), -EINVAL);
	put(at, "n<3");
	assert_int_equal(event_filter_create(text, find_any, NULL, &filter, &fault), 0);
	assert_true(event_filter_match(filter, record, describe));
	event_filter_destroy(filter);
}

static void triggers_are_understood(void **state)
{
	static const struct {
		const char *text;
		bool remove;
		enum trigger_action action;
		long count;
		const char *system;
		const char *event;
		const char *filter;
	} cases[] = {
		{ "traceon", false, TRIGGER_TRACEON, -1, NULL, NULL, NULL },
		{ "traceoff:3", false, TRIGGER_TRACEOFF, 3, NULL, NULL, NULL },
		{ "snapshot if a == 1", false, TRIGGER_SNAPSHOT, -1, NULL, NULL, "a == 1" },
		{ "stacktrace:5  if  a", false, TRIGGER_STACKTRACE, 5, NULL, NULL, "a" },
		{ "traceon:", false, TRIGGER_TRACEON, -1, NULL, NULL, NULL },
		{ "traceoff:0x10", false, TRIGGER_TRACEOFF, 16, NULL, NULL, NULL },
		{ "enable_event:s:e:+010 if a", false, TRIGGER_ENABLE_EVENT, 8, "s", "e", "a" },
		{ "!traceon:unlimited", true, TRIGGER_TRACEON, -1, NULL, NULL, NULL },
		{ "!traceoff:count=3 if x", true, TRIGGER_TRACEOFF, -1, NULL, NULL, NULL },
		{ "enable_event:s:e", false, TRIGGER_ENABLE_EVENT, -1, "s", "e", NULL },
		{ "enable_event:s:e:2 if b", false, TRIGGER_ENABLE_EVENT, 2, "s", "e", "b" },
		{ "disable_event:s:e if b", false, TRIGGER_DISABLE_EVENT, -1, "s", "e", "b" },
		{ "!disable_event:s:e:unlimited", true, TRIGGER_DISABLE_EVENT, -1, "s", "e", NULL },
	};
	struct trigger_command command;
	struct trigger_fault fault;
	char text[64];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(text, sizeof(text), "%s", cases[i].text);
		assert_int_equal(trigger_parse(text, &command, &fault), 0);
		assert_int_equal(command.remove, cases[i].remove);
		assert_int_equal(command.action, cases[i].action);
		assert_int_equal(command.count, cases[i].count);
		assert_int_equal(!command.system, !cases[i].system);
		if (command.system) {
			assert_string_equal(command.system, cases[i].system);
			assert_string_equal(command.event, cases[i].event);
		}
		assert_int_equal(!command.filter, !cases[i].filter);
		if (command.filter)
			assert_string_equal(command.filter, cases[i].filter);
	}
}

static void wrong_triggers_are_refused_at_their_cause(void **state)
{
	static const struct {
		const char *text;
		unsigned int pos;
	} cases[] = {
		{ "", 0 }, { "!", 1 }, { "trace", 0 }, { "traceon:x", 8 }, { "traceon:+1", 8 },
		{ "traceon:9223372036854775808", 8 }, { "traceon:08", 8 },
		{ "traceon:3:4", 8 }, { "traceon:99999999999999999999", 8 },
		{ "traceon when a", 8 },
		{ "traceon if", 8 }, { "traceon:1 iff a", 10 }, { "enable_event", 12 },
		{ "enable_event:s", 14 }, { "enable_event:s:", 15 }, { "enable_event::e", 14 },
		{ "enable_event:s:e:x", 17 }, { "enable_event:s:e:", 17 },
		{ "enable_event:s:e:++1", 17 },
	};
	struct trigger_command command;
	struct trigger_fault fault;
	char text[64];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(text, sizeof(text), "%s", cases[i].text);
		assert_int_equal(trigger_parse(text, &command, &fault), -EINVAL);
		if (fault.pos != cases[i].pos || !fault.what) {
			print_error("'%s': %u\n", cases[i].text, fault.pos);
			fail();
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters_match_as_a_naive_reader_does),
		cmocka_unit_test(errors_point_at_their_cause_in_the_kernels_words),
		cmocka_unit_test(thousands_of_parentheses),
		cmocka_unit_test(triggers_are_understood),
		cmocka_unit_test(wrong_triggers_are_refused_at_their_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
