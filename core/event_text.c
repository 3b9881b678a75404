// SPDX-License-Identifier: GPL-2.0
/*
 * Records of the kernel's events as text: by the kernel's own function for each, which
 * its definition has made, so that it is the text that the kernel itself shows. It is
 * called through the kernel's own table, as the kernel calls it.
 *
 * It wants an iterator of the kernel's, of which it uses the record and room for text.
 * The trace that it belongs to is none: where the kernel asks that for an option, it
 * finds the option as it is at first, or, as we choose, no option at all.
 */

#include "core/event_text.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/trace_events.h>
#include <linux/trace_seq.h>

#include <trace/syscall.h>

#include "core/event.h"
#include "core/events.h"
#include "core/probes.h"

/* The longest format of an event: as print_fmt of the kernel's have room for. */
#define FORMAT_MAX 4096

/**
 * struct event_printer - one reader's
 * @iter: what the kernel's functions print with
 * @format: room that they need
 */
struct event_printer {
	struct trace_iterator iter;
	char format[FORMAT_MAX];
};

/**
 * event_printer_create - have a printer
 *
 * Context: process, may sleep.
 * Return: the printer; NULL without memory.
 */
struct event_printer *event_printer_create(void)
{
	struct event_printer *printer = kvzalloc(sizeof(*printer), GFP_KERNEL);

	if (!printer)
		return NULL;
	printer->iter.fmt = printer->format;
	printer->iter.fmt_size = sizeof(printer->format);
	return printer;
}

/**
 * event_printer_destroy - undo event_printer_create()
 * @printer: the printer; may be NULL
 *
 * Context: process.
 */
void event_printer_destroy(struct event_printer *printer)
{
	kvfree(printer);
}

/* A trace of the kernel's without any option: as large as its structure at least. */
static const u8 no_options[SZ_8K] __aligned(8);

/**
 * event_printer_hash_pointers - choose what "%p" of an event shows
 * @printer: the printer
 * @hash: a number that stands for the pointer; else the pointer itself
 *
 * The kernel asks the trace that the record is of for the option hash-ptr, and does so if
 * there is none (v6.1: trace_event_format()).
 *
 * Context: any.
 */
void event_printer_hash_pointers(struct event_printer *printer, bool hash)
{
	printer->iter.tr = hash ? NULL : (struct trace_array *)no_options;
}

static void print_syscall_entry(struct text *text, const struct event_def *event,
				const struct rb_event *record)
{
	const struct event_syscall_enter *enter = record->payload;
	const struct syscall_metadata *meta = event->call->data;
	unsigned int i;

	text_printf(text, "%s(", meta->name);
	for (i = 0; i < meta->nb_args; i++) {
		if (record->len < struct_size(enter, args, i + 1))
			break;
		text_printf(text, "%s%s: %lx", i ? ", " : "", meta->args[i], enter->args[i]);
	}
	text_puts(text, ")\n");
}

static void print_syscall_exit(struct text *text, const struct event_def *event,
			       const struct rb_event *record)
{
	const struct event_syscall_exit *exit = record->payload;
	const struct syscall_metadata *meta = event->call->data;

	text_printf(text, "%s -> 0x%lx\n", meta->name, exit->ret);
}

static void print_by_kernel(struct event_printer *printer, struct text *text,
			    const struct event_def *event, const struct rb_event *record)
{
	struct trace_iterator *iter = &printer->iter;
	struct trace_event *kernels = &event->call->event;

	trace_seq_init(&iter->seq);
	iter->ent = (struct trace_entry *)record->payload;
	iter->ent_size = record->len;
	iter->ts = record->ts;
	if (kernels->funcs && kernels->funcs->trace)
		kernels->funcs->trace(iter, 0, kernels);
	text_put(text, iter->seq.buffer, trace_seq_used(&iter->seq));
}

/**
 * event_printer_print_held - event_printer_print(), by who has seen to it that the list of
 *			      events stays as it is
 * @printer: from event_printer_create()
 * @text: receives the text; NULL to ask only
 * @event: the record
 *
 * Context: any.
 * Return: false if there is no such event, or if the record is too short for it.
 */
bool event_printer_print_held(void *printer, struct text *text, const struct rb_event *event)
{
	const struct trace_entry *ent = event->payload;
	const struct event_def *def = events_of_type(ent->type);

	if (!def || (event->len < def->size && def->origin != EVENT_OF_SYSCALL_ENTRY))
		return false;
	if (!text)
		return true;
	if (def->origin == EVENT_OF_SYSCALL_ENTRY)
		print_syscall_entry(text, def, event);
	else if (def->origin == EVENT_OF_SYSCALL_EXIT)
		print_syscall_exit(text, def, event);
	else if (def->origin == EVENT_OF_PROBE)
		probes_print(text, def, event);
	else
		print_by_kernel(printer, text, def, event);
	return true;
}

/**
 * event_printer_print - the text of a record, if it is of an event of the kernel's
 * @printer: from event_printer_create()
 * @text: receives the text; NULL to ask only
 * @event: the record
 *
 * Context: process, may sleep.
 * Return: false if there is no such event, or if the record is too short for it.
 */
bool event_printer_print(void *printer, struct text *text, const struct rb_event *event)
{
	bool known;

	events_lock();
	known = event_printer_print_held(printer, text, event);
	events_unlock();
	return known;
}
