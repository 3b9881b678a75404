// SPDX-License-Identifier: GPL-2.0
/*
 * An object has no name, but its cache has one. The way there is the kernel's own: from
 * the object's page to its struct page, which is a struct slab, to the cache
 * (mm/slab.h, virt_to_slab(), from v5.17 on). Places of members are those of the running
 * kernel's BTF.
 */

#include "slab.h"

#include <bpf/btf.h>
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KCORE "/proc/kcore"
#define PAGE_SHIFT 12
#define IS_TAIL 1
#define NAME_MAX_LEN 64

/* x86-64: the direct map ends where vmalloc may begin at the earliest. */
#define DIRECT_MAP_MAX (64ULL << 40)

/**
 * struct kcore_segment - a part of memory
 * @address: where it begins
 * @size: its bytes
 * @offset: where it is in the file
 */
struct kcore_segment {
	uint64_t address;
	uint64_t size;
	uint64_t offset;
};

static int read_segments(struct slabs *slabs)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	int i;

	if (pread(slabs->memory, &header, sizeof(header), 0) != sizeof(header) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_phentsize != sizeof(segment))
		return -1;
	slabs->segments = calloc(header.e_phnum, sizeof(*slabs->segments));
	if (!slabs->segments)
		return -1;
	for (i = 0; i < header.e_phnum; i++) {
		if (pread(slabs->memory, &segment, sizeof(segment),
			  (off_t)(header.e_phoff + i * sizeof(segment))) != sizeof(segment))
			return -1;
		if (segment.p_type != PT_LOAD)
			continue;
		slabs->segments[slabs->nr_segments++] = (struct kcore_segment) {
			segment.p_vaddr, segment.p_memsz, segment.p_offset,
		};
	}
	return 0;
}

static bool read_memory(const struct slabs *slabs, uint64_t address, void *buf, size_t size)
{
	const struct kcore_segment *segment;
	unsigned int i;

	for (i = 0; i < slabs->nr_segments; i++) {
		segment = &slabs->segments[i];
		if (address >= segment->address && address - segment->address < segment->size)
			return pread(slabs->memory, buf, size,
				     (off_t)(segment->offset + address - segment->address)) ==
			       (ssize_t)size;
	}
	return false;
}

/* Where a member of a structure is, in a union without a name perhaps, in bytes; -1. */
static int member_place(const struct btf *btf, const struct btf_type *type, const char *name)
{
	const struct btf_member *member;
	const struct btf_type *inner;
	const char *its_name;
	int i, place;

	for (i = 0; i < btf_vlen(type); i++) {
		member = &btf_members(type)[i];
		its_name = btf__name_by_offset(btf, member->name_off);
		if (!strcmp(its_name, name))
			return (int)btf_member_bit_offset(type, i) / 8;
		inner = btf__type_by_id(btf, member->type);
		if (*its_name || !inner || !btf_is_composite(inner))
			continue;
		place = member_place(btf, inner, name);
		if (place >= 0)
			return (int)btf_member_bit_offset(type, i) / 8 + place;
	}
	return -1;
}

static bool find_member(const struct btf *btf, const char *structure, const char *name,
			unsigned int *place)
{
	int id = btf__find_by_name_kind(btf, structure, BTF_KIND_STRUCT);
	int at = id < 0 ? -1 : member_place(btf, btf__type_by_id(btf, id), name);

	*place = at;
	return at >= 0;
}

static bool find_enum(const struct btf *btf, const char *name, const char *value,
		      unsigned int *number)
{
	int i, id = btf__find_by_name_kind(btf, name, BTF_KIND_ENUM);
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, id);

	for (i = 0; type && i < btf_vlen(type); i++) {
		if (strcmp(btf__name_by_offset(btf, btf_enum(type)[i].name_off), value))
			continue;
		*number = btf_enum(type)[i].val;
		return true;
	}
	return false;
}

static bool find_places(struct slabs *slabs)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int id = btf ? btf__find_by_name_kind(btf, "page", BTF_KIND_STRUCT) : -1;
	bool all;

	all = id >= 0 && find_member(btf, "page", "flags", &slabs->flags) &&
	      find_member(btf, "page", "compound_head", &slabs->head) &&
	      find_member(btf, "slab", "slab_cache", &slabs->cache) &&
	      find_member(btf, "kmem_cache", "name", &slabs->name) &&
	      find_enum(btf, "pageflags", "PG_slab", &slabs->is_slab);
	if (all)
		slabs->page_size = btf__type_by_id(btf, id)->size;
	btf__free(btf);
	return all;
}

static bool find_maps(struct slabs *slabs, slabs_symbol_t symbol, const void *data)
{
	uint64_t base = symbol(data, "page_offset_base"), pages = symbol(data, "vmemmap_base");

	return base && pages &&
	       read_memory(slabs, base, &slabs->direct_map, sizeof(slabs->direct_map)) &&
	       read_memory(slabs, pages, &slabs->pages, sizeof(slabs->pages));
}

/**
 * slabs_open - find out how the kernel's memory is laid out
 * @slabs: receives it; for slabs_close() even if this fails
 * @symbol: tells where a variable is
 * @data: for @symbol
 *
 * Return: 0; -1 if memory cannot be read, or is not known.
 */
int slabs_open(struct slabs *slabs, slabs_symbol_t symbol, const void *data)
{
	*slabs = (struct slabs) { .memory = open(KCORE, O_RDONLY | O_CLOEXEC) };
	if (slabs->memory >= 0 && !read_segments(slabs) && find_maps(slabs, symbol, data) &&
	    find_places(slabs))
		return 0;
	slabs_close(slabs);
	return -1;
}

/**
 * slabs_close - undo slabs_open()
 * @slabs: from it
 */
void slabs_close(struct slabs *slabs)
{
	if (slabs->memory >= 0)
		close(slabs->memory);
	free(slabs->segments);
	*slabs = (struct slabs) { .memory = -1 };
}

/**
 * slab_of - name the cache that an object is in
 * @slabs: from slabs_open()
 * @object: address of the object, or of something in it
 *
 * Return: the name, to be freed; NULL if it is in none, or that cannot be seen.
 */
char *slab_of(const struct slabs *slabs, uint64_t object)
{
	uint64_t page, head, flags, cache, name;
	char text[NAME_MAX_LEN + 1] = "";

	if (slabs->memory < 0 || object < slabs->direct_map ||
	    object - slabs->direct_map >= DIRECT_MAP_MAX)
		return NULL;
	page = slabs->pages + ((object - slabs->direct_map) >> PAGE_SHIFT) * slabs->page_size;
	if (!read_memory(slabs, page + slabs->head, &head, sizeof(head)))
		return NULL;
	if (head & IS_TAIL)
		page = head - IS_TAIL;
	if (!read_memory(slabs, page + slabs->flags, &flags, sizeof(flags)) ||
	    !(flags >> slabs->is_slab & 1) ||
	    !read_memory(slabs, page + slabs->cache, &cache, sizeof(cache)) ||
	    !read_memory(slabs, cache + slabs->name, &name, sizeof(name)) ||
	    !read_memory(slabs, name, text, NAME_MAX_LEN))
		return NULL;
	return *text ? strdup(text) : NULL;
}
