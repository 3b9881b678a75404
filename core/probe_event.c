// SPDX-License-Identifier: GPL-2.0
/*
 * The event of some probes: its definition, as the kernel would have made it, and the text
 * of its records.
 */

#include "core/probe_event.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/idr.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/ring.h"
#include "core/kabi.h"
#include "core/probe_text.h"

/* The longest format of an event. */
#define FORMAT_MAX 16384

/* Fields that records have before their arguments. */
#define HEAD_FIELDS_MAX 2

/* Types are counted downwards from here: the kernel counts its own upwards. */
#define TYPE_LAST 65535
#define EVENTS_MAX 16384

static DEFINE_IDA(event_numbers);

/**
 * probe_event_of - the event of a definition
 * @def: an EVENT_OF_PROBE
 *
 * Context: any.
 * Return: the event.
 */
struct probe_event *probe_event_of(const struct event_def *def)
{
	return container_of(def->call, struct probe_event, call);
}

/**
 * probe_event_destroy - undo probe_event_create()
 * @event: nobody finds its definition any more
 *
 * Context: process.
 */
void probe_event_destroy(struct probe_event *event)
{
	unsigned int i;

	/* Types were made for arguments only. */
	for (i = 0; event->fields && i < event->nr_args + HEAD_FIELDS_MAX; i++)
		if (i >= HEAD_FIELDS_MAX)
			kfree(event->fields[i].type);
	kvfree(event->fields);
	probe_args_destroy(event->args, event->nr_args);
	if (event->number >= 0)
		ida_free(&event_numbers, event->number);
	kfree(event->class.system);
	kfree(event->call.name);
	kvfree(event->call.print_fmt);
	kfree(event);
}

static void add_field(struct probe_event *event, unsigned int nr, const char *type,
		      const char *name, unsigned int offset, unsigned int size)
{
	event->fields[nr] = (struct kabi_event_field) {
		.type = type,
		.name = name,
		.filter_type = FILTER_OTHER,
		.offset = offset,
		.size = size,
	};
	/* As the kernel does it: kabi_each_field() goes from the last one to the first. */
	list_add(&event->fields[nr].link, &event->class.fields);
}

static void add_head_fields(struct probe_event *event)
{
	unsigned int word = sizeof(unsigned long);

	if (!event->returns) {
		add_field(event, 0, "unsigned long", "__probe_ip",
			  offsetof(struct probe_entry_head, ip), word);
		return;
	}
	add_field(event, 0, "unsigned long", "__probe_func",
		  offsetof(struct probe_return_head, func), word);
	add_field(event, 1, "unsigned long", "__probe_ret_ip",
		  offsetof(struct probe_return_head, ret_ip), word);
}

static int add_arg_field(struct probe_event *event, unsigned int nr)
{
	const struct probe_arg *arg = &event->args[nr];
	struct kabi_event_field *field = &event->fields[HEAD_FIELDS_MAX + nr];
	char buf[32], *type;
	struct text text;

	text_init(&text, buf, sizeof(buf));
	probe_print_field_type(&text, arg);
	type = kstrdup(buf, GFP_KERNEL);
	if (!type)
		return -ENOMEM;
	add_field(event, HEAD_FIELDS_MAX + nr, type, arg->name,
		  probe_head_size(event->returns) + arg->offset, probe_arg_size(arg));
	field->is_signed = probe_type_is_signed(arg->type);
	if (probe_arg_is_text(arg))
		field->filter_type = FILTER_DYN_STRING;
	else
		field->len = arg->count;
	return 0;
}

static int add_fields(struct probe_event *event)
{
	unsigned int i;
	int err = 0;

	event->fields = kvcalloc(event->nr_args + HEAD_FIELDS_MAX, sizeof(*event->fields),
				 GFP_KERNEL);
	if (!event->fields)
		return -ENOMEM;
	add_head_fields(event);
	for (i = 0; i < event->nr_args && !err; i++)
		err = add_arg_field(event, i);
	return err;
}

/* What all probes of an event have in common of their arguments. */
static int copy_args(struct probe_event *event, const struct probe *probe)
{
	unsigned int i;

	event->args = kvcalloc(probe->nr_args, sizeof(*event->args), GFP_KERNEL);
	if (!event->args)
		return -ENOMEM;
	event->nr_args = probe->nr_args;
	for (i = 0; i < probe->nr_args; i++) {
		event->args[i].name = kstrdup(probe->args[i].name, GFP_KERNEL);
		event->args[i].type = probe->args[i].type;
		event->args[i].count = probe->args[i].count;
		event->args[i].offset = probe->args[i].offset;
		if (!event->args[i].name)
			return -ENOMEM;
	}
	return 0;
}

static int make_format(struct probe_event *event)
{
	char *buf = kvmalloc(FORMAT_MAX, GFP_KERNEL);
	struct text text;

	if (!buf)
		return -ENOMEM;
	event->call.print_fmt = buf;
	text_init(&text, buf, FORMAT_MAX);
	probe_print_format(&text, event->args, event->nr_args, event->returns);
	return text.full ? -E2BIG : 0;
}

static int name_event(struct probe_event *event, const struct probe_spec *spec)
{
	event->class.system = kstrdup(spec->group, GFP_KERNEL);
	event->call.name = kstrdup(spec->event, GFP_KERNEL);
	event->number = ida_alloc_max(&event_numbers, EVENTS_MAX, GFP_KERNEL);
	if (!event->class.system || !event->call.name)
		return -ENOMEM;
	event->call.event.type = TYPE_LAST - event->number;
	return min(event->number, 0);
}

/**
 * probe_event_create - have an event, and everybody find it
 * @spec: its names
 * @probe: its first probe
 *
 * Context: process, may sleep.
 * Return: the event; -ENOMEM, -ENOSPC if there are too many, -E2BIG if its format is too long.
 */
struct probe_event *probe_event_create(const struct probe_spec *spec, const struct probe *probe)
{
	struct probe_event *event = kzalloc(sizeof(*event), GFP_KERNEL);
	int err;

	if (!event)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&event->probes);
	INIT_LIST_HEAD(&event->class.fields);
	event->number = -1;
	event->returns = probe->returns;
	event->call.class = &event->class;
	err = name_event(event, spec) ?: copy_args(event, probe) ?: add_fields(event) ?:
	      make_format(event);
	if (!err) {
		event->def = events_add(&event->call, EVENT_OF_PROBE);
		if (event->def)
			return event;
		err = -ENOMEM;
	}
	probe_event_destroy(event);
	return ERR_PTR(err);
}

/**
 * probe_events_exit - there are none any more
 *
 * Context: process.
 */
void probe_events_exit(void)
{
	ida_destroy(&event_numbers);
}

/* As the kernel has it: of the function that returns only the name, without its module. */
static void print_function(struct text *text, unsigned long addr)
{
	char buf[KSYM_NAME_LEN];
	const char *name;

	preempt_disable();
	name = kabi_lookup_symbol(addr, NULL, NULL, NULL, buf);
	if (name)
		text_puts(text, name);
	else
		text_printf(text, "0x%lx", addr);
	preempt_enable();
}

static void print_head(struct text *text, const struct probe_event *event, const void *record)
{
	const struct probe_return_head *returns = record;
	const struct probe_entry_head *entry = record;

	if (!event->returns) {
		text_printf(text, "%s: (%pS)", event->call.name, (void *)entry->ip);
		return;
	}
	text_printf(text, "%s: (%pS <- ", event->call.name, (void *)returns->ret_ip);
	print_function(text, returns->func);
	text_putc(text, ')');
}

/**
 * probes_print - the text of a record of a probe's event
 * @text: receives it
 * @event: the event
 * @record: the record, which has all its fields
 *
 * Context: process, may sleep; with events_lock().
 */
void probes_print(struct text *text, const struct event_def *event,
		  const struct rb_event *record)
{
	const struct probe_event *probes = probe_event_of(event);
	const struct probe_record args = {
		.bytes = record->payload,
		.len = record->len,
		.head = probe_head_size(probes->returns),
	};

	print_head(text, probes, record->payload);
	probe_print_args(text, probes->args, probes->nr_args, &args);
	text_putc(text, '\n');
}
