/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_EVENT_FILES_H
#define FNT_CORE_EVENT_FILES_H

/* What each trace wants of the kernel's events. */

#include <linux/list.h>
#include <linux/trace_events.h>
#include <linux/types.h>

#include "core/event_filter.h"
#include "core/events.h"

struct event_file;
struct fnt_trace;
struct module;
struct seq_file;

/* Why the quick way of an event is not enough: struct event_file.special. */
#define EVENT_SOFT_OFF 0x01	/* it is not to be recorded, see @soft_users */
#define EVENT_FILTERED 0x02	/* it has a filter */
#define EVENT_CHOOSY 0x04	/* tasks were chosen */
#define EVENT_TRIGGERS 0x08	/* it has triggers */
#define EVENT_STACK_BEHIND 0x10	/* option stacktrace */
#define EVENT_USER_STACK_BEHIND 0x20	/* option userstacktrace */

/**
 * struct event_file - what a trace wants of one event
 * @native: given to the kernel's own code for the event, which asks it for nothing
 *          but its flags, and hands it to us
 * @tr: the trace
 * @event: the event
 * @type: of its records
 * @special: EVENT_*, read at each event
 * @filter: which records are kept; NULL for all
 * @triggers: what is done at each event, struct event_trigger; NULL for nothing
 * @attached: it is called at each event
 * @soft_users: triggers because of which it is, whether it is to be recorded or not
 * @recorded: records of it may be in the buffer
 */
struct event_file {
	struct trace_event_file native;
	struct fnt_trace *tr;
	struct event_def *event;
	u16 type;
	unsigned int special;
	struct event_filter __rcu *filter;
	struct event_triggers __rcu *triggers;
	bool attached;
	unsigned int soft_users;
	bool recorded;
};

/**
 * struct event_source - where events come from
 * @init: prepare, once, at load; 0 or an errno
 * @exit: undo that; no trace wants any event
 * @attach: have @files be called at their events; all of them, or an errno and none
 * @detach: have them be called no more; when it returns nothing of them runs
 * @module_comes: a module comes, with its functions
 * @module_gone: events of a module that is about to go have been detached
 * @module_went: the kernel, too, has let go of the module, which is there still
 * @settings_changed: @ticks_hz or @cpus of a trace have
 * @show: print what is known of the source of an event that we make ourselves
 *
 * All may sleep; but for the first two they are called with tracer_mutex held.
 */
struct event_source {
	int (*init)(void);
	void (*exit)(void);
	int (*attach)(struct event_file **files, unsigned int nr);
	void (*detach)(struct event_file **files, unsigned int nr);
	void (*module_comes)(const struct module *module);
	void (*module_gone)(const struct module *module);
	void (*module_went)(const struct module *module);
	void (*settings_changed)(struct fnt_trace *tr);
	void (*show)(struct fnt_trace *tr, enum event_origin origin, struct seq_file *m);
};

/**
 * struct event_choice - some events; those that are NULL do not matter
 * @either: name of an event or of a system
 * @system: name of a system
 * @name: name of an event
 * @event: this one
 * @of: those in this system
 */
struct event_choice {
	const char *either;
	const char *system;
	const char *name;
	const struct event_def *event;
	const struct event_system *of;
};

int event_files_init(const struct event_source *source);
void event_files_exit(void);

int trace_events_switch(struct fnt_trace *tr, const struct event_choice *choice, bool on);
char trace_events_state(const struct fnt_trace *tr, const struct event_choice *choice);
void trace_events_exit(struct fnt_trace *tr);
int trace_events_set_options(struct fnt_trace *tr, u64 options);
void trace_set_ticks_hz(struct fnt_trace *tr, unsigned int hz);
void trace_sources_changed(struct fnt_trace *tr);
void trace_source_show(struct fnt_trace *tr, enum event_origin origin, struct seq_file *m);

bool event_is_attached(const struct event_def *event);
void event_forget(const struct event_def *event);

struct event_file *event_file_find(const struct fnt_trace *tr, const struct event_def *event);
struct event_file *event_file_get(struct fnt_trace *tr, struct event_def *event);
int event_file_soft_get(struct event_file *file);
void event_file_soft_put(struct event_file *file);
void event_file_special(struct event_file *file, unsigned int bits, bool on);
void event_file_set_filter(struct event_file *file, struct event_filter *filter);

#endif
