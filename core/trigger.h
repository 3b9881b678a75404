/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_TRIGGER_H
#define FNT_CORE_TRIGGER_H

/* The language of events/.../trigger, and of commands at functions. */

#include <linux/types.h>

enum trigger_action {
	TRIGGER_TRACEON,
	TRIGGER_TRACEOFF,
	TRIGGER_SNAPSHOT,
	TRIGGER_STACKTRACE,
	TRIGGER_ENABLE_EVENT,
	TRIGGER_DISABLE_EVENT,
	/* At functions only. */
	TRIGGER_DUMP,
	TRIGGER_CPUDUMP,
};

#define TRIGGER_UNLIMITED (-1L)

/**
 * struct trigger_command - what was written, understood
 * @remove: take it away
 * @action: what is to be done
 * @count: how often; TRIGGER_UNLIMITED
 * @system: of TRIGGER_ENABLE_EVENT and TRIGGER_DISABLE_EVENT, the event's system
 * @event: its name
 * @filter: at which events; NULL for all
 */
struct trigger_command {
	bool remove;
	enum trigger_action action;
	long count;
	const char *system;
	const char *event;
	char *filter;
};

/**
 * struct trigger_fault - what is wrong
 * @pos: where
 * @what: a constant string
 */
struct trigger_fault {
	unsigned int pos;
	const char *what;
};

const char *trigger_name(enum trigger_action action);
const char *trigger_nth(unsigned int n);
bool trigger_has_target(enum trigger_action action);
int command_parse(char *text, bool removing, struct trigger_command *command,
		  struct trigger_fault *fault);
int trigger_parse(char *text, struct trigger_command *command, struct trigger_fault *fault);

#endif
