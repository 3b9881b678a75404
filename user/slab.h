/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_SLAB_H
#define USER_SLAB_H

/* Which slab cache an object of the kernel's is in, as /proc/kcore has it. */

#include <stdint.h>

/**
 * struct slabs - what is known of the kernel's memory
 * @memory: /proc/kcore; -1 if it cannot be read, then nothing is known
 * @segments: parts of it, struct kcore_segment
 * @nr_segments: number of them
 * @direct_map: where all memory is mapped
 * @pages: where its struct pages are
 * @page_size: of a struct page
 * @flags: place of its flags
 * @head: place of its compound_head
 * @is_slab: bit of @flags
 * @cache: place of slab_cache in a struct slab
 * @name: place of name in a struct kmem_cache
 */
struct slabs {
	int memory;
	struct kcore_segment *segments;
	unsigned int nr_segments;
	uint64_t direct_map;
	uint64_t pages;
	unsigned int page_size;
	unsigned int flags;
	unsigned int head;
	unsigned int is_slab;
	unsigned int cache;
	unsigned int name;
};

/* Where a variable of the kernel's is; 0 if it is not known. */
typedef uint64_t (*slabs_symbol_t)(const void *data, const char *name);

int slabs_open(struct slabs *slabs, slabs_symbol_t symbol, const void *data);
void slabs_close(struct slabs *slabs);
char *slab_of(const struct slabs *slabs, uint64_t object);

#endif
