// SPDX-License-Identifier: GPL-2.0
/*
 * Functions are told apart by their place among those of the same name, in the
 * order of available_filter_functions, and chosen by their line there: a name
 * would choose all that have it, and is slower. As modules come and go lines
 * change, so they are looked up again by functions_locate().
 */

#include "functions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fntrace.h"
#include "textfile.h"

#define AVAILABLE "available_filter_functions"
#define FILTER "set_ftrace_filter"
#define NOTRACE "set_ftrace_notrace"

/**
 * functions_parse - a list from its text
 * @functions: receives it; for functions_free()
 * @text: a name in each line; it belongs to @functions then, if that succeeds or not
 *
 * Return: 0; -1 without memory.
 */
int functions_parse(struct functions *functions, char *text)
{
	char *line, *rest;
	size_t room = 1;

	*functions = (struct functions) { .text = text };
	for (line = text; (line = strchr(line, '\n')); line++)
		room++;
	functions->names = calloc(room, sizeof(*functions->names));
	functions->lines = calloc(room, sizeof(*functions->lines));
	if (!functions->names || !functions->lines) {
		functions_free(functions);
		return -1;
	}
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] == '#') {
			functions->unset = true;
			continue;
		}
		/* What is done when a function is called: that stays whatever is traced. */
		if (strchr(line, ':') && !strstr(line, ":mod:"))
			continue;
		functions->names[functions->nr++] = line;
		functions->lines[functions->nr - 1] = functions->nr;
	}
	return 0;
}

/**
 * functions_read - the list that a file has
 * @functions: receives it; for functions_free()
 * @tree: the control tree
 * @file: of the tree
 *
 * Return: 0; -1 with the reason told.
 */
int functions_read(struct functions *functions, int tree, const char *file)
{
	char *text = textfile_read(tree, file);

	*functions = (struct functions) { };
	if (text && !functions_parse(functions, text))
		return 0;
	complain("%s: %s", file, strerror(errno));
	return -1;
}

/**
 * functions_free - release a list
 * @functions: it is empty afterwards
 */
void functions_free(struct functions *functions)
{
	free(functions->text);
	free(functions->names);
	free(functions->lines);
	*functions = (struct functions) { };
}

static int compare(const void *a, const void *b, void *names)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;
	char **name = names;
	int order = strcmp(name[x], name[y]);

	return order ? order : (x > y) - (x < y);
}

/* Numbers of functions, ascending by name and then by place; to be freed. */
static unsigned int *sorted(const struct functions *functions)
{
	unsigned int *order = calloc(functions->nr + 1, sizeof(*order)), i;

	if (!order) {
		complain("%s", strerror(ENOMEM));
		return NULL;
	}
	for (i = 0; i < functions->nr; i++)
		order[i] = i;
	qsort_r(order, functions->nr, sizeof(*order), compare, functions->names);
	return order;
}

/* How many functions have this name, behind those whose names come before it? */
static unsigned int count_name(const struct functions *functions, const unsigned int *order,
			       unsigned int *at, const char *name)
{
	unsigned int nr = 0;
	int differs;

	for (; *at < functions->nr; ++*at) {
		differs = strcmp(functions->names[order[*at]], name);
		if (differs > 0)
			break;
		nr += !differs;
	}
	return nr;
}

/**
 * functions_locate - find the lines of functions
 * @functions: whose lines are to be found
 * @available: all that can be traced now
 *
 * Return: number of those that are not there, with those of whose name there
 * are now more or less, which one is which being unknown then; -1 without memory.
 */
int functions_locate(struct functions *functions, const struct functions *available)
{
	unsigned int *order = sorted(functions), *places = order ? sorted(available) : NULL;
	unsigned int i, k, nr, there, at = 0, missing = 0;
	const char *name;

	for (i = 0; places && i < functions->nr; i += nr) {
		name = functions->names[order[i]];
		for (nr = 1; i + nr < functions->nr; nr++)
			if (strcmp(functions->names[order[i + nr]], name))
				break;
		there = count_name(available, places, &at, name);
		if (there != nr)
			missing += nr;
		for (k = 0; k < nr; k++)
			functions->lines[order[i + k]] =
				there == nr ? places[at - nr + k] + 1 : 0;
	}
	free(order);
	free(places);
	return places ? (int)missing : -1;
}

/**
 * struct choice - a setting, and how much of it was looked at
 * @list: what the file has
 * @order: its functions by name
 * @at: where the next name is
 */
struct choice {
	struct functions list;
	unsigned int *order;
	unsigned int at;
};

static int choice_read(struct choice *choice, int tree, const char *file)
{
	*choice = (struct choice) { };
	if (functions_read(&choice->list, tree, file))
		return -1;
	choice->order = sorted(&choice->list);
	return choice->order ? 0 : -1;
}

static void choice_free(struct choice *choice)
{
	functions_free(&choice->list);
	free(choice->order);
}

/*
 * Are the functions of a name, nr of them, to be traced? Names come ascending.
 * What set_ftrace_notrace has of them only in part stays untraced, as that
 * stays as it is; but which ones the filter has must be known to put it back.
 */
static int name_selected(struct choice *filter, struct choice *notrace, const char *name,
			 unsigned int nr)
{
	unsigned int chosen = count_name(&filter->list, filter->order, &filter->at, name);
	unsigned int excepted = count_name(&notrace->list, notrace->order, &notrace->at, name);

	if (chosen && chosen < nr) {
		complain(FILTER " has %u of the %u functions whose name is %s, and which cannot be seen: write the name",
			 chosen, nr, name);
		return -1;
	}
	return (filter->list.unset || chosen) && excepted < nr;
}

/* Leave out of all functions what is not selected. */
static int select_of(struct functions *all, struct choice *filter, struct choice *notrace)
{
	unsigned int *order = sorted(all), i, k, nr, kept = 0;
	int wanted = 0;

	if (!order)
		return -1;
	for (i = 0; i < all->nr && wanted >= 0; i += nr) {
		for (nr = 1; i + nr < all->nr; nr++)
			if (strcmp(all->names[order[i]], all->names[order[i + nr]]))
				break;
		wanted = name_selected(filter, notrace, all->names[order[i]], nr);
		for (k = i; k < i + nr && wanted <= 0; k++)
			all->lines[order[k]] = 0;
	}
	for (i = 0; i < all->nr; i++) {
		if (!all->lines[i])
			continue;
		all->names[kept] = all->names[i];
		all->lines[kept++] = all->lines[i];
	}
	all->nr = kept;
	free(order);
	return wanted < 0 ? -1 : 0;
}

/**
 * functions_selected - the functions that a tracer would trace now
 * @selected: receives them, in the order of available_filter_functions; for
 *            functions_free()
 * @tree: the control tree
 *
 * Return: 0; -1 with the reason told.
 */
int functions_selected(struct functions *selected, int tree)
{
	struct choice filter = { }, notrace = { };
	int err;

	*selected = (struct functions) { };
	err = choice_read(&filter, tree, FILTER) || choice_read(&notrace, tree, NOTRACE) ||
	      functions_read(selected, tree, AVAILABLE) ||
	      select_of(selected, &filter, &notrace);
	choice_free(&filter);
	choice_free(&notrace);
	return err ? -1 : 0;
}

/* One open, as it is when it is closed that what was written takes effect. */
static int write_all(int tree, const char *text, size_t len)
{
	int fd = openat(tree, FILTER, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ssize_t done = 0;
	int err;

	if (fd < 0)
		return -1;
	while (len) {
		done = write(fd, text, len);
		if (done <= 0)
			break;
		text += done;
		len -= done;
	}
	err = done ? errno : EIO;
	close(fd);
	errno = err;
	return len ? -1 : 0;
}

static int write_lines(int tree, const struct functions *functions, const unsigned int *which,
		       unsigned int nr)
{
	char *text = NULL;
	size_t len, i;
	FILE *out = open_memstream(&text, &len);
	int err = -1;

	if (out) {
		for (i = 0; i < nr; i++)
			fprintf(out, "%u\n", functions->lines[which[i]]);
		if (!fclose(out))
			err = write_all(tree, text, len);
	}
	if (err)
		complain(FILTER ": %s", strerror(errno));
	free(text);
	return err;
}

/* Has the filter these functions now, as far as their names tell? */
static int check_filter(int tree, const struct functions *functions, const unsigned int *which,
			unsigned int nr)
{
	struct functions wanted = { .names = calloc(nr + 1, sizeof(char *)), .nr = nr };
	struct functions found = { };
	unsigned int i, *order = NULL, *order_found = NULL;
	int same = 0;

	for (i = 0; wanted.names && i < nr; i++)
		wanted.names[i] = functions->names[which[i]];
	if (wanted.names && !functions_read(&found, tree, FILTER) && found.nr == nr) {
		order = sorted(&wanted);
		order_found = sorted(&found);
		for (i = 0; order && order_found && i < nr; i++)
			if (strcmp(wanted.names[order[i]], found.names[order_found[i]]))
				break;
		same = order && order_found && i == nr;
	}
	functions_free(&wanted);
	functions_free(&found);
	free(order);
	free(order_found);
	return same;
}

/**
 * functions_filter - have the tracers trace these functions only
 * @tree: the control tree
 * @functions: a list, located
 * @which: their numbers in the list
 * @nr: how many; 0 means that the filter is to be unset
 *
 * A filter that cannot be applied is refused where nobody is told, and lines
 * that have changed since they were looked up lead to other functions: so what
 * became of it is read again.
 *
 * Return: 0; -1 with the reason told.
 */
int functions_filter(int tree, const struct functions *functions, const unsigned int *which,
		     unsigned int nr)
{
	if (write_lines(tree, functions, which, nr))
		return -1;
	if (check_filter(tree, functions, which, nr))
		return 0;
	complain(FILTER " does not have the functions that were written into it; error_log may say more");
	return -1;
}
