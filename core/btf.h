/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_BTF_H
#define FNT_CORE_BTF_H

/*
 * The types of functions, from the BTF that the kernel carries with it: of the
 * kernel image, or of a module, whose types go on where the image's end.
 */

#include <linux/types.h>
#include <uapi/linux/btf.h>

/**
 * struct btf_slot - a place for a function in the index of names
 * @id: of the function; 0 if the place is free
 * @addresses: functions of this name that the kernel has, if somebody counted
 *             them, BTF_ADDRESSES_MAX for more; in the first place of the name
 * @tag: of the name's hash, so that most other names need not be looked at
 */
struct btf_slot {
	u32 id : 20;
	u32 addresses : 4;
	u32 tag : 8;
};

#define BTF_ADDRESSES_MAX 0xf

/**
 * struct btf_image - BTF with an index
 * @base: that of the kernel image, if this is a module's; else NULL
 * @types: its types
 * @types_len: their bytes
 * @strings: its strings, ends with a NUL
 * @strings_len: their bytes
 * @first_id: number of its first type
 * @first_string: what the offset of its first string counts from
 * @nr_types: types it has
 * @nr_functions: of them functions
 * @offsets: of each type in @types, in bytes
 * @slots: functions by the hash of their names
 * @slots_mask: one less than there are
 */
struct btf_image {
	const struct btf_image *base;
	const u8 *types;
	u32 types_len;
	const char *strings;
	u32 strings_len;
	u32 first_id;
	u32 first_string;
	u32 nr_types;
	u32 nr_functions;
	u32 *offsets;
	struct btf_slot *slots;
	u32 slots_mask;
};

int btf_image_open(struct btf_image *image, const void *data, size_t size,
		   const struct btf_image *base);
void btf_image_close(struct btf_image *image);

const struct btf_type *btf_image_type(const struct btf_image *image, u32 id);
const char *btf_image_string(const struct btf_image *image, u32 offset);

struct btf_slot *btf_image_slot(const struct btf_image *image, const char *name);
int btf_image_prototype(const struct btf_image *image, const struct btf_slot *slot);

/* What a value is, as far as it matters for showing it. */
enum btf_class {
	BTF_CLASS_OTHER,	/* not in one register, or not an integer */
	BTF_CLASS_VOID,
	BTF_CLASS_UNSIGNED,
	BTF_CLASS_SIGNED,
	BTF_CLASS_BOOL,
	BTF_CLASS_ENUM,
	BTF_CLASS_POINTER,
	BTF_CLASS_STRING,	/* a pointer to char */
};

/**
 * struct btf_value - a type of a value
 * @class: what it is
 * @size: in bytes, 1 to 8 unless it is BTF_CLASS_OTHER or BTF_CLASS_VOID
 * @type: of BTF_CLASS_ENUM, its type
 */
struct btf_value {
	enum btf_class class;
	u32 size;
	const struct btf_type *type;
};

struct btf_value btf_image_value(const struct btf_image *image, u32 id);
bool btf_image_value_named(const struct btf_image *image, const struct btf_type *type,
			   const char *name, u64 *value);
const char *btf_image_enumerator(const struct btf_image *image, const struct btf_type *type,
				 u64 value);

#endif
