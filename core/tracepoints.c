// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's tracepoints. Most are not exported, but the kernel lists all.
 */

#include "core/tracepoints.h"

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

struct search {
	const char *name;
	struct tracepoint *found;
};

static void compare(struct tracepoint *tp, void *data)
{
	struct search *search = data;

	if (!strcmp(tp->name, search->name))
		search->found = tp;
}

/**
 * tracepoints_find - a tracepoint of the kernel image by its name
 * @name: its name
 *
 * Context: process.
 * Return: the tracepoint; NULL if there is none, which is logged.
 */
struct tracepoint *tracepoints_find(const char *name)
{
	struct search search = { .name = name };

	for_each_kernel_tracepoint(compare, &search);
	if (!search.found)
		pr_err("this kernel has no tracepoint %s\n", name);
	return search.found;
}
