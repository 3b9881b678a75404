/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_SUBTREE_POOL_H
#define FNT_CORE_SUBTREE_POOL_H

/*
 * Subtrees for tasks that are in a call of which it is not known yet whether anybody
 * wants to see it.
 */

#include <linux/sched.h>
#include <linux/types.h>

#include "core/subtree.h"

/* Tasks at a time. */
#define SUBTREES 32

/**
 * struct subtree_pool - subtrees
 * @taken: bits of those that are
 * @owners: their tasks
 * @refused: per CPU, how many times there was none
 * @trees: the subtrees
 */
struct subtree_pool {
	unsigned long taken;
	const struct task_struct *owners[SUBTREES];
	unsigned long __percpu *refused;
	struct subtree trees[SUBTREES];
};

struct subtree_pool *subtree_pool_create(void);
void subtree_pool_destroy(struct subtree_pool *pool);
struct subtree *subtree_take(struct subtree_pool *pool);
void subtree_give_back(struct subtree_pool *pool, struct subtree *tree);

#endif
