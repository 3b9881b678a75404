// SPDX-License-Identifier: GPL-2.0
/*
 * Prototypes from BTF: libbpf writes the types, ours reads them, and shows calls.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/btf.h"
#include "core/proto.h"
#include "selftests/host/fuzz/fuzz.h"

/* The types of the tests, by libbpf's numbers. */
static struct btf *types;
static int t_int, t_short, t_long, t_ulong, t_byte, t_bool, t_name, t_pointer, t_enum, t_enum64,
	t_pair, t_large, t_float;

/* A function with @nr parameters: type and name in turn. */
static void add_function(struct btf *btf, const char *name, int ret, unsigned int nr, ...)
{
	const char *param;
	va_list list;
	int proto, type;
	unsigned int i;

	proto = btf__add_func_proto(btf, ret);
	assert_true(proto > 0);
	va_start(list, nr);
	for (i = 0; i < nr; i++) {
		type = va_arg(list, int);
		param = va_arg(list, const char *);
		assert_int_equal(btf__add_func_param(btf, param, type), 0);
	}
	va_end(list);
	assert_true(btf__add_func(btf, name, BTF_FUNC_STATIC, proto) > 0);
}

static int make_types(void **state)
{
	int t_char, mode, constant, same;

	types = btf__new_empty();
	assert_non_null(types);
	t_int = btf__add_int(types, "int", 4, BTF_INT_SIGNED);
	t_short = btf__add_int(types, "short int", 2, BTF_INT_SIGNED);
	t_long = btf__add_int(types, "long int", 8, BTF_INT_SIGNED);
	t_ulong = btf__add_int(types, "long unsigned int", 8, 0);
	t_byte = btf__add_int(types, "unsigned char", 1, 0);
	t_bool = btf__add_int(types, "_Bool", 1, BTF_INT_BOOL);
	t_char = btf__add_int(types, "char", 1, BTF_INT_SIGNED);
	t_float = btf__add_float(types, "double", 8);
	/* const name_char *: names are looked behind. */
	constant = btf__add_const(types, btf__add_typedef(types, "name_char", t_char));
	t_name = btf__add_ptr(types, constant);
	t_pointer = btf__add_ptr(types, t_byte);
	t_enum = btf__add_enum(types, "mode", 4);
	btf__add_enum_value(types, "MODE_ABS", 0);
	btf__add_enum_value(types, "MODE_REL", 1);
	btf__add_enum_value(types, "MODE_NONE", -1);
	t_enum64 = btf__add_enum64(types, "wide", 8, false);
	btf__add_enum64_value(types, "WIDE", 0x123456789aULL);
	t_pair = btf__add_struct(types, "pair", 16);
	t_large = btf__add_struct(types, "large", 24);

	mode = btf__add_typedef(types, "mode_t", t_enum);
	add_function(types, "nothing", 0, 0);
	add_function(types, "many", t_int, 7, t_int, "a", t_short, "b", t_bool, "c", t_byte, "d",
		     mode, "e", t_pointer, "f", t_int, "g");
	add_function(types, "name", 0, 3, t_name, "path", t_int, "n", t_name, "to");
	add_function(types, "wide", 0, 3, t_enum64, "w", t_long, "l", t_ulong, "u");
	add_function(types, "print", t_int, 2, t_name, "fmt", 0, "");
	add_function(types, "by_value", 0, 2, t_int, "a", t_pair, "p");
	add_function(types, "real", 0, 1, t_float, "r");
	add_function(types, "gives_large", t_large, 1, t_int, "a");
	add_function(types, "gives_pair", t_pair, 1, t_int, "a");
	add_function(types, "twice", 0, 1, t_int, "a");
	add_function(types, "twice", 0, 1, t_pointer, "p");
	add_function(types, "same", 0, 1, t_int, "a");
	same = btf__find_by_name_kind(types, "same", BTF_KIND_FUNC);
	btf__add_func(types, "same", BTF_FUNC_STATIC, btf__type_by_id(types, same)->type);
	return 0;
}

static int free_types(void **state)
{
	btf__free(types);
	return 0;
}

static struct btf_image open_image(const struct btf *btf, const struct btf_image *base)
{
	struct btf_image image;
	const void *data;
	u32 size;

	data = btf__raw_data(btf, &size);
	assert_non_null(data);
	assert_int_equal(btf_image_open(&image, data, size, base), 0);
	return image;
}

static const char *shown(const struct btf_image *image, const char *name,
			 const struct proto_call *call)
{
	static char buf[1024];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	proto_print_arguments(&text, image,
			      btf_image_prototype(image, btf_image_slot(image, name)), call);
	return buf;
}

static const char *call(const struct btf_image *image, const char *name, unsigned long a,
			unsigned long b, unsigned long c, unsigned long d, unsigned long e,
			unsigned long f)
{
	const unsigned long args[PROTO_REGS] = { a, b, c, d, e, f };

	return shown(image, name, &(struct proto_call) { .args = args });
}

#define REGISTERS "rdi=0x1, rsi=0x2, rdx=0x3, rcx=0x4, r8=0x5, r9=0x6"

static void values_are_shown_as_their_types_say(void **state)
{
	struct btf_image image = open_image(types, NULL);

	assert_string_equal(call(&image, "nothing", 1, 2, 3, 4, 5, 6), "()");
	assert_string_equal(call(&image, "many", 0x1ffffff9c, 0x1fffe, 0x100, 0x7ff, 1, 0xabc),
			    "(a=-100, b=-2, c=false, d=255, e=MODE_REL, f=0xabc, ...)");
	assert_string_equal(call(&image, "many", 7, 7, 0x101, 0, 0xffffffff, 0),
			    "(a=7, b=7, c=true, d=0, e=MODE_NONE, f=0x0, ...)");
	assert_string_equal(call(&image, "many", 7, 7, 0, 0, 99, 0),
			    "(a=7, b=7, c=false, d=0, e=99, f=0x0, ...)");
	assert_string_equal(call(&image, "wide", 0x123456789aULL, -1, -1, 0, 0, 0),
			    "(w=WIDE, l=-1, u=18446744073709551615)");
	assert_string_equal(call(&image, "wide", 0x3456789aULL, 1, 1, 0, 0, 0),
			    "(w=878082202, l=1, u=1)");
	assert_string_equal(call(&image, "gives_pair", 3, 0, 0, 0, 0, 0), "(a=3)");
	assert_string_equal(call(&image, "name", 0x10, 2, 0x30, 0, 0, 0),
			    "(path=0x10, n=2, to=0x30)");
	btf_image_close(&image);
}

static void strings_are_shown_as_they_were_recorded(void **state)
{
	static const unsigned long args[PROTO_REGS] = { 0x10, 2, 0x30 };
	struct btf_image image = open_image(types, NULL);
	struct proto_call both = { args, 5, "/etc\0\"\n\x01\xff\\", 12 };
	char text[2 * PROTO_STRING_MAX], expected[256];
	int proto;

	proto = btf_image_prototype(&image, btf_image_slot(&image, "name"));
	assert_int_equal(proto_strings(&image, proto), 5);
	assert_string_equal(shown(&image, "name", &both),
			    "(path=\"/etc\", n=2, to=\"\\\"\\n\\x01\\xff\\\\\")");
	/* The first could not be read. */
	both = (struct proto_call) { args, 4, "x\0\0\0", 4 };
	assert_string_equal(shown(&image, "name", &both), "(path=0x10, n=2, to=\"x\")");
	/* The first is longer than what is kept of it, the second is empty. */
	memset(text, 'a', sizeof(text));
	text[PROTO_STRING_MAX] = '\0';
	both = (struct proto_call) { args, 5, text, PROTO_STRING_MAX + 1 };
	snprintf(expected, sizeof(expected), "(path=\"%.*s\"..., n=2, to=\"\")", PROTO_STRING_MAX,
		 text);
	assert_string_equal(shown(&image, "name", &both), expected);
	/* Variadic: what is not named is not known. */
	both = (struct proto_call) { args, 1, "%s\n", 4 };
	assert_string_equal(shown(&image, "print", &both), "(fmt=\"%s\\n\", ...)");
	btf_image_close(&image);
}

static void what_is_not_known_is_shown_as_registers(void **state)
{
	struct btf_image image = open_image(types, NULL);
	struct btf_slot *slot;

	assert_string_equal(call(&image, "by_value", 1, 2, 3, 4, 5, 6),
			    "(" REGISTERS " /* takes a struct */)");
	assert_string_equal(call(&image, "real", 1, 2, 3, 4, 5, 6),
			    "(" REGISTERS " /* takes a struct */)");
	assert_string_equal(call(&image, "gives_large", 1, 2, 3, 4, 5, 6),
			    "(" REGISTERS " /* returns a struct */)");
	assert_string_equal(call(&image, "twice", 1, 2, 3, 4, 5, 6),
			    "(" REGISTERS " /* several functions have this name */)");
	assert_string_equal(call(&image, "many.isra.0", 1, 2, 3, 4, 5, 6),
			    "(" REGISTERS " /* no prototype */)");
	assert_int_equal(proto_strings(&image, -ENOENT), 0);
	/* Two of the same prototype, but not if there is a third function. */
	slot = btf_image_slot(&image, "same");
	slot->addresses = 2;
	assert_string_equal(call(&image, "same", 1, 2, 3, 4, 5, 6), "(a=1)");
	slot->addresses = 3;
	assert_string_equal(call(&image, "same", 1, 2, 3, 4, 5, 6),
			    "(" REGISTERS " /* several functions have this name */)");
	btf_image_close(&image);
}

static void types_of_a_module_go_on_where_the_kernels_end(void **state)
{
	struct btf *module = btf__new_empty_split(types);
	struct btf_image kernel, image;

	add_function(module, "module_open", 0, 3, t_name, "path", t_enum, "mode",
		     btf__add_ptr(module, btf__add_struct(module, "own", 8)), "own");
	/* Whatever is added to types moves them. */
	kernel = open_image(types, NULL);
	image = open_image(module, &kernel);
	assert_string_equal(call(&image, "module_open", 1, 1, 0x88, 0, 0, 0),
			    "(path=0x1, mode=MODE_REL, own=0x88)");
	assert_null(btf_image_slot(&image, "many"));
	assert_null(btf_image_slot(&kernel, "module_open"));
	btf_image_close(&image);
	btf_image_close(&kernel);
	btf__free(module);
}

/* An int whose encoding lies behind the types. */
static const struct {
	struct btf_header header;
	struct btf_type type;
	u32 encoding;
	char strings[4];
} cut_type = {
	.header = { .magic = BTF_MAGIC, .version = BTF_VERSION,
		    .hdr_len = sizeof(struct btf_header), .type_len = sizeof(struct btf_type),
		    .str_off = sizeof(struct btf_type) + sizeof(u32), .str_len = 4 },
	.type = { .info = BTF_KIND_INT << 24, .size = 4 },
};

static void what_is_no_btf_is_refused(void **state)
{
	struct btf_image image;
	const u8 *data;
	u8 *copy;
	u32 size, len;

	assert_int_equal(btf_image_open(&image, &cut_type, sizeof(cut_type), NULL), -EINVAL);
	data = btf__raw_data(types, &size);
	/* Cut anywhere, in storage of its own for the sanitizer to watch. */
	for (len = 0; len < size; len++) {
		copy = malloc(len ? len : 1);
		memcpy(copy, data, len);
		assert_int_equal(btf_image_open(&image, copy, len, NULL), -EINVAL);
		free(copy);
	}
	copy = calloc(1, size + 1);
	memcpy(copy, data, size);
	copy[0]++;
	assert_int_equal(btf_image_open(&image, copy, size, NULL), -EINVAL);
	copy[0]--;
	copy[2]++;	/* another version */
	assert_int_equal(btf_image_open(&image, copy, size, NULL), -EINVAL);
	copy[2]--;
	copy[size - 1] = 'x';
	assert_int_equal(btf_image_open(&image, copy, size, NULL), -EINVAL);
	free(copy);
}

static void bytes_that_were_changed_do_no_harm(void **state)
{
	unsigned int round, opened = 0, i;
	const u8 *data;
	u32 size;
	u8 *copy;

	data = btf__raw_data(types, &size);
	copy = malloc(size + 1);
	srand(1);
	for (round = 0; round < 20000; round++) {
		memcpy(copy, data, size);
		for (i = 0; i < 1 + round % 4; i++)
			copy[rand() % size] = rand();
		opened += fuzz_btf_image(copy, size);
	}
	free(copy);
	assert_in_range(opened, 1000, 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_shown_as_their_types_say),
		cmocka_unit_test(strings_are_shown_as_they_were_recorded),
		cmocka_unit_test(what_is_not_known_is_shown_as_registers),
		cmocka_unit_test(types_of_a_module_go_on_where_the_kernels_end),
		cmocka_unit_test(what_is_no_btf_is_refused),
		cmocka_unit_test(bytes_that_were_changed_do_no_harm),
	};

	return cmocka_run_group_tests_name("btf", tests, make_types, free_types);
}
