/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROBE_EVENT_H
#define FNT_CORE_PROBE_EVENT_H

/* The event of some probes: its definition, as the kernel would have made it. */

#include <linux/list.h>
#include <linux/trace_events.h>
#include <linux/types.h>

#include "core/probes.h"

struct kabi_event_field;

/**
 * struct probe_event - the event of some probes
 * @call: its definition
 * @class: a part of that
 * @def: itself
 * @gone: in a list of those that are to be freed
 * @probes: its probes
 * @returns: they are about returns
 * @number: of its type, counted from the last one that there can be
 * @nr_args: number of @args
 * @args: name, type, count and offset of each argument
 * @fields: fields of its records
 */
struct probe_event {
	struct trace_event_call call;
	struct trace_event_class class;
	struct event_def *def;
	struct list_head gone;
	struct list_head probes;
	bool returns;
	int number;
	unsigned int nr_args;
	struct probe_arg *args;
	struct kabi_event_field *fields;
};

struct probe_event *probe_event_of(const struct event_def *def);
struct probe_event *probe_event_create(const struct probe_spec *spec, const struct probe *probe);
void probe_event_destroy(struct probe_event *event);
void probe_events_exit(void);

/**
 * probe_head_size - bytes of a record before its arguments
 * @returns: it is of a return
 *
 * Context: any.
 * Return: the bytes.
 */
static inline unsigned int probe_head_size(bool returns)
{
	return returns ? sizeof(struct probe_return_head) : sizeof(struct probe_entry_head);
}

#endif
