// SPDX-License-Identifier: GPL-2.0
/*
 * The histograms of a tracer: their memory.
 */

#include "core/hist_store.h"

#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/kabi.h"
#include "core/symbol.h"

/* What is to be expected of a function, with these keys. */
#define RESULTS_EXPECTED 2
#define TASKS_EXPECTED 64
#define ROOM_MIN 256

/* Histograms that a CPU gets room for, for so many functions. */
static unsigned int room_for(const struct hist_settings *settings, unsigned int functions)
{
	u64 room = functions;

	if (settings->keys & HIST_KEY_RESULT)
		room *= RESULTS_EXPECTED;
	if (settings->keys & HIST_KEY_TASK)
		room *= TASKS_EXPECTED;
	return clamp_t(u64, roundup_pow_of_two(room + 1), ROOM_MIN, HIST_ROOM_MAX);
}

static void set_destroy(struct hist_set *set)
{
	struct hist_set *before;
	int cpu;

	for (; set; set = before) {
		before = set->before;
		if (set->tables)
			for_each_possible_cpu(cpu)
				hist_table_exit(per_cpu_ptr(set->tables, cpu));
		free_percpu(set->tables);
		kfree(set);
	}
}

static struct hist_set *set_create(const struct hist_settings *settings, unsigned int room)
{
	struct hist_set *set = kzalloc(sizeof(*set), GFP_KERNEL);
	int cpu, err = 0;

	if (!set)
		return NULL;
	set->settings = *settings;
	set->simple = !(settings->keys & HIST_KEYS_COUNTED) && hist_is_simple(&settings->shape);
	set->room = room;
	set->tables = alloc_percpu(struct hist_table);
	if (!set->tables)
		goto out;
	for_each_possible_cpu(cpu) {
		err = hist_table_init(per_cpu_ptr(set->tables, cpu), &settings->shape, room);
		if (err)
			goto out;
	}
	return set;

out:
	set_destroy(set);
	return NULL;
}

/*
 * Have calls go into another set. When this returns none goes into the old one any
 * more: whoever has got it runs with preemption off, whether RCU is watching or not.
 */
static void use_set(struct hist_store *store, struct hist_set *set)
{
	/* Pairs with the dependency of the reader: its tables are there. */
	smp_store_release(&store->set, set);
	synchronize_rcu_tasks_rude();
}

static void forget_gone(struct hist_store *store)
{
	unsigned int i;

	for (i = 0; i < store->nr_gone; i++)
		kfree(store->gone[i]);
	kfree(store->gone);
	store->gone = NULL;
	store->nr_gone = 0;
}

/**
 * hist_store_init - make an empty store
 * @store: the store
 * @naming: what their keys mean
 * @settings: of its histograms
 * @functions: how many there may be
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM.
 */
int hist_store_init(struct hist_store *store, const struct hist_naming *naming,
		    const struct hist_settings *settings, unsigned int functions)
{
	*store = (struct hist_store) {
		.naming = naming,
		.set = set_create(settings, room_for(settings, functions)),
	};
	return store->set ? 0 : -ENOMEM;
}

/**
 * hist_store_exit - undo hist_store_init()
 * @store: the store; no call goes into it any more
 *
 * Context: process, may sleep.
 */
void hist_store_exit(struct hist_store *store)
{
	set_destroy(store->set);
	forget_gone(store);
}

/**
 * hist_store_clear - forget everything
 * @store: the store
 *
 * What returns while this runs is forgotten, too.
 *
 * Context: process, may sleep; one at a time with all that change the store.
 */
void hist_store_clear(struct hist_store *store)
{
	struct hist_set *set = store->set;
	int cpu;

	use_set(store, NULL);
	for_each_possible_cpu(cpu)
		hist_table_clear(per_cpu_ptr(set->tables, cpu));
	set_destroy(set->before);
	set->before = NULL;
	forget_gone(store);
	/* Pairs as in use_set(). */
	smp_store_release(&store->set, set);
}

/**
 * hist_store_change - begin anew, with other settings
 * @store: the store
 * @settings: the settings
 * @functions: how many there may be
 *
 * Context: process, may sleep; one at a time with all that change the store.
 * Return: 0; -ENOMEM: then nothing has changed.
 */
int hist_store_change(struct hist_store *store, const struct hist_settings *settings,
		      unsigned int functions)
{
	struct hist_set *old = store->set, *new;

	new = set_create(settings, room_for(settings, functions));
	if (!new)
		return -ENOMEM;
	use_set(store, new);
	set_destroy(old);
	forget_gone(store);
	return 0;
}

/**
 * hist_store_make_room - there may be more functions from now on
 * @store: the store
 * @functions: how many
 *
 * What is there stays where it is: there are few such steps up to HIST_ROOM_MAX.
 *
 * Context: process, may sleep; one at a time with all that change the store.
 * Return: 0; -ENOMEM: then nothing has changed.
 */
int hist_store_make_room(struct hist_store *store, unsigned int functions)
{
	struct hist_set *old = store->set, *new;
	unsigned int room = room_for(&old->settings, functions);

	if (room <= old->room)
		return 0;
	new = set_create(&old->settings, room);
	if (!new)
		return -ENOMEM;
	new->before = old;
	use_set(store, new);
	return 0;
}

static bool is_of_module(unsigned long ip, const char *module)
{
	const struct module *mod;
	bool is;

	preempt_disable();
	mod = kabi_module_of_text(ip);
	is = mod && !strcmp(mod->name, module);
	preempt_enable();
	return is;
}

/* A number for the name of a function that goes; 0 without memory. */
static unsigned int note_name(struct hist_store *store, struct symbols *symbols, unsigned long ip)
{
	unsigned int len, i;
	const char *name = symbol_name(symbols, ip, store->naming->name, &len);
	char **longer, *copy;

	if (!name)
		return 0;
	for (i = 0; i < store->nr_gone; i++)
		if (strlen(store->gone[i]) == len && !memcmp(store->gone[i], name, len))
			return i + 1;
	copy = kzalloc(len + 1, GFP_KERNEL);
	longer = kcalloc(store->nr_gone + 1, sizeof(*longer), GFP_KERNEL);
	if (!copy || !longer) {
		kfree(copy);
		kfree(longer);
		return 0;
	}
	memcpy(copy, name, len);
	if (store->nr_gone)
		memcpy(longer, store->gone, store->nr_gone * sizeof(*longer));
	kfree(store->gone);
	store->gone = longer;
	longer[store->nr_gone++] = copy;
	return store->nr_gone;
}

/* Nobody calls its functions, so nobody looks for these histograms. */
static void rename_gone(struct hist_store *store, struct hist_table *table, const char *module,
			struct symbols *symbols)
{
	unsigned int n, number;
	struct hist *hist;
	unsigned long ip;

	for (n = 0; (hist = hist_nth(table, n)); n++) {
		ip = READ_ONCE(hist->key) | GENMASK_ULL(63, 32);
		if (!is_of_module(ip, module))
			continue;
		number = note_name(store, symbols, ip);
		if (number)
			WRITE_ONCE(hist->key, (hist->key & GENMASK_ULL(63, 32)) | number);
	}
}

/**
 * hist_store_module_goes - remember the names of a module's functions
 * @store: the store
 * @module: its name
 *
 * Without memory they keep their addresses, which may become others'.
 *
 * Context: process, may sleep; one at a time with all that change the store.
 */
void hist_store_module_goes(struct hist_store *store, const char *module)
{
	struct symbols *symbols = symbols_get();
	struct hist_set *set;
	int cpu;

	for (set = store->set; symbols && set; set = set->before)
		for_each_possible_cpu(cpu)
			rename_gone(store, per_cpu_ptr(set->tables, cpu), module, symbols);
	symbols_put(symbols);
}
