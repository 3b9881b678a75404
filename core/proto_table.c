// SPDX-License-Identifier: GPL-2.0
/*
 * What is asked of a function's prototype while it is called. Made once, then only
 * read. PURE: also compiled in user space.
 */

#include "core/proto_table.h"

#include <linux/kernel.h>

#define BLOCK_BITS 10
#define BLOCK (1U << BLOCK_BITS)

/* A function: bits of its place, of its strings, of what it returns. */
#define STRINGS_SHIFT BLOCK_BITS
#define RESULT_SHIFT (STRINGS_SHIFT + PROTO_REGS)

/* A call site is at the beginning of its function, or behind an ENDBR there. */
#define ENDBR_LEN 4

static u32 blocks_of(unsigned long text_len)
{
	return (text_len + BLOCK - 1) >> BLOCK_BITS;
}

/**
 * proto_table_size - what a table needs
 * @text_len: bytes of text
 * @nr: functions at most
 *
 * Context: any.
 * Return: bytes.
 */
size_t proto_table_size(unsigned long text_len, u32 nr)
{
	return sizeof(struct proto_table) + (blocks_of(text_len) + 1 + (size_t)nr) * sizeof(u32);
}

/**
 * proto_table_init - begin to make a table
 * @table: proto_table_size() bytes
 * @start: of the text
 * @text_len: bytes of it
 *
 * Context: any.
 */
void proto_table_init(struct proto_table *table, unsigned long start, unsigned long text_len)
{
	*table = (struct proto_table) { .start = start, .blocks = blocks_of(text_len) };
}

static u32 *functions_of(struct proto_table *table)
{
	return table->words + table->blocks + 1;
}

/* The blocks up to this one begin with the next function, if they have not begun. */
static void begin_blocks(struct proto_table *table, u32 block)
{
	while (table->begun <= block)
		table->words[table->begun++] = table->nr;
}

/**
 * proto_table_add - put a function into a table
 * @table: the table
 * @addr: of the function, not lower than those before; of one address the first
 *        function counts
 * @strings: a bit for each argument that is a string
 * @result: what it returns
 *
 * Context: any.
 */
void proto_table_add(struct proto_table *table, unsigned long addr, u32 strings,
		     enum proto_result result)
{
	unsigned long offset = addr - table->start;
	u32 block = offset >> BLOCK_BITS, *function = functions_of(table) + table->nr;
	u32 place = offset & (BLOCK - 1);

	if (offset >> BLOCK_BITS >= table->blocks)
		return;
	begin_blocks(table, block);
	if (table->begun != block + 1 ||
	    (table->nr > table->words[block] && (function[-1] & (BLOCK - 1)) >= place))
		return;
	*function = place | strings << STRINGS_SHIFT | (u32)result << RESULT_SHIFT;
	table->nr++;
}

/**
 * proto_table_end - all functions have been added
 * @table: the table
 *
 * Context: any.
 */
void proto_table_end(struct proto_table *table)
{
	begin_blocks(table, table->blocks);
}

/* The function with that call site, 0 if nothing is known of it. */
static u32 find(const struct proto_table *table, unsigned long ip)
{
	unsigned long offset = ip - table->start, block = offset >> BLOCK_BITS;
	const u32 *first = table->words + table->blocks + 1, *function;
	u32 place = offset & (BLOCK - 1), behind;

	if (block >= table->blocks)
		return 0;
	function = first + table->words[block + 1];
	first += table->words[block];
	while (function-- > first) {
		behind = place - (*function & (BLOCK - 1));
		if (behind == 0 || behind == ENDBR_LEN)
			return *function;
	}
	return 0;
}

/**
 * proto_table_strings - which arguments of a function are strings
 * @table: the table; NULL if there is none
 * @ip: call site of the function
 *
 * Context: any, NMI-safe.
 * Return: a bit for each.
 */
u32 proto_table_strings(const struct proto_table *table, unsigned long ip)
{
	return table ? find(table, ip) >> STRINGS_SHIFT & ((1U << PROTO_REGS) - 1) : 0;
}

/**
 * proto_table_result - what a function returns
 * @table: the table; NULL if there is none
 * @ip: call site of the function
 *
 * Context: any, NMI-safe.
 * Return: what kind of value.
 */
enum proto_result proto_table_result(const struct proto_table *table, unsigned long ip)
{
	return table ? find(table, ip) >> RESULT_SHIFT : PROTO_RESULT_UNKNOWN;
}
