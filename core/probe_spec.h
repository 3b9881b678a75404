/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROBE_SPEC_H
#define FNT_CORE_PROBE_SPEC_H

/* A line of kprobe_events: where a probe is, and what it is called. */

#include <linux/types.h>

#include "core/probe_args.h"

#define PROBE_NAME_MAX 64
#define PROBE_ARGS_MAX 128
#define PROBE_ACTIVE_MAX 4096

/**
 * struct probe_spec - what was written
 * @returns: it is about returns
 * @active: how many calls it shall follow at a time, as the kernel asks for that;
 *          0 if nothing was said
 * @group: of its event
 * @event: its event
 * @module: of @symbol; NULL for none
 * @symbol: where it is; NULL if that is @addr
 * @offset: behind @symbol
 * @addr: where it is, without @symbol
 * @place: of where it is, in what was given
 * @end: of what was given
 * @nr_args: number of @args
 * @args: the arguments, one word each, in what was given
 */
struct probe_spec {
	bool returns;
	unsigned int active;
	char group[PROBE_NAME_MAX];
	char event[PROBE_NAME_MAX];
	char *module;
	char *symbol;
	unsigned long offset;
	unsigned long addr;
	unsigned int place;
	unsigned int end;
	unsigned int nr_args;
	char *args[PROBE_ARGS_MAX];
};

/**
 * struct probe_removal - what is to be removed
 * @group: only of this one; NULL for all
 * @event: only this one; NULL for all
 * @place: only what is there; NULL for all
 * @nr_args: number of @args
 * @args: and has these arguments, as they were written
 */
struct probe_removal {
	const char *group;
	const char *event;
	const char *place;
	unsigned int nr_args;
	char *args[PROBE_ARGS_MAX];
};

int probe_spec_parse(char *text, struct probe_spec *spec, struct probe_fault *fault);
int probe_removal_parse(char *text, struct probe_removal *removal);
void probe_spaces(char *text);

#endif
