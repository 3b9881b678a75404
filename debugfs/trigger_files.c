// SPDX-License-Identifier: GPL-2.0
/*
 * events/.../trigger: what is done at an event, beside recording it.
 */

#include "debugfs/files.h"

#include <linux/kernel.h>
#include <linux/string.h>

#include "core/event_triggers.h"
#include "core/events.h"
#include "core/trigger.h"

/**
 * action_show - how an action is listed
 * @m: receives it
 * @action: the action
 *
 * Context: process; tracer_mutex held, with events_lock().
 */
void action_show(struct seq_file *m, const struct trace_action *action)
{
	long count = atomic_long_read(&action->count);

	seq_puts(m, trigger_name(action->kind));
	if (action->target)
		seq_printf(m, ":%s:%s", action->target->event->system->name,
			   action->target->event->name);
	if (count == TRIGGER_UNLIMITED)
		seq_puts(m, ":unlimited");
	else
		seq_printf(m, ":count=%ld", count);
}

static void show_one(struct seq_file *m, const struct event_trigger *trigger)
{
	action_show(m, &trigger->action);
	if (trigger->filter)
		seq_printf(m, " if %s", event_filter_text(trigger->filter));
	seq_putc(m, '\n');
}

static void show_help(struct seq_file *m)
{
	const char *name;
	unsigned int n;

	seq_puts(m, "# Available triggers:\n#");
	for (n = 0; (name = trigger_nth(n)); n++)
		seq_printf(m, " %s", name);
	seq_putc(m, '\n');
}

SHOW(trigger_show)
{
	const struct event_trigger *trigger;
	const struct event_file *wanted;
	const struct event_def *event;
	unsigned int n = 0;

	trace_lock();
	events_lock();
	event = events_numbered(file->index);
	wanted = event ? event_file_find(file->tr, event) : NULL;
	for (n = 0; wanted && (trigger = triggers_nth(wanted, n)); n++)
		show_one(m, trigger);
	events_unlock();
	trace_unlock();
	if (event && !n)
		show_help(m);
	return event ? 0 : -ENODEV;
}

static int obey(struct fnt_trace *tr, struct event_def *event,
		const struct trigger_command *command, const char *text, struct tree_error *error)
{
	struct event_file *wanted = event_file_get(tr, event);
	struct filter_fault fault = { };
	int err;

	if (!wanted)
		return -ENOMEM;
	if (command->remove)
		err = triggers_remove(wanted, command);
	else
		err = triggers_add(wanted, command, &fault);
	if (fault.what) {
		error->pos = command->filter - text + fault.pos;
		error->what = fault.what;
	} else if (err == -EINVAL) {
		error->pos = command->system - text;
		error->what = "No such event";
	} else if (err == -EEXIST) {
		error->what = "It has such a trigger already";
	}
	return err;
}

STORE(trigger_store)
{
	struct trigger_command command;
	struct trigger_fault fault = { };
	struct event_def *event;
	int err = trigger_parse(cmd, &command, &fault);

	if (err) {
		error->pos = fault.pos;
		error->what = fault.what;
		return err;
	}
	trace_lock();
	events_lock();
	event = events_numbered(file->index);
	err = event ? obey(file->tr, event, &command, cmd, error) : -ENODEV;
	events_unlock();
	trace_unlock();
	return err;
}
