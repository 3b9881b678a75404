// SPDX-License-Identifier: GPL-2.0
/*
 * What can be done at an event or at a function, beside recording it.
 */

#include "core/actions.h"

#include <linux/errno.h>
#include <linux/smp.h>

#include "core/deferred.h"
#include "core/event_files.h"
#include "core/event_special.h"
#include "core/events.h"
#include "core/snapshot.h"
#include "core/trace.h"

/**
 * action_find_target - the event that a command is about
 * @tr: the trace
 * @command: the command
 * @target: receives it; NULL for an action that is about none
 *
 * Context: process, may sleep; tracer_mutex held, with events_lock().
 * Return: 0; -EINVAL if there is no such event, -ENOMEM.
 */
int action_find_target(struct fnt_trace *tr, const struct trigger_command *command,
		       struct event_file **target)
{
	struct event_def *event;

	*target = NULL;
	if (!trigger_has_target(command->action))
		return 0;
	event = events_named(command->system, command->event);
	if (!event)
		return -EINVAL;
	*target = event_file_get(tr, event);
	return *target ? 0 : -ENOMEM;
}

/**
 * action_prepare - what it takes to be done, as it may come at any time then
 * @tr: the trace
 * @action: the action
 *
 * Context: process, may sleep; tracer_mutex held, with events_lock().
 * Return: 0; what special_get(), snapshot_prepare() or event_file_soft_get() returned.
 */
int action_prepare(struct fnt_trace *tr, const struct trace_action *action)
{
	int err = special_get();

	if (err)
		return err;
	if (action->kind == TRIGGER_SNAPSHOT)
		err = snapshot_prepare(tr);
	if (!err && action->target)
		err = event_file_soft_get(action->target);
	if (err)
		special_put();
	return err;
}

/**
 * action_release - undo action_prepare()
 * @action: nobody does it any more
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void action_release(const struct trace_action *action)
{
	if (action->target)
		event_file_soft_put(action->target);
	special_put();
}

/* Would it change anything? Only then it counts. */
static bool has_effect(const struct fnt_trace *tr, const struct trace_action *action)
{
	switch (action->kind) {
	case TRIGGER_TRACEON:
		return !trace_is_on(tr);
	case TRIGGER_TRACEOFF:
		return trace_is_on(tr);
	case TRIGGER_ENABLE_EVENT:
		return READ_ONCE(action->target->special) & EVENT_SOFT_OFF;
	case TRIGGER_DISABLE_EVENT:
		return !(READ_ONCE(action->target->special) & EVENT_SOFT_OFF);
	default:
		return true;
	}
}

/* Is there one left to be done? */
static bool take_count(struct trace_action *action)
{
	long count = atomic_long_read(&action->count);

	if (count == TRIGGER_UNLIMITED)
		return true;
	return atomic_long_dec_if_positive(&action->count) >= 0;
}

/**
 * action_take - is it to be done now? Then it counts as done
 * @tr: the trace
 * @action: after action_prepare()
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
bool action_take(const struct fnt_trace *tr, struct trace_action *action)
{
	return has_effect(tr, action) && take_count(action);
}

/**
 * action_do - do it
 * @tr: the trace
 * @action: after action_prepare()
 * @ip: call site of the function at which it is done; 0 at an event
 *
 * Context: any, NMI-safe; preemption off.
 */
void action_do(struct fnt_trace *tr, const struct trace_action *action, unsigned long ip)
{
	switch (action->kind) {
	case TRIGGER_TRACEON:
	case TRIGGER_TRACEOFF:
		deferred_switch(tr, action->kind == TRIGGER_TRACEON);
		break;
	case TRIGGER_SNAPSHOT:
		deferred_snapshot(tr);
		break;
	case TRIGGER_DUMP:
	case TRIGGER_CPUDUMP:
		deferred_dump(tr, action->kind == TRIGGER_DUMP ? BUFFER_ALL_CPUS :
								 smp_processor_id());
		break;
	case TRIGGER_STACKTRACE:
		special_stack(tr, ip);
		break;
	default:
		event_file_special(action->target, EVENT_SOFT_OFF,
				   action->kind == TRIGGER_DISABLE_EVENT);
	}
}
