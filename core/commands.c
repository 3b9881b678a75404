// SPDX-License-Identifier: GPL-2.0
/*
 * What is done when functions are called, beside tracing them. A trace has one list of
 * it, which is replaced as a whole: the new one is armed first, then takes effect at once,
 * and the old one goes.
 */

#include "core/commands.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "core/event_files.h"
#include "core/fault.h"
#include "core/hash.h"
#include "core/trace.h"

static const struct command_source *command_source;

/**
 * commands_init - say where it is known from that a function is called
 * @source: there
 *
 * Context: process; once, at load.
 */
void commands_init(const struct command_source *source)
{
	command_source = source;
}

static struct trace_commands *list_alloc(struct fnt_trace *tr, unsigned int room)
{
	struct trace_commands *list = kvzalloc(struct_size(list, places, room), GFP_KERNEL);

	if (list)
		list->tr = tr;
	return list;
}

static void list_put(struct trace_commands *list, unsigned long ip, struct trace_command *command)
{
	command->lists++;
	list->places[list->nr++] = (struct command_place) { ip, command };
}

/* With what is in no other list. */
static void list_free(struct trace_commands *list)
{
	struct trace_command *command;
	unsigned int i;

	for (i = 0; list && i < list->nr; i++) {
		command = list->places[i].command;
		if (--command->lists)
			continue;
		action_release(&command->action);
		kfree(command);
	}
	kvfree(list);
}

/* A list takes the place of the one that there is. On error that stays, and @list goes. */
static int change_to(struct fnt_trace *tr, struct trace_commands *list)
{
	struct trace_commands *old = tr->commands;
	int err;

	if (list && !list->nr) {
		list_free(list);
		list = NULL;
	}
	err = list ? command_source->arm(list) : 0;
	if (err) {
		list_free(list);
		return err;
	}
	/* Each call fires the one or the other: see commands_fire(). */
	WRITE_ONCE(tr->commands, list);
	if (old)
		command_source->disarm(old);
	list_free(old);
	return 0;
}

/* The first place of a function, or where it would be. */
static unsigned int place_of(const struct trace_commands *list, unsigned long ip)
{
	unsigned int low = 0, high = list->nr, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (list->places[mid].ip < ip)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What is wanted of commands: of one kind, about one event, with a count or without. */
struct sort_of {
	enum trigger_action kind;
	const struct event_file *target;
	bool counted;
};

static bool is_of_sort(const struct trace_command *command, const struct sort_of *sort)
{
	return command->action.kind == sort->kind && command->action.target == sort->target &&
	       command->counted == sort->counted;
}

static bool has_one(const struct trace_commands *list, unsigned long ip,
		    const struct sort_of *sort)
{
	unsigned int i;

	if (!list)
		return false;
	for (i = place_of(list, ip); i < list->nr && list->places[i].ip == ip; i++)
		if (is_of_sort(list->places[i].command, sort))
			return true;
	return false;
}

static struct trace_command *command_create(struct fnt_trace *tr, const struct sort_of *sort,
					    struct event_file *target, long count)
{
	struct trace_command *command = kzalloc(sizeof(*command), GFP_KERNEL);

	if (!command)
		return NULL;
	command->action.kind = sort->kind;
	command->action.target = target;
	command->counted = sort->counted;
	atomic_long_set(&command->action.count, count);
	if (!action_prepare(tr, &command->action))
		return command;
	kfree(command);
	return NULL;
}

static int sort_of_wanted(struct fnt_trace *tr, const struct trigger_command *wanted,
			  struct sort_of *sort, struct event_file **target)
{
	int err = action_find_target(tr, wanted, target);

	*sort = (struct sort_of) {
		.kind = wanted->action,
		.target = *target,
		.counted = wanted->count != TRIGGER_UNLIMITED,
	};
	return err;
}

/* All that is there, and a command for each function that has none of that sort. */
static int fill(struct trace_commands *list, const struct fnt_hash *functions,
		const struct sort_of *sort, struct event_file *target, long count)
{
	const struct trace_commands *old = list->tr->commands;
	unsigned int i = 0, j, nr = old ? old->nr : 0;
	struct trace_command *command;

	for (j = 0; j < functions->nr; j++) {
		for (; i < nr && old->places[i].ip <= functions->ips[j]; i++)
			list_put(list, old->places[i].ip, old->places[i].command);
		if (has_one(old, functions->ips[j], sort))
			continue;
		command = command_create(list->tr, sort, target, count);
		if (!command)
			return -ENOMEM;
		list_put(list, functions->ips[j], command);
	}
	for (; i < nr; i++)
		list_put(list, old->places[i].ip, old->places[i].command);
	return list->nr == nr ? -EEXIST : 0;
}

/**
 * trace_commands_add - have something done when functions are called
 * @tr: the trace
 * @functions: their call sites
 * @wanted: what, and how often for each; nothing but that
 *
 * Functions at which that is done already are left as they are.
 *
 * Context: process, may sleep; tracer_mutex held, with events_lock().
 * Return: 0; -EEXIST if it is done at all of them already; -EINVAL if there is no such
 * event as it is about; -ENOMEM; -EIO after a fail-stop; what the source's arm() returned.
 * On error nothing has changed.
 */
int trace_commands_add(struct fnt_trace *tr, const struct fnt_hash *functions,
		       const struct trigger_command *wanted)
{
	struct trace_commands *list;
	struct event_file *target;
	struct sort_of sort;
	int err = fault_killed() ? -EIO : sort_of_wanted(tr, wanted, &sort, &target);

	if (err)
		return err;
	list = list_alloc(tr, (tr->commands ? tr->commands->nr : 0) + functions->nr);
	if (!list)
		return -ENOMEM;
	err = fill(list, functions, &sort, target, wanted->count);
	if (!err)
		return change_to(tr, list);
	list_free(list);
	return err;
}

/* What is to go: of a sort, at some functions, or about events of a module. */
struct going {
	const struct sort_of *sort;
	const struct fnt_hash *functions;
	const struct module *module;
};

static bool goes(const struct command_place *place, const struct going *going)
{
	const struct event_file *target = place->command->action.target;

	if (going->sort && !is_of_sort(place->command, going->sort))
		return false;
	if (going->functions && !hash_contains(going->functions, place->ip))
		return false;
	return !going->module || (target && target->event->module == going->module);
}

static int remove_some(struct fnt_trace *tr, const struct going *going)
{
	const struct trace_commands *old = tr->commands;
	struct trace_commands *list;
	unsigned int i, nr = 0;

	for (i = 0; old && i < old->nr; i++)
		nr += goes(&old->places[i], going);
	if (!nr)
		return -ENOENT;
	list = list_alloc(tr, old->nr - nr);
	if (!list)
		return -ENOMEM;
	for (i = 0; i < old->nr; i++)
		if (!goes(&old->places[i], going))
			list_put(list, old->places[i].ip, old->places[i].command);
	return change_to(tr, list);
}

/**
 * trace_commands_remove - have something done no more when functions are called
 * @tr: the trace
 * @functions: their call sites
 * @wanted: what; whether it has a count matters, but not which
 *
 * Context: process, may sleep; tracer_mutex held, with events_lock().
 * Return: 0; -ENOENT if it is done at none of them; -EINVAL if there is no such event as it
 * is about; -ENOMEM; what the source's arm() returned. On error nothing has changed.
 */
int trace_commands_remove(struct fnt_trace *tr, const struct fnt_hash *functions,
			  const struct trigger_command *wanted)
{
	struct sort_of sort;
	struct going going = { .sort = &sort, .functions = functions };
	struct event_file *target;
	int err = sort_of_wanted(tr, wanted, &sort, &target);

	return err ?: remove_some(tr, &going);
}

/* They must go: if not alone, then with all others, for which no memory is needed. */
static void remove_surely(struct fnt_trace *tr, const struct going *going)
{
	int err = remove_some(tr, going);

	if (!err || err == -ENOENT)
		return;
	pr_warn("all commands of set_ftrace_filter are dropped with those of a module: error %d\n",
		err);
	change_to(tr, NULL);
}

/**
 * trace_commands_forget - functions have gone
 * @tr: the trace
 * @functions: their call sites
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_commands_forget(struct fnt_trace *tr, const struct fnt_hash *functions)
{
	struct going going = { .functions = functions };

	remove_surely(tr, &going);
}

/**
 * trace_commands_forget_events - commands that are about events of a module go with it
 * @tr: the trace
 * @module: it is about to go
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_commands_forget_events(struct fnt_trace *tr, const struct module *module)
{
	struct going going = { .module = module };

	remove_surely(tr, &going);
}

/**
 * trace_commands_exit - nothing is done any more
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_commands_exit(struct fnt_trace *tr)
{
	change_to(tr, NULL);
}

/**
 * trace_commands_nth - list what is done when functions are called
 * @tr: the trace
 * @n: counted from 0
 *
 * Context: process; tracer_mutex held.
 * Return: a function and what is done; NULL behind the last one.
 */
const struct command_place *trace_commands_nth(const struct fnt_trace *tr, unsigned int n)
{
	return tr->commands && n < tr->commands->nr ? &tr->commands->places[n] : NULL;
}

/**
 * commands_fire - do what is to be done when a function is called
 * @commands: armed
 * @ip: call site of the function
 *
 * Context: any, NMI-safe; preemption off.
 */
void commands_fire(const struct trace_commands *commands, unsigned long ip)
{
	struct fnt_trace *tr = commands->tr;
	struct trace_action *action;
	unsigned int i;

	/* Another list is armed beside this one, and one of the two counts. */
	if (READ_ONCE(tr->commands) != commands)
		return;
	for (i = place_of(commands, ip); i < commands->nr && commands->places[i].ip == ip; i++) {
		action = &commands->places[i].command->action;
		if (action_take(tr, action))
			action_do(tr, action, ip);
	}
}
