// SPDX-License-Identifier: GPL-2.0
/*
 * What each trace wants of the kernel's events. Of most events it wants nothing, and
 * of these nothing is kept.
 */

#include "core/event_files.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/xarray.h>

#include "core/commands.h"
#include "core/event_special.h"
#include "core/event_triggers.h"
#include "core/instances.h"
#include "core/latency.h"
#include "core/snapshot.h"
#include "core/trace.h"

static const struct event_source *event_source;

/* Of the options those that are obeyed at each event. */
static unsigned int special_options(const struct fnt_trace *tr, u64 options)
{
	unsigned int bits = 0;

	if (options & TRACE_OPT_STACK)
		bits |= EVENT_STACK_BEHIND;
	if (options & TRACE_OPT_USER_STACK)
		bits |= EVENT_USER_STACK_BEHIND;
	if (pids_choosy(&tr->event_pids))
		bits |= EVENT_CHOOSY;
	return bits;
}

#define SPECIAL_OPTIONS (EVENT_STACK_BEHIND | EVENT_USER_STACK_BEHIND | EVENT_CHOOSY)

/* With tracer_mutex; but triggers switch events on and off at any time. */
static void change_special(struct event_file *file, unsigned int bits, unsigned int to)
{
	unsigned int old = READ_ONCE(file->special), seen;

	for (;;) {
		seen = cmpxchg(&file->special, old, (old & ~bits) | to);
		if (seen == old)
			return;
		old = seen;
	}
}

/**
 * event_file_special - change why the quick way is not enough
 * @file: the event of a trace
 * @bits: EVENT_*
 * @on: it is because of them, or is not any more
 *
 * Context: any, NMI-safe.
 */
void event_file_special(struct event_file *file, unsigned int bits, bool on)
{
	change_special(file, bits, on ? bits : 0);
}

#define STACK_OPTIONS (TRACE_OPT_STACK | TRACE_OPT_USER_STACK)

/**
 * trace_events_set_options - options or tasks of a trace change
 * @tr: the trace, whose options are still what they were
 * @options: what they become
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM: then nothing has changed.
 */
int trace_events_set_options(struct fnt_trace *tr, u64 options)
{
	bool stacks = options & STACK_OPTIONS, had = tr->options & STACK_OPTIONS;
	struct event_file *file;
	unsigned long number;
	int err = stacks && !had ? special_get() : 0;

	if (err)
		return err;
	xa_for_each(&tr->event_files, number, file)
		change_special(file, SPECIAL_OPTIONS, special_options(tr, options));
	WRITE_ONCE(tr->marks_have_stacks, options & TRACE_OPT_USER_STACK);
	if (had && !stacks) {
		tracepoint_synchronize_unregister();
		special_put();
	}
	return 0;
}

/**
 * event_file_find - what a trace wants of an event
 * @tr: the trace
 * @event: the event
 *
 * Context: process; tracer_mutex held.
 * Return: it; NULL if that is nothing.
 */
struct event_file *event_file_find(const struct fnt_trace *tr, const struct event_def *event)
{
	return xa_load(&((struct fnt_trace *)tr)->event_files, event->number);
}

/**
 * event_file_get - the same, to be changed
 * @tr: the trace
 * @event: the event
 *
 * Context: process, may sleep; tracer_mutex held, with events_lock().
 * Return: it; NULL without memory.
 */
struct event_file *event_file_get(struct fnt_trace *tr, struct event_def *event)
{
	struct event_file *file = event_file_find(tr, event);

	if (file)
		return file;
	file = kzalloc(sizeof(*file), GFP_KERNEL);
	if (!file)
		return NULL;
	file->tr = tr;
	file->event = event;
	file->type = event->type;
	file->special = special_options(tr, tr->options);
	file->native.event_call = event->call;
	if (!xa_err(xa_store(&tr->event_files, event->number, file, GFP_KERNEL)))
		return file;
	kfree(file);
	return NULL;
}

static bool is_chosen(const struct event_choice *choice, const struct event_def *event)
{
	const char *system = event->system->name;

	if (choice->either && strcmp(choice->either, event->name) &&
	    strcmp(choice->either, system))
		return false;
	if (choice->system && strcmp(choice->system, system))
		return false;
	if (choice->name && strcmp(choice->name, event->name))
		return false;
	if (choice->event && choice->event != event)
		return false;
	return !choice->of || choice->of == event->system;
}

/* All events, named by nobody: not those whose sources run for their sake alone. */
static bool is_meant(const struct event_choice *choice, const struct event_def *event)
{
	bool named = choice->either || choice->system || choice->name || choice->event ||
		     choice->of;

	return is_chosen(choice, event) && (named || !event_is_own(event));
}

/* Is it recorded, as far as enable files say? */
static bool is_on(const struct event_file *file)
{
	return file && file->attached && !(READ_ONCE(file->special) & EVENT_SOFT_OFF);
}

/* Files on their way to being attached or detached. */
struct file_list {
	struct event_file **files;
	unsigned int nr;
};

static int attach(struct file_list *list)
{
	unsigned int i;
	int err = list->nr ? event_source->attach(list->files, list->nr) : 0;

	for (i = 0; i < list->nr && !err; i++) {
		list->files[i]->attached = true;
		list->files[i]->tr->events_attached++;
		list->files[i]->recorded = true;
	}
	return err;
}

static void detach(struct file_list *list)
{
	unsigned int i;

	if (list->nr)
		event_source->detach(list->files, list->nr);
	for (i = 0; i < list->nr; i++) {
		list->files[i]->attached = false;
		list->files[i]->tr->events_attached--;
	}
}

static unsigned int count_chosen(const struct event_choice *choice)
{
	struct event_def *event;
	unsigned int nr = 0;

	for (event = events_next(NULL); event; event = events_next(event))
		nr += is_chosen(choice, event);
	return nr;
}

/* All of them, so that nothing fails behind the first that is switched on. */
static int files_get(struct fnt_trace *tr, const struct event_choice *choice)
{
	struct event_def *event;

	for (event = events_next(NULL); event; event = events_next(event))
		if (is_meant(choice, event) && !event_file_get(tr, event))
			return -ENOMEM;
	return 0;
}

/* Those of the chosen that are attached, or that are not. */
static void collect(struct fnt_trace *tr, const struct event_choice *choice, bool attached,
		    struct file_list *list)
{
	struct event_def *event;
	struct event_file *file;

	for (event = events_next(NULL); event; event = events_next(event)) {
		if (!(attached ? is_chosen(choice, event) : is_meant(choice, event)))
			continue;
		file = event_file_find(tr, event);
		if (file && file->attached == attached && (!attached || !file->soft_users))
			list->files[list->nr++] = file;
	}
}

static void set_soft_off(struct fnt_trace *tr, const struct event_choice *choice, bool off)
{
	struct event_def *event;
	struct event_file *file;

	for (event = events_next(NULL); event; event = events_next(event)) {
		file = is_chosen(choice, event) ? event_file_find(tr, event) : NULL;
		if (file && (off || is_meant(choice, event)))
			event_file_special(file, EVENT_SOFT_OFF, off && file->soft_users);
	}
}

static int switch_chosen(struct fnt_trace *tr, const struct event_choice *choice, bool on)
{
	struct file_list list = { };
	unsigned int nr = count_chosen(choice);
	int err;

	if (!nr)
		return -EINVAL;
	list.files = kvmalloc_array(nr, sizeof(*list.files), GFP_KERNEL);
	if (!list.files)
		return -ENOMEM;
	err = on ? files_get(tr, choice) : 0;
	if (!err) {
		collect(tr, choice, !on, &list);
		if (on)
			err = attach(&list);
		else
			detach(&list);
	}
	if (!err)
		set_soft_off(tr, choice, !on);
	kvfree(list.files);
	return err;
}

/**
 * trace_events_switch - have events recorded, or no more
 * @tr: the trace
 * @choice: which
 * @on: have them
 *
 * Context: process, may sleep; tracer_mutex held, with events_lock().
 * Return: 0; -EINVAL if there are no such events; -ENOMEM, -EIO after a fail-stop, what
 * the source's attach() returned: then nothing has changed.
 */
int trace_events_switch(struct fnt_trace *tr, const struct event_choice *choice, bool on)
{
	int err = on ? trace_prepare_events(tr) : 0;

	if (!err)
		err = switch_chosen(tr, choice, on);
	trace_events_changed(tr);
	return err;
}

/**
 * trace_events_state - what an enable file shows of several events
 * @tr: the trace
 * @choice: which
 *
 * Context: process; tracer_mutex held, with events_lock().
 * Return: '0', '1', 'X' if some are on, '?' if there are none.
 */
char trace_events_state(const struct fnt_trace *tr, const struct event_choice *choice)
{
	const struct event_file *file;
	struct event_def *event;
	unsigned int seen = 0;

	for (event = events_next(NULL); event; event = events_next(event)) {
		if (!is_meant(choice, event))
			continue;
		file = event_file_find(tr, event);
		seen |= file && file->attached ? 2 : 1;
	}
	return "?01X"[seen];
}

/**
 * trace_sources_changed - settings of a trace have, that sources of events heed
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_sources_changed(struct fnt_trace *tr)
{
	event_source->settings_changed(tr);
}

/**
 * trace_set_ticks_hz - say how often the event tick comes
 * @tr: the trace
 * @hz: times a second, 1 to TICKS_HZ_MAX
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_set_ticks_hz(struct fnt_trace *tr, unsigned int hz)
{
	tr->ticks_hz = hz;
	trace_sources_changed(tr);
}

/**
 * trace_source_show - print what is known of the source of an event of our own
 * @tr: the trace
 * @origin: the event's
 * @m: receives it
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_source_show(struct fnt_trace *tr, enum event_origin origin, struct seq_file *m)
{
	event_source->show(tr, origin, m);
}

/**
 * event_file_soft_get - be called at an event, whether it is recorded or not
 * @file: the event of a trace
 *
 * Context: process, may sleep; tracer_mutex held, with events_lock().
 * Return: 0; what trace_events_switch() returns.
 */
int event_file_soft_get(struct event_file *file)
{
	struct file_list list = { .files = &file, .nr = 1 };
	int err;

	if (!file->attached) {
		event_file_special(file, EVENT_SOFT_OFF, true);
		err = trace_prepare_events(file->tr) ?: attach(&list);
		if (err) {
			event_file_special(file, EVENT_SOFT_OFF, false);
			return err;
		}
	}
	file->soft_users++;
	trace_events_changed(file->tr);
	return 0;
}

/**
 * event_file_soft_put - undo event_file_soft_get()
 * @file: the event of a trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void event_file_soft_put(struct event_file *file)
{
	struct file_list list = { .files = &file, .nr = 1 };

	if (--file->soft_users || is_on(file))
		return;
	detach(&list);
	event_file_special(file, EVENT_SOFT_OFF, false);
	trace_events_changed(file->tr);
}

/**
 * event_file_set_filter - have only some records of an event kept
 * @file: the event of a trace
 * @filter: which, after special_get(); NULL for all; taken over
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void event_file_set_filter(struct event_file *file, struct event_filter *filter)
{
	struct event_filter *old = rcu_dereference_protected(file->filter, true);

	rcu_assign_pointer(file->filter, filter);
	event_file_special(file, EVENT_FILTERED, filter);
	if (!old)
		return;
	if (file->attached)
		tracepoint_synchronize_unregister();
	special_put();
	event_filter_destroy(old);
}

static void file_free(struct event_file *file)
{
	struct file_list list = { .files = &file, .nr = 1 };

	triggers_drop(file);
	if (file->attached)
		detach(&list);
	event_file_set_filter(file, NULL);
	xa_erase(&file->tr->event_files, file->event->number);
	kfree(file);
}

/**
 * trace_events_exit - a trace wants nothing of any event any more, nor of commands
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void trace_events_exit(struct fnt_trace *tr)
{
	static const struct event_choice all;
	struct event_file *file;
	unsigned long number;
	char *text;

	/* They may be about events. */
	trace_commands_exit(tr);
	events_lock();
	xa_for_each(&tr->event_files, number, file)
		triggers_drop(file);
	/* All in one go. Without memory for that, one by one. */
	switch_chosen(tr, &all, false);
	xa_for_each(&tr->event_files, number, file)
		file_free(file);
	events_unlock();
	xa_destroy(&tr->event_files);
	xa_for_each(&tr->system_filters, number, text)
		kfree(text);
	xa_destroy(&tr->system_filters);
	trace_events_set_options(tr, tr->options & ~STACK_OPTIONS);
	tr->options &= ~STACK_OPTIONS;
}

/**
 * trace_set_event_pids - choose the tasks whose events are recorded
 * @tr: the trace
 * @kind: which set of tasks
 * @set: what it becomes, from pids_copy(); NULL for none; taken over
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; what pids_set() returned: then nothing has changed.
 */
int trace_set_event_pids(struct fnt_trace *tr, enum pids_kind kind, unsigned long *set)
{
	int err;

	err = pids_set(&tr->event_pids, kind, set);
	if (err)
		kvfree(set);
	else
		trace_events_set_options(tr, tr->options);
	return err;
}

/* What is in the buffers could be taken for another's. */
static void forget_records(struct fnt_trace *tr)
{
	trace_clear(tr, BUFFER_ALL_CPUS);
	snapshot_clear(tr, BUFFER_ALL_CPUS);
	/* And the longest, which may have been recorded beside them. */
	if (tr->latency)
		latency_clear(tr);
}

/**
 * event_is_attached - is any trace called at an event?
 * @event: the event
 *
 * Context: process; tracer_mutex held.
 * Return: true if so.
 */
bool event_is_attached(const struct event_def *event)
{
	const struct event_file *file;
	struct fnt_trace *tr;

	for (tr = instances_next(NULL); tr; tr = instances_next(tr)) {
		file = event_file_find(tr, event);
		if (file && file->attached)
			return true;
	}
	return false;
}

/**
 * event_forget - an event is about to go: no trace wants anything of it any more
 * @event: the event; no trace is called at it
 *
 * Records of it, of which nobody could tell any more what they are, go, too.
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void event_forget(const struct event_def *event)
{
	struct event_file *file;
	struct fnt_trace *tr;
	bool recorded;

	for (tr = instances_next(NULL); tr; tr = instances_next(tr)) {
		file = event_file_find(tr, event);
		if (!file)
			continue;
		recorded = file->recorded;
		file_free(file);
		if (recorded)
			forget_records(tr);
	}
}

/* Events of a module go: records of theirs could not be told any more whose they are. */
static void forget_module(struct fnt_trace *tr, const struct module *module)
{
	struct event_file *file;
	unsigned long number;
	bool recorded = false;

	triggers_forget_module(tr, module);
	trace_commands_forget_events(tr, module);
	xa_for_each(&tr->event_files, number, file) {
		if (file->event->module != module)
			continue;
		recorded |= file->recorded;
		file_free(file);
	}
	if (recorded)
		forget_records(tr);
	trace_events_changed(tr);
}

static int module_goes(struct notifier_block *nb, unsigned long state, void *data)
{
	const struct module *module = data;
	struct fnt_trace *tr;

	if (state != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	trace_lock();
	for (tr = instances_next(NULL); tr; tr = instances_next(tr))
		forget_module(tr, module);
	event_source->module_gone(module);
	trace_unlock();
	events_forget(module);
	return NOTIFY_DONE;
}

static void scan_module(const struct module *module)
{
	if (events_scan(module))
		pr_warn("no memory for the events of module %s\n", module->name);
	trace_lock();
	event_source->module_comes(module);
	trace_unlock();
}

static int module_comes_or_went(struct notifier_block *nb, unsigned long state, void *data)
{
	if (state == MODULE_STATE_COMING)
		scan_module(data);
	if (state != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	trace_lock();
	event_source->module_went(data);
	trace_unlock();
	return NOTIFY_DONE;
}

/* The kernel's own have 1 and 0: they are to be behind us, and before us. */
static struct notifier_block module_goes_nb = {
	.notifier_call = module_goes,
	.priority = 2,
};

static struct notifier_block module_comes_nb = {
	.notifier_call = module_comes_or_went,
	.priority = -1,
};

/**
 * event_files_init - find the kernel's events, and follow modules
 * @source: where they come from
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -ENOMEM; what the source's init() returned.
 */
int event_files_init(const struct event_source *source)
{
	int err;

	event_source = source;
	err = source->init();
	if (err)
		return err;
	err = register_module_notifier(&module_goes_nb);
	if (err)
		goto out_source;
	err = register_module_notifier(&module_comes_nb);
	if (err)
		goto out;
	err = events_init();
	if (!err)
		return 0;
	unregister_module_notifier(&module_comes_nb);
	events_exit();
out:
	unregister_module_notifier(&module_goes_nb);
out_source:
	source->exit();
	return err;
}

/**
 * event_files_exit - undo event_files_init(), but for events_exit()
 *
 * Context: process, may sleep; nothing of a trace is open.
 */
void event_files_exit(void)
{
	struct fnt_trace *tr;

	/* While we are told of modules that go. */
	trace_lock();
	for (tr = instances_next(NULL); tr; tr = instances_next(tr))
		trace_events_exit(tr);
	trace_unlock();
	unregister_module_notifier(&module_comes_nb);
	unregister_module_notifier(&module_goes_nb);
	event_source->exit();
}
