// SPDX-License-Identifier: GPL-2.0
/*
 * The functions that can be traced, for those who list and choose them.
 */

#include "patching/ops.h"

#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/filter.h"
#include "core/kabi.h"
#include "patching/hits.h"
#include "patching/names.h"
#include "patching/patch.h"
#include "patching/share.h"
#include "patching/sites.h"

/**
 * ops_functions_begin - begin to look at functions
 *
 * Until ops_functions_end() no module comes or goes, and nobody else changes
 * what is traced.
 *
 * Context: process, may sleep; takes patch_mutex on success.
 * Return: 0; -ENOMEM.
 */
int ops_functions_begin(void)
{
	int err;

	sites_lock();
	err = names_load();
	if (err)
		sites_unlock();
	return err;
}

/**
 * ops_functions_end - undo ops_functions_begin()
 *
 * Context: process.
 */
void ops_functions_end(void)
{
	sites_unlock();
}

static void describe(const struct site_block *block, const struct fnt_site *site,
		     struct ops_function *function)
{
	function->ip = site->ip;
	function->name = name_of_site(block, site - block->sites);
	function->module = site_module_name(block);
	function->users = ops_slot_users(site->slot);
	function->state = site_state_name(site);
	function->shared = site->state == SITE_JOINED;
	function->counted = hits_of_site(site, &function->hits, &function->missed);
}

/**
 * ops_function_nth - list the functions
 * @n: counted from 0; a function keeps its place while modules come
 * @function: receives it; its strings are valid until ops_functions_end()
 *
 * Context: process; between ops_functions_begin() and ops_functions_end().
 * Return: false behind the last one.
 */
bool ops_function_nth(unsigned int n, struct ops_function *function)
{
	struct site_block *block;

	for_each_site_block(block) {
		if (n < block->first + block->nr) {
			describe(block, &block->sites[n - block->first], function);
			return true;
		}
	}
	return false;
}

/**
 * ops_function_named - the functions with a name, one after the other
 * @name: exactly this
 * @n: where to begin, 0 the first time; receives where to go on
 * @function: receives it; its strings are valid until ops_functions_end()
 *
 * Context: process; between ops_functions_begin() and ops_functions_end().
 * Return: false if there is none any more.
 */
bool ops_function_named(const char *name, unsigned int *n, struct ops_function *function)
{
	struct site_block *block;
	unsigned int i;

	for_each_site_block(block) {
		if (*n >= block->first + block->nr)
			continue;
		i = site_of_name(block, name, max(*n, block->first) - block->first);
		if (i == block->nr)
			continue;
		describe(block, &block->sites[i], function);
		*n = block->first + i + 1;
		return true;
	}
	return false;
}

/**
 * ops_function_at - the function of a call site
 * @ip: the call site
 * @function: receives it; its strings are valid until ops_functions_end()
 *
 * Context: process; between ops_functions_begin() and ops_functions_end().
 * Return: false if there is none.
 */
bool ops_function_at(unsigned long ip, struct ops_function *function)
{
	struct fnt_site *site = site_find(ip);

	if (!site)
		return false;
	describe(site_block_of(site), site, function);
	return true;
}

struct sharers {
	void (*fn)(void *data, const char *callback);
	void *data;
};

static void tell_sharer(void *data, unsigned long callback)
{
	const struct sharers *sharers = data;
	char buf[KSYM_NAME_LEN];
	const char *name = kabi_lookup_symbol(callback, NULL, NULL, NULL, buf);

	sharers->fn(sharers->data, name && *name ? name : "?");
}

/**
 * ops_function_sharers - with whom a function is shared
 * @function: the function
 * @fn: called with the name of the callback of each other user
 * @data: passed to @fn
 *
 * Context: process, may sleep; between ops_functions_begin() and
 * ops_functions_end().
 */
void ops_function_sharers(const struct ops_function *function,
			  void (*fn)(void *data, const char *callback), void *data)
{
	struct sharers sharers = { .fn = fn, .data = data };

	if (!function->shared)
		return;
	mutex_lock(kabi.ftrace_lock);
	kabi_each_user(function->ip, tell_sharer, &sharers);
	mutex_unlock(kabi.ftrace_lock);
}

/**
 * ops_module_known - is a module with call sites there?
 * @glob: of names of modules
 *
 * Context: process; between ops_functions_begin() and ops_functions_end().
 * Return: true if there is one that matches.
 */
bool ops_module_known(const char *glob)
{
	struct site_block *block;

	for_each_site_block(block)
		if (block->mod && filter_glob_match(glob, site_module_name(block)))
			return true;
	return false;
}

/* The next function from place *n on that may be meant. */
static bool next_candidate(const struct filter_term *term, unsigned int *n,
			   struct ops_function *function)
{
	if (filter_glob_is_name(term->glob))
		return ops_function_named(term->glob, n, function);
	while (ops_function_nth(*n, function)) {
		if (!(++*n & 1023))
			cond_resched();
		if (filter_glob_match(term->glob, function->name))
			return true;
	}
	return false;
}

/**
 * ops_functions_find - all functions that a glob names
 * @term: the glob; no line number
 * @found: receives their call sites, for kvfree()
 *
 * Context: process, may sleep; between ops_functions_begin() and
 * ops_functions_end().
 * Return: their number; -ENOMEM.
 */
int ops_functions_find(const struct filter_term *term, unsigned long **found)
{
	struct ops_function function;
	unsigned int n = 0, nr = 0, room = 0;
	unsigned long *ips = NULL, *more;

	while (next_candidate(term, &n, &function)) {
		if (!filter_module_match(term, function.module))
			continue;
		if (nr == room) {
			room = max(2 * room, 64U);
			more = kvmalloc_array(room, sizeof(*more), GFP_KERNEL);
			if (!more) {
				kvfree(ips);
				return -ENOMEM;
			}
			if (nr)
				memcpy(more, ips, nr * sizeof(*more));
			kvfree(ips);
			ips = more;
		}
		ips[nr++] = function.ip;
	}
	*found = ips;
	return nr;
}

/**
 * ops_stats - what patching has done so far
 * @stats: receives it
 *
 * Context: process, may sleep.
 */
void ops_stats(struct ops_stats *stats)
{
	struct share_stats share;
	const struct patch_stats *patch = patch_stats();

	sites_lock();
	share_stats(&share);
	*stats = (struct ops_stats) {
		.sites = site_count(),
		.owned = share.owned,
		.yielded = share.yielded,
		.joined = share.joined,
		.unavailable = share.unavailable,
		.yields = share.yields,
		.gaps = share.gaps,
		.gap_ns = share.gap_ns,
		.batches = patch->batches,
		.written = patch->sites,
		.rounds = patch->rounds,
		.longest_stop_ns = patch->longest_stop_ns,
	};
	sites_unlock();
}

/**
 * ops_patcher - name of the patcher in use
 *
 * Context: process.
 * Return: the name, one of those of ops_nth_patcher().
 */
const char *ops_patcher(void)
{
	return patch_patcher()->name;
}

/**
 * ops_nth_patcher - list the patchers that work here
 * @n: counted from 0
 *
 * Context: any.
 * Return: the name, NULL behind the last one.
 */
const char *ops_nth_patcher(unsigned int n)
{
	const struct fnt_patcher *patcher = patch_nth_patcher(n);

	return patcher ? patcher->name : NULL;
}

/**
 * ops_choose_patcher - use another patcher from now on
 * @name: its name
 *
 * Context: process, may sleep.
 * Return: as patch_choose().
 */
int ops_choose_patcher(const char *name)
{
	int err;

	sites_lock();
	err = patch_choose(name);
	sites_unlock();
	return err;
}
