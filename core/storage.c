// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of one ring.
 */

#include "core/storage.h"

#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/topology.h>

/* A large buffer is a wish, not worth killing anybody for. */
#define PAGE_GFP (GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN | __GFP_COMP)

static struct rb_data_page *page_alloc(int node, unsigned int order, gfp_t flags)
{
	struct page *page = alloc_pages_node(node, PAGE_GFP | flags, order);

	return page ? page_address(page) : NULL;
}

/**
 * storage_page_alloc - memory that can take the place of a ring's page
 * @storage: the ring
 *
 * Context: process, may sleep.
 * Return: the page, with anything in it; NULL without memory.
 */
struct rb_data_page *storage_page_alloc(const struct storage *storage)
{
	return page_alloc(storage->node, storage->order, 0);
}

/**
 * storage_page_free - give back what was a ring's page
 * @storage: the ring
 * @page: its memory
 *
 * Context: process.
 */
void storage_page_free(const struct storage *storage, struct rb_data_page *page)
{
	free_pages((unsigned long)page, storage->order);
}

/**
 * storage_destroy - free a ring
 * @storage: that nobody writes or reads; NULL does nothing
 *
 * Context: process, may sleep.
 */
void storage_destroy(struct storage *storage)
{
	unsigned int i;

	if (!storage)
		return;
	for (i = 0; storage->pages && i <= storage->rb.nr_pages; i++)
		if (storage->pages[i].data)
			storage_page_free(storage, storage->pages[i].data);
	free_page((unsigned long)storage->meta);
	kvfree(storage->pages);
	kvfree(storage->slots);
	kfree(storage);
}

/**
 * storage_create - make a ring
 * @nr_pages: at least 2
 * @order: of the size of its pages
 * @cpu: that will write it
 *
 * Context: process, may sleep.
 * Return: the ring, empty; NULL without memory, or if a fatal signal came.
 */
struct storage *storage_create(unsigned int nr_pages, unsigned int order, int cpu)
{
	int node = cpu_to_node(cpu);
	struct storage *storage;
	unsigned int i;

	/* Of a size that is a power of two, so that the ring has its own lines of cache. */
	storage = kzalloc_node(roundup_pow_of_two(sizeof(*storage)), GFP_KERNEL, node);
	if (!storage)
		return NULL;
	storage->order = order;
	storage->node = node;
	storage->rb.nr_pages = nr_pages;
	storage->pages = kvcalloc(nr_pages + 1, sizeof(*storage->pages), GFP_KERNEL);
	storage->slots = kvcalloc(nr_pages, sizeof(*storage->slots), GFP_KERNEL);
	if (!storage->pages || !storage->slots)
		goto out;
	for (i = 0; i <= nr_pages; i++) {
		storage->pages[i].data = page_alloc(node, order, __GFP_ZERO);
		if (!storage->pages[i].data || fatal_signal_pending(current))
			goto out;
		if (!(i & 255))
			cond_resched();
	}
	if (rb_init(&storage->rb, storage->slots, storage->pages, nr_pages, PAGE_SIZE << order))
		goto out;
	return storage;
out:
	storage_destroy(storage);
	return NULL;
}
