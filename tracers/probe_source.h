/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_TRACERS_PROBE_SOURCE_H
#define FNT_TRACERS_PROBE_SOURCE_H

/* What events.c, probes.c, probe_place.c, probe_hit.c and probe_table.c know of each other. */

#include <linux/types.h>

#include "core/probes.h"

struct event_file;
struct probe_hits;
struct probe_table;

/**
 * struct probe_hit - what is done when a place is hit: a record is made
 * @place: call site of a function, or address of a kprobe
 * @probe: on whose behalf
 * @file: the event of a trace
 * @since: calls that began before that, by the local clock, are of no interest
 * @size: bytes of a record, if that is always the same; else 0
 */
struct probe_hit {
	unsigned long place;
	struct probe *probe;
	struct event_file *file;
	u64 since;
	unsigned int size;
};

/* Registers that are saved at each way, see struct probe_program. */
extern const u16 probe_entry_registers[PROBE_REGISTERS];
extern const u16 probe_return_registers[PROBE_REGISTERS];
extern const u16 probe_kprobe_registers[PROBE_REGISTERS];

int probe_locate(struct probe *probe, const char **what);
int probe_choose(struct probe *probe);

int probe_files_attach(struct event_file **files, unsigned int nr);
void probe_files_detach(struct event_file **files, unsigned int nr);

#endif
