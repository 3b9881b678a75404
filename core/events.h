/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_EVENTS_H
#define FNT_CORE_EVENTS_H

/*
 * Static events: which there are, what their records are like. Of those of the kernel the
 * numbers of their types and their formats are the kernel's own.
 */

#include <linux/list.h>
#include <linux/types.h>

#include "core/event_filter.h"
#include "core/text.h"

struct module;
struct trace_event_call;

/* What an event is made at. */
enum event_origin {
	EVENT_OF_TRACEPOINT,
	EVENT_OF_SYSCALL_ENTRY,
	EVENT_OF_SYSCALL_EXIT,
	EVENT_OF_PROBE,		/* of ours, see probes.h */
	EVENT_OF_MARKS,		/* what is written to trace_marker; in no list */
	/* Those of own_events.c. */
	EVENT_OF_TICKS,
	EVENT_OF_GAPS,
};

/**
 * struct event_system - a directory of events/
 * @node: in the list of all
 * @name: its name
 * @number: that no other has, and none will have
 * @events: those in it
 */
struct event_system {
	struct list_head node;
	const char *name;
	unsigned int number;
	struct list_head events;
};

/**
 * struct event_def - an event
 * @node: in the list of all, in the kernel's order
 * @sibling: in that of its system
 * @system: the system
 * @name: its name
 * @number: that no other has, and none will have
 * @type: of its records
 * @origin: what it is made at
 * @call: what the kernel knows of it
 * @module: that it is in; NULL for the kernel image
 * @size: bytes of its records at least
 */
struct event_def {
	struct list_head node;
	struct list_head sibling;
	struct event_system *system;
	const char *name;
	unsigned int number;
	u16 type;
	enum event_origin origin;
	struct trace_event_call *call;
	const struct module *module;
	unsigned int size;
};

/**
 * event_is_own - is it none of the kernel's?
 * @event: the event
 *
 * Context: any.
 * Return: true if this module makes it.
 */
static inline bool event_is_own(const struct event_def *event)
{
	return event->origin >= EVENT_OF_TICKS;
}

/**
 * struct event_field_finder - looks for fields of an event
 * @event: the event
 * @name: what is looked for
 * @len: its length
 * @field: what was found last
 */
struct event_field_finder {
	const struct event_def *event;
	const char *name;
	size_t len;
	struct filter_field field;
};

int events_init(void);
void events_exit(void);

/* For whoever changes the list; see struct event_source for who is told. */
int events_scan(const struct module *module);
void events_forget(const struct module *module);
struct event_def *events_add(struct trace_event_call *call, enum event_origin origin);
void events_unlink(struct event_def *event, struct list_head *gone);
void events_free(struct list_head *gone);
void events_follow(void (*gone)(const struct event_def *event));

void events_lock(void);
bool events_try_lock(void);
void events_unlock(void);
struct event_def *events_next(struct event_def *event);
struct event_def *events_numbered(unsigned int number);
struct event_def *events_of_type(u16 type);
struct event_def *events_named(const char *system, const char *name);
struct event_def *events_marks(void);
struct event_system *event_system_from(unsigned int number);
struct event_system *event_system_numbered(unsigned int number);
struct event_def *event_from(const struct event_system *system, unsigned int number);
struct event_def *event_in(const struct event_system *system, const char *name, size_t len);

const struct filter_field *event_field_find(void *finder, const char *name, size_t len);
void events_print_format(struct text *text, const struct event_def *event);

#endif
