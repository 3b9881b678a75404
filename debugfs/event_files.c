// SPDX-License-Identifier: GPL-2.0
/*
 * events/, set_event, available_events: the kernel's events, which of them a trace
 * records, and which of their records.
 */

#include "debugfs/files.h"

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "core/event_files.h"
#include "core/event_special.h"
#include "core/events.h"
#include "core/text.h"

/* The longest format file. */
#define FORMAT_MAX 65536

/* Like trace_lock(), and the list of events stays. */
static void lock(void)
{
	trace_lock();
	events_lock();
}

static void unlock(void)
{
	events_unlock();
	trace_unlock();
}

/* The event that a file is about; NULL if it has gone. */
static struct event_def *event_of(const struct tree_file *file)
{
	return events_numbered(file->index);
}

SHOW(available_events_show)
{
	struct event_def *event;

	events_lock();
	for (event = events_next(NULL); event; event = events_next(event))
		seq_printf(m, "%s:%s\n", event->system->name, event->name);
	events_unlock();
	return 0;
}

SHOW(set_event_show)
{
	const struct event_file *wanted;
	struct event_def *event;

	lock();
	for (event = events_next(NULL); event; event = events_next(event)) {
		wanted = event_file_find(file->tr, event);
		if (wanted && wanted->attached)
			seq_printf(m, "%s:%s\n", event->system->name, event->name);
	}
	unlock();
	return 0;
}

static const char *unless_all(const char *name)
{
	return *name && strcmp(name, "*") ? name : NULL;
}

/* "[!]NAME", where that is an event or a system, or "[!]SYSTEM:EVENT"; "*" is all. */
static int switch_word(struct fnt_trace *tr, char *word)
{
	struct event_choice choice = { };
	bool on = *word != '!';
	char *colon;
	int err;

	word += !on;
	colon = strchr(word, ':');
	if (colon) {
		*colon = '\0';
		choice.system = unless_all(word);
		choice.name = unless_all(colon + 1);
	} else {
		choice.either = word;
	}
	lock();
	err = trace_events_switch(tr, &choice, on);
	unlock();
	return err;
}

static const char *switch_error(int err)
{
	switch (err) {
	case -EINVAL:
		return "No such event";
	case -EBUSY:
		return "Somebody else has changed the code of the event";
	case -EOPNOTSUPP:
		return "The code of the event is not as it should be";
	default:
		return NULL;
	}
}

/* Words are obeyed up to the first that is refused. */
STORE(set_event_store)
{
	char *rest = cmd, *word;
	int err = 0;

	while (!err && (word = strsep(&rest, " \t\n"))) {
		if (!*word)
			continue;
		err = switch_word(file->tr, word);
		if (err) {
			error->pos = word - cmd;
			error->what = switch_error(err);
		}
	}
	return err;
}

/**
 * set_event_truncate - switch all events off: set_event was opened with O_TRUNC
 * @file: the file
 *
 * Context: process, may sleep.
 * Return: 0.
 */
int set_event_truncate(const struct tree_file *file)
{
	static const struct event_choice all;

	lock();
	trace_events_switch(file->tr, &all, false);
	unlock();
	return 0;
}

static int store_switch(const struct tree_file *file, const struct event_choice *choice,
			const char *cmd, struct tree_error *error)
{
	bool on;
	int err = file_switch(cmd, &on, error);

	if (err)
		return err;
	err = trace_events_switch(file->tr, choice, on);
	if (err != -EINVAL)
		error->what = switch_error(err);
	/* Of a kernel that hides its events none can be switched on. */
	return err == -EINVAL && !on ? 0 : err;
}

SHOW(events_enable_show)
{
	static const struct event_choice all;

	lock();
	seq_printf(m, "%c\n", trace_events_state(file->tr, &all));
	unlock();
	return 0;
}

STORE(events_enable_store)
{
	static const struct event_choice all;
	int err;

	lock();
	err = store_switch(file, &all, cmd, error);
	unlock();
	return err;
}

SHOW(system_enable_show)
{
	struct event_choice choice = { };
	int err = -ENODEV;

	lock();
	choice.of = event_system_numbered(file->index);
	if (choice.of) {
		seq_printf(m, "%c\n", trace_events_state(file->tr, &choice));
		err = 0;
	}
	unlock();
	return err;
}

STORE(system_enable_store)
{
	struct event_choice choice = { };
	int err = -ENODEV;

	lock();
	choice.of = event_system_numbered(file->index);
	if (choice.of)
		err = store_switch(file, &choice, cmd, error);
	unlock();
	return err;
}

/* A star behind it: triggers have it called, whether it is recorded or not. */
SHOW(event_enable_show)
{
	const struct event_file *wanted;
	const struct event_def *event;
	bool attached, off;

	lock();
	event = event_of(file);
	wanted = event ? event_file_find(file->tr, event) : NULL;
	attached = wanted && wanted->attached;
	off = wanted && READ_ONCE(wanted->special) & EVENT_SOFT_OFF;
	if (event)
		seq_printf(m, "%d%s\n", attached && !off,
			   wanted && (off || wanted->soft_users) ? "*" : "");
	unlock();
	return event ? 0 : -ENODEV;
}

STORE(event_enable_store)
{
	struct event_choice choice = { };
	int err = -ENODEV;

	lock();
	choice.event = event_of(file);
	if (choice.event)
		err = store_switch(file, &choice, cmd, error);
	unlock();
	return err;
}

SHOW(event_id_show)
{
	const struct event_def *event;

	events_lock();
	event = event_of(file);
	if (event)
		seq_printf(m, "%d\n", event->type);
	events_unlock();
	return event ? 0 : -ENODEV;
}

SHOW(kernel_format_show)
{
	char *buf = kvmalloc(FORMAT_MAX, GFP_KERNEL);
	const struct event_def *event;
	struct text text;

	if (!buf)
		return -ENOMEM;
	text_init(&text, buf, FORMAT_MAX);
	events_lock();
	event = event_of(file);
	if (event)
		events_print_format(&text, event);
	events_unlock();
	seq_write(m, text.buf, text.len);
	kvfree(buf);
	return event ? 0 : -ENODEV;
}

static const struct event_filter *filter_of(const struct event_file *file)
{
	return file ? rcu_dereference_protected(file->filter, true) : NULL;
}

SHOW(event_filter_show)
{
	const struct event_filter *filter;
	const struct event_def *event;

	lock();
	event = event_of(file);
	if (event) {
		filter = filter_of(event_file_find(file->tr, event));
		seq_printf(m, "%s\n", filter ? event_filter_text(filter) : "none");
	}
	unlock();
	return event ? 0 : -ENODEV;
}

/* A filter for an event of a trace, with what it needs; of "0", none. */
static int make_filter(struct event_def *event, const char *text, struct event_filter **filter,
		       struct filter_fault *fault)
{
	struct event_field_finder finder = { .event = event };
	int err;

	*filter = NULL;
	if (!strcmp(text, "0"))
		return 0;
	err = event_filter_create(text, event_field_find, &finder, filter, fault);
	if (err)
		return err;
	err = special_get();
	if (err)
		event_filter_destroy(*filter);
	return err;
}

static int set_filter(struct fnt_trace *tr, struct event_def *event, const char *text,
		      struct filter_fault *fault)
{
	struct event_filter *filter;
	struct event_file *wanted;
	int err = make_filter(event, text, &filter, fault);

	if (err)
		return err;
	wanted = filter ? event_file_get(tr, event) : event_file_find(tr, event);
	if (wanted) {
		event_file_set_filter(wanted, filter);
		return 0;
	}
	if (!filter)
		return 0;
	special_put();
	event_filter_destroy(filter);
	return -ENOMEM;
}

STORE(event_filter_store)
{
	struct filter_fault fault = { };
	struct event_def *event;
	int err = -ENODEV;

	lock();
	event = event_of(file);
	if (event)
		err = set_filter(file->tr, event, cmd, &fault);
	unlock();
	error->pos = fault.pos;
	error->what = fault.what;
	return err;
}

static const char system_filter_help[] =
	"### global filter ###\n"
	"# Use this to set filters for multiple events.\n"
	"# Only events with the given fields will be affected.\n"
	"# If no events are modified, an error message will be displayed here\n";

SHOW(system_filter_show)
{
	const char *text;
	bool there;

	lock();
	there = event_system_numbered(file->index);
	text = xa_load(&file->tr->system_filters, file->index);
	if (there && text)
		seq_printf(m, "%s\n", text);
	else if (there)
		seq_puts(m, system_filter_help);
	unlock();
	return there ? 0 : -ENODEV;
}

/* For those events that have all the fields. What is wrong is told of the last other. */
static int set_filters(struct fnt_trace *tr, const struct event_system *system, const char *text,
		       struct filter_fault *fault)
{
	struct event_def *event;
	bool done = false;
	int err;

	for (event = event_from(system, 0); event; event = event_from(system, event->number + 1)) {
		err = set_filter(tr, event, text, fault);
		if (err == -ENOMEM)
			return err;
		done |= !err;
	}
	if (done)
		return 0;
	fault->what = "Couldn't find or set field in one of a subsystem's events";
	return -EINVAL;
}

/* What was written last is shown. */
static int keep_text(struct fnt_trace *tr, unsigned int number, const char *text)
{
	char *copy = NULL, *old;

	if (strcmp(text, "0")) {
		copy = kstrdup(text, GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
	}
	old = copy ? xa_store(&tr->system_filters, number, copy, GFP_KERNEL) :
		     xa_erase(&tr->system_filters, number);
	if (xa_is_err(old)) {
		kfree(copy);
		return xa_err(old);
	}
	kfree(old);
	return 0;
}

STORE(system_filter_store)
{
	const struct event_system *system;
	struct filter_fault fault = { };
	int err = -ENODEV;

	lock();
	system = event_system_numbered(file->index);
	if (system)
		err = set_filters(file->tr, system, cmd, &fault);
	if (!err)
		err = keep_text(file->tr, file->index, cmd);
	unlock();
	if (err) {
		error->pos = fault.pos;
		error->what = fault.what;
	}
	return err;
}
