// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments of probes as text. PURE: also compiled in user space.
 */

#include "core/probe_text.h"

#include <linux/string.h>

static s64 signed_at(const void *from, unsigned int size)
{
	unsigned int unused = 64 - size * 8;

	return (s64)(probe_type_load(from, size) << unused) >> unused;
}

static void print_text(struct text *text, u32 where, const struct probe_record *record)
{
	unsigned int len = where >> 16, offset = where & 0xffff;
	const char *string = (const char *)record->bytes + offset;

	if (!len || offset + len > record->len) {
		text_puts(text, "(fault)");
		return;
	}
	text_putc(text, '"');
	text_put(text, string, strnlen(string, len));
	text_putc(text, '"');
}

static void print_value(struct text *text, const struct probe_arg_type *type, const void *value,
			const struct probe_record *record)
{
	switch (type->show) {
	case PROBE_SHOW_UNSIGNED:
		text_printf(text, "%llu", (unsigned long long)probe_type_load(value, type->size));
		break;
	case PROBE_SHOW_SIGNED:
		text_printf(text, "%lld", (long long)signed_at(value, type->size));
		break;
	case PROBE_SHOW_HEX:
		text_printf(text, "0x%llx", (unsigned long long)probe_type_load(value, type->size));
		break;
	case PROBE_SHOW_SYMBOL:
		text_printf(text, "%pS", (void *)(unsigned long)probe_type_load(value, type->size));
		break;
	case PROBE_SHOW_TEXT:
		print_text(text, *(const u32 *)value, record);
		break;
	}
}

/**
 * probe_print_args - the arguments of a record, each with a space before it
 * @text: receives them
 * @args: the arguments
 * @nr: their number
 * @record: the record, which has at least all fields
 *
 * Context: any.
 */
void probe_print_args(struct text *text, const struct probe_arg *args, unsigned int nr,
		      const struct probe_record *record)
{
	const struct probe_arg *arg;
	const u8 *value;
	unsigned int i;

	for (arg = args; arg < args + nr; arg++) {
		value = (const u8 *)record->bytes + record->head + arg->offset;
		text_printf(text, " %s=%s", arg->name, arg->count ? "{" : "");
		for (i = 0; i < (arg->count ?: 1); i++) {
			text_puts(text, i ? "," : "");
			print_value(text, arg->type, value, record);
			value += arg->type->size;
		}
		text_puts(text, arg->count ? "}" : "");
	}
}

/**
 * probe_print_format - the "print fmt" of an event's format
 * @text: receives it
 * @args: the arguments
 * @nr: their number
 * @returns: the event is about returns
 *
 * Context: any.
 */
void probe_print_format(struct text *text, const struct probe_arg *args, unsigned int nr,
			bool returns)
{
	const struct probe_arg *arg;
	unsigned int i;

	text_puts(text, returns ? "\"(%lx <- %lx)" : "\"(%lx)");
	for (arg = args; arg < args + nr; arg++) {
		text_printf(text, " %s=%s", arg->name, arg->count ? "{" : "");
		for (i = 0; i < (arg->count ?: 1); i++)
			text_printf(text, "%s%s", i ? "," : "", arg->type->format);
		text_puts(text, arg->count ? "}" : "");
	}
	text_puts(text, returns ? "\", REC->__probe_func, REC->__probe_ret_ip" :
				  "\", REC->__probe_ip");
	for (arg = args; arg < args + nr; arg++)
		for (i = 0; i < (arg->count ?: 1); i++) {
			text_printf(text, arg->type->show == PROBE_SHOW_TEXT ?
				    ", __get_str(%s" : ", REC->%s", arg->name);
			if (arg->count)
				text_printf(text, "[%u]", i);
			text_puts(text, arg->type->show == PROBE_SHOW_TEXT ? ")" : "");
		}
}

/**
 * probe_print_field_type - the type of an argument's field in an event's format
 * @text: receives it
 * @arg: the argument
 *
 * Context: any.
 * Return: false if it did not fit.
 */
bool probe_print_field_type(struct text *text, const struct probe_arg *arg)
{
	text_puts(text, arg->type->field);
	if (arg->count)
		text_printf(text, "[%u]", arg->count);
	return !text->full;
}
