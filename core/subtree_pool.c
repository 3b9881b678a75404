// SPDX-License-Identifier: GPL-2.0
/*
 * A few subtrees for all tasks: they are large, and few tasks need one at a time.
 */

#include "core/subtree_pool.h"

#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/tracepoint.h>

#include "core/tracepoints.h"

static struct tracepoint *tp_free;

/* A task that ended within a call has not given back what it took. */
static void probe_free(void *data, struct task_struct *task)
{
	struct subtree_pool *pool = data;
	unsigned int i;

	for (i = 0; i < SUBTREES; i++)
		if (READ_ONCE(pool->taken) & BIT(i) && pool->owners[i] == task)
			subtree_give_back(pool, &pool->trees[i]);
}

/**
 * subtree_pool_create - make subtrees
 *
 * Context: process, may sleep.
 * Return: them; an error pointer: -ENOMEM, -ENOENT if the kernel does not tell of
 * tasks that have ended.
 */
struct subtree_pool *subtree_pool_create(void)
{
	struct subtree_pool *pool;
	int err = -ENOMEM;

	tp_free = tp_free ?: tracepoints_find("sched_process_free");
	if (!tp_free)
		return ERR_PTR(-ENOENT);
	pool = kvzalloc(sizeof(*pool), GFP_KERNEL);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	pool->refused = alloc_percpu(unsigned long);
	if (pool->refused)
		err = tracepoint_probe_register(tp_free, probe_free, pool);
	if (!err)
		return pool;
	free_percpu(pool->refused);
	kvfree(pool);
	return ERR_PTR(err);
}

/**
 * subtree_pool_destroy - free subtrees
 * @pool: nobody uses them any more
 *
 * Context: process, may sleep.
 */
void subtree_pool_destroy(struct subtree_pool *pool)
{
	tracepoint_probe_unregister(tp_free, probe_free, pool);
	tracepoint_synchronize_unregister();
	free_percpu(pool->refused);
	kvfree(pool);
}

/**
 * subtree_take - a subtree for the current task
 * @pool: the subtrees
 *
 * Context: any, NMI-safe; preemption off.
 * Return: the subtree, empty; NULL if all are taken, which has been counted.
 */
struct subtree *subtree_take(struct subtree_pool *pool)
{
	unsigned int i;

	for (i = 0; i < SUBTREES; i++) {
		if (READ_ONCE(pool->taken) & BIT(i) || test_and_set_bit(i, &pool->taken))
			continue;
		pool->owners[i] = current;
		subtree_begin(&pool->trees[i]);
		return &pool->trees[i];
	}
	this_cpu_inc(*pool->refused);
	return NULL;
}

/**
 * subtree_give_back - undo subtree_take()
 * @pool: the subtrees
 * @tree: one that was taken
 *
 * Context: any, NMI-safe.
 */
void subtree_give_back(struct subtree_pool *pool, struct subtree *tree)
{
	unsigned int i = tree - pool->trees;

	pool->owners[i] = NULL;
	clear_bit_unlock(i, &pool->taken);
}
