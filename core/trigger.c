// SPDX-License-Identifier: GPL-2.0
/*
 * The language of events/.../trigger, and of commands at functions. PURE: also compiled in
 * user space.
 *
 *	trigger	= ["!"] action [":" count] ["if" filter]
 *	action	= "traceon" | "traceoff" | "snapshot" | "stacktrace"
 *		| ("enable_event" | "disable_event") ":" system ":" event
 *	command	= ( action | "dump" | "cpudump" ) [":" [count]]
 */

#include "core/trigger.h"

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "core/number.h"

static const char *const names[] = {
	[TRIGGER_TRACEON] = "traceon",
	[TRIGGER_TRACEOFF] = "traceoff",
	[TRIGGER_SNAPSHOT] = "snapshot",
	[TRIGGER_STACKTRACE] = "stacktrace",
	[TRIGGER_ENABLE_EVENT] = "enable_event",
	[TRIGGER_DISABLE_EVENT] = "disable_event",
	[TRIGGER_DUMP] = "dump",
	[TRIGGER_CPUDUMP] = "cpudump",
};

/* So many of them are for events, too. */
#define FOR_EVENTS TRIGGER_DUMP

/**
 * trigger_name - the word for an action
 * @action: the action
 *
 * Context: any.
 * Return: the word.
 */
const char *trigger_name(enum trigger_action action)
{
	return names[action];
}

/**
 * trigger_nth - list those for events
 * @n: counted from 0
 *
 * Context: any.
 * Return: the word; NULL behind the last one.
 */
const char *trigger_nth(unsigned int n)
{
	return n < FOR_EVENTS ? names[n] : NULL;
}

/**
 * trigger_has_target - is an action about another event?
 * @action: the action
 *
 * Context: any.
 * Return: true if so.
 */
bool trigger_has_target(enum trigger_action action)
{
	return action == TRIGGER_ENABLE_EVENT || action == TRIGGER_DISABLE_EVENT;
}

static int wrong(struct trigger_fault *fault, const char *text, const char *at, const char *what)
{
	fault->pos = at - text;
	fault->what = what;
	return -EINVAL;
}

/* Cut off what is up to a colon or a space; *at is left behind that, *end is what it was. */
static char *take_word(char **at, char *end)
{
	char *word = *at;
	size_t len = strcspn(word, ": \t");

	*end = word[len];
	word[len] = '\0';
	*at = word + len + (*end != '\0');
	return word;
}

static int read_action(const char *word, unsigned int nr, struct trigger_command *command)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (strcmp(word, names[i]))
			continue;
		command->action = i;
		return 0;
	}
	return -EINVAL;
}

/*
 * As the kernel reads it: behind the colon there may be none, if there is no target; a
 * trigger of an event that has none takes no plus sign.
 */
static bool read_count(const char *word, bool at_event, struct trigger_command *command)
{
	bool has_target = trigger_has_target(command->action);
	u64 number;

	if (!*word)
		return !has_target;
	if (*word == '+' && (!at_event || has_target))
		word++;
	if (!number_read(word, &number) || number > __LONG_MAX__)
		return false;
	command->count = number;
	return true;
}

static char *skip_space(char *at)
{
	while (isspace((unsigned char)*at))
		at++;
	return at;
}

/* What may stand behind: "if", and a filter. */
static int read_filter(char *text, char *at, struct trigger_command *command,
		       struct trigger_fault *fault)
{
	at = skip_space(at);
	if (!*at)
		return 0;
	if (at[0] != 'i' || at[1] != 'f' || !isspace((unsigned char)at[2]))
		return wrong(fault, text, at, "Neither a count nor if FILTER");
	command->filter = skip_space(at + 2);
	return *command->filter ? 0 : wrong(fault, text, command->filter, "No filter given");
}

static int read_target(char *text, char **at, char *end, struct trigger_command *command,
		       struct trigger_fault *fault)
{
	if (*end != ':')
		return wrong(fault, text, *at, "No event given");
	command->system = take_word(at, end);
	if (*end != ':' || !*command->system)
		return wrong(fault, text, *at, "No event given");
	command->event = take_word(at, end);
	return *command->event ? 0 : wrong(fault, text, *at, "No event given");
}

/*
 * One of the first so many actions. If it is @removing whether there is a count matters, but
 * not which: it may be written as it is listed.
 */
static int parse(char *text, unsigned int nr, bool removing, struct trigger_command *command,
		 struct trigger_fault *fault)
{
	char *at = text, *word, end;
	int err = 0;

	*command = (struct trigger_command) { .count = TRIGGER_UNLIMITED };
	if (*at == '!') {
		command->remove = true;
		at++;
	}
	word = take_word(&at, &end);
	if (read_action(word, nr, command))
		return wrong(fault, text, word, "No such trigger");
	if (trigger_has_target(command->action))
		err = read_target(text, &at, &end, command, fault);
	/* How often, and at which events, is not asked then; it may be as it is listed. */
	if (err || command->remove)
		return err;
	if (end == ':') {
		word = take_word(&at, &end);
		if (removing) {
			command->count = 0;
			return 0;
		}
		if (!read_count(word, nr == FOR_EVENTS, command) || end == ':')
			return wrong(fault, text, word, "Not a count");
	}
	return end ? read_filter(text, at, command, fault) : 0;
}

/**
 * trigger_parse - understand what was written
 * @text: without white space around it; cut into pieces, to which @command points
 * @command: receives what it means
 * @fault: receives what is wrong with it
 *
 * Context: any.
 * Return: 0; -EINVAL.
 */
int trigger_parse(char *text, struct trigger_command *command, struct trigger_fault *fault)
{
	return parse(text, FOR_EVENTS, false, command, fault);
}

/**
 * command_parse - the same of what is done when functions are called
 * @text: as trigger_parse() has it
 * @removing: that is to be done no more
 * @command: receives what it means
 * @fault: receives what is wrong with it
 *
 * Context: any.
 * Return: 0; -EINVAL.
 */
int command_parse(char *text, bool removing, struct trigger_command *command,
		  struct trigger_fault *fault)
{
	int err = parse(text, ARRAY_SIZE(names), removing, command, fault);

	/* The kernel means to dump once, and does at each call. */
	if (!err && (command->action == TRIGGER_DUMP || command->action == TRIGGER_CPUDUMP) &&
	    command->count == TRIGGER_UNLIMITED)
		command->count = 1;
	return err;
}
