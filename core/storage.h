/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_STORAGE_H
#define FNT_CORE_STORAGE_H

/* The memory of one ring. */

#include <linux/sched.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "core/ring.h"

struct buffer_cpu;
struct mapping_meta;

/**
 * struct storage_facts - what the last events of a ring are about, if they are about one
 *                        thing that took long
 * @serial: counts such things; 0 if these are about none
 * @epoch: counts how often it was said anew what is long
 * @ns: how long it took
 * @from_ts: time at which it began, by the trace's clock
 * @to_ts: time at which it ended
 * @started: where in the code it began; 0 if that means nothing
 * @ended: where it ended
 * @cpu: where it was
 * @everywhere: events of other CPUs are about it, too
 * @pid: whose it is: the task
 * @comm: its name
 * @uid: its user
 * @nice: its priority, as users see it
 * @policy: by which it is scheduled
 * @rt_priority: its priority among those that always come first
 */
struct storage_facts {
	u64 serial;
	u64 epoch;
	u64 ns;
	u64 from_ts;
	u64 to_ts;
	unsigned long started;
	unsigned long ended;
	unsigned int cpu;
	bool everywhere;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	kuid_t uid;
	int nice;
	unsigned int policy;
	unsigned int rt_priority;
};

/**
 * struct storage - a ring and what it is made of
 * @rb: the ring; first, so that the event path needs no more than its address
 * @pages: the pages of @rb, and the reader's
 * @slots: the words of @rb
 * @order: pages of the machine in each page of @rb, as a power of two
 * @node: where the memory is from
 * @part: the part of a buffer that it is in
 * @meta: the first page of its mappings; NULL before there was one
 * @facts: what its last events are about
 */
struct storage {
	struct ring rb;
	struct rb_page *pages;
	unsigned long *slots;
	unsigned int order;
	int node;
	struct buffer_cpu *part;
	struct mapping_meta *meta;
	struct storage_facts facts;
};

struct storage *storage_create(unsigned int nr_pages, unsigned int order, int cpu);
void storage_destroy(struct storage *storage);

struct rb_data_page *storage_page_alloc(const struct storage *storage);
void storage_page_free(const struct storage *storage, struct rb_data_page *page);

#endif
