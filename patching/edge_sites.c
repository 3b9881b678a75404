// SPDX-License-Identifier: GPL-2.0
/*
 * The table of sites, a block for the kernel image and one for each module that has any.
 * All of it is under patch_mutex.
 */

#include "patching/edge_sites.h"

#include <linux/err.h>
#include <linux/slab.h>

#include "core/kabi.h"
#include "patching/edge_choice.h"
#include "patching/sites.h"

static LIST_HEAD(blocks);

/**
 * edge_blocks - the list of blocks, ascending by address
 *
 * Context: process; patch_mutex held.
 * Return: its head.
 */
struct list_head *edge_blocks(void)
{
	sites_assert_locked();
	return &blocks;
}

/**
 * edge_blocks_made - has the table been made?
 *
 * Context: process; patch_mutex held.
 * Return: true if so.
 */
bool edge_blocks_made(void)
{
	return !list_empty(edge_blocks());
}

/**
 * edge_blocks_sites - number of sites in the table
 *
 * Context: process; patch_mutex held.
 * Return: the number.
 */
unsigned int edge_blocks_sites(void)
{
	const struct edge_block *block;
	unsigned int nr = 0;

	list_for_each_entry(block, edge_blocks(), node)
		nr += block->sites.nr;
	return nr;
}

/**
 * edge_blocks_kinds - which sections can be told of?
 *
 * Context: process; patch_mutex held.
 * Return: EDGE_WANT() of each kind, by what the kernel image has.
 */
unsigned int edge_blocks_kinds(void)
{
	const struct edge_block *block = edge_block_of(NULL);
	bool has[EDGE_OPS] = { };
	unsigned int i;

	for (i = 0; block && i < block->sites.nr; i++)
		has[block->sites.at[i].insn.op] = true;
	return edge_kinds_possible(has);
}

/**
 * edge_block_of - the block of a module
 * @mod: the module, NULL for the kernel image
 *
 * Context: process; patch_mutex held.
 * Return: the block; NULL if there is none.
 */
struct edge_block *edge_block_of(const struct module *mod)
{
	struct edge_block *block;

	list_for_each_entry(block, edge_blocks(), node)
		if (block->mod == mod)
			return block;
	return NULL;
}

static void block_insert(struct edge_block *block)
{
	struct edge_block *other;

	list_for_each_entry(other, edge_blocks(), node)
		if (other->sites.at[0].ip > block->sites.at[0].ip)
			break;
	list_add_tail(&block->node, &other->node);
}

static struct edge_block *block_make(const struct module *mod, unsigned long start,
				     unsigned long end)
{
	struct edge_block *block = kzalloc(sizeof(*block), GFP_KERNEL);
	int err;

	if (!block)
		return ERR_PTR(-ENOMEM);
	block->mod = mod;
	err = edge_find(mod, start, end, &block->sites);
	if (err || !block->sites.nr) {
		edge_list_free(&block->sites);
		kfree(block);
		return ERR_PTR(err);
	}
	block_insert(block);
	return block;
}

/**
 * edge_block_add - find the sites of a module that has come
 * @mod: the module
 *
 * Context: process, may sleep; patch_mutex held.
 * Return: its block; NULL if it has no site; ERR_PTR(-ENOMEM).
 */
struct edge_block *edge_block_add(const struct module *mod)
{
	unsigned long start, end;

	kabi_module_text(mod, &start, &end);
	return block_make(mod, start, end);
}

/**
 * edge_block_remove - forget a block
 * @block: with nothing of ours at its sites that could be executed
 *
 * Context: process, may sleep; patch_mutex held.
 */
void edge_block_remove(struct edge_block *block)
{
	list_del(&block->node);
	edge_list_free(&block->sites);
	kfree(block);
}

/* The first module above an address whose text has not been looked at. */
struct module_above {
	unsigned long addr;
	const struct module *mod;
};

static void note_module(void *data, const struct module *mod)
{
	struct module_above *above = data;
	unsigned long start, end, best;

	kabi_module_text(mod, &start, &end);
	if (mod == THIS_MODULE || start == end || start <= above->addr)
		return;
	if (above->mod) {
		kabi_module_text(above->mod, &best, &end);
		if (best < start)
			return;
	}
	above->mod = mod;
}

/*
 * Those that are there already. None of them can finish going while we hold patch_mutex,
 * which whoever is told of it takes.
 */
static int add_modules(void)
{
	struct module_above above = { };
	struct edge_block *block;
	unsigned long end;

	for (;;) {
		above.mod = NULL;
		kabi_each_module(note_module, &above);
		if (!above.mod)
			return 0;
		kabi_module_text(above.mod, &above.addr, &end);
		block = edge_block_of(above.mod) ? NULL : edge_block_add(above.mod);
		if (IS_ERR(block))
			return PTR_ERR(block);
	}
}

/**
 * edge_blocks_make - make the table
 *
 * Context: process, may sleep; patch_mutex held; modules that come and go are told of.
 * Return: 0; -ENOMEM; -EOPNOTSUPP if this kernel has no sites, or if they cannot be told
 * from other bytes.
 */
int edge_blocks_make(void)
{
	struct edge_block *block;
	int err;

	if (edge_blocks_made())
		return 0;
	if (!kabi_knows_text())
		return -EOPNOTSUPP;
	block = block_make(NULL, (unsigned long)kabi.stext, (unsigned long)kabi.etext);
	if (IS_ERR_OR_NULL(block))
		return block ? PTR_ERR(block) : -EOPNOTSUPP;
	err = add_modules();
	if (err)
		edge_blocks_free();
	return err;
}

/**
 * edge_blocks_free - forget the table
 *
 * Context: process, may sleep; patch_mutex held; nothing of ours is at any site.
 */
void edge_blocks_free(void)
{
	struct edge_block *block, *next;

	list_for_each_entry_safe(block, next, edge_blocks(), node)
		edge_block_remove(block);
}
