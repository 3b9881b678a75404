// SPDX-License-Identifier: GPL-2.0
/*
 * What is done at an event, beside recording it. Lists are replaced as a whole, and
 * freed when no event can be looking at them any more.
 */

#include "core/event_triggers.h"

#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/xarray.h>

#include "core/event_special.h"
#include "core/trace.h"

static struct event_triggers *triggers_of(const struct event_file *file)
{
	return rcu_dereference_protected(file->triggers, true);
}

/* It came with the event's being called, and goes with that. */
static void trigger_free(struct event_file *file, struct event_trigger *trigger)
{
	action_release(&trigger->action);
	event_file_soft_put(file);
	event_filter_destroy(trigger->filter);
	kfree(trigger);
}

/* Another list takes the place of the one that there is; a trigger may leave with that. */
static void replace(struct event_file *file, struct event_triggers *triggers,
		    struct event_trigger *left)
{
	struct event_triggers *old = triggers_of(file);

	rcu_assign_pointer(file->triggers, triggers);
	event_file_special(file, EVENT_TRIGGERS, triggers);
	tracepoint_synchronize_unregister();
	kfree(old);
	if (left)
		trigger_free(file, left);
}

static struct event_triggers *list_alloc(unsigned int nr)
{
	struct event_triggers *triggers;

	triggers = kzalloc(struct_size(triggers, list, nr), GFP_KERNEL);
	if (triggers)
		triggers->nr = nr;
	return triggers;
}

/* Stacks are not looked for at records, but come behind them, as in the kernel. */
static void note_looks(struct event_triggers *triggers)
{
	const struct event_trigger *trigger;
	unsigned int i;

	triggers->looks = false;
	for (i = 0; i < triggers->nr; i++) {
		trigger = triggers->list[i];
		triggers->looks |= trigger->filter ||
				   trigger->action.kind == TRIGGER_STACKTRACE;
	}
}

static bool is_same(const struct event_trigger *trigger, enum trigger_action kind,
		    const struct event_file *target)
{
	return trigger->action.kind == kind && trigger->action.target == target;
}

/* Place of a trigger in the list; -1 if there is none. */
static int find(const struct event_file *file, enum trigger_action action,
		const struct event_file *target)
{
	const struct event_triggers *triggers = triggers_of(file);
	unsigned int i;

	for (i = 0; triggers && i < triggers->nr; i++)
		if (is_same(triggers->list[i], action, target))
			return i;
	return -1;
}

/* What it takes to be done, now that it may come at any time. */
static int prepare(struct event_file *file, const struct event_trigger *trigger)
{
	int err = action_prepare(file->tr, &trigger->action);

	if (err)
		return err;
	err = event_file_soft_get(file);
	if (err)
		action_release(&trigger->action);
	return err;
}

static int add_to_list(struct event_file *file, struct event_trigger *trigger)
{
	const struct event_triggers *old = triggers_of(file);
	struct event_triggers *triggers = list_alloc((old ? old->nr : 0) + 1);
	int err;

	if (!triggers)
		return -ENOMEM;
	triggers->list[0] = trigger;
	if (old)
		memcpy(triggers->list + 1, old->list, old->nr * sizeof(*old->list));
	note_looks(triggers);
	err = prepare(file, trigger);
	if (err)
		kfree(triggers);
	else
		replace(file, triggers, NULL);
	return err;
}

static int read_filter(struct event_file *file, const struct trigger_command *command,
		       struct event_filter **filter, struct filter_fault *fault)
{
	struct event_field_finder finder = { .event = file->event };

	if (!command->filter)
		return 0;
	return event_filter_create(command->filter, event_field_find, &finder, filter, fault);
}

/**
 * triggers_add - have something done at an event
 * @file: the event of a trace
 * @command: what, and how often, and at which events
 * @fault: receives what is wrong with the filter; its position is in that
 *
 * Context: process, may sleep; tracer_mutex held, with events_lock().
 * Return: 0; -EEXIST if that is done already; -EINVAL if the filter is wrong or if there
 * is no such event as it is about; -ENOMEM; what event_file_soft_get() returned.
 */
int triggers_add(struct event_file *file, const struct trigger_command *command,
		 struct filter_fault *fault)
{
	struct event_trigger *trigger;
	struct event_file *target;
	int err = action_find_target(file->tr, command, &target);

	if (err)
		return err;
	if (find(file, command->action, target) >= 0)
		return -EEXIST;
	trigger = kzalloc(sizeof(*trigger), GFP_KERNEL);
	if (!trigger)
		return -ENOMEM;
	trigger->action.kind = command->action;
	trigger->action.target = target;
	atomic_long_set(&trigger->action.count, command->count);
	err = read_filter(file, command, &trigger->filter, fault) ?: add_to_list(file, trigger);
	if (err) {
		event_filter_destroy(trigger->filter);
		kfree(trigger);
	}
	return err;
}

static void remove_nth(struct event_file *file, unsigned int n)
{
	struct event_triggers *old = triggers_of(file), *triggers = NULL;
	struct event_trigger *trigger = old->list[n];

	if (old->nr > 1) {
		triggers = list_alloc(old->nr - 1);
		if (!triggers) {
			/* It is in the list still, but there is nothing left of it to be done. */
			atomic_long_set(&trigger->action.count, 0);
			return;
		}
		memcpy(triggers->list, old->list, n * sizeof(*old->list));
		memcpy(triggers->list + n, old->list + n + 1,
		       (old->nr - n - 1) * sizeof(*old->list));
		note_looks(triggers);
	}
	replace(file, triggers, trigger);
}

/**
 * triggers_remove - have something done no more
 * @file: the event of a trace
 * @command: what; how often, and at which events, does not matter
 *
 * Context: process, may sleep; tracer_mutex held, with events_lock().
 * Return: 0, also if it is not done; what action_find_target() returned.
 */
int triggers_remove(struct event_file *file, const struct trigger_command *command)
{
	struct event_file *target;
	int n, err = action_find_target(file->tr, command, &target);

	if (err)
		return err;
	n = find(file, command->action, target);
	if (n >= 0)
		remove_nth(file, n);
	return 0;
}

/**
 * triggers_drop - have nothing done at an event any more
 * @file: the event of a trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void triggers_drop(struct event_file *file)
{
	struct event_triggers *old = triggers_of(file);
	unsigned int i;

	if (!old)
		return;
	RCU_INIT_POINTER(file->triggers, NULL);
	event_file_special(file, EVENT_TRIGGERS, false);
	tracepoint_synchronize_unregister();
	for (i = 0; i < old->nr; i++)
		trigger_free(file, old->list[i]);
	kfree(old);
}

/**
 * triggers_forget_module - triggers that are about events of a module go with it
 * @tr: the trace
 * @module: it is about to go
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void triggers_forget_module(struct fnt_trace *tr, const struct module *module)
{
	const struct event_triggers *triggers;
	struct event_file *file;
	unsigned long number;
	unsigned int i;

	xa_for_each(&tr->event_files, number, file) {
		triggers = triggers_of(file);
		for (i = 0; triggers && i < triggers->nr; i++)
			if (triggers->list[i]->action.target &&
			    triggers->list[i]->action.target->event->module == module)
				break;
		/* Rare, and without memory for a shorter list all of them must go. */
		if (triggers && i < triggers->nr)
			triggers_drop(file);
	}
}

/**
 * triggers_nth - list what is done at an event
 * @file: the event of a trace
 * @n: counted from 0
 *
 * Context: process; tracer_mutex held.
 * Return: the trigger; NULL behind the last one.
 */
const struct event_trigger *triggers_nth(const struct event_file *file, unsigned int n)
{
	const struct event_triggers *triggers = triggers_of(file);

	return triggers && n < triggers->nr ? triggers->list[n] : NULL;
}

/**
 * triggers_fire - do what is to be done at an event
 * @file: the event of a trace
 * @record: its record; NULL if no trigger looks at it
 *
 * Context: any, NMI-safe; preemption off.
 * Return: TRIGGERS_*, what is not over yet.
 */
unsigned int triggers_fire(struct event_file *file, const void *record)
{
	const struct event_triggers *triggers = rcu_dereference_sched(file->triggers);
	struct event_trigger *trigger;
	unsigned int i, later = 0;

	for (i = 0; triggers && i < triggers->nr; i++) {
		trigger = triggers->list[i];
		if (record && trigger->filter && !special_match(trigger->filter, record))
			continue;
		if (!action_take(file->tr, &trigger->action))
			continue;
		/* The stack of a record comes behind that. */
		if (record && trigger->action.kind == TRIGGER_STACKTRACE) {
			later |= TRIGGERS_STACK_BEHIND;
			continue;
		}
		action_do(file->tr, &trigger->action, 0);
		if (trigger->action.kind == TRIGGER_SNAPSHOT)
			later |= TRIGGERS_SNAPSHOT_SOON;
	}
	return later;
}
