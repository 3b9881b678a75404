// SPDX-License-Identifier: GPL-2.0
/*
 * Calls within a call, put aside. PURE: also compiled in user space.
 */

#include "core/subtree.h"

#include <linux/minmax.h>
#include <linux/string.h>

#include "core/event.h"

/**
 * subtree_begin - there is nothing in it
 * @tree: the subtree
 *
 * Context: any, NMI-safe.
 */
void subtree_begin(struct subtree *tree)
{
	local_set(&tree->used, 0);
	local_set(&tree->lost, 0);
}

/**
 * subtree_add - put a record aside
 * @tree: the subtree, of the current task
 * @len: bytes of the record, a multiple of 4
 *
 * Context: any, NMI-safe; preemption off.
 * Return: the record, to be filled before its task goes through the subtree; NULL if
 * there is no room, which has been counted.
 */
void *subtree_add(struct subtree *tree, unsigned int len)
{
	unsigned int size = sizeof(struct subtree_record) + len;
	struct subtree_record *record;
	long used;

	/* An interrupt that goes through the records finds the length of each. */
	do {
		used = local_read(&tree->used);
		if (used + size > SUBTREE_SIZE || len > SUBTREE_RECORD_MAX) {
			local_inc(&tree->lost);
			return NULL;
		}
		record = (struct subtree_record *)(tree->data + used);
		record->len = len;
		record->kept = false;
	} while (local_cmpxchg(&tree->used, used, used + size) != used);
	return record->data;
}

/**
 * subtree_next - go through what was put aside, in the order in which it was
 * @tree: the subtree, to which nothing is added meanwhile
 * @record: the one before; NULL to begin
 *
 * Context: any, NMI-safe.
 * Return: the next record; NULL behind the last one.
 */
struct subtree_record *subtree_next(struct subtree *tree, const struct subtree_record *record)
{
	u8 *next = record ? (u8 *)record->data + record->len : tree->data;

	return next < tree->data + local_read(&tree->used) ? (struct subtree_record *)next : NULL;
}

/* Is this the entry of a call at that depth? */
static bool is_entry(const struct subtree_record *record, int depth)
{
	const struct event_graph_entry *entry = (const void *)record->data;

	return entry->ent.type == EVENT_GRAPH_ENTRY && entry->depth == depth;
}

/**
 * subtree_keep - keep the last call at a depth, and all within it
 * @tree: the subtree
 * @depth: of the call, whose return is the last record
 *
 * Context: any, NMI-safe.
 * Return: false if the call is not there.
 */
bool subtree_keep(struct subtree *tree, int depth)
{
	struct subtree_record *record, *entry = NULL;

	for (record = subtree_next(tree, NULL); record; record = subtree_next(tree, record))
		if (is_entry(record, depth))
			entry = record;
	for (record = entry; record; record = subtree_next(tree, record))
		record->kept = true;
	return entry;
}
