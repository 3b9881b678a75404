// SPDX-License-Identifier: GPL-2.0
/*
 * Events that no tracepoint of the kernel makes, but this module. They are described as the
 * kernel describes its own, so that all that is there for those is there for these: format,
 * filters, triggers, stacks. The numbers of their types come from the kernel, so that no
 * event of its own has them; the kernel's tracefs does not show them.
 */

#include "core/own_events.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/stddef.h>
#include <linux/trace_events.h>
#include <linux/trace_seq.h>

#include "core/event.h"
#include "core/kabi.h"

#define FIELD(record, ctype, member, sign) \
	{ .type = #ctype, .name = #member, .offset = offsetof(struct record, member), \
	  .size = sizeof(ctype), .is_signed = sign, .filter_type = FILTER_OTHER }

/**
 * struct own_event - an event
 * @origin: what it is made at
 * @call: as the kernel would know it
 * @class: the same
 * @fields: of its record; ends with one without a name
 */
struct own_event {
	enum event_origin origin;
	struct trace_event_call call;
	struct trace_event_class class;
	struct kabi_event_field fields[8];
};

static enum print_line_t print_tick(struct trace_iterator *iter, int flags,
				    struct trace_event *event)
{
	const struct event_tick *tick = (const struct event_tick *)iter->ent;

	if (tick->user)
		trace_seq_printf(&iter->seq, "tick: ip=0x%lx (user)", tick->ip);
	else
		trace_seq_printf(&iter->seq, "tick: ip=%pS", (void *)tick->ip);
	trace_seq_printf(&iter->seq, " late=%llu overruns=%u\n", tick->late, tick->overruns);
	return TRACE_TYPE_HANDLED;
}

static struct trace_event_functions tick_functions = { .trace = print_tick };

static enum print_line_t print_gap(struct trace_iterator *iter, int flags,
				   struct trace_event *event)
{
	const struct event_gap *gap = (const struct event_gap *)iter->ent;

	trace_seq_printf(&iter->seq, "gap: duration=%llu steal=%lld%s nmis=%u\n", gap->duration,
			 gap->steal, gap->steal < 0 ? " (no steal clock)" : "", gap->nmis);
	return TRACE_TYPE_HANDLED;
}

static struct trace_event_functions gap_functions = { .trace = print_gap };

static struct own_event own_events[] = {
	{
		.origin = EVENT_OF_TICKS,
		.call.name = "tick",
		.call.event.funcs = &tick_functions,
		.call.print_fmt = "\"ip=%pS%s late=%llu overruns=%u\", (void *)REC->ip, REC->user ? \" (user)\" : \"\", REC->late, REC->overruns",
		.fields = {
			FIELD(event_tick, unsigned long, ip, false),
			FIELD(event_tick, u64, late, false),
			FIELD(event_tick, unsigned int, overruns, false),
			FIELD(event_tick, int, user, true),
		},
	}, {
		.origin = EVENT_OF_GAPS,
		.call.name = "gap",
		.call.event.funcs = &gap_functions,
		.call.print_fmt = "\"duration=%llu steal=%lld%s nmis=%u\", REC->duration, REC->steal, REC->steal < 0 ? \" (no steal clock)\" : \"\", REC->nmis",
		.fields = {
			FIELD(event_gap, u64, duration, false),
			FIELD(event_gap, s64, steal, true),
			FIELD(event_gap, unsigned int, nmis, false),
		},
	},
};

static void describe(struct own_event *own)
{
	struct kabi_event_field *field;

	own->call.class = &own->class;
	own->class.system = "fntrace";
	INIT_LIST_HEAD(&own->class.fields);
	/* At the front, as the kernel adds them. */
	for (field = own->fields; field->name; field++)
		list_add(&field->link, &own->class.fields);
}

/**
 * own_events_init - have numbers for the types of our events
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -ENOMEM, also if the kernel has no numbers left.
 */
int own_events_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(own_events); i++) {
		describe(&own_events[i]);
		if (register_trace_event(&own_events[i].call.event))
			continue;
		own_events_exit();
		return -ENOMEM;
	}
	return 0;
}

/**
 * own_events_exit - undo own_events_init(), as far as it came
 *
 * Context: process, may sleep; nobody has any of them in use.
 */
void own_events_exit(void)
{
	struct trace_event *event;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(own_events); i++) {
		event = &own_events[i].call.event;
		if (event->type)
			unregister_trace_event(event);
		event->type = 0;
	}
}

/**
 * own_event_nth - list our events
 * @n: counted from 0
 * @origin: receives what it is made at
 *
 * Context: any; after own_events_init().
 * Return: the event; NULL behind the last one.
 */
struct trace_event_call *own_event_nth(unsigned int n, enum event_origin *origin)
{
	if (n >= ARRAY_SIZE(own_events))
		return NULL;
	*origin = own_events[n].origin;
	return &own_events[n].call;
}
