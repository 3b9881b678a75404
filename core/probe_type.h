/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROBE_TYPE_H
#define FNT_CORE_PROBE_TYPE_H

/* The types that arguments of probes may have. */

#include <linux/types.h>

/* How values of a type are shown. */
enum probe_show {
	PROBE_SHOW_UNSIGNED,
	PROBE_SHOW_SIGNED,
	PROBE_SHOW_HEX,
	PROBE_SHOW_SYMBOL,
	PROBE_SHOW_TEXT,
};

/* Where the text of a PROBE_SHOW_TEXT comes from. */
enum probe_text {
	PROBE_TEXT_NONE,
	PROBE_TEXT_KERNEL,	/* memory of the kernel */
	PROBE_TEXT_USER,	/* memory of the task */
	PROBE_TEXT_NAME,	/* the name of an address */
};

/**
 * struct probe_arg_type - a type
 * @name: as it is written
 * @size: bytes that a value has in a record
 * @show: how it is shown
 * @text: of PROBE_SHOW_TEXT, where it comes from
 * @format: the same for printf(), as it stands in the format of an event
 * @field: its name there
 */
struct probe_arg_type {
	const char *name;
	u8 size;
	enum probe_show show;
	enum probe_text text;
	const char *format;
	const char *field;
};

const struct probe_arg_type *probe_type_find(const char *name);

/**
 * probe_type_load - a number as it is in memory
 * @from: where it is
 * @size: its bytes: 1, 2, 4 or 8
 *
 * Context: any, NMI-safe.
 * Return: the number, without its sign.
 */
static inline u64 probe_type_load(const void *from, unsigned int size)
{
	switch (size) {
	case 1:
		return *(const u8 *)from;
	case 2:
		return *(const u16 *)from;
	case 4:
		return *(const u32 *)from;
	default:
		return *(const u64 *)from;
	}
}

/**
 * probe_type_is_signed - what the format of an event says of it
 * @type: the type
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool probe_type_is_signed(const struct probe_arg_type *type)
{
	return type->show == PROBE_SHOW_SIGNED || type->show == PROBE_SHOW_TEXT;
}

#endif
