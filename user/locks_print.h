/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LOCKS_PRINT_H
#define USER_LOCKS_PRINT_H

/* What `fntrace locks` shows. */

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "event_stream.h"
#include "locks.h"

/**
 * struct locks_report - what is shown, and how
 * @locks: what is known
 * @stream: knows names of functions and tasks
 * @start: when it began, in ns
 * @end: when it ended
 * @top: so many lines; 0 for all
 */
struct locks_report {
	struct locks locks;
	const struct event_stream *stream;
	uint64_t start;
	uint64_t end;
	size_t top;
};

int locks_print(FILE *out, const struct locks_report *report);
json_t *locks_json(const struct locks_report *report);

#endif
