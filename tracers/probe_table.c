// SPDX-License-Identifier: GPL-2.0
/*
 * What is done when which place is hit: a table that is made as a whole.
 */

#include "tracers/probe_table.h"

#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>

/**
 * probe_table_create - have a table
 * @room: how many hits it shall have at most
 *
 * Context: process, may sleep.
 * Return: the table; NULL without memory.
 */
struct probe_table *probe_table_create(unsigned int room)
{
	struct probe_table *table;

	table = kvzalloc(struct_size(table, hits, room + 1), GFP_KERNEL);
	if (!table)
		return NULL;
	table->shift = ilog2(roundup_pow_of_two(2 * room + 2));
	table->first = kvcalloc(BIT(table->shift), sizeof(*table->first), GFP_KERNEL);
	if (table->first)
		return table;
	kvfree(table);
	return NULL;
}

/**
 * probe_table_add - add a hit
 * @table: with room for it
 * @hit: the hit
 *
 * Context: process.
 */
void probe_table_add(struct probe_table *table, const struct probe_hit *hit)
{
	table->hits[table->nr++] = *hit;
}

/* Sorting must not change the order of those of one place. */
struct sorted {
	unsigned int nr;
	struct probe_hit hit;
};

static int compare(const void *a, const void *b)
{
	const struct sorted *left = a, *right = b;

	if (left->hit.place != right->hit.place)
		return left->hit.place < right->hit.place ? -1 : 1;
	return left->nr < right->nr ? -1 : 1;
}

static int sort_hits(struct probe_table *table)
{
	struct sorted *sorted = kvmalloc_array(table->nr + 1, sizeof(*sorted), GFP_KERNEL);
	unsigned int i;

	if (!sorted)
		return -ENOMEM;
	for (i = 0; i < table->nr; i++)
		sorted[i] = (struct sorted) { .nr = i, .hit = table->hits[i] };
	sort(sorted, table->nr, sizeof(*sorted), compare, NULL);
	for (i = 0; i < table->nr; i++)
		table->hits[i] = sorted[i].hit;
	kvfree(sorted);
	return 0;
}

/**
 * probe_table_finish - make it ready to be searched
 * @table: with all its hits
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM.
 */
int probe_table_finish(struct probe_table *table)
{
	int err = sort_hits(table);
	unsigned int i;
	u32 slot;

	for (i = 0; i < table->nr && !err; i++) {
		if (i && table->hits[i].place == table->hits[i - 1].place)
			continue;
		slot = hash_64(table->hits[i].place, table->shift);
		while (table->first[slot])
			slot = (slot + 1) & (BIT(table->shift) - 1);
		table->first[slot] = i + 1;
	}
	return err;
}

/**
 * probe_table_destroy - free a table
 * @table: that nobody reads; may be NULL
 *
 * Context: process.
 */
void probe_table_destroy(struct probe_table *table)
{
	if (!table)
		return;
	kvfree(table->first);
	kvfree(table);
}
