/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_FUNCTIONS_H
#define USER_FUNCTIONS_H

/* Lists of functions, and which of them set_ftrace_filter has. */

#include <stdbool.h>

/**
 * struct functions - a list as the files of the tree have it
 * @text: what the names are in
 * @names: "NAME" or "NAME [MODULE]"; several functions may have the same
 * @lines: where available_filter_functions has each, counted from 1; 0 if it has not
 * @nr: number of them
 * @unset: the file has no list but says that there is none
 */
struct functions {
	char *text;
	char **names;
	unsigned int *lines;
	unsigned int nr;
	bool unset;
};

int functions_parse(struct functions *functions, char *text);
int functions_read(struct functions *functions, int tree, const char *file);
void functions_free(struct functions *functions);

int functions_selected(struct functions *selected, int tree);
int functions_locate(struct functions *functions, const struct functions *available);
int functions_filter(int tree, const struct functions *functions, const unsigned int *which,
		     unsigned int nr);

#endif
