/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_TRACERS_PROBE_TABLE_H
#define FNT_TRACERS_PROBE_TABLE_H

/* What is done when which place is hit. */

#include <linux/hash.h>
#include <linux/types.h>

#include "tracers/probe_source.h"

/**
 * struct probe_table - hits by their places
 * @shift: of the hash of a place
 * @nr: number of @hits
 * @first: by the hash of a place, the number of its first hit, and one more; 0 for none
 * @hits: those of one place one behind the other, in the order in which the probes were
 *        made; behind the last one is one without a place
 *
 * Immutable once published; whoever replaces it frees it when no reader is left.
 */
struct probe_table {
	unsigned int shift;
	unsigned int nr;
	u32 *first;
	struct probe_hit hits[];
};

struct probe_table *probe_table_create(unsigned int room);
void probe_table_add(struct probe_table *table, const struct probe_hit *hit);
int probe_table_finish(struct probe_table *table);
void probe_table_destroy(struct probe_table *table);

/**
 * probe_table_find - what is done when a place is hit
 * @table: after probe_table_finish()
 * @place: the place
 *
 * Context: any, NMI-safe.
 * Return: the first hit of that place, with the others behind it; NULL if there is none.
 */
static __always_inline const struct probe_hit *probe_table_find(const struct probe_table *table,
								unsigned long place)
{
	u32 slot = hash_64(place, table->shift), nr;

	while ((nr = table->first[slot])) {
		if (likely(table->hits[nr - 1].place == place))
			return &table->hits[nr - 1];
		slot = (slot + 1) & (BIT(table->shift) - 1);
	}
	return NULL;
}

#endif
