// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments and results as text. How they are passed: System V ABI, AMD64 supplement, 3.2.3.
 * PURE: also compiled in user space.
 */

#include "core/proto.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "core/errno.h"

/* Results of more bytes are written where a hidden first argument points to. */
#define RESULT_MAX 16

static const struct btf_param *params_of(const struct btf_type *type)
{
	return (const void *)(type + 1);
}

/* The last of a variadic function stands for what is not known of it. */
static bool is_ellipsis(const struct btf_param *param)
{
	return !param->type;
}

/*
 * Is argument n in register n? Otherwise why not. A bit for each that is a string.
 */
static const char *why_unknown(const struct btf_image *image, int proto, u32 *strings)
{
	const struct btf_param *param;
	const struct btf_type *type;
	struct btf_value result;
	enum btf_class class;
	u32 i;

	*strings = 0;
	if (proto == -ENOTUNIQ)
		return "several functions have this name";
	type = proto > 0 ? btf_image_type(image, proto) : NULL;
	if (!type)
		return "no prototype";
	result = btf_image_value(image, type->type);
	if (result.class == BTF_CLASS_OTHER && result.size > RESULT_MAX)
		return "returns a struct";
	param = params_of(type);
	for (i = 0; i < BTF_INFO_VLEN(type->info) && !is_ellipsis(param); i++, param++) {
		class = btf_image_value(image, param->type).class;
		if (class == BTF_CLASS_OTHER)
			return "takes a struct";
		if (class == BTF_CLASS_STRING && i < PROTO_REGS)
			*strings |= 1U << i;
	}
	return NULL;
}

static void print_registers(struct text *text, const unsigned long *args, const char *why)
{
	static const char *const names[PROTO_REGS] = { "rdi", "rsi", "rdx", "rcx", "r8", "r9" };
	unsigned int i;

	for (i = 0; i < PROTO_REGS; i++)
		text_printf(text, "%s%s=0x%lx", i ? ", " : "", names[i], args[i]);
	text_printf(text, " /* %s */", why);
}

static void print_char(struct text *text, u8 c)
{
	if (c == '\n')
		text_puts(text, "\\n");
	else if (c == '\t')
		text_puts(text, "\\t");
	else if (c == '"' || c == '\\')
		text_printf(text, "\\%c", c);
	else if (c < ' ' || c > '~')
		text_printf(text, "\\x%02x", c);
	else
		text_putc(text, c);
}

/* What was recorded of it, and whether that is all. */
static void print_string(struct text *text, const char *string, size_t len)
{
	size_t i;

	text_putc(text, '"');
	for (i = 0; i < len; i++)
		print_char(text, string[i]);
	text_puts(text, len < PROTO_STRING_MAX ? "\"" : "\"...");
}

/* A value in the width of its type: what is above that in a register is not its. */
static u64 narrow(u64 value, u32 size)
{
	return size < sizeof(value) ? value & ((1ULL << 8 * size) - 1) : value;
}

static s64 narrow_signed(u64 value, u32 size)
{
	unsigned int unused = 64 - 8 * size;

	return (s64)(value << unused) >> unused;
}

static void print_enum(struct text *text, const struct btf_image *image,
		       const struct btf_value *value, unsigned long reg)
{
	u64 bits = narrow(reg, value->size);
	const char *name = btf_image_enumerator(image, value->type, bits);

	if (name)
		text_puts(text, name);
	else if (BTF_INFO_KFLAG(value->type->info))
		text_printf(text, "%lld", narrow_signed(reg, value->size));
	else
		text_printf(text, "%llu", bits);
}

static void print_value(struct text *text, const struct btf_image *image,
			const struct btf_value *value, unsigned long reg)
{
	switch (value->class) {
	case BTF_CLASS_SIGNED:
		text_printf(text, "%lld", narrow_signed(reg, value->size));
		break;
	case BTF_CLASS_BOOL:
		text_puts(text, narrow(reg, value->size) ? "true" : "false");
		break;
	case BTF_CLASS_ENUM:
		print_enum(text, image, value, reg);
		break;
	case BTF_CLASS_POINTER:
	case BTF_CLASS_STRING:
		text_printf(text, "0x%lx", reg);
		break;
	default:
		text_printf(text, "%llu", narrow(reg, value->size));
	}
}

/* The next text of a call; how many bytes, without its NUL. */
static size_t take_string(struct proto_call *call, const char **string)
{
	size_t room = min_t(size_t, call->len, PROTO_STRING_MAX), len = strnlen(call->text, room);
	size_t taken = len < room ? len + 1 : len;

	*string = call->text;
	call->text += taken;
	call->len -= taken;
	return len;
}

static void print_params(struct text *text, const struct btf_image *image,
			 const struct btf_type *type, struct proto_call call)
{
	const struct btf_param *param = params_of(type);
	u32 i, nr = BTF_INFO_VLEN(type->info);
	const char *name, *string;
	struct btf_value value;
	size_t len;

	for (i = 0; i < nr; i++, param++) {
		if (i)
			text_puts(text, ", ");
		if (i == PROTO_REGS || is_ellipsis(param)) {
			text_puts(text, "...");
			break;
		}
		name = btf_image_string(image, param->name_off);
		if (*name)
			text_printf(text, "%s=", name);
		value = btf_image_value(image, param->type);
		if (value.class == BTF_CLASS_STRING && call.strings & 1U << i) {
			len = take_string(&call, &string);
			print_string(text, string, len);
		} else {
			print_value(text, image, &value, call.args[i]);
		}
	}
}

/**
 * proto_print_arguments - the arguments of a call, in parentheses
 * @text: receives them
 * @image: the types; may be NULL if @proto is no prototype
 * @proto: the function's prototype in it, or what btf_image_prototype() returned
 * @call: what was recorded
 *
 * Where it is not known which argument is in which register the registers are
 * shown, and why.
 *
 * Context: any.
 */
void proto_print_arguments(struct text *text, const struct btf_image *image, int proto,
			   const struct proto_call *call)
{
	u32 strings;
	const char *why = why_unknown(image, proto, &strings);

	text_putc(text, '(');
	if (why)
		print_registers(text, call->args, why);
	else
		print_params(text, image, btf_image_type(image, proto), *call);
	text_putc(text, ')');
}

/**
 * proto_strings - which arguments are strings
 * @image: the types; may be NULL if @proto is no prototype
 * @proto: as proto_print_arguments() has it
 *
 * Context: any.
 * Return: a bit for each that is in a register, 0 if it is not known.
 */
u32 proto_strings(const struct btf_image *image, int proto)
{
	u32 strings;

	return why_unknown(image, proto, &strings) ? 0 : strings;
}

/**
 * proto_argument - an argument by its name
 * @image: the types; may be NULL if @proto is no prototype
 * @proto: as proto_print_arguments() has it
 * @name: of the argument
 * @type: receives what it is
 *
 * Context: any.
 * Return: its number, from 0; from PROTO_REGS on it is not in a register. -ENOENT if there
 * is none; -EOPNOTSUPP if it is not known which argument is in which register.
 */
int proto_argument(const struct btf_image *image, int proto, const char *name,
		   struct btf_value *type)
{
	const struct btf_param *param;
	const struct btf_type *function;
	u32 strings, i;

	if (why_unknown(image, proto, &strings))
		return -EOPNOTSUPP;
	function = btf_image_type(image, proto);
	param = params_of(function);
	for (i = 0; i < BTF_INFO_VLEN(function->info) && !is_ellipsis(param); i++, param++) {
		if (strcmp(btf_image_string(image, param->name_off), name))
			continue;
		*type = btf_image_value(image, param->type);
		return i;
	}
	return -ENOENT;
}

static struct btf_value result_of(const struct btf_image *image, int proto)
{
	const struct btf_type *type = proto > 0 ? btf_image_type(image, proto) : NULL;

	return type ? btf_image_value(image, type->type) : (struct btf_value) { };
}

/**
 * proto_result - what a function returns
 * @image: the types; may be NULL if @proto is no prototype
 * @proto: as proto_print_arguments() has it
 *
 * Context: any.
 * Return: what kind of value.
 */
enum proto_result proto_result(const struct btf_image *image, int proto)
{
	struct btf_value value = result_of(image, proto);

	switch (value.class) {
	case BTF_CLASS_VOID:
		return PROTO_RESULT_VOID;
	case BTF_CLASS_SIGNED:
		return value.size == 1 ? PROTO_RESULT_SIGNED_1 :
		       value.size == 2 ? PROTO_RESULT_SIGNED_2 :
		       value.size == 4 ? PROTO_RESULT_SIGNED_4 :
		       value.size == 8 ? PROTO_RESULT_SIGNED_8 : PROTO_RESULT_UNKNOWN;
	case BTF_CLASS_UNSIGNED:
	case BTF_CLASS_ENUM:
		return PROTO_RESULT_UNSIGNED;
	case BTF_CLASS_BOOL:
		return PROTO_RESULT_BOOL;
	case BTF_CLASS_POINTER:
	case BTF_CLASS_STRING:
		return PROTO_RESULT_POINTER;
	default:
		return PROTO_RESULT_UNKNOWN;
	}
}

/* By its name, if it has one. */
static void print_errno(struct text *text, s64 value)
{
	const char *name = errno_name(-value);

	if (name)
		text_printf(text, "-%s", name);
	else
		text_printf(text, "%lld", value);
}

/* As newer kernels show all results: what looks like an errno, in 32 bits too, is one. */
static void print_unknown_result(struct text *text, unsigned long reg)
{
	s64 value = reg >> 31 == 1 ? (s32)reg : (s64)reg;

	if (proto_is_errno(value))
		text_printf(text, "%lld", value);
	else
		text_printf(text, "0x%lx", reg);
}

/**
 * proto_print_result - what a call returned
 * @text: receives it
 * @image: the types; may be NULL if @proto is no prototype
 * @proto: as proto_print_arguments() has it
 * @reg: the register that results are in
 *
 * Context: any.
 * Return: false if the function returns nothing.
 */
bool proto_print_result(struct text *text, const struct btf_image *image, int proto,
			unsigned long reg)
{
	enum proto_result result = proto_result(image, proto);
	struct btf_value value = result_of(image, proto);

	if (result == PROTO_RESULT_VOID)
		return false;
	if (result == PROTO_RESULT_UNKNOWN)
		print_unknown_result(text, reg);
	else if (proto_outcome(result, reg) == PROTO_ERROR)
		print_errno(text, narrow_signed(reg, value.size));
	else
		print_value(text, image, &value, reg);
	return true;
}
