/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_SUBTREE_H
#define FNT_CORE_SUBTREE_H

/*
 * Calls within a call, put aside until it is known whether anybody wants to see
 * them. PURE: also compiled in user space.
 */

#include <linux/types.h>

#include <asm/local.h>

/* Bytes of a subtree, and the longest record. */
#define SUBTREE_SIZE 65536
#define SUBTREE_RECORD_MAX 1024

/**
 * struct subtree_record - a record put aside
 * @len: its bytes, a multiple of 4
 * @kept: it is wanted, whatever becomes of the rest
 * @data: the record
 */
struct subtree_record {
	u16 len;
	u8 kept;
	u32 data[];
};

/**
 * struct subtree - records put aside
 * @used: bytes of @data in use
 * @lost: records for which there was no room
 * @data: struct subtree_record, one behind the other
 *
 * One task writes, with its interrupts: what they reserve is behind what it has
 * reserved.
 */
struct subtree {
	local_t used;
	local_t lost;
	u8 data[SUBTREE_SIZE];
};

void subtree_begin(struct subtree *tree);
void *subtree_add(struct subtree *tree, unsigned int len);
struct subtree_record *subtree_next(struct subtree *tree, const struct subtree_record *record);
bool subtree_keep(struct subtree *tree, int depth);

#endif
