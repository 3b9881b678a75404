/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_COMMANDS_H
#define FNT_CORE_COMMANDS_H

/* What is done when functions are called, beside tracing them: set_ftrace_filter. */

#include <linux/types.h>

#include "core/actions.h"

struct fnt_hash;
struct fnt_trace;
struct module;

/**
 * struct trace_command - one thing that is done when a function is called
 * @action: what
 * @counted: it was asked for so many times; another without a count may be beside it
 * @lists: so many struct trace_commands have it
 */
struct trace_command {
	struct trace_action action;
	bool counted;
	unsigned int lists;
};

/**
 * struct command_place - a function and what is done at it
 * @ip: its call site
 * @command: what
 */
struct command_place {
	unsigned long ip;
	struct trace_command *command;
};

/**
 * struct trace_commands - all that is done when functions of a trace are called
 * @tr: the trace
 * @user: of struct command_source, while it is armed
 * @nr: number of @places
 * @places: ascending by @ip; those of one function in the order in which they came
 *
 * It is replaced as a whole.
 */
struct trace_commands {
	struct fnt_trace *tr;
	void *user;
	unsigned int nr;
	struct command_place places[];
};

/**
 * struct command_source - where it is known from that a function is called
 * @arm: have command_fire() called at the functions of @commands
 * @disarm: no more; when this returns it is not running
 *
 * Both are called with tracer_mutex held and may sleep.
 */
struct command_source {
	int (*arm)(struct trace_commands *commands);
	void (*disarm)(struct trace_commands *commands);
};

void commands_init(const struct command_source *source);

int trace_commands_add(struct fnt_trace *tr, const struct fnt_hash *functions,
		       const struct trigger_command *wanted);
int trace_commands_remove(struct fnt_trace *tr, const struct fnt_hash *functions,
			  const struct trigger_command *wanted);
void trace_commands_forget(struct fnt_trace *tr, const struct fnt_hash *functions);
void trace_commands_forget_events(struct fnt_trace *tr, const struct module *module);
void trace_commands_exit(struct fnt_trace *tr);
const struct command_place *trace_commands_nth(const struct fnt_trace *tr, unsigned int n);

void commands_fire(const struct trace_commands *commands, unsigned long ip);

#endif
