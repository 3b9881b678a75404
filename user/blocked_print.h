/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_BLOCKED_PRINT_H
#define USER_BLOCKED_PRINT_H

/* What `fntrace blocked` shows. */

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "blocked.h"
#include "event_stream.h"

/**
 * struct blocked_report - what is shown, and how
 * @blocked: what is known
 * @stream: knows names of functions and tasks
 * @end: when it ended, in ns
 * @least: only times that are as long, in ns
 * @stacks: with what they waited in
 * @paths: with how they came to be woken
 * @hidden: not of this task
 */
struct blocked_report {
	struct blocked blocked;
	const struct event_stream *stream;
	uint64_t end;
	uint64_t least;
	bool stacks;
	bool paths;
	int hidden;
};

int blocked_print(FILE *out, const struct blocked_report *report);
json_t *blocked_json(const struct blocked_report *report);

#endif
