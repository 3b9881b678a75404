// SPDX-License-Identifier: GPL-2.0
/*
 * The events are recorded in an instance, read while they come and, all that are left, at
 * the end. What follows a record as its stack comes to the same handler.
 */

#include "stream_command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "fntrace.h"
#include "wakers.h"

/* It is seen so often whether the buffers have to be read. */
#define LOOK_NS (20 * NS_PER_MS)

enum {
	KEY_JSON = 256,
};

static const struct stream_field_name stack_fields[] = {
	{ "ftrace", "kernel_stack", "size" },
	{ "ftrace", "kernel_stack", "caller" },
};

static int find_fields(struct stream_command *command)
{
	const struct tep_format_field *stack[ARRAY_SIZE(stack_fields)];

	if (event_stream_fields(&command->stream, &command->scope, command->kind->fields,
				command->kind->nr_fields, command->field) ||
	    event_stream_fields(&command->stream, &command->scope, stack_fields,
				ARRAY_SIZE(stack_fields), stack))
		return -1;
	command->stack_size = stack[0];
	command->stack = stack[1];
	return 0;
}

static int prepare(struct scope *scope, void *data)
{
	struct stream_command *command = data;
	const struct stream_kind *kind = command->kind;

	if (event_stream_open(&command->stream, scope, kind->systems) || find_fields(command))
		return -1;
	command->awaited = calloc((size_t)command->stream.nr_cpus * WAKER_KINDS,
				  sizeof(*command->awaited));
	if (!command->awaited) {
		complain("%s: %s", scope->name, strerror(ENOMEM));
		return -1;
	}
	if (kind->prepare && kind->prepare(command))
		return -1;
	return session_set(&scope->session, "trace_clock", "mono") ||
	       session_set_all(&scope->session, kind->settings, kind->nr_settings) ? -1 : 0;
}

static int begin(struct scope *scope, void *data)
{
	struct stream_command *command = data;

	command->start = stream_now();
	if (command->kind->begin)
		command->kind->begin(command);
	scope->interval = LOOK_NS;
	return 0;
}

static void on_stack(struct stream_command *command, uint64_t number,
		     const struct stream_event *event)
{
	uint64_t addresses[STREAM_FRAMES_MAX];
	size_t nr = stream_addresses(event, command->stack_size, command->stack, addresses,
				     STREAM_FRAMES_MAX);

	command->kind->on_stack(command, number, addresses, nr);
}

static void on_event(const struct stream_event *event, void *data)
{
	struct stream_command *command = data;
	uint64_t *awaited = &command->awaited[event->cpu * WAKER_KINDS +
					      waker_kind(event->flags)];
	uint64_t number = *awaited;

	*awaited = 0;
	if (event->missed)
		command->kind->on_loss(command);
	if (event->event != command->stack_size->event)
		*awaited = command->kind->on_event(command, event);
	else if (number && !event->missed)
		on_stack(command, number, event);
}

/* What came of reading. */
static int check(const struct stream_command *command, int err)
{
	if (!err && !command->kind->failed(command))
		return 0;
	complain("%s: the events cannot be read: %s", command->scope.name,
		 strerror(err ? errno : ENOMEM));
	return -1;
}

static int step(struct scope *scope, void *data)
{
	struct stream_command *command = data;

	(void)scope;
	return check(command, event_stream_follow(&command->stream, on_event, command));
}

static int report(struct stream_command *command)
{
	json_t *json;
	int err;

	if (!command->scope.json) {
		err = command->kind->print(command, stdout);
		if (err)
			complain("%s: %s", command->scope.name, strerror(ENOMEM));
		return err;
	}
	json = command->kind->json(command);
	/* That of the buffers is no interval of results. */
	command->scope.interval = 0;
	err = scope_print_json(&command->scope, json);
	json_decref(json);
	return err;
}

static int finish(struct scope *scope, void *data)
{
	struct stream_command *command = data;
	int err;

	command->end = stream_now();
	err = check(command, event_stream_finish(&command->stream, on_event, command));
	if (err)
		return err;
	event_stream_read_comms(&command->stream, scope->tree);
	err = report(command);
	if (command->stream.lost)
		complain("%s: events were lost: it was too much for the buffer",
			 scope->name);
	return err;
}

static void release(void *data)
{
	struct stream_command *command = data;

	event_stream_close(&command->stream);
}

static const struct scope_work work = {
	.prepare = prepare,
	.begin = begin,
	.step = step,
	.finish = finish,
	.release = release,
};

/**
 * stream_is - is it the event that has a field?
 * @command: the command
 * @event: the event
 * @field: number of the field
 *
 * Return: true if so.
 */
bool stream_is(const struct stream_command *command, const struct stream_event *event, int field)
{
	return event->event == command->field[field]->event;
}

/**
 * stream_value - the value of a field that is an int
 * @command: the command
 * @event: the event
 * @field: number of the field
 *
 * Return: the value.
 */
int stream_value(const struct stream_command *command, const struct stream_event *event,
		 int field)
{
	return (int)stream_number(event, command->field[field]);
}

/**
 * stream_command_run - record, and show what came of it
 * @command: from the command line
 *
 * Return: the exit status, that of the command that was traced if there is one.
 */
int stream_command_run(struct stream_command *command)
{
	int status;

	command->scope.events = true;
	status = scope_run(&command->scope, &work, command);
	free(command->awaited);
	return status;
}

static const struct argp_option options[] = {
	{ .name = "all", .key = 'a', .doc = "all tasks, until CMD ends" },
	{ .name = "json", .key = KEY_JSON, .doc = "print a JSON object" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct stream_command *command = state->input;

	switch (key) {
	case 'a':
		command->scope.everyone = true;
		return 0;
	case KEY_JSON:
		command->scope.json = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &command->scope;
		return 0;
	case ARGP_KEY_ARG:
		if (!scope_takes(&command->scope, state))
			argp_error(state, "%s: a command stands behind --", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ .argp = &scope_argp },
	{ }
};

/* Options that all of them have. */
const struct argp stream_argp = { .options = options, .parser = parse, .children = children };
