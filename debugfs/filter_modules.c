// SPDX-License-Identifier: GPL-2.0
/*
 * Filters follow modules: functions of a module that is loaded are held against
 * the words that were written, those of one that goes are taken out.
 */

#include "debugfs/files.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/commands.h"
#include "core/conditions.h"
#include "core/filter.h"
#include "core/hash.h"
#include "core/instances.h"
#include "patching/ops.h"

/* The functions of one module, once found: their call sites, names, and whether wanted. */
struct module_functions {
	const char *module;
	bool found;
	unsigned int nr;
	unsigned long *ips;
	const char **names;
	bool *wanted;
};

static void functions_free(struct module_functions *functions)
{
	kvfree(functions->ips);
	kvfree(functions->names);
	kvfree(functions->wanted);
	functions->ips = NULL;
	functions->names = NULL;
	functions->wanted = NULL;
}

/* The module waits for us, so what is found here stays. */
static int functions_find(struct module_functions *functions)
{
	struct ops_function function;
	unsigned int n, pass;

	for (pass = 0; pass < 2; pass++) {
		functions->nr = 0;
		for (n = 0; ops_function_nth(n, &function); n++) {
			if (!function.module || strcmp(function.module, functions->module))
				continue;
			if (pass) {
				functions->ips[functions->nr] = function.ip;
				functions->names[functions->nr] = function.name;
			}
			functions->nr++;
		}
		if (pass || !functions->nr)
			break;
		functions->ips = kvcalloc(functions->nr, sizeof(*functions->ips), GFP_KERNEL);
		functions->names = kvcalloc(functions->nr, sizeof(*functions->names), GFP_KERNEL);
		functions->wanted = kvcalloc(functions->nr, sizeof(*functions->wanted),
					     GFP_KERNEL);
		if (!functions->ips || !functions->names || !functions->wanted) {
			/* The next trace may have more luck. */
			functions_free(functions);
			return -ENOMEM;
		}
	}
	return 0;
}

/* Go through the words in the order in which they were written. */
static void functions_decide(struct module_functions *functions, const char *words)
{
	char word[FILTER_WORD_MAX + 1];
	struct filter_error error;
	struct filter_term term;
	unsigned int i;

	memset(functions->wanted, 0, functions->nr * sizeof(*functions->wanted));
	while ((words = filter_words_next(words, word))) {
		if (filter_parse(word, &term, &error) ||
		    !filter_module_match(&term, functions->module))
			continue;
		for (i = 0; i < functions->nr; i++)
			if (filter_glob_match(term.glob, functions->names[i]))
				functions->wanted[i] = !term.negate;
	}
}

/* The functions that are wanted, or all. NULL without memory. */
static struct fnt_hash *functions_set(const struct module_functions *functions, bool all)
{
	struct fnt_hash *set;
	unsigned long *ips;
	unsigned int i, nr = 0;

	ips = kvmalloc_array(functions->nr, sizeof(*ips), GFP_KERNEL);
	if (!ips)
		return NULL;
	for (i = 0; i < functions->nr; i++)
		if (all || functions->wanted[i])
			ips[nr++] = functions->ips[i];
	set = hash_create(ips, nr);
	kvfree(ips);
	return set;
}

/*
 * What a set becomes. Return it as it is if nothing changes, an error pointer
 * without memory.
 */
static struct fnt_hash *followed(struct fnt_hash *set, struct module_functions *functions,
				 const char *words, bool coming)
{
	struct fnt_hash *change, *result;

	if (coming)
		functions_decide(functions, words);
	change = functions_set(functions, !coming);
	if (!change)
		return ERR_PTR(-ENOMEM);
	if (!set && change->nr)
		return change;
	result = !set ? NULL : coming ? hash_union(set, change) : hash_minus(set, change);
	hash_destroy(change);
	if (set && !result)
		return ERR_PTR(-ENOMEM);
	if (set && result->nr == set->nr) {
		hash_destroy(result);
		return set;
	}
	return result;
}

static int follow(struct fnt_trace *tr, struct module_functions *functions, bool coming)
{
	struct fnt_hash *filter = tr->filter, *except = tr->except;
	int err = 0;

	/* All functions are those of this module, too. */
	if (filter)
		filter = followed(filter, functions, tr->filter_later, coming);
	if (IS_ERR(filter))
		return PTR_ERR(filter);
	if (except || (coming && tr->except_later))
		except = followed(except, functions, tr->except_later, coming);
	if (IS_ERR(except))
		err = PTR_ERR(except);
	else if (filter != tr->filter || except != tr->except)
		err = trace_set_filters(tr, filter, except);
	if (!err)
		return 0;
	if (filter != tr->filter)
		hash_destroy(filter);
	if (!IS_ERR(except) && except != tr->except)
		hash_destroy(except);
	return err;
}

/* Sets of function_graph do not wait for modules; what is gone leaves them. */
static int follow_graph(struct fnt_trace *tr, struct module_functions *functions)
{
	struct trace_graph graph = tr->graph;
	int err = 0;

	if (graph.roots)
		graph.roots = followed(graph.roots, functions, NULL, false);
	if (IS_ERR(graph.roots))
		return PTR_ERR(graph.roots);
	if (graph.except)
		graph.except = followed(graph.except, functions, NULL, false);
	if (IS_ERR(graph.except))
		err = PTR_ERR(graph.except);
	else if (graph.roots != tr->graph.roots || graph.except != tr->graph.except)
		err = trace_set_graph(tr, &graph);
	if (!err)
		return 0;
	if (graph.roots != tr->graph.roots)
		hash_destroy(graph.roots);
	if (!IS_ERR(graph.except) && graph.except != tr->graph.except)
		hash_destroy(graph.except);
	return err;
}

/* Nor do commands, and conditions. */
static int follow_commands(struct fnt_trace *tr, struct module_functions *functions)
{
	struct fnt_hash *gone = functions_set(functions, true);

	if (!gone)
		return -ENOMEM;
	trace_commands_forget(tr, gone);
	trace_conditions_forget(tr, gone);
	hash_destroy(gone);
	return 0;
}

static bool has_filters(const struct fnt_trace *tr)
{
	return tr->filter || tr->except || tr->except_later || tr->graph.roots ||
	       tr->graph.except || tr->commands || tr->conditions;
}

static int follow_all(struct fnt_trace *tr, struct module_functions *functions, bool coming)
{
	int err = 0;

	/* Found for the first trace that asks. */
	if (!functions->found) {
		err = ops_functions_begin();
		if (err)
			return err;
		err = functions_find(functions);
		ops_functions_end();
		functions->found = !err;
	}
	if (!err && functions->nr)
		err = follow(tr, functions, coming);
	if (!err && functions->nr && !coming)
		err = follow_graph(tr, functions);
	if (!err && functions->nr && !coming && (tr->commands || tr->conditions))
		err = follow_commands(tr, functions);
	return err;
}

static void module_changed(const char *module, bool coming)
{
	struct module_functions functions = { .module = module };
	struct fnt_trace *tr;
	int err;

	trace_lock();
	for (tr = instances_next(NULL); tr; tr = instances_next(tr)) {
		if (!coming)
			trace_module_goes(tr, module);
		err = has_filters(tr) ? follow_all(tr, &functions, coming) : 0;
		if (err)
			pr_warn("the filters of %s do not follow module %s: error %d\n",
				tr->name ?: "the root trace", module, err);
	}
	trace_unlock();
	functions_free(&functions);
}

/**
 * filter_modules_init - have filters follow modules from now on
 *
 * Context: process, may sleep.
 */
void filter_modules_init(void)
{
	ops_follow_modules(module_changed);
}

/**
 * filter_modules_exit - undo filter_modules_init()
 *
 * Context: process, may sleep.
 */
void filter_modules_exit(void)
{
	ops_follow_modules(NULL);
}
