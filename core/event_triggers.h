/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_EVENT_TRIGGERS_H
#define FNT_CORE_EVENT_TRIGGERS_H

/* What is done at an event, beside recording it. */

#include <linux/rcupdate.h>
#include <linux/types.h>

#include "core/actions.h"
#include "core/event_files.h"
#include "core/trigger.h"

/**
 * struct event_trigger - one thing that is done
 * @action: what
 * @filter: at which events; NULL for all
 */
struct event_trigger {
	struct trace_action action;
	struct event_filter *filter;
};

/**
 * struct event_triggers - all that is done at an event
 * @looks: some look at the record
 * @nr: number of @list
 * @list: the triggers, the one that came last first
 */
struct event_triggers {
	bool looks;
	unsigned int nr;
	struct event_trigger *list[];
};

int triggers_add(struct event_file *file, const struct trigger_command *command,
		 struct filter_fault *fault);
int triggers_remove(struct event_file *file, const struct trigger_command *command);
void triggers_drop(struct event_file *file);
void triggers_forget_module(struct fnt_trace *tr, const struct module *module);
const struct event_trigger *triggers_nth(const struct event_file *file, unsigned int n);

/* What of it is not over when triggers_fire() returns. */
#define TRIGGERS_STACK_BEHIND 0x1	/* a stack is to be recorded behind the record */
#define TRIGGERS_SNAPSHOT_SOON 0x2	/* deferred_wait() would wait for it */

unsigned int triggers_fire(struct event_file *file, const void *record);

/**
 * triggers_look - do triggers look at the record of an event?
 * @file: the event of a trace
 *
 * Context: any, NMI-safe; preemption off.
 * Return: true if so: they follow the record, else they come before it.
 */
static inline bool triggers_look(const struct event_file *file)
{
	const struct event_triggers *triggers = rcu_dereference_sched(file->triggers);

	return triggers && triggers->looks;
}

#endif
