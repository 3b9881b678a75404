// SPDX-License-Identifier: GPL-2.0
/*
 * The types that arguments of probes may have. PURE: also compiled in user space.
 *
 * Names, and what the format of an event says of each, are the kernel's
 * (v6.1: kernel/trace/trace_probe.c).
 */

#include "core/probe_type.h"

#include <linux/kernel.h>
#include <linux/string.h>

/* What the kernel writes for 64 bits. */
#define LONG "L"

#define NUMBER(_name, _size, _show, _format, _field) \
	{ .name = (_name), .size = (_size), .show = (_show), .format = (_format), \
	  .field = (_field) }

#define TEXT(_name, _text) \
	{ .name = (_name), .size = sizeof(u32), .show = PROBE_SHOW_TEXT, .text = (_text), \
	  .format = "\\\"%s\\\"", .field = "__data_loc char[]" }

static const struct probe_arg_type types[] = {
	/* The first is that of what has none. */
	NUMBER("x64", 8, PROBE_SHOW_HEX, "0x%" LONG "x", "u64"),
	NUMBER("x32", 4, PROBE_SHOW_HEX, "0x%x", "u32"),
	NUMBER("x16", 2, PROBE_SHOW_HEX, "0x%x", "u16"),
	NUMBER("x8", 1, PROBE_SHOW_HEX, "0x%x", "u8"),
	NUMBER("u64", 8, PROBE_SHOW_UNSIGNED, "%" LONG "u", "u64"),
	NUMBER("u32", 4, PROBE_SHOW_UNSIGNED, "%u", "u32"),
	NUMBER("u16", 2, PROBE_SHOW_UNSIGNED, "%u", "u16"),
	NUMBER("u8", 1, PROBE_SHOW_UNSIGNED, "%u", "u8"),
	NUMBER("s64", 8, PROBE_SHOW_SIGNED, "%" LONG "d", "s64"),
	NUMBER("s32", 4, PROBE_SHOW_SIGNED, "%d", "s32"),
	NUMBER("s16", 2, PROBE_SHOW_SIGNED, "%d", "s16"),
	NUMBER("s8", 1, PROBE_SHOW_SIGNED, "%d", "s8"),
	NUMBER("symbol", 8, PROBE_SHOW_SYMBOL, "%pS", "u64"),
	TEXT("string", PROBE_TEXT_KERNEL),
	TEXT("ustring", PROBE_TEXT_USER),
	TEXT("symstr", PROBE_TEXT_NAME),
};

/**
 * probe_type_find - the type of a name
 * @name: the name; NULL for that of what has none
 *
 * Context: any.
 * Return: the type; NULL if there is none.
 */
const struct probe_arg_type *probe_type_find(const char *name)
{
	unsigned int i;

	for (i = 0; name && i < ARRAY_SIZE(types); i++)
		if (!strcmp(name, types[i].name))
			return &types[i];
	return name ? NULL : &types[0];
}
