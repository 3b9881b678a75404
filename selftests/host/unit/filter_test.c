// SPDX-License-Identifier: GPL-2.0
/*
 * The language of set_ftrace_filter; globs against fnmatch().
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <fnmatch.h>
#include <stdio.h>
#include <cmocka.h>

#include <linux/string.h>

#include "core/filter.h"

static void globs_match_as_fnmatch_does(void **state)
{
	static const char letters[] = "ab*?[]-!\\^";
	unsigned int round, i, len;
	char glob[10], name[10];

	srandom(1);
	for (round = 0; round < 1000000; round++) {
		len = random() % 8;
		for (i = 0; i < len; i++)
			glob[i] = letters[random() % (sizeof(letters) - 1)];
		glob[i] = '\0';
		len = random() % 8;
		for (i = 0; i < len; i++)
			name[i] = "ab-]"[random() % 4];
		name[i] = '\0';
		/* An unfinished set and a last backslash are open to opinion. */
		if (strchr(glob, '[') || (*glob && glob[strlen(glob) - 1] == '\\')) {
			filter_glob_match(glob, name);
			continue;
		}
		if (filter_glob_match(glob, name) != !fnmatch(glob, name, 0)) {
			print_error("glob '%s' name '%s'\n", glob, name);
			fail();
		}
	}
}

static void sets_match(void **state)
{
	static const struct {
		const char *glob;
		const char *name;
		bool match;
	} cases[] = {
		{ "[abc]x", "bx", true }, { "[abc]x", "dx", false }, { "[a-c]x", "bx", true },
		{ "[!a-c]x", "bx", false }, { "[!a-c]x", "dx", true }, { "[^a]x", "bx", true },
		{ "[]]x", "]x", true }, { "[a-]x", "-x", true }, { "[ab", "[ab", true },
		{ "[ab", "a", false }, { "*[0-9]", "vfs_read2", true }, { "*[0-9]", "vfs", false },
		{ "[a]", "", false }, { "\\*x", "*x", true }, { "\\*x", "ax", false },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (filter_glob_match(cases[i].glob, cases[i].name) != cases[i].match) {
			print_error("glob '%s' name '%s'\n", cases[i].glob, cases[i].name);
			fail();
		}
}

static void many_stars_take_no_time(void **state)
{
	char name[512];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_false(filter_glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
	assert_true(filter_glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*", name));
}

static void words_come_in_any_pieces(void **state)
{
	static const char text[] = "  vfs_read\n\tvfs_write !x\n\n:mod:y ";
	static const char *const words[] = { "vfs_read", "vfs_write", "!x", ":mod:y" };
	unsigned int piece;

	for (piece = 1; piece <= sizeof(text); piece++) {
		struct filter_words cutter;
		unsigned int found = 0;
		size_t pos = 0, used;

		filter_words_init(&cutter);
		while (pos < sizeof(text) - 1) {
			size_t len = sizeof(text) - 1 - pos;

			if (len > piece)
				len = piece;
			if (filter_words_feed(&cutter, text + pos, len, &used)) {
				assert_true(found < 4);
				assert_string_equal(cutter.word, words[found++]);
			}
			assert_true(used > 0 && used <= len);
			pos += used;
		}
		assert_int_equal(found, 4);
		assert_false(filter_words_finish(&cutter));
	}
}

static void a_last_word_needs_no_white_space(void **state)
{
	struct filter_words cutter;
	size_t used;

	filter_words_init(&cutter);
	assert_int_equal(filter_words_feed(&cutter, "vfs", 3, &used), 0);
	assert_int_equal(filter_words_feed(&cutter, "_read", 5, &used), 0);
	assert_true(filter_words_finish(&cutter));
	assert_string_equal(cutter.word, "vfs_read");
}

static void a_word_without_end_is_refused(void **state)
{
	struct filter_words cutter;
	char text[FILTER_WORD_MAX + 2];
	size_t used;

	memset(text, 'x', sizeof(text));
	filter_words_init(&cutter);
	assert_int_equal(filter_words_feed(&cutter, text, FILTER_WORD_MAX, &used), 0);
	assert_true(filter_words_feed(&cutter, text, 1, &used) < 0);
	/* The next word is not harmed. */
	assert_int_equal(filter_words_feed(&cutter, "ok ", 3, &used), 1);
	assert_string_equal(cutter.word, "ok");
}

static void words_are_understood(void **state)
{
	static const struct {
		const char *word;
		bool negate;
		unsigned long number;
		const char *glob;
		const char *module;
	} cases[] = {
		{ "vfs_read", false, 0, "vfs_read", NULL },
		{ "!vfs_*", true, 0, "vfs_*", NULL },
		{ "42", false, 42, NULL, NULL },
		{ "!7", true, 7, NULL, NULL },
		{ "4x", false, 0, "4x", NULL },
		{ "a*:mod:ext4", false, 0, "a*", "ext4" },
		{ ":mod:ext4", false, 0, "*", "ext4" },
		{ "!:mod:ext4", true, 0, "*", "ext4" },
	};
	struct filter_error error;
	struct filter_term term;
	char word[64];
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(word, sizeof(word), "%s", cases[i].word);
		assert_int_equal(filter_parse(word, &term, &error), 0);
		assert_int_equal(term.negate, cases[i].negate);
		assert_int_equal(term.number, cases[i].number);
		if (cases[i].glob)
			assert_string_equal(term.glob, cases[i].glob);
		if (cases[i].module)
			assert_string_equal(term.module, cases[i].module);
		else
			assert_null(term.module);
	}
}

static void a_glob_is_a_name_if_it_matches_nothing_else(void **state)
{
	assert_true(filter_glob_is_name("vfs_read"));
	assert_true(filter_glob_is_name("__x64_sys_read.isra.0"));
	assert_false(filter_glob_is_name("*"));
	assert_false(filter_glob_is_name("vfs_?ead"));
	assert_false(filter_glob_is_name("vfs_[rw]"));
	/* It matches "vfs", not itself. */
	assert_false(filter_glob_is_name("v\\fs"));
}

static void words_for_later_take_the_place_of_their_opposites(void **state)
{
	static const struct {
		const char *words, *word, *sum;
		bool wait;
	} cases[] = {
		{ NULL, "vfs_*", "vfs_* ", false },
		{ "vfs_* ", "ext4_*:mod:ext4", "vfs_* ext4_*:mod:ext4 ", true },
		{ "vfs_* :mod:ext4 ", "!:mod:ext4", "vfs_* !:mod:ext4 ", false },
		{ "vfs_* !a ", "a", "vfs_* a ", false },
		{ "a:mod:b c* ", "a:mod:b", "c* a:mod:b ", true },
	};
	char sum[64], word[FILTER_WORD_MAX + 1];
	const char *rest;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		filter_words_add(sum, cases[i].words, cases[i].word);
		assert_string_equal(sum, cases[i].sum);
		assert_int_equal(filter_words_wait(sum), cases[i].wait);
	}
	assert_false(filter_words_wait(NULL));
	rest = filter_words_next("one two ", word);
	assert_string_equal(word, "one");
	rest = filter_words_next(rest, word);
	assert_string_equal(word, "two");
	assert_null(filter_words_next(rest, word));
}

static void errors_point_at_their_cause(void **state)
{
	static const struct {
		const char *word;
		unsigned int pos;
	} cases[] = {
		{ "!", 1 }, { "0", 0 }, { "!0", 1 }, { "99999999999999999999", 0 },
		{ "vfs_read:bogus", 9 }, { "vfs_read:mod:", 13 }, { "a:mod:b:c", 6 }, { ":x", 1 },
	};
	struct filter_error error;
	struct filter_term term;
	char word[64];
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(word, sizeof(word), "%s", cases[i].word);
		assert_true(filter_parse(word, &term, &error) < 0);
		assert_non_null(error.what);
		assert_int_equal(error.pos, cases[i].pos);
	}
}

static void commands_are_cut_off(void **state)
{
	static const struct {
		const char *word, *functions, *command;
	} cases[] = {
		{ "vfs_read", "vfs_read", NULL },
		{ "vfs_*:mod:ext4", "vfs_*:mod:ext4", NULL },
		{ ":mod:ext4", ":mod:ext4", NULL },
		{ "vfs_read:mod", "vfs_read:mod", NULL },
		{ "vfs_read:traceoff", "vfs_read", "traceoff" },
		{ "!vfs_read:traceoff:0", "!vfs_read", "traceoff:0" },
		{ "vfs_*:enable_event:net:napi", "vfs_*", "enable_event:net:napi" },
		{ "vfs_read:", "vfs_read", "" },
		{ ":traceoff", "", "traceoff" },
		{ "vfs_read:module", "vfs_read", "module" },
	};
	const char *command;
	char word[64];
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(word, sizeof(word), "%s", cases[i].word);
		command = filter_command(word);
		assert_string_equal(word, cases[i].functions);
		assert_int_equal(!command, !cases[i].command);
		if (command)
			assert_string_equal(command, cases[i].command);
	}
}

static void modules_are_matched_by_glob(void **state)
{
	struct filter_term any = { .glob = "*" }, some = { .glob = "*", .module = "ext*" };

	assert_true(filter_module_match(&any, NULL));
	assert_true(filter_module_match(&any, "ext4"));
	assert_false(filter_module_match(&some, NULL));
	assert_true(filter_module_match(&some, "ext4"));
	assert_false(filter_module_match(&some, "xfs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_match_as_fnmatch_does),
		cmocka_unit_test(sets_match),
		cmocka_unit_test(many_stars_take_no_time),
		cmocka_unit_test(words_come_in_any_pieces),
		cmocka_unit_test(a_last_word_needs_no_white_space),
		cmocka_unit_test(a_word_without_end_is_refused),
		cmocka_unit_test(words_are_understood),
		cmocka_unit_test(a_glob_is_a_name_if_it_matches_nothing_else),
		cmocka_unit_test(words_for_later_take_the_place_of_their_opposites),
		cmocka_unit_test(errors_point_at_their_cause),
		cmocka_unit_test(commands_are_cut_off),
		cmocka_unit_test(modules_are_matched_by_glob),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
