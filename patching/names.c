// SPDX-License-Identifier: GPL-2.0
/*
 * The names of the functions that have call sites: looked up when first asked
 * for, and kept, with an index, for as long as the block is there. A name may
 * belong to several functions, which are then one another's neighbours in a
 * chain of the index.
 */

#include "patching/names.h"

#include <linux/kallsyms.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/stringhash.h>

#include "core/kabi.h"
#include "patching/sites.h"

#define CHUNK_SIZE (16 * 1024)
#define NO_SITE UINT_MAX

/* A piece of the storage of names. */
struct name_chunk {
	struct list_head node;
	unsigned int used;
	char text[];
};

/**
 * struct site_names - the names of a block
 * @of: a name a site
 * @next: for each site the next one in its chain, with a higher number;
 *        NO_SITE at the end
 * @heads: first site of each chain
 * @mask: number of chains, less one
 * @pool: storage of the names
 */
struct site_names {
	const char **of;
	unsigned int *next;
	unsigned int *heads;
	unsigned int mask;
	struct list_head pool;
};

/**
 * names_destroy - free the names of a block
 * @names: the names; NULL is fine
 *
 * Context: process, may sleep.
 */
void names_destroy(struct site_names *names)
{
	struct name_chunk *chunk, *next;

	if (!names)
		return;
	list_for_each_entry_safe(chunk, next, &names->pool, node)
		kvfree(chunk);
	kvfree(names->heads);
	kvfree(names->next);
	kvfree(names->of);
	kfree(names);
}

static struct site_names *names_create(unsigned int nr)
{
	unsigned int heads = roundup_pow_of_two(nr);
	struct site_names *names;

	names = kzalloc(sizeof(*names), GFP_KERNEL);
	if (!names)
		return NULL;
	INIT_LIST_HEAD(&names->pool);
	names->mask = heads - 1;
	names->of = kvcalloc(nr, sizeof(*names->of), GFP_KERNEL);
	names->next = kvmalloc_array(nr, sizeof(*names->next), GFP_KERNEL);
	names->heads = kvmalloc_array(heads, sizeof(*names->heads), GFP_KERNEL);
	if (!names->of || !names->next || !names->heads) {
		names_destroy(names);
		return NULL;
	}
	return names;
}

static const char *pool_add(struct site_names *names, const char *name)
{
	struct name_chunk *chunk = NULL;
	size_t len = strlen(name) + 1;
	char *text;

	if (!list_empty(&names->pool))
		chunk = list_last_entry(&names->pool, struct name_chunk, node);
	if (!chunk || chunk->used + len > CHUNK_SIZE - sizeof(*chunk)) {
		chunk = kvmalloc(CHUNK_SIZE, GFP_KERNEL);
		if (!chunk)
			return NULL;
		chunk->used = 0;
		list_add_tail(&chunk->node, &names->pool);
	}
	text = chunk->text + chunk->used;
	memcpy(text, name, len);
	chunk->used += len;
	return text;
}

/* One pass over the kernel's symbols beside one over the sites. */
struct name_walk {
	const struct site_block *block;
	struct site_names *names;
	unsigned int next;		/* first site that has no name yet */
	unsigned long addr;		/* of the symbol in @name */
	char name[KSYM_NAME_LEN];
};

/* Name the sites that lie below @end, which belong to the symbol at hand. */
static int name_sites_below(struct name_walk *walk, unsigned long end)
{
	const struct site_block *block = walk->block;
	const char *name = NULL;

	while (walk->next < block->nr && block->sites[walk->next].ip < end) {
		if (!name)
			name = pool_add(walk->names, walk->name);
		if (!name)
			return -ENOMEM;
		walk->names->of[walk->next++] = name;
	}
	return 0;
}

static int name_symbol(void *data, const char *name, unsigned long addr)
{
	struct name_walk *walk = data;
	int err;

	/* Of several symbols at one address the first one counts. */
	if (addr <= walk->addr)
		return 0;
	err = name_sites_below(walk, addr);
	if (err)
		return err;
	walk->addr = addr;
	/* Copied only if a site can still need it. */
	if (walk->next < walk->block->nr)
		strscpy(walk->name, name, sizeof(walk->name));
	return 0;
}

static int look_up_kernel(const struct site_block *block, struct site_names *names)
{
	struct name_walk *walk;
	int err;

	walk = kzalloc(sizeof(*walk), GFP_KERNEL);
	if (!walk)
		return -ENOMEM;
	walk->block = block;
	walk->names = names;
	strscpy(walk->name, "?", sizeof(walk->name));
	err = kabi_each_symbol(name_symbol, walk);
	if (!err)
		err = name_sites_below(walk, ULONG_MAX);
	kfree(walk);
	return err;
}

static int look_up_module(const struct site_block *block, struct site_names *names)
{
	char *buf;
	const char *name;
	unsigned int i;
	int err = 0;

	buf = kmalloc(KSYM_NAME_LEN, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	for (i = 0; i < block->nr && !err; i++) {
		name = kabi_lookup_symbol(block->sites[i].ip, NULL, NULL, NULL, buf);
		names->of[i] = pool_add(names, name ?: "?");
		if (!names->of[i])
			err = -ENOMEM;
		cond_resched();
	}
	kfree(buf);
	return err;
}

static unsigned int *chain_of(const struct site_names *names, const char *name)
{
	return &names->heads[full_name_hash(NULL, name, strlen(name)) & names->mask];
}

static void make_index(struct site_names *names, unsigned int nr)
{
	unsigned int i, *head;

	memset(names->heads, 0xff, (names->mask + 1) * sizeof(*names->heads));
	/* From the last on, so that chains ascend. */
	for (i = nr; i-- > 0;) {
		head = chain_of(names, names->of[i]);
		names->next[i] = *head;
		*head = i;
		if (!(i & 1023))
			cond_resched();
	}
}

static int load_block(struct site_block *block)
{
	struct site_names *names = names_create(block->nr);
	int err;

	if (!names)
		return -ENOMEM;
	err = block->mod ? look_up_module(block, names) : look_up_kernel(block, names);
	if (err) {
		names_destroy(names);
		return err;
	}
	make_index(names, block->nr);
	block->names = names;
	return 0;
}

/**
 * names_load - see to it that every site has its name
 *
 * The names of the kernel image take one pass over its symbols and about
 * 1.5 MiB.
 *
 * Context: process, may sleep; patch_mutex held.
 * Return: 0; -ENOMEM.
 */
int names_load(void)
{
	struct site_block *block;
	int err;

	sites_assert_locked();
	for_each_site_block(block) {
		err = block->names ? 0 : load_block(block);
		if (err)
			return err;
	}
	return 0;
}

/**
 * name_of_site - the name of a site's function
 * @block: a block of the table
 * @i: place of the site in the block
 *
 * Context: process; patch_mutex held since a successful names_load().
 * Return: the name, valid while patch_mutex is held.
 */
const char *name_of_site(const struct site_block *block, unsigned int i)
{
	return block->names->of[i];
}

/**
 * site_of_name - the functions with a name, one after the other
 * @block: a block of the table
 * @name: exactly this
 * @from: place in the block from which on to look
 *
 * Context: process; patch_mutex held since a successful names_load().
 * Return: place of the first such function; the number of sites in the block if
 * there is none.
 */
unsigned int site_of_name(const struct site_block *block, const char *name, unsigned int from)
{
	const struct site_names *names = block->names;
	unsigned int i;

	for (i = *chain_of(names, name); i != NO_SITE; i = names->next[i])
		if (i >= from && !strcmp(names->of[i], name))
			return i;
	return block->nr;
}
