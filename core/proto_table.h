/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROTO_TABLE_H
#define FNT_CORE_PROTO_TABLE_H

/* What is asked of a function's prototype while it is called, by its address. */

#include <linux/types.h>

#include "core/proto.h"

/**
 * struct proto_table - some of it, of the functions of an image
 * @start: of its text
 * @blocks: that the text consists of
 * @begun: blocks whose first function is known, while functions are added
 * @nr: functions
 * @words: for each block the number of its first function, and one more; then the
 *         functions
 *
 * A function takes 32 bits: its place in its block, which arguments are strings,
 * and what it returns. Blocks are small, and few functions are in one.
 */
struct proto_table {
	unsigned long start;
	u32 blocks;
	u32 begun;
	u32 nr;
	u32 words[];
};

size_t proto_table_size(unsigned long text_len, u32 nr);
void proto_table_init(struct proto_table *table, unsigned long start, unsigned long text_len);
void proto_table_add(struct proto_table *table, unsigned long addr, u32 strings,
		     enum proto_result result);
void proto_table_end(struct proto_table *table);

u32 proto_table_strings(const struct proto_table *table, unsigned long ip);
enum proto_result proto_table_result(const struct proto_table *table, unsigned long ip);

#endif
