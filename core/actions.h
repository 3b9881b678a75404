/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_ACTIONS_H
#define FNT_CORE_ACTIONS_H

/* What can be done at an event or at a function, beside recording it. */

#include <linux/atomic.h>
#include <linux/types.h>

#include "core/trigger.h"

struct event_file;
struct fnt_trace;

/**
 * struct trace_action - one thing that is done
 * @kind: what
 * @count: how often it is still to be done; TRIGGER_UNLIMITED
 * @target: the event that it is about, of the same trace; NULL for none
 */
struct trace_action {
	enum trigger_action kind;
	atomic_long_t count;
	struct event_file *target;
};

int action_find_target(struct fnt_trace *tr, const struct trigger_command *command,
		       struct event_file **target);
int action_prepare(struct fnt_trace *tr, const struct trace_action *action);
void action_release(const struct trace_action *action);

bool action_take(const struct fnt_trace *tr, struct trace_action *action);
void action_do(struct fnt_trace *tr, const struct trace_action *action, unsigned long ip);

#endif
