/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_STREAM_COMMAND_H
#define USER_STREAM_COMMAND_H

/* What commands have in common that make something of the kernel's events. */

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "event_stream.h"
#include "scope.h"
#include "session.h"

#define STREAM_FIELDS_MAX 16

/* Frames of a stack at most. */
#define STREAM_FRAMES_MAX 64

struct stream_command;

/**
 * struct stream_kind - what one command makes of which events
 * @systems: those that events are of, NULL behind the last
 * @fields: of the events, that are of interest
 * @nr_fields: number of them, STREAM_FIELDS_MAX at most
 * @settings: what is recorded, and how; the clock is mono
 * @nr_settings: number of them
 * @prepare: choose other tasks than the command line says; 0, or -1 with the reason told;
 *           may be NULL
 * @begin: it begins now; may be NULL
 * @on_event: an event, in the order of their times; returns a number by which @on_stack
 *            knows it again, 0 if its stack is of no interest
 * @on_stack: its stack
 * @on_loss: events are missing before the next one
 * @failed: there was no memory for something
 * @print: show what came of it; 0, or -1 without memory
 * @json: the same for programs; NULL without memory
 */
struct stream_kind {
	const char *const *systems;
	const struct stream_field_name *fields;
	int nr_fields;
	const struct setting *settings;
	size_t nr_settings;
	int (*prepare)(struct stream_command *command);
	void (*begin)(struct stream_command *command);
	uint64_t (*on_event)(struct stream_command *command, const struct stream_event *event);
	void (*on_stack)(struct stream_command *command, uint64_t number,
			 const uint64_t *addresses, size_t nr);
	void (*on_loss)(struct stream_command *command);
	bool (*failed)(const struct stream_command *command);
	int (*print)(const struct stream_command *command, FILE *out);
	json_t *(*json)(const struct stream_command *command);
};

/**
 * struct stream_command - one that runs
 * @scope: whom, and for how long; with a name, all else from the command line
 * @kind: what it makes of events
 * @data: for it
 * @stream: the events
 * @field: those of @kind, in its order
 * @stack_size: of a stack, the number of its addresses
 * @stack: and these
 * @awaited: the last event, by CPU and by what was done there: an interrupt may come
 *           between a record and its stack
 * @start: when it began, in ns
 * @end: when it ended
 */
struct stream_command {
	struct scope scope;
	const struct stream_kind *kind;
	void *data;
	struct event_stream stream;
	const struct tep_format_field *field[STREAM_FIELDS_MAX];
	const struct tep_format_field *stack_size;
	const struct tep_format_field *stack;
	uint64_t *awaited;
	uint64_t start;
	uint64_t end;
};

extern const struct argp stream_argp;

bool stream_is(const struct stream_command *command, const struct stream_event *event,
	       int field);
int stream_value(const struct stream_command *command, const struct stream_event *event,
		 int field);
int stream_command_run(struct stream_command *command);

#endif
