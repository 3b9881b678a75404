// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes, taken for what is written to set_ftrace_filter: cut into words all at
 * once and piece by piece, understood, kept in a list; and every glob beside a
 * naive matcher.
 *
 * The first byte says how long the pieces are, the second how many bytes at the
 * end are names to be matched.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/filter.h"
#include "selftests/host/fuzz/fuzz.h"

#define TEXT_MAX 2048
#define NAME_MAX_LEN 64

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* A glob as a list: what each piece of it may stand for. */
struct piece {
	bool star;
	bool may[256];
};

/* Read a set from behind its "["; return how long it is with its "]". */
static size_t naive_set(const char *s, struct piece *piece)
{
	bool inverted = s[0] == '!' || s[0] == '^';
	size_t i = inverted, first = i;
	int c;

	/* Characters above 127 come before the others: char is signed. */
	while (s[i] && (i == first || s[i] != ']')) {
		int low = ((unsigned char)s[i] ^ 0x80) - 0x80, high = low;

		if (s[i + 1] == '-' && s[i + 2] && s[i + 2] != ']') {
			high = ((unsigned char)s[i + 2] ^ 0x80) - 0x80;
			i += 2;
		}
		i++;
		for (c = low; c <= high; c++)
			piece->may[(unsigned char)c] = true;
	}
	if (inverted)
		for (c = 0; c < 256; c++)
			piece->may[c] = !piece->may[c];
	return s[i] ? i + 1 : i;
}

static unsigned int naive_pieces(const char *glob, struct piece *pieces)
{
	unsigned int nr = 0;

	while (*glob) {
		struct piece *piece = &pieces[nr++];

		memset(piece, 0, sizeof(*piece));
		if (*glob == '*') {
			piece->star = true;
			glob++;
		} else if (*glob == '?') {
			memset(piece->may, true, sizeof(piece->may));
			glob++;
		} else if (*glob == '[' && strchr(glob, ']')) {
			glob++;
			glob += naive_set(glob, piece);
		} else {
			if (*glob == '\\' && glob[1])
				glob++;
			piece->may[(unsigned char)*glob++] = true;
		}
	}
	return nr;
}

/* Which beginnings of the name does the glob so far match? One piece after the other. */
static bool naive_match(const char *glob, const char *name)
{
	static struct piece pieces[FILTER_WORD_MAX + 1];
	unsigned int nr = naive_pieces(glob, pieces), i, j, len = strlen(name);
	bool at[NAME_MAX_LEN + 1] = { true }, next[NAME_MAX_LEN + 1];

	for (i = 0; i < nr; i++) {
		memset(next, 0, sizeof(next));
		for (j = 0; j <= len; j++) {
			if (pieces[i].star)
				next[j] = at[j] || (j && next[j - 1]);
			else if (j)
				next[j] = at[j - 1] && pieces[i].may[(unsigned char)name[j - 1]];
		}
		memcpy(at, next, sizeof(at));
	}
	return at[len];
}

static void try_glob(const char *glob, const char *name)
{
	bool matches = filter_glob_match(glob, name);

	must(matches == naive_match(glob, name));
	if (filter_glob_is_name(glob))
		must(matches == !strcmp(glob, name));
}

static void try_word(const char *text, const char *name)
{
	struct filter_error error = { .pos = UINT32_MAX };
	struct filter_term term;
	size_t len = strlen(text);
	char *word = malloc(len + 1);

	must(word && len && len <= FILTER_WORD_MAX);
	memcpy(word, text, len + 1);
	if (filter_parse(word, &term, &error)) {
		must(error.what && error.pos <= len);
		free(word);
		return;
	}
	must(!!term.number == !term.glob);
	must(term.negate == (*text == '!'));
	filter_term_lasts(&term);
	if (term.glob)
		try_glob(term.glob, name);
	if (term.module) {
		try_glob(term.module, name);
		must(!filter_module_match(&term, NULL));
		must(filter_module_match(&term, name) == naive_match(term.module, name));
	} else {
		must(filter_module_match(&term, NULL));
	}
	free(word);
}

static char *put(char *list, const char *word)
{
	size_t len = strlen(word);

	*list = '\n';
	memcpy(list + 1, word, len + 1);
	return list + 1 + len;
}

/* Cut @text into words, @step bytes at a time; each goes into @list behind a "\n". */
static void cut(const char *text, size_t len, size_t step, char *list)
{
	struct filter_words words;
	size_t at = 0, used, part;
	int err;

	*list = '\0';
	filter_words_init(&words);
	while (at < len) {
		part = len - at < step ? len - at : step;
		err = filter_words_feed(&words, text + at, part, &used);
		must(used <= part && (used || err));
		if (err < 0) {
			list = put(list, "(too long)");
			/* Go on behind what made it too long. */
			while (at + used < len && !isspace((unsigned char)text[at + used]) &&
			       text[at + used])
				used++;
		}
		at += used;
		if (err > 0)
			list = put(list, words.word);
	}
	if (filter_words_finish(&words))
		put(list, words.word);
}

/* The words of @list, one kept after the other as for modules to come. */
static void keep(char *list, const char *name)
{
	static char sums[2][2 * TEXT_MAX + FILTER_WORD_MAX];
	char word[FILTER_WORD_MAX + 1];
	const char *rest, *kept = NULL;
	unsigned int n = 0;
	char *next;

	for (next = strtok(list, "\n"); next; next = strtok(NULL, "\n")) {
		if (!strcmp(next, "(too long)"))
			continue;
		try_word(next, name);
		/* A comparison is not kept. */
		if (strchr(next, ' '))
			continue;
		filter_words_add(sums[n], kept, next);
		kept = sums[n];
		n = !n;
		/* It is the last one, and there once. */
		for (rest = kept; (rest = filter_words_next(rest, word)) && *rest;)
			must(strcmp(word, next));
		must(!strcmp(word, next));
		filter_words_wait(kept);
	}
}

void fuzz_filter(const uint8_t *bytes, size_t size)
{
	static char whole[2 * TEXT_MAX], pieces[2 * TEXT_MAX];
	char name[NAME_MAX_LEN + 1] = "";
	size_t step, name_len;
	char *text;

	if (size < 3 || size > TEXT_MAX / 12)
		return;
	step = 1 + bytes[0] % 16;
	name_len = bytes[1] % NAME_MAX_LEN;
	if (name_len > size - 2)
		name_len = size - 2;
	memcpy(name, bytes + size - name_len, name_len);
	size -= name_len + 2;
	text = calloc(1, size + 1);
	must(text);
	memcpy(text, bytes + 2, size);
	text[size] = '\0';
	cut(text, size, size + 1, whole);
	cut(text, size, step, pieces);
	must(!strcmp(whole, pieces));
	keep(whole, name);
	/* And what need not be one word. */
	if (strlen(text) <= FILTER_WORD_MAX)
		try_glob(text, name);
	free(text);
}
