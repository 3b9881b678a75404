/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_COUNTS_H
#define USER_COUNTS_H

/* How often functions were called, as enabled_functions has it. */

#include <stddef.h>
#include <stdint.h>

/**
 * struct count - the functions of one name
 * @name: "NAME" or "NAME [MODULE]"
 * @calls: how often they were called
 * @recent: of these, how often since an earlier reading
 * @missed: calls for which the tracer was not, being at work already
 * @functions: number of them
 * @shared: of so many, calls of all tasks are counted: they have other users of fntrace, too
 */
struct count {
	const char *name;
	uint64_t calls;
	uint64_t recent;
	uint64_t missed;
	unsigned int functions;
	unsigned int shared;
};

/**
 * struct counts - all that are counted
 * @text: what the names are in
 * @at: by name, ascending
 * @nr: number of them
 */
struct counts {
	char *text;
	struct count *at;
	size_t nr;
};

int counts_parse(struct counts *counts, char *text);
void counts_since(struct counts *counts, const struct counts *before);
void counts_recent(struct counts *counts, const struct counts *last);
void counts_by_calls(struct counts *counts);
void counts_by_name(struct counts *counts);
void counts_free(struct counts *counts);

#endif
