// SPDX-License-Identifier: GPL-2.0
/*
 * The table of call sites, made from the kernel's own records: NOP bytes alone
 * are no proof, the same NOP stands in alternatives and jump labels.
 *
 * The list of blocks changes under patch_mutex and ftrace_lock; either is
 * enough to read it.
 */

#include "patching/sites.h"

#include <linux/bsearch.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "core/kabi.h"
#include "patching/names.h"

static DEFINE_MUTEX(patch_mutex);
static LIST_HEAD(site_blocks);
static LIST_HEAD(site_blocks_by_address);
static const struct site_listener *site_listener;

/**
 * sites_lock - take patch_mutex
 *
 * Context: process, may sleep.
 */
void sites_lock(void)
{
	mutex_lock(&patch_mutex);
}

/**
 * sites_unlock - release patch_mutex
 *
 * Context: process.
 */
void sites_unlock(void)
{
	mutex_unlock(&patch_mutex);
}

/**
 * sites_assert_locked - complain if patch_mutex is not held
 *
 * Context: process.
 */
void sites_assert_locked(void)
{
	lockdep_assert_held(&patch_mutex);
}

/**
 * site_block_first - the block of the kernel image
 *
 * Context: process; patch_mutex or ftrace_lock held.
 * Return: the first block; NULL before sites_init().
 */
struct site_block *site_block_first(void)
{
	return list_first_entry_or_null(&site_blocks, struct site_block, node);
}

/**
 * site_block_next - the block behind another one
 * @block: a block of the table
 *
 * Context: process; patch_mutex or ftrace_lock held.
 * Return: the next block, NULL behind the last one.
 */
struct site_block *site_block_next(struct site_block *block)
{
	if (list_is_last(&block->node, &site_blocks))
		return NULL;
	return list_next_entry(block, node);
}

/**
 * site_block_lowest - the block with the lowest addresses
 *
 * Context: process; patch_mutex or ftrace_lock held.
 * Return: the block; NULL before sites_init().
 */
struct site_block *site_block_lowest(void)
{
	return list_first_entry_or_null(&site_blocks_by_address, struct site_block, by_address);
}

/**
 * site_block_above - the block with the next higher addresses
 * @block: a block of the table
 *
 * Context: process; patch_mutex or ftrace_lock held.
 * Return: the block, NULL above the highest one.
 */
struct site_block *site_block_above(struct site_block *block)
{
	if (list_is_last(&block->by_address, &site_blocks_by_address))
		return NULL;
	return list_next_entry(block, by_address);
}

/**
 * site_block_of - the block that holds a site
 * @site: a site of the table
 *
 * Context: process; patch_mutex or ftrace_lock held.
 * Return: the block.
 */
struct site_block *site_block_of(const struct fnt_site *site)
{
	struct site_block *block;

	for_each_site_block(block)
		if (site >= block->sites && site < block->sites + block->nr)
			return block;
	return NULL;
}

/**
 * site_count - number of sites in the table
 *
 * Context: process; patch_mutex or ftrace_lock held.
 * Return: the number.
 */
unsigned int site_count(void)
{
	struct site_block *last;

	if (list_empty(&site_blocks))
		return 0;
	last = list_last_entry(&site_blocks, struct site_block, node);
	return last->first + last->nr;
}

static int compare_ip(const void *key, const void *elt)
{
	unsigned long ip = (unsigned long)key;
	const struct fnt_site *site = elt;

	if (ip < site->ip)
		return -1;
	return ip > site->ip;
}

/**
 * site_find - the site at an address
 * @ip: exact address of the call site
 *
 * Context: process; patch_mutex or ftrace_lock held.
 * Return: the site; NULL if there is none.
 */
struct fnt_site *site_find(unsigned long ip)
{
	struct site_block *block;

	for_each_site_block(block) {
		if (ip < block->sites[0].ip || ip > block->sites[block->nr - 1].ip)
			continue;
		return bsearch((void *)ip, block->sites, block->nr, sizeof(*block->sites),
			       compare_ip);
	}
	return NULL;
}

/**
 * site_at - the site at a place in the listing
 * @index: counted from 0
 *
 * Context: process; patch_mutex or ftrace_lock held.
 * Return: the site; NULL behind the last one.
 */
struct fnt_site *site_at(unsigned int index)
{
	struct site_block *block;

	for_each_site_block(block)
		if (index < block->first + block->nr)
			return &block->sites[index - block->first];
	return NULL;
}

/**
 * site_module_name - the module that a block belongs to
 * @block: a block of the table
 *
 * Context: process; patch_mutex held.
 * Return: the name; NULL for the kernel image.
 */
const char *site_module_name(const struct site_block *block)
{
	return block->mod ? block->mod->name : NULL;
}

/**
 * site_state_name - how a site is served, in a word or a few
 * @site: a site of the table
 *
 * Context: process; patch_mutex held.
 * Return: the words.
 */
const char *site_state_name(const struct fnt_site *site)
{
	static const char *const reasons[] = {
		[SITE_REASON_NONE] = "unavailable",
		[SITE_REASON_BYTES] = "unavailable: unexpected bytes",
		[SITE_REASON_RECORD] = "unavailable: no record in the kernel",
		[SITE_REASON_STRADDLES] = "unavailable: crosses a word and breakpoints are not to be had",
		[SITE_REASON_JOIN] = "unavailable: held by others, the kernel's ftrace refused to share",
	};

	switch (site->state) {
	case SITE_OWNED:
		return "owned";
	case SITE_YIELDED:
		return "yielded";
	case SITE_JOINED:
		return "joined";
	case SITE_UNAVAILABLE:
		return reasons[site->reason];
	default:
		return "idle";
	}
}

/* Collecting the sites of one range of text from the kernel's records. */
struct collect {
	unsigned long start;
	unsigned long end;
	struct site_block *block;	/* NULL: only count */
	unsigned int nr;
};

static int collect_record(void *data, struct dyn_ftrace *rec)
{
	struct collect *collect = data;

	if (rec->ip < collect->start || rec->ip >= collect->end || !kabi_record_usable(rec))
		return 0;
	if (collect->block) {
		if (collect->nr == collect->block->nr)
			return -E2BIG;
		collect->block->sites[collect->nr].ip = rec->ip;
	}
	collect->nr++;
	return 0;
}

static int compare_site(const void *a, const void *b)
{
	const struct fnt_site *x = a, *y = b;

	if (x->ip < y->ip)
		return -1;
	return x->ip > y->ip;
}

static bool sites_sorted(const struct site_block *block)
{
	unsigned int i;

	for (i = 1; i < block->nr; i++)
		if (block->sites[i - 1].ip >= block->sites[i].ip)
			return false;
	return true;
}

/*
 * Add the sites between @start and @end as a block. The records may change
 * between counting and filling, as ftrace_lock is dropped to allocate.
 */
static struct site_block *block_add(const struct module *mod, unsigned long start,
				    unsigned long end)
{
	struct collect collect = { .start = start, .end = end };
	struct site_block *block, *other;

	mutex_lock(kabi.ftrace_lock);
	kabi_each_record(collect_record, &collect);
	mutex_unlock(kabi.ftrace_lock);
	if (!collect.nr)
		return NULL;

	block = kvzalloc(struct_size(block, sites, collect.nr), GFP_KERNEL);
	if (!block)
		return ERR_PTR(-ENOMEM);
	block->mod = mod;
	block->nr = collect.nr;

	collect.block = block;
	collect.nr = 0;
	mutex_lock(kabi.ftrace_lock);
	kabi_each_record(collect_record, &collect);
	if (!collect.nr) {
		mutex_unlock(kabi.ftrace_lock);
		kvfree(block);
		return NULL;
	}
	block->nr = collect.nr;
	if (!sites_sorted(block))
		sort(block->sites, block->nr, sizeof(*block->sites), compare_site, NULL);
	block->first = site_count();
	list_add_tail(&block->node, &site_blocks);
	list_for_each_entry(other, &site_blocks_by_address, by_address)
		if (other->sites[0].ip > block->sites[0].ip)
			break;
	list_add_tail(&block->by_address, &other->by_address);
	mutex_unlock(kabi.ftrace_lock);
	return block;
}

static void block_remove(struct site_block *block)
{
	struct site_block *other;

	mutex_lock(kabi.ftrace_lock);
	other = block;
	list_for_each_entry_continue(other, &site_blocks, node)
		other->first -= block->nr;
	list_del(&block->node);
	list_del(&block->by_address);
	mutex_unlock(kabi.ftrace_lock);
	names_destroy(block->names);
	kvfree(block);
}

static struct site_block *block_of_module(const struct module *mod)
{
	struct site_block *block;

	for_each_site_block(block)
		if (block->mod == mod)
			return block;
	return NULL;
}

static struct site_block *module_add(const struct module *mod)
{
	unsigned long start, end;

	kabi_module_text(mod, &start, &end);
	return block_add(mod, start, end);
}

static int module_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct module *mod = data;
	struct site_block *block;
	bool came = false;

	if (mod == THIS_MODULE)
		return NOTIFY_DONE;
	if (event == MODULE_STATE_GOING)
		site_listener->changed(mod->name, false);

	sites_lock();
	block = block_of_module(mod);
	switch (event) {
	case MODULE_STATE_COMING:
	case MODULE_STATE_LIVE:
		/* LIVE: for one that was on its way when we were loaded, or lacked memory. */
		if (block)
			break;
		block = module_add(mod);
		came = !IS_ERR_OR_NULL(block);
		if (came)
			site_listener->added(block);
		else if (block && event == MODULE_STATE_LIVE)
			pr_warn("no memory for the call sites of module %s: they cannot be traced\n",
				mod->name);
		break;
	case MODULE_STATE_GOING:
		if (!block)
			break;
		site_listener->removing(block);
		block_remove(block);
		break;
	}
	sites_unlock();
	if (came)
		site_listener->changed(mod->name, true);
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = { .notifier_call = module_event };

/* Finding the next live module with sites that has no block yet. */
static int next_module(void *data, struct dyn_ftrace *rec)
{
	struct module **found = data;
	struct module *mod;
	unsigned long start, end;

	if (rec->ip >= (unsigned long)kabi.stext && rec->ip < (unsigned long)kabi.etext)
		return 0;
	preempt_disable();
	mod = kabi_module_of_text(rec->ip);
	if (mod && mod != THIS_MODULE && mod->state == MODULE_STATE_LIVE &&
	    !block_of_module(mod)) {
		kabi_module_text(mod, &start, &end);
		if (rec->ip >= start && rec->ip < end && kabi_record_usable(rec))
			*found = mod;
	}
	preempt_enable();
	return *found ? 1 : 0;
}

/*
 * The modules that are there already. The notifier is registered, so none of
 * them can finish going away while we hold patch_mutex; one that is on its way
 * in will tell.
 */
static int add_loaded_modules(void)
{
	struct site_block *block;
	struct module *mod;

	for (;;) {
		mod = NULL;
		mutex_lock(kabi.ftrace_lock);
		kabi_each_record(next_module, &mod);
		mutex_unlock(kabi.ftrace_lock);
		if (!mod)
			return 0;
		block = module_add(mod);
		if (IS_ERR_OR_NULL(block))
			return PTR_ERR_OR_ZERO(block);
	}
}

/**
 * sites_init - make the table
 * @listener: told of modules that come and go from now on
 *
 * Context: process, may sleep; once, at load, after kabi_init().
 * Return: 0; -ENOMEM; -ENOENT if the kernel image has no usable call site.
 */
int sites_init(const struct site_listener *listener)
{
	struct site_block *block;
	int err;

	site_listener = listener;
	sites_lock();
	block = block_add(NULL, (unsigned long)kabi.stext, (unsigned long)kabi.etext);
	if (IS_ERR_OR_NULL(block)) {
		err = block ? PTR_ERR(block) : -ENOENT;
		goto out;
	}
	err = register_module_notifier(&module_nb);
	if (err) {
		block_remove(block);
		goto out;
	}
	err = add_loaded_modules();
	sites_unlock();
	if (err)
		sites_exit();
	return err;
out:
	sites_unlock();
	return err;
}

/**
 * sites_exit - free the table
 *
 * Context: process, may sleep; no site is in use.
 */
void sites_exit(void)
{
	struct site_block *block;

	unregister_module_notifier(&module_nb);
	sites_lock();
	while (!list_empty(&site_blocks)) {
		block = list_last_entry(&site_blocks, struct site_block, node);
		block_remove(block);
	}
	sites_unlock();
}
