// SPDX-License-Identifier: GPL-2.0
/*
 * Probes that there are, and their events. Where they are hit is known to a source,
 * which is told of every change.
 *
 * An event may have several probes, at several places, with the same arguments. It is
 * an event as any other (events.h), with a definition such as the kernel would have
 * made for it.
 */

#include "core/probes.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/event.h"
#include "core/event_files.h"
#include "core/kabi.h"
#include "core/probe_event.h"
#include "core/trace.h"

/* tracer_mutex: all of them, in the order in which they were made. */
static LIST_HEAD(all_probes);

static const struct probe_source *probe_source;

static void probe_destroy(struct probe *probe)
{
	probe_args_destroy(probe->args, probe->nr_args);
	kvfree(probe->program);
	free_percpu(probe->hits);
	free_percpu(probe->missed);
	kfree(probe->module);
	kfree(probe->symbol);
	kfree(probe);
}

static struct probe *probe_create(const struct probe_spec *spec)
{
	struct probe *probe = kzalloc(sizeof(*probe), GFP_KERNEL);

	if (!probe)
		return NULL;
	INIT_LIST_HEAD(&probe->node);
	INIT_LIST_HEAD(&probe->sibling);
	probe->returns = spec->returns;
	probe->active = spec->active;
	probe->offset = spec->offset;
	probe->addr = spec->addr;
	probe->module = spec->module ? kstrdup(spec->module, GFP_KERNEL) : NULL;
	probe->symbol = spec->symbol ? kstrdup(spec->symbol, GFP_KERNEL) : NULL;
	probe->hits = alloc_percpu(unsigned long);
	probe->missed = alloc_percpu(unsigned long);
	probe->args = kvcalloc(spec->nr_args, sizeof(*probe->args), GFP_KERNEL);
	if (!probe->args || !probe->hits || !probe->missed || !probe->module != !spec->module ||
	    !probe->symbol != !spec->symbol) {
		probe_destroy(probe);
		return NULL;
	}
	return probe;
}

static bool is_used(const struct probe_arg *args, unsigned int nr, const char *name)
{
	static const char *const reserved[] = {
		"common_type", "common_flags", "common_preempt_count", "common_pid",
		"common_tgid", "__probe_ip", "__probe_ret_ip", "__probe_func",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(reserved); i++)
		if (!strcmp(reserved[i], name))
			return true;
	for (i = 0; i < nr; i++)
		if (!strcmp(args[i].name, name))
			return true;
	return false;
}

static int wrong(struct probe_fault *fault, unsigned int pos, const char *what, int err)
{
	fault->pos = pos;
	fault->what = what;
	return err;
}

/* Symbols that are data keep their addresses while the module stays that they are in. */
static int find_symbol(struct probe_arg *arg)
{
	unsigned long addr;

	if (arg->source != PROBE_SYMBOL)
		return 0;
	addr = kabi_symbol_address(arg->text);
	if (!addr)
		return -ENOENT;
	arg->value += addr;
	arg->source = PROBE_NUMBER;
	return 0;
}

static int add_arg(struct probe *probe, char *text, const struct probe_place *place,
		   unsigned int *size, struct probe_fault *fault)
{
	unsigned int nr = probe->nr_args++;
	struct probe_arg *arg = &probe->args[nr];
	int err = probe_arg_parse(arg, text, nr, place, fault);

	if (err)
		return err;
	if (is_used(probe->args, nr, arg->name))
		return wrong(fault, 0, "This argument name is already used", -EINVAL);
	if (find_symbol(arg))
		return wrong(fault, 0, "Invalid memory address", -ENOENT);
	arg->offset = *size;
	*size += probe_arg_size(arg);
	if (*size > PROBE_FIELDS_MAX)
		return wrong(fault, 0, "Event too big (too many fields?)", -E2BIG);
	return 0;
}

static int add_args(struct probe *probe, const struct probe_spec *spec, const char *text,
		    struct probe_fault *fault)
{
	const struct probe_names names = {
		.find = probe_source->names,
		.data = (void *)probe->ip,
	};
	const struct probe_place place = {
		.returns = probe->returns,
		.entry = probe->ip,
		.names = probe->ip && !probe->returns ? &names : NULL,
	};
	unsigned int size = 0, i;
	int err;

	for (i = 0; i < spec->nr_args; i++) {
		err = add_arg(probe, spec->args[i], &place, &size, fault);
		if (err) {
			fault->pos += spec->args[i] - text;
			return err;
		}
	}
	probe->program = probe_program_create(probe->args, probe->nr_args,
					      probe_head_size(probe->returns));
	return probe->program ? 0 : -ENOMEM;
}

/* A place in a module that is not there yet may come to be. */
static int locate(struct probe *probe, const struct probe_spec *spec, struct probe_fault *fault)
{
	const char *what = NULL;
	int err = probe_source->locate(probe, &what);

	if (err == -ENOENT && probe->module && !kabi_has_module(probe->module)) {
		probe->gone = true;
		return 0;
	}
	return err ? wrong(fault, spec->place, what, err) : 0;
}

static struct probe *probe_from(const struct probe_spec *spec, const char *text,
				struct probe_fault *fault)
{
	struct probe *probe = probe_create(spec);
	int err;

	if (!probe)
		return ERR_PTR(-ENOMEM);
	err = locate(probe, spec, fault) ?: add_args(probe, spec, text, fault);
	if (!err && !probe->gone) {
		err = probe_source->choose(probe);
		if (err == -EILSEQ)
			wrong(fault, spec->place,
			      "Probe point is not an instruction boundary", err);
		else if (err && err != -ENOMEM)
			wrong(fault, spec->place, "Failed to register probe event", err);
	}
	if (!err)
		return probe;
	probe_destroy(probe);
	return ERR_PTR(err);
}

/* The first argument that is another one; the number of arguments if none is. */
static unsigned int first_other(const struct probe_event *event, const struct probe *probe)
{
	const struct probe_arg *old = event->args, *new = probe->args;
	unsigned int i;

	for (i = 0; i < min(event->nr_args, probe->nr_args); i++, old++, new++)
		if (old->type != new->type || old->count != new->count ||
		    strcmp(old->name, new->name))
			break;
	return i;
}

static bool is_same_place(const struct probe *a, const struct probe *b)
{
	if (!a->symbol || !b->symbol)
		return !a->symbol && !b->symbol && a->addr == b->addr;
	if (!a->module != !b->module || (a->module && strcmp(a->module, b->module)))
		return false;
	return !strcmp(a->symbol, b->symbol) && a->offset == b->offset;
}

static bool has_same(const struct probe_event *event, const struct probe *probe)
{
	const struct probe *other;
	unsigned int i;

	list_for_each_entry(other, &event->probes, sibling) {
		if (!is_same_place(other, probe))
			continue;
		for (i = 0; i < probe->nr_args; i++)
			if (strcmp(other->args[i].body, probe->args[i].body))
				break;
		if (i == probe->nr_args)
			return true;
	}
	return false;
}

static int check_sibling(const struct probe_event *event, const struct probe_spec *spec,
			 const struct probe *probe, const char *text, struct probe_fault *fault)
{
	unsigned int other;

	if (event->returns != probe->returns)
		return wrong(fault, 0, "Probe type is different from existing probe", -EEXIST);
	other = first_other(event, probe);
	if (other < max(event->nr_args, probe->nr_args))
		return wrong(fault, other < spec->nr_args ? spec->args[other] - text :
			     spec->end + 1, "Argument type or name is different from existing probe",
			     -EEXIST);
	if (has_same(event, probe))
		return wrong(fault, 0, "There is already the exact same probe event", -EEXIST);
	return 0;
}

/* The event of a new probe: another one's, or a new one. */
static struct probe_event *event_for(const struct probe_spec *spec, const struct probe *probe,
				     const char *text, struct probe_fault *fault)
{
	struct probe_event *event;
	struct event_def *def;
	int err;

	events_lock();
	def = events_named(spec->group, spec->event);
	events_unlock();
	/* Those of tracers are there, too, and are in no list. */
	if ((def && def->origin != EVENT_OF_PROBE) || !strcmp(spec->group, "ftrace"))
		return ERR_PTR(wrong(fault, 0,
				     "Given group/event name is already used by another event",
				     -EEXIST));
	if (!def)
		return probe_event_create(spec, probe);
	event = probe_event_of(def);
	err = check_sibling(event, spec, probe, text, fault);
	return err ? ERR_PTR(err) : event;
}

static void add_probe(struct probe_event *event, struct probe *probe)
{
	probe->event = event;
	list_add_tail(&probe->node, &all_probes);
	list_add_tail(&probe->sibling, &event->probes);
}

/* Probes that are to be freed, events that have none any more, and what these are of. */
struct removed {
	struct list_head probes;
	struct list_head defs;
	struct list_head events;
};

static void removed_init(struct removed *removed)
{
	INIT_LIST_HEAD(&removed->probes);
	INIT_LIST_HEAD(&removed->defs);
	INIT_LIST_HEAD(&removed->events);
}

static void unlink_probe(struct probe *probe, struct removed *removed)
{
	struct probe_event *event = probe->event;

	probe_source->forget(probe);
	list_move(&probe->node, &removed->probes);
	list_del(&probe->sibling);
	if (!list_empty(&event->probes))
		return;
	event_forget(event->def);
	events_unlink(event->def, &removed->defs);
	list_add(&event->gone, &removed->events);
}

/* Without tracer_mutex. */
static void free_removed(struct removed *removed)
{
	struct probe_event *event, *next_event;
	struct probe *probe, *next;

	list_for_each_entry_safe(probe, next, &removed->probes, node)
		probe_destroy(probe);
	/* Their names are the events'. */
	events_free(&removed->defs);
	list_for_each_entry_safe(event, next_event, &removed->events, gone)
		probe_event_destroy(event);
}

static int create_one(char *text, struct probe_fault *fault, struct removed *removed)
{
	struct probe_event *event;
	struct probe_spec spec;
	struct probe *probe;
	int err = probe_spec_parse(text, &spec, fault);

	if (err)
		return err;
	probe = probe_from(&spec, text, fault);
	if (IS_ERR(probe))
		return PTR_ERR(probe);
	event = event_for(&spec, probe, text, fault);
	if (IS_ERR(event)) {
		probe_destroy(probe);
		return PTR_ERR(event);
	}
	add_probe(event, probe);
	err = event_is_attached(event->def) ? probe_source->changed() : 0;
	if (!err)
		return 0;
	wrong(fault, spec.place, "Failed to register probe event", err);
	unlink_probe(probe, removed);
	probe_source->changed();
	return err;
}

/**
 * probes_create - have a new probe
 * @text: which, after probe_spaces(); cut into pieces
 * @fault: receives what is wrong with it
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL, -EEXIST, -E2BIG, -ENOMEM, what the source's locate(), choose() or
 * changed() returned: then there is none.
 */
int probes_create(char *text, struct probe_fault *fault)
{
	struct removed removed;
	int err;

	removed_init(&removed);
	trace_lock();
	err = create_one(text, fault, &removed);
	trace_unlock();
	free_removed(&removed);
	return err;
}

static bool has_args(const struct probe *probe, const struct probe_removal *removal)
{
	const struct probe_arg *arg = probe->args;
	unsigned int i;
	size_t len;

	if (removal->nr_args > probe->nr_args)
		return false;
	for (i = 0; i < removal->nr_args; i++, arg++) {
		len = strlen(arg->name);
		if (strncmp(removal->args[i], arg->name, len) || removal->args[i][len] != '=' ||
		    strcmp(removal->args[i] + len + 1, arg->body))
			return false;
	}
	return true;
}

/* Where a probe is, as it is listed. */
static void print_place(struct text *text, const struct probe *probe)
{
	if (!probe->symbol) {
		text_printf(text, "0x%lx", probe->addr);
		return;
	}
	if (probe->module)
		text_printf(text, "%s:", probe->module);
	text_puts(text, probe->symbol);
	if (probe->offset)
		text_printf(text, "+%lu", probe->offset);
}

static bool is_at(const struct probe *probe, const char *place)
{
	char buf[KSYM_NAME_LEN + MODULE_NAME_LEN + 32];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	print_place(&text, probe);
	return !strcmp(buf, place);
}

static bool is_meant(const struct probe *probe, const struct probe_removal *removal)
{
	const struct event_def *def = probe->event->def;

	if (removal->event && strcmp(removal->event, def->name))
		return false;
	if (removal->group && strcmp(removal->group, def->system->name))
		return false;
	if (removal->place && !is_at(probe, removal->place))
		return false;
	return has_args(probe, removal);
}

/* As in the kernel: it stays while it is in use, unless its event has another one. */
static bool is_busy(const struct probe *probe)
{
	return list_is_singular(&probe->event->probes) && event_is_attached(probe->event->def);
}

static int remove_meant(const struct probe_removal *removal, struct removed *removed)
{
	struct probe *probe, *next;
	int err = -ENOENT;

	list_for_each_entry_safe(probe, next, &all_probes, node) {
		if (!is_meant(probe, removal))
			continue;
		if (is_busy(probe)) {
			err = -EBUSY;
			break;
		}
		unlink_probe(probe, removed);
		err = 0;
	}
	if (!list_empty(&removed->probes))
		probe_source->changed();
	return err;
}

/**
 * probes_remove - have some probes no more
 * @text: which, after probe_spaces(); cut into pieces
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL; -ENOENT if there are none; -EBUSY if an event that would go is in use:
 * those before it have gone then.
 */
int probes_remove(char *text)
{
	struct removed removed;
	struct probe_removal removal;
	int err = probe_removal_parse(text, &removal);

	if (err)
		return err;
	removed_init(&removed);
	trace_lock();
	err = remove_meant(&removal, &removed);
	trace_unlock();
	free_removed(&removed);
	return err;
}

/**
 * probes_remove_all - have no probe any more
 *
 * Context: process, may sleep.
 * Return: 0; -EBUSY if one is in use: then all stay.
 */
int probes_remove_all(void)
{
	struct removed removed;
	struct probe *probe, *next;
	int err = 0;

	removed_init(&removed);
	trace_lock();
	list_for_each_entry(probe, &all_probes, node)
		if (event_is_attached(probe->event->def))
			err = -EBUSY;
	list_for_each_entry_safe(probe, next, &all_probes, node)
		if (!err)
			unlink_probe(probe, &removed);
	trace_unlock();
	free_removed(&removed);
	return err;
}

/**
 * probes_init - say where probes are hit
 * @source: tells
 *
 * Context: process; once, at load.
 */
void probes_init(const struct probe_source *source)
{
	probe_source = source;
}

/**
 * probes_exit - have no probe any more
 *
 * Context: process, may sleep; no trace wants any event.
 */
void probes_exit(void)
{
	probes_remove_all();
	trace_lock();
	probe_source->exit();
	trace_unlock();
	probe_events_exit();
}

/**
 * probes_next - go through all probes, in the order in which they were made
 * @probe: the one before; NULL to begin
 *
 * Context: process; tracer_mutex held.
 * Return: the probe; NULL behind the last one.
 */
struct probe *probes_next(struct probe *probe)
{
	if (!probe)
		return list_first_entry_or_null(&all_probes, struct probe, node);
	return list_is_last(&probe->node, &all_probes) ? NULL : list_next_entry(probe, node);
}

/**
 * probe_event_def - the event of a probe
 * @probe: the probe
 *
 * Context: process; tracer_mutex held.
 * Return: the event.
 */
const struct event_def *probe_event_def(const struct probe *probe)
{
	return probe->event->def;
}

/**
 * probes_show - list all probes, as they could be written
 * @m: receives it
 *
 * Context: process, may sleep.
 */
void probes_show(struct seq_file *m)
{
	char buf[KSYM_NAME_LEN + MODULE_NAME_LEN + 32];
	const struct probe_arg *arg;
	struct probe *probe;
	struct text text;

	trace_lock();
	list_for_each_entry(probe, &all_probes, node) {
		seq_putc(m, probe->returns ? 'r' : 'p');
		if (probe->active)
			seq_printf(m, "%u", probe->active);
		text_init(&text, buf, sizeof(buf));
		print_place(&text, probe);
		seq_printf(m, ":%s/%s %s", probe->event->def->system->name,
			   probe->event->def->name, buf);
		for (arg = probe->args; arg < probe->args + probe->nr_args; arg++)
			seq_printf(m, " %s=%s", arg->name, arg->body);
		seq_putc(m, '\n');
	}
	trace_unlock();
}

static unsigned long sum(const unsigned long __percpu *counts)
{
	unsigned long all = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		all += READ_ONCE(*per_cpu_ptr(counts, cpu));
	return all;
}

/**
 * probes_show_profile - list how often each probe was hit
 * @m: receives it
 *
 * Context: process, may sleep.
 */
void probes_show_profile(struct seq_file *m)
{
	struct probe *probe;

	trace_lock();
	list_for_each_entry(probe, &all_probes, node)
		seq_printf(m, "  %-44s %15lu %15lu\n", probe->event->def->name,
			   sum(probe->hits), sum(probe->missed));
	trace_unlock();
}

static bool is_of(const struct probe *probe, const struct module *module)
{
	return probe->module && !strcmp(probe->module, module->name);
}

/**
 * probes_module_comes - functions of a module can be probed now
 * @module: the module
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void probes_module_comes(const struct module *module)
{
	const char *what = NULL;
	struct probe *probe;
	bool any = false;
	int err;

	list_for_each_entry(probe, &all_probes, node) {
		if (!is_of(probe, module))
			continue;
		any = true;
		err = probe_source->locate(probe, &what) ?: probe_source->choose(probe);
		probe->gone = err;
		if (err)
			pr_warn("no probe %s in module %s (error %d)\n", probe->event->def->name,
				module->name, err);
	}
	if (any && probe_source->changed())
		pr_warn("probes of module %s could not be set\n", module->name);
}

/**
 * probes_module_goes - functions of a module can be probed no more
 * @module: the module
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void probes_module_goes(const struct module *module)
{
	unsigned long start, end;
	struct probe *probe;
	bool any = false;

	kabi_module_text(module, &start, &end);
	list_for_each_entry(probe, &all_probes, node) {
		if (probe->gone || probe->addr < start || probe->addr >= end)
			continue;
		any = true;
		/* As in the kernel, what does not name the module does not come again. */
		probe->gone = true;
	}
	if (any)
		probe_source->changed();
}
