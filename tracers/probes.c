// SPDX-License-Identifier: GPL-2.0
/*
 * Where probes are hit: one user of function entries for all that are at entries, one of
 * entries and returns for all that are at returns, and kprobes for the others. What each
 * of the places means stands in tables, which are made anew whenever anything changes.
 */

#include "tracers/probe_source.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "core/event_files.h"
#include "core/hash.h"
#include "core/prototypes.h"
#include "core/trace.h"
#include "patching/redirect.h"
#include "tracers/event_source.h"
#include "tracers/probe_hit.h"
#include "tracers/tracers.h"

/**
 * struct attached - an event of a trace that shall be made
 * @node: in the list of all
 * @file: the event
 * @since: since when, by the local clock
 */
struct attached {
	struct list_head node;
	struct event_file *file;
	u64 since;
};

/* tracer_mutex: all of these. */
static LIST_HEAD(all_attached);
static LIST_HEAD(all_kprobes);
static struct probe_hook hooks[PROBE_WAYS];

/* They are of one event, and the probe is where it shall be. */
static bool is_hit(const struct probe *probe, const struct attached *attached,
		   enum probe_way way)
{
	return probe->way == way && !probe->gone &&
	       probe_event_def(probe) == attached->file->event;
}

static struct probe_hit hit_of(struct probe *probe, const struct attached *attached)
{
	const struct probe_program *program = probe->program;

	return (struct probe_hit) {
		.place = probe->way == PROBE_ELSEWHERE ? probe->addr : probe->ip,
		.probe = probe,
		.file = attached->file,
		.since = attached->since,
		.size = program->plain ? round_up(program->fields, sizeof(u32)) : 0,
	};
}

/* With @table NULL, only count them. */
static unsigned int collect(enum probe_way way, struct probe_table *table)
{
	const struct attached *attached;
	struct probe *probe = NULL;
	struct probe_hit hit;
	unsigned int nr = 0;

	while ((probe = probes_next(probe))) {
		list_for_each_entry(attached, &all_attached, node) {
			if (!is_hit(probe, attached, way))
				continue;
			nr++;
			hit = hit_of(probe, attached);
			if (table)
				probe_table_add(table, &hit);
		}
	}
	return nr;
}

static struct probe_table *table_for(enum probe_way way)
{
	struct probe_table *table = probe_table_create(collect(way, NULL));

	if (!table)
		return NULL;
	collect(way, table);
	if (!probe_table_finish(table))
		return table;
	probe_table_destroy(table);
	return NULL;
}

static int kprobe_add(unsigned long addr)
{
	struct probe_kprobe *kprobe = kzalloc(sizeof(*kprobe), GFP_KERNEL);
	int err;

	if (!kprobe)
		return -ENOMEM;
	kprobe->kp.addr = (kprobe_opcode_t *)addr;
	kprobe->kp.pre_handler = probe_kprobe_hit;
	kprobe->hook = &hooks[PROBE_ELSEWHERE];
	err = register_kprobe(&kprobe->kp);
	if (err)
		kfree(kprobe);
	else
		list_add_tail(&kprobe->node, &all_kprobes);
	return err;
}

static bool has_kprobe(unsigned long addr)
{
	const struct probe_kprobe *kprobe;

	list_for_each_entry(kprobe, &all_kprobes, node)
		if ((unsigned long)kprobe->kp.addr == addr)
			return true;
	return false;
}

/* Those that no hit needs; without a table, all. When they are gone they are not running. */
static void kprobes_clean(const struct probe_table *table)
{
	struct probe_kprobe *kprobe, *next;

	list_for_each_entry_safe(kprobe, next, &all_kprobes, node) {
		if (table && probe_table_find(table, (unsigned long)kprobe->kp.addr))
			continue;
		list_del(&kprobe->node);
		unregister_kprobe(&kprobe->kp);
		kfree(kprobe);
	}
}

static int kprobes_add(const struct probe_table *table)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < table->nr && !err; i++)
		if (!has_kprobe(table->hits[i].place))
			err = kprobe_add(table->hits[i].place);
	return err;
}

static struct fnt_hash *places_of(const struct probe_table *table)
{
	unsigned long *places = kvmalloc_array(table->nr + 1, sizeof(*places), GFP_KERNEL);
	struct fnt_hash *hash;
	unsigned int i;

	if (!places)
		return NULL;
	for (i = 0; i < table->nr; i++)
		places[i] = table->hits[i].place;
	hash = hash_create(places, table->nr);
	kvfree(places);
	return hash;
}

static void hook_disarm(struct probe_hook *hook)
{
	if (!hook->armed)
		return;
	fnt_ops_unregister(&hook->ops);
	if (hook->rets.returned)
		retstack_put(&hook->rets);
	hook->armed = false;
}

static int hook_arm(struct probe_hook *hook)
{
	int err = hook->rets.returned ? retstack_get(&hook->rets) : 0;

	if (err)
		return err;
	err = fnt_ops_register(&hook->ops);
	if (err && hook->rets.returned)
		retstack_put(&hook->rets);
	hook->armed = !err;
	return err;
}

/* Be called where its table has hits. */
static int hook_follow(struct probe_hook *hook)
{
	struct fnt_hash *places;
	int err;

	if (!hook->table->nr) {
		hook_disarm(hook);
		return 0;
	}
	places = places_of(hook->table);
	if (!places)
		return -ENOMEM;
	/* It takes them over. */
	err = fnt_ops_set_hash(&hook->ops, places, NULL);
	if (err)
		hash_destroy(places);
	return err ?: hook->armed ? 0 : hook_arm(hook);
}

static int follow(void)
{
	return kprobes_add(hooks[PROBE_ELSEWHERE].table) ?: hook_follow(&hooks[PROBE_AT_ENTRY]) ?:
	       hook_follow(&hooks[PROBE_AT_RETURN]);
}

/* @tables receives those that there were, which nobody reads any more. */
static void exchange(struct probe_table *tables[PROBE_WAYS])
{
	struct probe_table *old;
	unsigned int way;

	for (way = 0; way < PROBE_WAYS; way++) {
		old = hooks[way].table;
		/* With all that is in it: pairs with the address dependency of readers. */
		smp_store_release(&hooks[way].table, tables[way]);
		tables[way] = old;
	}
	redirect_quiesce();
}

static void tables_destroy(struct probe_table *tables[PROBE_WAYS])
{
	unsigned int way;

	for (way = 0; way < PROBE_WAYS; way++)
		probe_table_destroy(tables[way]);
}

static int tables_create(struct probe_table *tables[PROBE_WAYS])
{
	unsigned int way;

	for (way = 0; way < PROBE_WAYS; way++) {
		tables[way] = table_for(way);
		if (!tables[way])
			return -ENOMEM;
	}
	return 0;
}

static void gap(struct fnt_ops *ops, unsigned int nr, u64 ns)
{
	const struct probe_hook *hook = container_of(ops, struct probe_hook, ops);
	const struct fnt_trace *told = NULL;
	const struct probe_hit *hit;

	/* Those of one trace come together more often than not; more than one is no harm. */
	for (hit = hook->table->hits; hit < hook->table->hits + hook->table->nr; hit++) {
		if (hit->file && hit->file->tr != told)
			trace_gap(hit->file->tr, nr, ns);
		told = hit->file ? hit->file->tr : told;
	}
}

static int hook_init(enum probe_way way)
{
	struct probe_hook *hook = &hooks[way];
	int err;

	if (hook->table)
		return 0;
	hook->ops.gap = gap;
	if (way == PROBE_AT_ENTRY) {
		hook->ops.func = probe_entered;
		hook->ops.direct = probe_entered_direct;
	} else {
		hook->ops.func = probe_begun;
		hook->ops.direct = probe_begun_direct;
		hook->rets.returned = probe_returned;
		hook->rets.direct = clock_is_quick(TRACE_CLOCK_LOCAL) ? probe_returned_direct :
								    NULL;
	}
	hook->table = probe_table_create(0);
	if (!hook->table)
		return -ENOMEM;
	err = way == PROBE_ELSEWHERE ? 0 : fnt_ops_init(&hook->ops);
	if (err) {
		probe_table_destroy(hook->table);
		hook->table = NULL;
	}
	return err;
}

static int hooks_init(void)
{
	unsigned int way;
	int err = 0;

	for (way = 0; way < PROBE_WAYS && !err; way++)
		err = hook_init(way);
	return err;
}

/*
 * There are other probes, or other events. If something cannot be had all is as it was,
 * but for what has gone; that is not being recorded any more, whatever happens.
 */
static int changed(void)
{
	struct probe_table *tables[PROBE_WAYS] = { };
	int err = hooks_init() ?: tables_create(tables);

	if (err) {
		redirect_quiesce();
	} else {
		exchange(tables);
		err = follow();
		if (err) {
			exchange(tables);
			follow();
		}
		kprobes_clean(hooks[PROBE_ELSEWHERE].table);
	}
	tables_destroy(tables);
	return err;
}

/* Hits of a probe, or of an event, are none any more, as soon as those under way are over. */
static void forget(const struct probe *probe, const struct event_file *file)
{
	struct probe_table *table;
	unsigned int way, i;

	for (way = 0; way < PROBE_WAYS; way++) {
		table = hooks[way].table;
		for (i = 0; table && i < table->nr; i++)
			if (table->hits[i].probe == probe || table->hits[i].file == file)
				WRITE_ONCE(table->hits[i].file, NULL);
	}
}

static void forget_probe(const struct probe *probe)
{
	static const struct event_file none;

	forget(probe, &none);
}

static void attached_drop(const struct event_file *file)
{
	struct attached *attached, *next;

	list_for_each_entry_safe(attached, next, &all_attached, node) {
		if (attached->file != file)
			continue;
		list_del(&attached->node);
		kfree(attached);
	}
}

static int attached_add(struct event_file *file)
{
	struct attached *attached = kzalloc(sizeof(*attached), GFP_KERNEL);

	if (!attached)
		return -ENOMEM;
	event_record_mark(file);
	attached->file = file;
	attached->since = clock_read(TRACE_CLOCK_LOCAL);
	list_add_tail(&attached->node, &all_attached);
	return 0;
}

static bool is_probes(const struct event_file *file)
{
	return file->event->origin == EVENT_OF_PROBE;
}

/**
 * probe_files_detach - undo probe_files_attach()
 * @files: events of traces; those that are none of probes are left alone
 * @nr: their number
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void probe_files_detach(struct event_file **files, unsigned int nr)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!is_probes(files[i]))
			continue;
		any = true;
		forget(NULL, files[i]);
		attached_drop(files[i]);
	}
	if (any)
		changed();
}

/**
 * probe_files_attach - have events be made when their probes are hit
 * @files: events of traces; those that are none of probes are left alone
 * @nr: their number
 *
 * Context: process, may sleep; tracer_mutex held.
 * Return: 0; -ENOMEM; what register_kprobe(), fnt_ops_register() or retstack_get() returned:
 * then none of them is made.
 */
int probe_files_attach(struct event_file **files, unsigned int nr)
{
	bool any = false;
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr && !err; i++) {
		if (!is_probes(files[i]))
			continue;
		any = true;
		err = attached_add(files[i]);
	}
	if (any && !err)
		err = changed();
	if (err)
		probe_files_detach(files, nr);
	return err;
}

/* As the format of an event can have it. */
static const struct probe_arg_type *type_of(const struct btf_value *value)
{
	bool is_signed = value->class == BTF_CLASS_SIGNED || value->class == BTF_CLASS_ENUM;
	bool is_pointer = value->class == BTF_CLASS_POINTER || value->class == BTF_CLASS_STRING;
	char name[8];

	snprintf(name, sizeof(name), "%c%u", is_pointer ? 'x' : is_signed ? 's' : 'u',
		 value->size * BITS_PER_BYTE);
	return probe_type_find(name);
}

static bool names(void *ip, const char *name, unsigned int *nr, const struct probe_arg_type **type,
		  bool *text)
{
	struct btf_value value = { };
	int found = prototype_argument((unsigned long)ip, name, &value);

	if (found < 0)
		return false;
	*nr = found;
	*type = type_of(&value);
	*text = value.class == BTF_CLASS_STRING;
	return true;
}

/* Where memory was lacking something may be left of what is not hit any more. */
static void finish(void)
{
	unsigned int way;

	kprobes_clean(NULL);
	for (way = 0; way < PROBE_WAYS; way++) {
		if (!hooks[way].table)
			continue;
		hook_disarm(&hooks[way]);
		if (way != PROBE_ELSEWHERE)
			fnt_ops_exit(&hooks[way].ops);
		probe_table_destroy(hooks[way].table);
		hooks[way].table = NULL;
	}
}

const struct probe_source kernel_probes = {
	.locate = probe_locate,
	.choose = probe_choose,
	.names = names,
	.forget = forget_probe,
	.changed = changed,
	.exit = finish,
};
