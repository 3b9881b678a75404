/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROBES_H
#define FNT_CORE_PROBES_H

/* Probes: events that users make, at places in the kernel that they choose. */

#include <linux/list.h>
#include <linux/trace_events.h>
#include <linux/types.h>

#include "core/events.h"
#include "core/probe_fetch.h"
#include "core/probe_spec.h"

struct module;
struct rb_event;
struct seq_file;

/**
 * struct probe_entry_head - what a record begins with
 * @ent: header
 * @ip: where the probe is
 */
struct probe_entry_head {
	struct trace_entry ent;
	unsigned long ip;
};

/**
 * struct probe_return_head - the same of a probe of returns
 * @ent: header
 * @func: the function
 * @ret_ip: where it returns to
 */
struct probe_return_head {
	struct trace_entry ent;
	unsigned long func;
	unsigned long ret_ip;
};

/* How a probe gets to know that it was hit. */
enum probe_way {
	PROBE_AT_ENTRY,		/* the call site of a function */
	PROBE_AT_RETURN,	/* the same, and its return */
	PROBE_ELSEWHERE,	/* a kprobe */
	PROBE_WAYS,
};

/**
 * struct probe - a probe
 * @node: in the list of all, in the order in which they were made
 * @sibling: in that of its event
 * @event: the event
 * @returns: it is about returns
 * @active: see struct probe_spec
 * @module: of @symbol; NULL if none was given
 * @symbol: where it is; NULL if that is @addr alone
 * @offset: behind @symbol
 * @addr: its address
 * @gone: there is nothing there: its module has not come yet, or has gone
 * @ip: the call site of the function that it is at the entry of; 0 if it is elsewhere
 * @way: how it gets to know
 * @nr_args: number of @args
 * @args: its arguments
 * @program: the same, prepared
 * @hits: per CPU, how often it was hit
 * @missed: per CPU, how often it could not be looked at, as that was under way
 */
struct probe {
	struct list_head node;
	struct list_head sibling;
	struct probe_event *event;
	bool returns;
	unsigned int active;
	char *module;
	char *symbol;
	unsigned long offset;
	unsigned long addr;
	bool gone;
	unsigned long ip;
	enum probe_way way;
	unsigned int nr_args;
	struct probe_arg *args;
	struct probe_program *program;
	unsigned long __percpu *hits;
	unsigned long __percpu *missed;
};

/**
 * struct probe_source - where probes are hit
 * @locate: find out @addr and @ip of a probe; -ENOENT if there is no such place, -EADDRNOTAVAIL
 *          if there are several, -EINVAL if there can be no such probe, -EILSEQ if no
 *          instruction begins there; what is wrong with the place is told, too
 * @choose: find out @way and place its program; an errno if there is none
 * @names: find an argument of the function at @ip by its name
 * @forget: a probe goes: it is not hit any more when the next call of @changed returns
 * @changed: there are other probes, or other places of theirs; an errno if some of them
 *           cannot be had
 * @exit: nothing is hit any more
 *
 * All are called with tracer_mutex held and may sleep.
 */
struct probe_source {
	int (*locate)(struct probe *probe, const char **what);
	int (*choose)(struct probe *probe);
	bool (*names)(void *ip, const char *name, unsigned int *nr,
		      const struct probe_arg_type **type, bool *text);
	void (*forget)(const struct probe *probe);
	int (*changed)(void);
	void (*exit)(void);
};

void probes_init(const struct probe_source *source);
void probes_exit(void);

int probes_create(char *text, struct probe_fault *fault);
int probes_remove(char *text);
int probes_remove_all(void);

struct probe *probes_next(struct probe *probe);
const struct event_def *probe_event_def(const struct probe *probe);

void probes_show(struct seq_file *m);
void probes_show_profile(struct seq_file *m);

void probes_module_comes(const struct module *module);
void probes_module_goes(const struct module *module);

void probes_print(struct text *text, const struct event_def *event,
		  const struct rb_event *record);

#endif
