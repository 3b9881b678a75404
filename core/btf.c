// SPDX-License-Identifier: GPL-2.0
/*
 * Reading BTF (Documentation/bpf/btf.rst of the kernel). What does not fit is
 * found when the index is made; after that every type lies where it says, with
 * everything that belongs to it. Numbers of types and strings in it are looked at
 * when they are followed. PURE: also compiled in user space.
 */

#include "core/btf.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

/* Typedefs, const and the like that are followed at most. */
#define MODIFIERS_MAX 32

/* Bytes that follow a type, by its kind; -1 if there is no such kind. */
static long tail_size(const struct btf_type *type)
{
	u32 nr = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	case BTF_KIND_INT:
		return sizeof(u32);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return (long)nr * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return (long)nr * sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO:
		return (long)nr * sizeof(struct btf_param);
	case BTF_KIND_VAR:
		return sizeof(struct btf_var);
	case BTF_KIND_DATASEC:
		return (long)nr * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG:
		return sizeof(struct btf_decl_tag);
	case BTF_KIND_ENUM64:
		return (long)nr * sizeof(struct btf_enum64);
	}
	return -1;
}

/* The type at an offset, and where the next is. */
static const struct btf_type *type_at(const struct btf_image *image, u32 *offset)
{
	const struct btf_type *type = (const void *)(image->types + *offset);
	long tail;

	if (image->types_len - *offset < sizeof(*type))
		return NULL;
	tail = tail_size(type);
	if (tail < 0 || image->types_len - *offset - sizeof(*type) < tail)
		return NULL;
	*offset += sizeof(*type) + tail;
	return type;
}

static int count_types(struct btf_image *image)
{
	const struct btf_type *type;
	u32 offset = 0;

	while (offset < image->types_len) {
		type = type_at(image, &offset);
		if (!type)
			return -EINVAL;
		image->nr_types++;
		image->nr_functions += BTF_INFO_KIND(type->info) == BTF_KIND_FUNC;
	}
	/* As many as a slot can tell. */
	return image->first_id + image->nr_types < 1U << 20 ? 0 : -EINVAL;
}

static u32 hash_name(const char *name)
{
	u32 hash = 2166136261U;		/* FNV-1a */

	while (*name)
		hash = (hash ^ (u8)*name++) * 16777619U;
	return hash ^ hash >> 16;
}

static u8 tag_of(u32 hash)
{
	return hash >> 24;
}

static struct btf_slot *next_slot(const struct btf_image *image, const struct btf_slot *slot)
{
	return &image->slots[(slot - image->slots + 1) & image->slots_mask];
}

static const char *slot_name(const struct btf_image *image, const struct btf_slot *slot)
{
	return btf_image_string(image, btf_image_type(image, slot->id)->name_off);
}

static void index_function(struct btf_image *image, u32 id, const char *name)
{
	u32 hash = hash_name(name);
	struct btf_slot *slot = &image->slots[hash & image->slots_mask];

	while (slot->id)
		slot = next_slot(image, slot);
	slot->id = id;
	slot->tag = tag_of(hash);
}

static void make_index(struct btf_image *image)
{
	const struct btf_type *type;
	u32 i, offset = 0;

	for (i = 0; i < image->nr_types; i++) {
		image->offsets[i] = offset;
		type = type_at(image, &offset);
		if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC)
			index_function(image, image->first_id + i,
				       btf_image_string(image, type->name_off));
	}
}

/* Where the parts are, if that can be true. */
static int find_parts(struct btf_image *image, const u8 *data, size_t size)
{
	const struct btf_header *header = (const void *)data;
	u64 room;

	if (size < sizeof(*header) || header->magic != BTF_MAGIC ||
	    header->version != BTF_VERSION || header->hdr_len < sizeof(*header) ||
	    header->hdr_len > size)
		return -EINVAL;
	room = size - header->hdr_len;
	if ((u64)header->type_off + header->type_len > room ||
	    (u64)header->str_off + header->str_len > room ||
	    (header->hdr_len + header->type_off) % sizeof(u32))
		return -EINVAL;
	image->types = data + header->hdr_len + header->type_off;
	image->types_len = header->type_len;
	image->strings = (const char *)data + header->hdr_len + header->str_off;
	image->strings_len = header->str_len;
	if (!image->strings_len || image->strings[image->strings_len - 1])
		return -EINVAL;
	return 0;
}

/**
 * btf_image_open - make an index of BTF
 * @image: receives it
 * @data: the BTF; must stay
 * @size: its bytes
 * @base: of the kernel image, if this is a module's; must stay; else NULL
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL if this is no BTF, or one of a newer format; -ENOMEM.
 */
int btf_image_open(struct btf_image *image, const void *data, size_t size,
		   const struct btf_image *base)
{
	u32 slots = 16;
	int err;

	*image = (struct btf_image) { .base = base, .first_id = 1 };
	if (base) {
		image->first_id = base->first_id + base->nr_types;
		image->first_string = base->first_string + base->strings_len;
	}
	err = find_parts(image, data, size) ?: count_types(image);
	if (err)
		return err;
	while (slots * 3 / 4 < image->nr_functions)
		slots *= 2;
	image->slots_mask = slots - 1;
	image->offsets = kvmalloc_array(max(image->nr_types, 1U), sizeof(*image->offsets),
					GFP_KERNEL);
	image->slots = kvmalloc_array(slots, sizeof(*image->slots), GFP_KERNEL);
	if (!image->offsets || !image->slots) {
		btf_image_close(image);
		return -ENOMEM;
	}
	memset(image->slots, 0, slots * sizeof(*image->slots));
	make_index(image);
	return 0;
}

/**
 * btf_image_close - undo btf_image_open()
 * @image: the image
 *
 * Context: process, may sleep.
 */
void btf_image_close(struct btf_image *image)
{
	kvfree(image->offsets);
	kvfree(image->slots);
	image->offsets = NULL;
	image->slots = NULL;
}

/**
 * btf_image_type - a type by its number
 * @image: the image
 * @id: the number; 0 is void
 *
 * Context: any.
 * Return: the type, followed by all that belongs to it; NULL for void, and if
 * there is no such type.
 */
const struct btf_type *btf_image_type(const struct btf_image *image, u32 id)
{
	for (; image; image = image->base)
		if (id >= image->first_id)
			return id - image->first_id < image->nr_types ?
			       (const void *)(image->types + image->offsets[id - image->first_id]) :
			       NULL;
	return NULL;
}

/**
 * btf_image_string - a string by its offset
 * @image: the image
 * @offset: the offset
 *
 * Context: any.
 * Return: the string; an empty one if there is none.
 */
const char *btf_image_string(const struct btf_image *image, u32 offset)
{
	for (; image; image = image->base)
		if (offset >= image->first_string)
			return offset - image->first_string < image->strings_len ?
			       image->strings + (offset - image->first_string) : "";
	return "";
}

/**
 * btf_image_slot - a function by its name
 * @image: the image
 * @name: of the function
 *
 * Context: any.
 * Return: its place in the index, or the first of several; NULL if there is none.
 */
struct btf_slot *btf_image_slot(const struct btf_image *image, const char *name)
{
	u32 hash = hash_name(name);
	struct btf_slot *slot = &image->slots[hash & image->slots_mask];

	for (; slot->id; slot = next_slot(image, slot))
		if (slot->tag == tag_of(hash) && !strcmp(slot_name(image, slot), name))
			return slot;
	return NULL;
}

/**
 * btf_image_prototype - the prototype of a function
 * @image: the image
 * @slot: from btf_image_slot(); NULL is fine
 *
 * BTF has no addresses: of a name that several functions have, it is not known
 * which prototype is whose, unless all are the same.
 *
 * Context: any.
 * Return: number of the prototype's type; -ENOENT if there is none; -ENOTUNIQ if
 * there are several, or if the kernel has more functions of this name than BTF.
 */
int btf_image_prototype(const struct btf_image *image, const struct btf_slot *slot)
{
	const struct btf_type *type;
	const struct btf_slot *other;
	u32 id, nr = 1;

	if (!slot)
		return -ENOENT;
	id = btf_image_type(image, slot->id)->type;
	for (other = next_slot(image, slot); other->id; other = next_slot(image, other)) {
		if (other->tag != slot->tag ||
		    strcmp(slot_name(image, other), slot_name(image, slot)))
			continue;
		if (btf_image_type(image, other->id)->type != id)
			return -ENOTUNIQ;
		nr++;
	}
	if (slot->addresses > nr || slot->addresses == BTF_ADDRESSES_MAX)
		return -ENOTUNIQ;
	type = btf_image_type(image, id);
	return type && BTF_INFO_KIND(type->info) == BTF_KIND_FUNC_PROTO ? (int)id : -ENOENT;
}

static bool is_modifier(const struct btf_type *type)
{
	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return true;
	}
	return false;
}

/* What a type is behind its names; NULL for void, and for what goes in circles. */
static const struct btf_type *plain_type(const struct btf_image *image, u32 id)
{
	const struct btf_type *type;
	unsigned int i;

	for (i = 0; i < MODIFIERS_MAX; i++) {
		type = btf_image_type(image, id);
		if (!type || !is_modifier(type))
			return type;
		id = type->type;
	}
	return NULL;
}

static enum btf_class int_class(const struct btf_type *type)
{
	u32 encoding = BTF_INT_ENCODING(*(const u32 *)(type + 1));

	if (encoding & BTF_INT_BOOL)
		return BTF_CLASS_BOOL;
	return (encoding & BTF_INT_SIGNED) ? BTF_CLASS_SIGNED : BTF_CLASS_UNSIGNED;
}

/* Bytes are pointed to by u8, text by char. */
static bool is_char(const struct btf_image *image, const struct btf_type *type)
{
	return type && BTF_INFO_KIND(type->info) == BTF_KIND_INT && type->size == 1 &&
	       !strcmp(btf_image_string(image, type->name_off), "char");
}

/**
 * btf_image_value - what a type is
 * @image: the image
 * @id: number of the type
 *
 * Context: any.
 * Return: what it is.
 */
struct btf_value btf_image_value(const struct btf_image *image, u32 id)
{
	const struct btf_type *type = plain_type(image, id);
	struct btf_value value = { .class = BTF_CLASS_OTHER };

	if (!type) {
		if (!id)
			value.class = BTF_CLASS_VOID;
		return value;
	}
	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_PTR:
		value.class = is_char(image, plain_type(image, type->type)) ? BTF_CLASS_STRING :
			      BTF_CLASS_POINTER;
		value.size = sizeof(void *);
		return value;
	case BTF_KIND_INT:
		value.class = int_class(type);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		value.class = BTF_CLASS_ENUM;
		value.type = type;
		break;
	}
	value.size = type->size;
	if (!value.size || value.size > sizeof(u64))
		value.class = BTF_CLASS_OTHER;
	return value;
}

/**
 * btf_image_enumerator - the name of a value of an enumeration
 * @image: the image
 * @type: the enumeration
 * @value: the value; only as many of its bits count as the type has
 *
 * Context: any.
 * Return: the name of the first that has this value; NULL if none has.
 */
const char *btf_image_enumerator(const struct btf_image *image, const struct btf_type *type,
				 u64 value)
{
	const struct btf_enum *e = (const void *)(type + 1);
	const struct btf_enum64 *e64 = (const void *)(type + 1);
	u64 unused = type->size < sizeof(value) ? ~0ULL << 8 * type->size : 0;
	u32 i, nr = BTF_INFO_VLEN(type->info);

	if (BTF_INFO_KIND(type->info) == BTF_KIND_ENUM) {
		for (i = 0; i < nr; i++)
			if (!(((u64)e[i].val ^ value) & ~unused))
				return btf_image_string(image, e[i].name_off);
		return NULL;
	}
	for (i = 0; i < nr; i++)
		if (!((((u64)e64[i].val_hi32 << 32 | e64[i].val_lo32) ^ value) & ~unused))
			return btf_image_string(image, e64[i].name_off);
	return NULL;
}

/**
 * btf_image_value_named - the value of an enumeration that has a name
 * @image: the image
 * @type: the enumeration
 * @name: the name
 * @value: receives the value, with its sign if the enumeration has values with signs
 *
 * Context: any.
 * Return: true if there is one of this name.
 */
bool btf_image_value_named(const struct btf_image *image, const struct btf_type *type,
			   const char *name, u64 *value)
{
	bool small = BTF_INFO_KIND(type->info) == BTF_KIND_ENUM;
	const struct btf_enum *e = (const void *)(type + 1);
	const struct btf_enum64 *e64 = (const void *)(type + 1);
	u32 i;

	for (i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		if (strcmp(btf_image_string(image, small ? e[i].name_off : e64[i].name_off), name))
			continue;
		if (!small)
			*value = (u64)e64[i].val_hi32 << 32 | e64[i].val_lo32;
		else if (BTF_INFO_KFLAG(type->info))
			*value = (s64)(s32)e[i].val;
		else
			*value = (u32)e[i].val;
		return true;
	}
	return false;
}
