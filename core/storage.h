/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_STORAGE_H
#define FNT_CORE_STORAGE_H

/* The memory of one ring. */

#include <linux/types.h>

#include "core/ring.h"

struct buffer_cpu;
struct mapping_meta;

/**
 * struct storage - a ring and what it is made of
 * @rb: the ring; first, so that the event path needs no more than its address
 * @pages: the pages of @rb, and the reader's
 * @slots: the words of @rb
 * @order: pages of the machine in each page of @rb, as a power of two
 * @node: where the memory is from
 * @part: the part of a buffer that it is in
 * @meta: the first page of its mappings; NULL before there was one
 */
struct storage {
	struct ring rb;
	struct rb_page *pages;
	unsigned long *slots;
	unsigned int order;
	int node;
	struct buffer_cpu *part;
	struct mapping_meta *meta;
};

struct storage *storage_create(unsigned int nr_pages, unsigned int order, int cpu);
void storage_destroy(struct storage *storage);

struct rb_data_page *storage_page_alloc(const struct storage *storage);
void storage_page_free(const struct storage *storage, struct rb_data_page *page);

#endif
