// SPDX-License-Identifier: GPL-2.0
/*
 * Which calls of functions are recorded, where it is not all. A trace has one list of it,
 * which is replaced as a whole; the tracer in use is told, and uses the old one no more
 * when it says so.
 */

#include "core/conditions.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/fault.h"
#include "core/hash.h"
#include "core/prototypes.h"
#include "core/trace.h"

static void call_put(struct call_condition *call)
{
	if (!--call->lists)
		kfree(call);
}

/* With what is in no other list. */
static void list_free(struct trace_conditions *list)
{
	unsigned int i;

	for (i = 0; list && i < list->nr; i++)
		call_put(list->calls[i]);
	kvfree(list);
}

static struct trace_conditions *list_alloc(unsigned int room)
{
	struct trace_conditions *list = NULL;

	return kvzalloc(struct_size(list, calls, room), GFP_KERNEL);
}

/* Nothing is kept of a function that has no condition any more. */
static void list_put(struct trace_conditions *list, struct call_condition *call)
{
	unsigned int i;

	call->lists++;
	if (!call->nr && !call->every) {
		call_put(call);
		return;
	}
	for (i = 0; i < call->nr; i++)
		list->strings |= call->terms[i].string;
	list->calls[list->nr++] = call;
}

/* A list takes the place of the one that there is. On error that stays, and @list goes. */
static int change_to(struct fnt_trace *tr, struct trace_conditions *list)
{
	int err = 0;

	if (list && !list->nr) {
		list_free(list);
		list = NULL;
	}
	if (tr->tracer->conditions_changed)
		err = tr->tracer->conditions_changed(tr, list);
	if (err) {
		list_free(list);
		return err;
	}
	list_free(tr->conditions);
	tr->conditions = list;
	return 0;
}

/**
 * conditions_functions - the functions of which not all calls are recorded
 * @conditions: of a trace
 *
 * Context: process, may sleep.
 * Return: a set of them; NULL without memory.
 */
struct fnt_hash *conditions_functions(const struct trace_conditions *conditions)
{
	unsigned long *ips = kvmalloc_array(conditions->nr, sizeof(*ips), GFP_KERNEL);
	struct fnt_hash *functions;
	unsigned int i;

	if (!ips)
		return NULL;
	for (i = 0; i < conditions->nr; i++)
		ips[i] = conditions->calls[i]->ip;
	functions = hash_create(ips, conditions->nr);
	kvfree(ips);
	return functions;
}

/* A function as it is, with room for more comparisons; its calls count from the first again. */
static struct call_condition *call_copy(unsigned long ip, const struct call_condition *old,
					unsigned int room)
{
	struct call_condition *call;

	call = kzalloc(struct_size(call, terms, room), GFP_KERNEL);
	if (!call)
		return NULL;
	call->ip = ip;
	if (!old)
		return call;
	call->every = old->every;
	call->nr = min(old->nr, room);
	memcpy(call->terms, old->terms, call->nr * sizeof(*call->terms));
	return call;
}

static int find_term(const struct call_condition *call, const char *text)
{
	unsigned int i;

	for (i = 0; i < call->nr; i++)
		if (!strcmp(call->terms[i].text, text))
			return i;
	return -ENOENT;
}

static int add_term(struct call_condition *call, const struct condition_words *words,
		    struct trigger_fault *fault)
{
	struct condition *term = &call->terms[call->nr];
	int err = prototype_condition(call->ip, words, term, fault);

	if (err)
		return err;
	if (find_term(call, term->text) >= 0)
		return -EEXIST;
	if (call->nr == CONDITIONS_MAX)
		return -ENOSPC;
	call->nr++;
	return 0;
}

/* A function as it is to be: *call; -EEXIST if that is as it is. */
static int call_with(unsigned long ip, const struct call_condition *old,
		     const struct condition_words *words, struct trigger_fault *fault,
		     struct call_condition **call)
{
	int err = 0;

	if (words->every && old && old->every)
		return -EEXIST;
	*call = call_copy(ip, old, (old ? old->nr : 0) + 1);
	if (!*call)
		return -ENOMEM;
	if (words->every)
		(*call)->every = words->every;
	else
		err = add_term(*call, words, fault);
	if (err)
		kfree(*call);
	return err;
}

static int fill(struct trace_conditions *list, const struct trace_conditions *old,
		const struct fnt_hash *functions, const struct condition_words *words,
		struct trigger_fault *fault)
{
	unsigned int i = 0, j, nr = old ? old->nr : 0;
	struct call_condition *call, *there;
	bool changed = false;
	int err;

	for (j = 0; j < functions->nr; j++) {
		while (i < nr && old->calls[i]->ip < functions->ips[j])
			list_put(list, old->calls[i++]);
		there = i < nr && old->calls[i]->ip == functions->ips[j] ? old->calls[i++] : NULL;
		err = call_with(functions->ips[j], there, words, fault, &call);
		if (err && err != -EEXIST)
			return err;
		list_put(list, err ? there : call);
		changed |= !err;
	}
	while (i < nr)
		list_put(list, old->calls[i++]);
	return changed ? 0 : -EEXIST;
}

/**
 * trace_conditions_add - have only some calls of functions recorded
 * @tr: the trace
 * @functions: their call sites
 * @words: which
 * @fault: receives what is wrong with @words
 *
 * Functions of which that is so already are left as they are.
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -EEXIST if that is so of all of them already; -EINVAL if @words mean nothing for
 * one of them; -ENOSPC if one has too many; -ENOMEM; -EIO after a fail-stop; what the tracer
 * returned. On error nothing has changed.
 */
int trace_conditions_add(struct fnt_trace *tr, const struct fnt_hash *functions,
			 const struct condition_words *words, struct trigger_fault *fault)
{
	struct trace_conditions *list;
	int err;

	if (fault_killed())
		return -EIO;
	list = list_alloc((tr->conditions ? tr->conditions->nr : 0) + functions->nr);
	if (!list)
		return -ENOMEM;
	err = fill(list, tr->conditions, functions, words, fault);
	if (!err)
		return change_to(tr, list);
	list_free(list);
	return err;
}

/* A function without some of what it has: *call, which may be @old; *found if it had it. */
static int call_without(struct call_condition *old, const struct condition_words *words,
			const char *text, struct call_condition **call, bool *found)
{
	int term = words->every || words->any ? -ENOENT : find_term(old, text);

	*call = old;
	if (words->every ? !old->every : words->any ? !old->nr : term < 0)
		return 0;
	*call = call_copy(old->ip, old, old->nr);
	if (!*call)
		return -ENOMEM;
	*found = true;
	if (words->every) {
		(*call)->every = 0;
	} else if (words->any) {
		(*call)->nr = 0;
	} else {
		(*call)->nr--;
		memmove(&(*call)->terms[term], &(*call)->terms[term + 1],
			((*call)->nr - term) * sizeof(*(*call)->terms));
	}
	return 0;
}

/**
 * trace_conditions_remove - have all calls of functions recorded again
 * @tr: the trace
 * @functions: their call sites
 * @words: of what they were recorded
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOENT if that is so of none of them; -ENOMEM; what the tracer returned. On
 * error nothing has changed.
 */
int trace_conditions_remove(struct fnt_trace *tr, const struct fnt_hash *functions,
			    const struct condition_words *words)
{
	struct trace_conditions *old = tr->conditions, *list;
	char text[CONDITION_TEXT_MAX];
	struct call_condition *call;
	bool found = false;
	unsigned int i;
	int err = 0;

	if (!old || (!words->any && condition_text(words, text)))
		return -ENOENT;
	list = list_alloc(old->nr);
	if (!list)
		return -ENOMEM;
	for (i = 0; i < old->nr && !err; i++) {
		call = old->calls[i];
		if (hash_contains(functions, call->ip))
			err = call_without(old->calls[i], words, text, &call, &found);
		if (!err)
			list_put(list, call);
	}
	if (!err && !found)
		err = -ENOENT;
	if (!err)
		return change_to(tr, list);
	list_free(list);
	return err;
}

/**
 * trace_conditions_forget - functions have gone
 * @tr: the trace
 * @functions: their call sites
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_conditions_forget(struct fnt_trace *tr, const struct fnt_hash *functions)
{
	struct trace_conditions *old = tr->conditions, *list;
	unsigned int i;
	int err;

	for (i = 0; old && i < old->nr && !hash_contains(functions, old->calls[i]->ip); i++)
		;
	if (!old || i == old->nr)
		return;
	list = list_alloc(old->nr);
	for (i = 0; list && i < old->nr; i++)
		if (!hash_contains(functions, old->calls[i]->ip))
			list_put(list, old->calls[i]);
	err = list ? change_to(tr, list) : -ENOMEM;
	/* They do no harm; another function that comes to such a place has them, and lists them. */
	if (err)
		pr_warn("conditions of set_ftrace_filter for a module that has gone stay: error %d\n",
			err);
}

/**
 * trace_conditions_exit - all calls are recorded
 * @tr: the trace, whose tracer has ended
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_conditions_exit(struct fnt_trace *tr)
{
	list_free(tr->conditions);
	tr->conditions = NULL;
}

/**
 * trace_conditions_nth - list which calls are recorded
 * @tr: the trace
 * @n: counted from 0
 * @line: receives what is listed
 *
 * Context: process; tracer_mutex held.
 * Return: false behind the last one.
 */
bool trace_conditions_nth(const struct fnt_trace *tr, unsigned int n, struct condition_line *line)
{
	const struct trace_conditions *conditions = tr->conditions;
	unsigned int i, lines;

	for (i = 0; conditions && i < conditions->nr; i++, n -= lines) {
		line->call = conditions->calls[i];
		lines = line->call->nr + !!line->call->every;
		line->term = n;
		if (n < lines)
			return true;
	}
	return false;
}
