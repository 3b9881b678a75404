// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's static events: a list of them, made when this module is loaded, that
 * follows other modules as they come and go.
 */

#include "core/events.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/trace_events.h>

#include "core/kabi.h"
#include "core/own_events.h"

/* Changed by events_scan() and events_forget() alone, read by all who hold it. */
static DECLARE_RWSEM(events_rwsem);
static LIST_HEAD(all_events);
static LIST_HEAD(all_systems);
static unsigned int next_number;

/*
 * What is written to trace_marker. It is switched by nobody, so it is in none of the lists, but
 * has a number.
 */
static struct event_system marks_system = {
	.name = "ftrace",
	.events = LIST_HEAD_INIT(marks_system.events),
};

static struct event_def marks = { .system = &marks_system, .origin = EVENT_OF_MARKS };

/* Who is told of events that have gone; the mutex is held while it is being told. */
static void (*gone_fn)(const struct event_def *event);
static DEFINE_MUTEX(gone_mutex);

/* What a filter knows beside the fields, by all the names that it has in the kernel. */
static const struct filter_field scene_fields[] = {
	{ .name = "cpu", .kind = FILTER_THIS_CPU, .size = sizeof(int), .is_signed = true },
	{ .name = "CPU", .kind = FILTER_THIS_CPU, .size = sizeof(int), .is_signed = true },
	{ .name = "common_cpu", .kind = FILTER_THIS_CPU, .size = sizeof(int), .is_signed = true },
	{ .name = "comm", .kind = FILTER_TASK_COMM },
	{ .name = "COMM", .kind = FILTER_TASK_COMM },
};

/**
 * events_lock - have the list stay as it is
 *
 * Context: process, may sleep.
 */
void events_lock(void)
{
	down_read(&events_rwsem);
}

/**
 * events_try_lock - events_lock(), if nobody changes the list
 *
 * Context: any.
 * Return: true if events_unlock() must follow.
 */
bool events_try_lock(void)
{
	return down_read_trylock(&events_rwsem);
}

/**
 * events_unlock - undo events_lock()
 *
 * Context: process.
 */
void events_unlock(void)
{
	up_read(&events_rwsem);
}

static enum filter_kind kind_of(const struct kabi_event_field *field)
{
	switch (field->filter_type) {
	case FILTER_STATIC_STRING:
		return FILTER_STRING;
	case FILTER_DYN_STRING:
		return FILTER_LOCATED;
	case FILTER_RDYN_STRING:
		return FILTER_LOCATED_BEHIND;
	case FILTER_PTR_STRING:
		return FILTER_POINTER;
	default:
		return FILTER_NUMBER;
	}
}

static int measure_field(void *data, const struct kabi_event_field *field)
{
	unsigned int *size = data;

	*size = max_t(unsigned int, *size, field->offset + field->size);
	return 0;
}

static struct event_system *system_of(const char *name)
{
	struct event_system *system;

	list_for_each_entry(system, &all_systems, node)
		if (!strcmp(system->name, name))
			return system;
	system = kzalloc(sizeof(*system), GFP_KERNEL);
	if (!system)
		return NULL;
	system->name = kstrdup(name, GFP_KERNEL);
	if (!system->name) {
		kfree(system);
		return NULL;
	}
	system->number = next_number++;
	INIT_LIST_HEAD(&system->events);
	list_add_tail(&system->node, &all_systems);
	return system;
}

/* Is it of a system that goes with it? Then that is freed with the last of its events. */
static void event_free(struct event_def *event, const struct list_head *others)
{
	struct event_system *system = event->system;
	const struct event_def *other;
	bool last = list_empty(&system->events);

	list_del(&event->node);
	list_for_each_entry(other, others, node)
		last &= other->system != system;
	if (last) {
		kfree(system->name);
		kfree(system);
	}
	kfree(event);
}

static struct event_def *event_create(struct trace_event_call *call, enum event_origin origin)
{
	struct event_def *event = kzalloc(sizeof(*event), GFP_KERNEL);

	if (!event)
		return NULL;
	event->call = call;
	event->origin = origin;
	event->name = trace_event_name(call);
	event->type = call->event.type;
	event->module = call->module;
	event->size = sizeof(struct trace_entry);
	kabi_each_field(call, measure_field, &event->size);
	event->system = system_of(call->class->system);
	if (!event->system) {
		kfree(event);
		return NULL;
	}
	event->number = next_number++;
	/* As the kernel lists them: what came last first, but for what it was made with. */
	if (event->module)
		list_add(&event->node, &all_events);
	else
		list_add_tail(&event->node, &all_events);
	list_add_tail(&event->sibling, &event->system->events);
	return event;
}

/* Of one module, or of all that are not about to go. */
struct scan {
	const struct module *module;
	bool all;
	int err;
};

/* Those that users make and remove are not among them, nor what tracers record. */
static bool is_static(const struct trace_event_call *call, enum event_origin *origin)
{
	if (call->flags & (TRACE_EVENT_FL_DYNAMIC | TRACE_EVENT_FL_IGNORE_ENABLE))
		return false;
	if (call->flags & TRACE_EVENT_FL_TRACEPOINT) {
		*origin = EVENT_OF_TRACEPOINT;
		return call->class->probe;
	}
	if (strcmp(call->class->system, "syscalls"))
		return false;
	*origin = str_has_prefix(trace_event_name((struct trace_event_call *)call),
				 "sys_enter") ? EVENT_OF_SYSCALL_ENTRY : EVENT_OF_SYSCALL_EXIT;
	return true;
}

/* Of a module that comes while this one does we are told, too. */
static bool is_known(const struct trace_event_call *call)
{
	struct event_def *event;

	list_for_each_entry(event, &all_events, node)
		if (event->call == call)
			return true;
	return false;
}

static void scan_one(void *data, struct trace_event_call *call)
{
	const struct module *module = call->module;
	struct scan *scan = data;
	enum event_origin origin;

	if (!is_static(call, &origin) || (!scan->all && module != scan->module))
		return;
	if (module && (READ_ONCE(module->state) == MODULE_STATE_GOING || is_known(call)))
		return;
	if (!event_create(call, origin))
		scan->err = -ENOMEM;
}

static void find_marks(void *data, struct trace_event_call *call)
{
	if (strcmp(call->class->system, marks_system.name) ||
	    strcmp(trace_event_name(call), "print"))
		return;
	marks.call = call;
	marks.name = trace_event_name(call);
	marks.type = call->event.type;
	marks.number = next_number++;
}

static int scan_events(struct scan *scan)
{
	down_write(&events_rwsem);
	kabi_each_event(scan_one, scan);
	up_write(&events_rwsem);
	return scan->err;
}

/**
 * events_scan - take up the events of a module
 * @module: it has just come
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM: then some are missing.
 */
int events_scan(const struct module *module)
{
	struct scan scan = { .module = module };

	return kabi_has_events() ? scan_events(&scan) : 0;
}

static void tell_gone(const struct event_def *event)
{
	mutex_lock(&gone_mutex);
	if (gone_fn)
		gone_fn(event);
	mutex_unlock(&gone_mutex);
}

/**
 * events_add - have an event that is none of the kernel's
 * @call: what the kernel would know of it; it stays until events_free() has returned
 * @origin: what it is made at
 *
 * Context: process, may sleep.
 * Return: the event; NULL without memory.
 */
struct event_def *events_add(struct trace_event_call *call, enum event_origin origin)
{
	struct event_def *event;

	down_write(&events_rwsem);
	event = event_create(call, origin);
	up_write(&events_rwsem);
	return event;
}

static void unlink(struct event_def *event, struct list_head *gone)
{
	list_move(&event->node, gone);
	list_del_init(&event->sibling);
	if (list_empty(&event->system->events))
		list_del_init(&event->system->node);
}

/**
 * events_unlink - have nobody find an event any more
 * @event: the event; no trace has it in use
 * @gone: receives it, for events_free()
 *
 * Context: process, may sleep.
 */
void events_unlink(struct event_def *event, struct list_head *gone)
{
	down_write(&events_rwsem);
	unlink(event, gone);
	up_write(&events_rwsem);
}

/**
 * events_free - free events, and those of their systems that have no other
 * @gone: events from events_unlink()
 *
 * Context: process, may sleep; no lock of ours held, as events_follow() says.
 */
void events_free(struct list_head *gone)
{
	struct event_def *event, *next;

	/* Nobody finds them any more; their names are still there. */
	list_for_each_entry(event, gone, node)
		tell_gone(event);
	down_write(&events_rwsem);
	list_for_each_entry_safe(event, next, gone, node)
		event_free(event, gone);
	up_write(&events_rwsem);
}

/**
 * events_forget - drop the events of a module
 * @module: it is about to go; NULL for those of the kernel image
 *
 * Context: process, may sleep; no trace has any of them in use.
 */
void events_forget(const struct module *module)
{
	struct event_def *event, *next;
	LIST_HEAD(gone);

	down_write(&events_rwsem);
	list_for_each_entry_safe(event, next, &all_events, node)
		if (event->module == module)
			unlink(event, &gone);
	up_write(&events_rwsem);
	events_free(&gone);
}

/**
 * events_follow - be told of events that have gone
 * @gone: called with an event that nobody finds any more, while its names are there; if
 *        it was the last of its system, that has no other. NULL to be told no more, and
 *        then it is not running any more
 *
 * Context: process, may sleep; so is @gone's, with no lock of ours held.
 */
void events_follow(void (*gone)(const struct event_def *event))
{
	mutex_lock(&gone_mutex);
	gone_fn = gone;
	mutex_unlock(&gone_mutex);
}

static int add_own(void)
{
	struct trace_event_call *call;
	enum event_origin origin;
	unsigned int n;
	int err = own_events_init();

	down_write(&events_rwsem);
	for (n = 0; !err && (call = own_event_nth(n, &origin)); n++)
		if (!event_create(call, origin))
			err = -ENOMEM;
	up_write(&events_rwsem);
	return err;
}

/**
 * events_init - find the events that there are
 *
 * Context: process, may sleep; once, at load.
 * Return: 0, also if the kernel hides them, and what is needed for ours; -ENOMEM.
 */
int events_init(void)
{
	struct scan scan = { .all = true };

	if (!kabi_has_events())
		return 0;
	kabi_each_event(find_marks, NULL);
	return scan_events(&scan) ?: add_own();
}

/**
 * events_exit - undo events_init() and events_scan()
 *
 * Context: process, may sleep; no trace has any event in use.
 */
void events_exit(void)
{
	struct event_def *event;

	while (!list_empty(&all_events)) {
		event = list_first_entry(&all_events, struct event_def, node);
		events_forget(event->module);
	}
	own_events_exit();
}

/**
 * events_next - go through all events, in the kernel's order
 * @event: the one before; NULL to begin
 *
 * Context: process; with events_lock() until the result is done with.
 * Return: the event; NULL behind the last one.
 */
struct event_def *events_next(struct event_def *event)
{
	if (!event)
		return list_first_entry_or_null(&all_events, struct event_def, node);
	return list_is_last(&event->node, &all_events) ? NULL : list_next_entry(event, node);
}

/**
 * events_marks - the event of what is written to trace_marker
 *
 * It may have triggers, and is recorded whether anybody wants it or not.
 *
 * Context: any.
 * Return: the event; NULL if the kernel hides its events.
 */
struct event_def *events_marks(void)
{
	return marks.call ? &marks : NULL;
}

/**
 * events_numbered - the event that has a number
 * @number: of an event, perhaps of one that has gone
 *
 * Context: process; with events_lock().
 * Return: the event; NULL if it has gone.
 */
struct event_def *events_numbered(unsigned int number)
{
	struct event_def *event = events_marks();

	if (event && event->number == number)
		return event;
	list_for_each_entry(event, &all_events, node)
		if (event->number == number)
			return event;
	return NULL;
}

/**
 * events_of_type - the event whose records have a type
 * @type: of a record
 *
 * Context: process; with events_lock().
 * Return: the event; NULL if it has gone.
 */
struct event_def *events_of_type(u16 type)
{
	struct event_def *event;

	list_for_each_entry(event, &all_events, node)
		if (event->type == type)
			return event;
	return NULL;
}

/**
 * events_named - the event that has a name
 * @system: its system
 * @name: its name
 *
 * Context: process; with events_lock().
 * Return: the event; NULL if there is none.
 */
struct event_def *events_named(const char *system, const char *name)
{
	struct event_def *event;

	list_for_each_entry(event, &all_events, node)
		if (!strcmp(event->name, name) && !strcmp(event->system->name, system))
			return event;
	return NULL;
}

/**
 * event_system_from - list the systems
 * @number: 0, or behind that of the one before
 *
 * Context: process; with events_lock().
 * Return: the system; NULL behind the last one.
 */
struct event_system *event_system_from(unsigned int number)
{
	struct event_system *system;

	list_for_each_entry(system, &all_systems, node)
		if (system->number >= number)
			return system;
	return NULL;
}

/**
 * event_system_numbered - the system that has a number
 * @number: of a system, perhaps of one that has gone
 *
 * Context: process; with events_lock().
 * Return: the system; NULL if it has gone.
 */
struct event_system *event_system_numbered(unsigned int number)
{
	struct event_system *system = event_system_from(number);

	return system && system->number == number ? system : NULL;
}

/**
 * event_from - list the events of a system
 * @system: the system
 * @number: 0, or behind that of the one before
 *
 * Context: process; with events_lock().
 * Return: the event; NULL behind the last one.
 */
struct event_def *event_from(const struct event_system *system, unsigned int number)
{
	struct event_def *event;

	list_for_each_entry(event, &system->events, sibling)
		if (event->number >= number)
			return event;
	return NULL;
}

/**
 * event_in - an event of a system by its name
 * @system: the system
 * @name: the name
 * @len: its length
 *
 * Context: process; with events_lock().
 * Return: the event; NULL if there is none.
 */
struct event_def *event_in(const struct event_system *system, const char *name, size_t len)
{
	struct event_def *event;

	list_for_each_entry(event, &system->events, sibling)
		if (strlen(event->name) == len && !memcmp(event->name, name, len))
			return event;
	return NULL;
}

static int compare_field(void *data, const struct kabi_event_field *field)
{
	struct event_field_finder *finder = data;

	if (strlen(field->name) != finder->len || memcmp(field->name, finder->name, finder->len))
		return 0;
	finder->field = (struct filter_field) {
		.name = field->name,
		.offset = field->offset,
		/* A mark has no length, but ends with a NUL. */
		.size = field->size ?: finder->event == &marks ? U16_MAX : 0,
		.is_signed = field->is_signed,
		.kind = kind_of(field),
	};
	return 1;
}

static const struct filter_field *find_scene_field(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scene_fields); i++)
		if (strlen(scene_fields[i].name) == len &&
		    !memcmp(scene_fields[i].name, name, len))
			return &scene_fields[i];
	return NULL;
}

/**
 * event_field_find - a field by its name, for event_filter_create()
 * @finder: a struct event_field_finder
 * @name: the name
 * @len: its length
 *
 * Context: process; with events_lock().
 * Return: the field, until the next call; NULL if there is none.
 */
const struct filter_field *event_field_find(void *finder, const char *name, size_t len)
{
	struct event_field_finder *find = finder;
	const struct filter_field *field;

	find->name = name;
	find->len = len;
	if (kabi_each_field(find->event->call, compare_field, find))
		return &find->field;
	field = find_scene_field(name, len);
	if (!field && kabi_each_field(NULL, compare_field, find))
		field = &find->field;
	return field;
}

/* Arrays are shown as "TYPE NAME[LEN]", but for those that are elsewhere in the record. */
static int print_field(void *data, const struct kabi_event_field *field)
{
	struct text *text = data;
	const char *bracket = strchr(field->type, '[');
	unsigned int len;

	if (!bracket || str_has_prefix(field->type, "__data_loc"))
		text_printf(text, "\tfield:%s %s;", field->type, field->name);
	else if (!kabi_field_len(field, &len))
		text_printf(text, "\tfield:%.*s %s%s;", (int)(bracket - field->type),
			    field->type, field->name, bracket);
	else if (len)
		text_printf(text, "\tfield:%.*s %s[%u];", (int)(bracket - field->type),
			    field->type, field->name, len);
	else
		text_printf(text, "\tfield:%.*s %s[];", (int)(bracket - field->type),
			    field->type, field->name);
	text_printf(text, "\toffset:%u;\tsize:%u;\tsigned:%d;\n", field->offset, field->size,
		    !!field->is_signed);
	return 0;
}

/**
 * events_print_format - the contents of an event's format file
 * @text: receives it
 * @event: the event
 *
 * Context: process; with events_lock().
 */
void events_print_format(struct text *text, const struct event_def *event)
{
	text_printf(text, "name: %s\nID: %d\nformat:\n", event->name, event->type);
	kabi_each_field(NULL, print_field, text);
	text_putc(text, '\n');
	kabi_each_field(event->call, print_field, text);
	text_printf(text, "\nprint fmt: %s\n", event->call->print_fmt);
}
