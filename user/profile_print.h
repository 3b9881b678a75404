/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_PROFILE_PRINT_H
#define USER_PROFILE_PRINT_H

/* Where CPUs spent their time, as text and for programs. */

#include <jansson.h>
#include <stdio.h>

#include "event_stream.h"
#include "samples.h"

/**
 * struct profile_report - what is shown
 * @samples: what was interrupted
 * @stream: it is of, for names
 * @hz: ticks a second on each CPU
 * @top: so many lines at most; 0 for all
 * @stacks: stacks were recorded, and are shown
 * @folded: as lines for flame graphs
 * @start: when it began, in ns
 * @end: when it ended
 */
struct profile_report {
	struct samples samples;
	const struct event_stream *stream;
	unsigned int hz;
	size_t top;
	bool stacks;
	bool folded;
	uint64_t start;
	uint64_t end;
};

int profile_print(FILE *out, struct profile_report *report);
json_t *profile_json(struct profile_report *report);

#endif
