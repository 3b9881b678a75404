// SPDX-License-Identifier: GPL-2.0
/*
 * What `fntrace count` makes of enabled_functions. PURE: others read the file.
 */

#include "counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NAME (USERS)<tab>STATE<tab>BYTES<tab>N hits, M missed; cut behind NAME. */
static int parse_line(struct count *count, char *line)
{
	unsigned long long calls, missed;
	char *tab = strchr(line, '\t'), *users;
	unsigned int nr;

	if (!tab)
		return -1;
	*tab++ = '\0';
	users = strrchr(line, '(');
	if (!users || users == line || sscanf(users, "(%u)", &nr) != 1)
		return -1;
	users[-1] = '\0';
	*count = (struct count) { .name = line, .functions = 1 };
	count->shared = nr > 1;
	tab = strchr(tab, '\t');
	tab = tab ? strchr(tab + 1, '\t') : NULL;
	/* What cannot be traced is there, and has no figures. */
	if (tab && sscanf(tab, " %llu hits, %llu missed", &calls, &missed) == 2) {
		count->calls = calls;
		count->missed = missed;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct count *)a)->name, ((const struct count *)b)->name);
}

static int by_calls(const void *a, const void *b)
{
	const struct count *x = a, *y = b;

	if (x->calls != y->calls)
		return x->calls < y->calls ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* Functions of one name cannot be told apart: they are one line. */
static void merge(struct counts *counts)
{
	struct count *to = counts->at, *from;

	for (from = to + 1; from < counts->at + counts->nr; from++) {
		if (strcmp(to->name, from->name)) {
			*++to = *from;
			continue;
		}
		to->calls += from->calls;
		to->missed += from->missed;
		to->functions += from->functions;
		to->shared += from->shared;
	}
	if (counts->nr)
		counts->nr = to - counts->at + 1;
}

/**
 * counts_parse - read the text of enabled_functions
 * @counts: receives the figures; for counts_free()
 * @text: while calls are counted; it belongs to @counts then, whatever this returns
 *
 * Return: 0; -1 without memory.
 */
int counts_parse(struct counts *counts, char *text)
{
	char *line, *rest;
	size_t room = 1;

	for (line = text; (line = strchr(line, '\n')); line++)
		room++;
	*counts = (struct counts) { .text = text, .at = calloc(room, sizeof(*counts->at)) };
	if (!counts->at) {
		counts_free(counts);
		return -1;
	}
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (!parse_line(&counts->at[counts->nr], line))
			counts->nr++;
	qsort(counts->at, counts->nr, sizeof(*counts->at), by_name);
	merge(counts);
	return 0;
}

static const struct count *find(const struct counts *counts, const struct count *wanted)
{
	return counts->nr ? bsearch(wanted, counts->at, counts->nr, sizeof(*wanted), by_name) :
			    NULL;
}

/**
 * counts_since - leave what has come since an earlier reading
 * @counts: by name
 * @before: the earlier one, by name
 *
 * A function that went with its module, and came again, counts from zero.
 */
void counts_since(struct counts *counts, const struct counts *before)
{
	const struct count *old;
	struct count *count;

	for (count = counts->at; count < counts->at + counts->nr; count++) {
		old = find(before, count);
		if (!old || old->calls > count->calls || old->missed > count->missed)
			continue;
		count->calls -= old->calls;
		count->missed -= old->missed;
	}
}

/**
 * counts_recent - see what has come since an earlier reading
 * @counts: by name; receives it
 * @last: the earlier one, by name
 */
void counts_recent(struct counts *counts, const struct counts *last)
{
	const struct count *old;
	struct count *count;

	for (count = counts->at; count < counts->at + counts->nr; count++) {
		old = find(last, count);
		count->recent = count->calls;
		if (old && old->calls <= count->calls)
			count->recent -= old->calls;
	}
}

/**
 * counts_by_calls - the most frequent first
 * @counts: the figures
 */
void counts_by_calls(struct counts *counts)
{
	qsort(counts->at, counts->nr, sizeof(*counts->at), by_calls);
}

/**
 * counts_by_name - by name again
 * @counts: the figures
 */
void counts_by_name(struct counts *counts)
{
	qsort(counts->at, counts->nr, sizeof(*counts->at), by_name);
}

/**
 * counts_free - release them
 * @counts: it is empty afterwards
 */
void counts_free(struct counts *counts)
{
	free(counts->text);
	free(counts->at);
	*counts = (struct counts) { };
}
