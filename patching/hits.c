// SPDX-License-Identifier: GPL-2.0
/*
 * How often each function was entered while somebody wanted it, and how often
 * nobody could be called then because a dispatch was under way already.
 *
 * The event path finds a counter by searching for the call site: this costs
 * more than the dispatch itself, but no memory and no instruction while counting
 * is off.
 */

#include "patching/hits.h"

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "patching/dispatch.h"
#include "patching/retired.h"
#include "patching/sites.h"

struct hits {
	unsigned long hits;
	unsigned long missed;
};

/**
 * struct hits_block - the counters of a block of sites
 * @retired: when counting has ended
 * @node: in the list of those in use
 * @block: the sites; gone when this is retired
 * @low: address of the first site
 * @high: address of the last one
 * @nr: number of sites
 * @counters: @nr for each CPU
 */
struct hits_block {
	struct retired retired;
	struct list_head node;
	const struct site_block *block;
	unsigned long low;
	unsigned long high;
	unsigned int nr;
	struct hits counters[];
};

/* Changed under patch_mutex; the event path follows it without a lock. */
static LIST_HEAD(hits_blocks);
static bool hits_on;

/* The site at @ip is known to be there: nobody gets here from anywhere else. */
static unsigned int index_of(const struct site_block *block, unsigned long ip)
{
	unsigned int low = 0, high = block->nr - 1, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (block->sites[mid].ip < ip)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/**
 * hits_count - count an entry of a function
 * @ip: its call site
 * @missed: nobody was called for it
 *
 * Context: any, NMI-safe; preemption off.
 */
void hits_count(unsigned long ip, bool missed)
{
	struct hits_block *counted;
	struct hits *hits;

	list_for_each_entry_rcu(counted, &hits_blocks, node, true) {
		if (ip < counted->low || ip > counted->high)
			continue;
		hits = &counted->counters[(size_t)smp_processor_id() * counted->nr +
					  index_of(counted->block, ip)];
		/* One instruction, so that an interrupt does not get lost in it. */
		if (missed)
			asm volatile("incq %0" : "+m" (hits->missed));
		else
			asm volatile("incq %0" : "+m" (hits->hits));
		return;
	}
}

static struct hits_block *hits_block_of(const struct site_block *block)
{
	struct hits_block *counted;

	list_for_each_entry(counted, &hits_blocks, node)
		if (counted->block == block)
			return counted;
	return NULL;
}

static void retire(struct hits_block *counted)
{
	list_del_rcu(&counted->node);
	retired_add(&counted->retired);
}

static int block_count(const struct site_block *block)
{
	struct hits_block *counted;

	counted = kvzalloc(struct_size(counted, counters, size_mul(nr_cpu_ids, block->nr)),
			   GFP_KERNEL);
	if (!counted)
		return -ENOMEM;
	counted->block = block;
	counted->low = block->sites[0].ip;
	counted->high = block->sites[block->nr - 1].ip;
	counted->nr = block->nr;
	list_add_tail_rcu(&counted->node, &hits_blocks);
	return 0;
}

static void stop_counting(void)
{
	struct hits_block *counted, *next;

	dispatch_count_hits(false);
	WRITE_ONCE(hits_on, false);
	list_for_each_entry_safe(counted, next, &hits_blocks, node)
		retire(counted);
}

/**
 * hits_switch - begin to count from zero, or stop
 * @on: begin
 *
 * Context: process, may sleep; patch_mutex held. Counters may be retired.
 * Return: 0; -ENOMEM: then nothing is counted.
 */
int hits_switch(bool on)
{
	struct site_block *block;
	int err;

	sites_assert_locked();
	if (hits_on == on)
		return 0;
	if (!on) {
		stop_counting();
		return 0;
	}
	for_each_site_block(block) {
		err = block_count(block);
		if (err) {
			stop_counting();
			return err;
		}
	}
	dispatch_count_hits(true);
	WRITE_ONCE(hits_on, true);
	return 0;
}

/**
 * hits_enabled - are entries counted?
 *
 * Context: any.
 * Return: true if so.
 */
bool hits_enabled(void)
{
	return READ_ONCE(hits_on);
}

/**
 * hits_block_added - count the functions of a module that has come, too
 * @block: its sites
 *
 * Context: process, may sleep; patch_mutex held.
 * Return: 0; -ENOMEM: then they are not counted.
 */
int hits_block_added(struct site_block *block)
{
	return hits_on ? block_count(block) : 0;
}

/**
 * hits_block_removing - forget a module that goes
 * @block: its sites
 *
 * Context: process; patch_mutex held.
 */
void hits_block_removing(struct site_block *block)
{
	struct hits_block *counted = hits_block_of(block);

	if (counted)
		retire(counted);
}

/**
 * hits_of_site - what was counted for a function
 * @site: its site
 * @hits: receives the number of entries for which somebody was called
 * @missed: receives the number of those for which nobody could be
 *
 * Context: process; patch_mutex held.
 * Return: false if it is not counted.
 */
bool hits_of_site(const struct fnt_site *site, u64 *hits, u64 *missed)
{
	const struct site_block *block = site_block_of(site);
	const struct hits_block *counted = hits_block_of(block);
	const struct hits *of_cpu;
	int cpu;

	*hits = 0;
	*missed = 0;
	if (!counted)
		return false;
	for_each_possible_cpu(cpu) {
		of_cpu = &counted->counters[(size_t)cpu * counted->nr + (site - block->sites)];
		*hits += READ_ONCE(of_cpu->hits);
		*missed += READ_ONCE(of_cpu->missed);
	}
	return true;
}
