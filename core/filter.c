// SPDX-License-Identifier: GPL-2.0
/*
 * The language of set_ftrace_filter. PURE: also compiled in user space.
 *
 *	word	= ["!"] ( number | glob [":mod:" glob] | ":mod:" glob )
 *		| ["!"] ( number | glob ) ":" command
 *		| ["!"] ( number | glob ) ":if:" all up to the end of the line
 *	glob	= characters, with "*" for any string, "?" for any character,
 *		  "[a-z]" and "[!a-z]" for one of a set, "\" before one of these
 */

#include "core/filter.h"

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

/**
 * filter_words_init - begin with no word
 * @words: the cutter
 *
 * Context: any.
 */
void filter_words_init(struct filter_words *words)
{
	words->len = 0;
}

/* A comparison has blanks in it: it ends with the line. */
static bool goes_on(struct filter_words *words, char c)
{
	if (c == '\n' || !c)
		return false;
	words->word[words->len] = '\0';
	return strstr(words->word, ":if:");
}

/**
 * filter_words_feed - take characters up to the end of a word
 * @words: the cutter
 * @buf: characters
 * @len: number of them
 * @used: receives how many were taken
 *
 * Context: any.
 * Return: 1 if a word is complete, in words->word; 0 if @buf ended before it
 * did; -EINVAL if it is too long: then it is dropped.
 */
int filter_words_feed(struct filter_words *words, const char *buf, size_t len, size_t *used)
{
	bool blank;
	size_t i;

	for (i = 0; i < len; i++) {
		blank = isspace((unsigned char)buf[i]) || !buf[i];
		if (blank && !words->len)
			continue;
		if (blank && !goes_on(words, buf[i])) {
			*used = i + 1;
			return filter_words_finish(words);
		}
		if (words->len == FILTER_WORD_MAX) {
			words->len = 0;
			*used = i;
			return -EINVAL;
		}
		words->word[words->len++] = blank ? ' ' : buf[i];
	}
	*used = len;
	return 0;
}

/**
 * filter_words_finish - end the word at hand
 * @words: the cutter
 *
 * Context: any.
 * Return: true if there is one, in words->word.
 */
bool filter_words_finish(struct filter_words *words)
{
	bool there = words->len;

	words->word[words->len] = '\0';
	words->len = 0;
	return there;
}

static int wrong(struct filter_error *error, unsigned int pos, const char *what)
{
	error->pos = pos;
	error->what = what;
	return -EINVAL;
}

static int parse_number(const char *s, unsigned long *number)
{
	unsigned long n = 0;

	for (; *s; s++) {
		if (!isdigit((unsigned char)*s) || n > 100000000)
			return -EINVAL;
		n = n * 10 + (*s - '0');
	}
	*number = n;
	return n ? 0 : -EINVAL;
}

static bool all_digits(const char *s)
{
	while (isdigit((unsigned char)*s))
		s++;
	return !*s;
}

/**
 * filter_command - is a word about what is to be done when functions are called?
 * @word: the word; if so it is cut off before the command, and filter_parse() tells the
 *        functions
 *
 * Context: any.
 * Return: the command; NULL if it is about what is to be traced.
 */
char *filter_command(char *word)
{
	char *colon = strchr(word, ':');

	if (!colon || !strncmp(colon, ":mod:", 5) || !strcmp(colon, ":mod"))
		return NULL;
	*colon = '\0';
	return colon + 1;
}

/**
 * filter_parse - understand a word
 * @word: the word; cut into pieces, to which @term points
 * @term: receives what it means
 * @error: receives what is wrong with it
 *
 * Context: any.
 * Return: 0; -EINVAL.
 */
int filter_parse(char *word, struct filter_term *term, struct filter_error *error)
{
	char *start = word, *colon, *module;

	memset(term, 0, sizeof(*term));
	if (*word == '!') {
		term->negate = true;
		word++;
	}
	if (!*word)
		return wrong(error, word - start, "No function given");
	if (all_digits(word)) {
		if (parse_number(word, &term->number))
			return wrong(error, word - start, "Lines are counted from 1");
		return 0;
	}
	term->glob = word;
	colon = strchr(word, ':');
	if (!colon)
		return 0;
	if (strncmp(colon, ":mod:", 5))
		return wrong(error, colon + 1 - start, "No such command");
	module = colon + 5;
	if (!*module || strchr(module, ':'))
		return wrong(error, module - start, "No module given");
	*colon = '\0';
	if (colon == word)
		term->glob = "*";
	term->module = module;
	return 0;
}

/* Match one character against a set; *set is at its "[", left behind its "]". */
static bool match_set(const char **set, char c)
{
	const char *s = *set + 1;
	bool inverted = *s == '!' || *s == '^', found = false;
	bool first = true;

	if (inverted)
		s++;
	for (; *s && (*s != ']' || first); first = false) {
		char low = *s++, high = low;

		if (s[0] == '-' && s[1] && s[1] != ']') {
			high = s[1];
			s += 2;
		}
		if (low <= c && c <= high)
			found = true;
	}
	*set = *s ? s + 1 : s;
	return found != inverted;
}

/**
 * filter_glob_is_name - can a glob match nothing but itself?
 * @glob: the glob
 *
 * Context: any.
 * Return: true if so.
 */
bool filter_glob_is_name(const char *glob)
{
	return !glob[strcspn(glob, "*?[\\")];
}

/* A name ends with a NUL, or at @limit, which is NULL if that does not matter. */
static bool at_end(const char *name, const char *limit)
{
	return name == limit || !*name;
}

static bool glob_match(const char *glob, const char *name, const char *limit)
{
	const char *star = NULL, *retry = NULL;

	for (;;) {
		const char *next = glob + 1;
		bool match;

		if (*glob == '*') {
			/* First try that it stands for nothing. */
			star = next;
			retry = name;
			glob = next;
			continue;
		}
		if (at_end(name, limit)) {
			match = false;
			if (!*glob)
				return true;
		} else if (*glob == '?') {
			match = true;
		} else if (*glob == '[' && strchr(next, ']')) {
			next = glob;
			match = match_set(&next, *name);
		} else {
			if (*glob == '\\' && *next)
				glob = next++;
			match = *glob == *name;
		}
		if (match) {
			glob = next;
			name++;
			continue;
		}
		/* Let the last star stand for one character more. */
		if (!star || at_end(retry, limit))
			return false;
		glob = star;
		name = ++retry;
	}
}

/**
 * filter_glob_match_len - does a name of known length match a glob?
 * @glob: the glob
 * @name: the name
 * @len: its length at most; it may end before, with a NUL
 *
 * Takes time proportional to the product of the lengths at most.
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
bool filter_glob_match_len(const char *glob, const char *name, size_t len)
{
	return glob_match(glob, name, name + len);
}

/**
 * filter_glob_match - does a name match a glob?
 * @glob: the glob
 * @name: the name
 *
 * Context: any.
 * Return: true if so.
 */
bool filter_glob_match(const char *glob, const char *name)
{
	return glob_match(glob, name, NULL);
}

/**
 * filter_module_match - is a term about the functions of a module?
 * @term: the term
 * @module: its name; NULL for the kernel image
 *
 * Context: any.
 * Return: true if so.
 */
bool filter_module_match(const struct filter_term *term, const char *module)
{
	if (!term->module)
		return true;
	return module && filter_glob_match(term->module, module);
}

/**
 * filter_term_lasts - is a term about functions of modules to come, too?
 * @term: the term
 *
 * A line number is not, nor is the plain name of a function that is there.
 *
 * Context: any.
 * Return: true if so.
 */
bool filter_term_lasts(const struct filter_term *term)
{
	if (term->number)
		return false;
	return term->negate || term->module || !filter_glob_is_name(term->glob);
}

/**
 * filter_words_next - take the first word of a list
 * @words: words with a blank behind each; NULL for none
 * @word: receives the word; FILTER_WORD_MAX + 1 bytes
 *
 * Context: any.
 * Return: the rest of the list; NULL if there was no word.
 */
const char *filter_words_next(const char *words, char *word)
{
	size_t len;

	if (!words || !*words)
		return NULL;
	len = strcspn(words, " ");
	memcpy(word, words, len);
	word[len] = '\0';
	return words + len + 1;
}

/* Is one word the other with a "!" before it? */
static bool words_opposite(const char *a, const char *b)
{
	return (*a == '!' && !strcmp(a + 1, b)) || (*b == '!' && !strcmp(b + 1, a));
}

/**
 * filter_words_add - put a word at the end of a list
 * @sum: receives the list; room for both and a blank and a NUL
 * @words: the list so far; NULL for none
 * @word: the word; the same word and its opposite are dropped from the list
 *
 * Context: any.
 */
void filter_words_add(char *sum, const char *words, const char *word)
{
	char other[FILTER_WORD_MAX + 1];
	size_t len;

	while ((words = filter_words_next(words, other))) {
		if (!strcmp(other, word) || words_opposite(other, word))
			continue;
		len = strlen(other);
		memcpy(sum, other, len);
		sum[len] = ' ';
		sum += len + 1;
	}
	len = strlen(word);
	memcpy(sum, word, len);
	sum[len] = ' ';
	sum[len + 1] = '\0';
}

/**
 * filter_words_wait - may a module that is loaded later bring functions?
 * @words: as for filter_words_next()
 *
 * Only what names a module counts as waiting for one.
 *
 * Context: any.
 * Return: true if so.
 */
bool filter_words_wait(const char *words)
{
	char word[FILTER_WORD_MAX + 1];

	while ((words = filter_words_next(words, word)))
		if (*word != '!' && strstr(word, ":mod:"))
			return true;
	return false;
}
