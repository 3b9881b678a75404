/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_FILTER_H
#define FNT_CORE_FILTER_H

/* The language of set_ftrace_filter: words, globs, modules. */

#include <linux/types.h>

#define FILTER_WORD_MAX 255

/**
 * struct filter_words - cutting what is written into words
 * @word: the word so far; a NUL behind it once it is complete
 * @len: its length
 *
 * A word may come in pieces: it ends with white space, not with a write().
 */
struct filter_words {
	char word[FILTER_WORD_MAX + 1];
	unsigned int len;
};

/**
 * struct filter_term - a word, understood
 * @negate: take out what it names
 * @number: a line of available_filter_functions, from 1; 0 for a glob
 * @glob: names of functions
 * @module: glob of names of modules; NULL for functions of the kernel image and
 *          of all modules
 */
struct filter_term {
	bool negate;
	unsigned long number;
	const char *glob;
	const char *module;
};

/**
 * struct filter_error - what is wrong with a word
 * @pos: where in the word
 * @what: a constant string
 */
struct filter_error {
	unsigned int pos;
	const char *what;
};

void filter_words_init(struct filter_words *words);
int filter_words_feed(struct filter_words *words, const char *buf, size_t len, size_t *used);
bool filter_words_finish(struct filter_words *words);

char *filter_command(char *word);
int filter_parse(char *word, struct filter_term *term, struct filter_error *error);
bool filter_term_lasts(const struct filter_term *term);
void filter_words_add(char *sum, const char *words, const char *word);
const char *filter_words_next(const char *words, char *word);
bool filter_words_wait(const char *words);
bool filter_glob_is_name(const char *glob);
bool filter_glob_match(const char *glob, const char *name);
bool filter_glob_match_len(const char *glob, const char *name, size_t len);
bool filter_module_match(const struct filter_term *term, const char *module);

#endif
