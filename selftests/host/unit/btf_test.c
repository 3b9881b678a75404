// SPDX-License-Identifier: GPL-2.0
/*
 * Prototypes from BTF: libbpf writes the types, ours reads them, and shows calls.
 */

#define _GNU_SOURCE
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
#include "core/errno.h"
#include "core/proto.h"
#include "core/proto_table.h"
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

/* Functions that return what their names say. */
static int make_results(void)
{
	add_function(types, "to_int", t_int, 0);
	add_function(types, "to_short", t_short, 0);
	add_function(types, "to_long", t_long, 0);
	add_function(types, "to_ulong", t_ulong, 0);
	add_function(types, "to_byte", t_byte, 0);
	add_function(types, "to_bool", t_bool, 0);
	add_function(types, "to_name", t_name, 0);
	add_function(types, "to_pointer", t_pointer, 0);
	add_function(types, "to_enum", t_enum, 0);
	add_function(types, "to_pair", t_pair, 0);
	return 0;
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
	return make_results();
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

/* "void" if there is none. */
static const char *returned(const struct btf_image *image, const char *name, unsigned long reg)
{
	int proto = btf_image_prototype(image, btf_image_slot(image, name));
	static char buf[64];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	return proto_print_result(&text, image, proto, reg) ? buf : "void";
}

static void results_are_shown_as_their_types_say(void **state)
{
	static const struct {
		const char *function;
		unsigned long reg;
		const char *shown;
		enum proto_outcome outcome;
	} cases[] = {
		{ "nothing", -2UL, "void", PROTO_VOID },
		{ "to_int", 7, "7", PROTO_OK },
		{ "to_int", 0xdeadbeef00000000, "0", PROTO_OK },
		{ "to_int", 0xfffffffe, "-ENOENT", PROTO_ERROR },
		{ "to_int", -512UL, "-ERESTARTSYS", PROTO_ERROR },
		{ "to_int", -520UL, "-520", PROTO_ERROR },
		{ "to_int", -4095UL, "-4095", PROTO_ERROR },
		{ "to_int", -4096UL, "-4096", PROTO_OK },
		{ "to_short", 0xfff4, "-ENOMEM", PROTO_ERROR },
		{ "to_short", 0xffff0001, "1", PROTO_OK },
		{ "to_long", 0xfffffffe, "4294967294", PROTO_OK },
		{ "to_long", -11UL, "-EAGAIN", PROTO_ERROR },
		{ "to_ulong", -11UL, "18446744073709551605", PROTO_OK },
		{ "to_byte", 0x1ff, "255", PROTO_OK },
		{ "to_bool", 0xff00, "false", PROTO_OK },
		{ "to_bool", 1, "true", PROTO_OK },
		{ "to_name", 0x1234, "0x1234", PROTO_OK },
		{ "to_name", -36UL, "-ENAMETOOLONG", PROTO_ERROR },
		{ "to_pointer", 0, "0x0", PROTO_NULL },
		{ "to_pointer", -4095UL, "-4095", PROTO_ERROR },
		{ "to_pointer", -4096UL, "0xfffffffffffff000", PROTO_OK },
		{ "to_pointer", 0xfffffffe, "0xfffffffe", PROTO_OK },
		{ "to_enum", 1, "MODE_REL", PROTO_OK },
		{ "to_enum", 77, "77", PROTO_OK },
		/* Not known: as newer kernels show all. */
		{ "to_pair", 0x10, "0x10", PROTO_UNKNOWN },
		{ "to_pair", -2UL, "-2", PROTO_UNKNOWN },
		{ "to_pair", 0xfffffffe, "-2", PROTO_UNKNOWN },
		{ "to_pair", 0x1fffffffe, "0x1fffffffe", PROTO_UNKNOWN },
		{ "twice", 0, "0x0", PROTO_UNKNOWN },
		{ "no_such", -4096UL, "0xfffffffffffff000", PROTO_UNKNOWN },
	};
	struct btf_image image = open_image(types, NULL);
	unsigned int i;
	int proto;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_string_equal(returned(&image, cases[i].function, cases[i].reg),
				    cases[i].shown);
		proto = btf_image_prototype(&image, btf_image_slot(&image, cases[i].function));
		assert_int_equal(proto_outcome(proto_result(&image, proto), cases[i].reg),
				 cases[i].outcome);
	}
	btf_image_close(&image);
}

static void errors_have_the_names_of_the_c_library(void **state)
{
	const char *name;
	int err;

	assert_null(errno_name(0));
	for (err = 1; err < 512; err++) {
		name = strerrorname_np(err);
		/* It has another name for what is the same on this architecture. */
		if (err == ENOTSUP)
			name = "EOPNOTSUPP";
		if (name)
			assert_string_equal(errno_name(err), name);
		else
			assert_null(errno_name(err));
	}
	assert_string_equal(errno_name(512), "ERESTARTSYS");
	assert_string_equal(errno_name(517), "EPROBE_DEFER");
	assert_null(errno_name(520));
	assert_string_equal(errno_name(524), "ENOTSUPP");
	assert_string_equal(errno_name(531), "ENOGRACE");
	assert_null(errno_name(532));
	assert_null(errno_name(~0U));
}

/* Beside a plain list of them; what is no call site of one is unknown. */
static void a_table_knows_functions_by_their_call_sites(void **state)
{
	enum { START = 0x40000, LEN = 0x10010, MOST = 5000 };
	static struct { unsigned long addr; u32 strings; enum proto_result result; } all[MOST];
	unsigned long addr = START, ip;
	unsigned int nr = 0, i, seen = 0;
	struct proto_table *table;

	table = malloc(proto_table_size(LEN, MOST));
	proto_table_init(table, START, LEN);
	srandom(1);
	while (addr < START + LEN) {
		all[nr].addr = addr;
		all[nr].strings = random() & 0x3f;
		all[nr].result = 1 + random() % PROTO_RESULT_POINTER;
		proto_table_add(table, addr, all[nr].strings, all[nr].result);
		/* Of one address the first counts, and what goes back does not. */
		proto_table_add(table, addr, 1, PROTO_RESULT_VOID);
		proto_table_add(table, addr - 16, 1, PROTO_RESULT_VOID);
		nr++;
		/* Some far from the next. */
		addr += random() % 50 ? 16 * (1 + random() % 4) : 0x1800;
	}
	proto_table_add(table, START + LEN + 0x1000, 1, PROTO_RESULT_VOID);
	proto_table_add(table, START - 16, 1, PROTO_RESULT_VOID);
	proto_table_end(table);
	for (ip = START - 32, i = 0; ip < START + LEN + 0x2000; ip++) {
		while (i < nr && all[i].addr + 4 < ip)
			i++;
		if (i < nr && (ip == all[i].addr || ip == all[i].addr + 4)) {
			assert_int_equal(proto_table_strings(table, ip), all[i].strings);
			assert_int_equal(proto_table_result(table, ip), all[i].result);
			seen++;
		} else {
			assert_int_equal(proto_table_strings(table, ip), 0);
			assert_int_equal(proto_table_result(table, ip), PROTO_RESULT_UNKNOWN);
		}
	}
	assert_int_equal(seen, 2 * nr);
	assert_int_equal(proto_table_strings(NULL, START), 0);
	assert_int_equal(proto_table_result(NULL, START), PROTO_RESULT_UNKNOWN);
	free(table);
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
		cmocka_unit_test(results_are_shown_as_their_types_say),
		cmocka_unit_test(errors_have_the_names_of_the_c_library),
		cmocka_unit_test(a_table_knows_functions_by_their_call_sites),
		cmocka_unit_test(types_of_a_module_go_on_where_the_kernels_end),
		cmocka_unit_test(what_is_no_btf_is_refused),
		cmocka_unit_test(bytes_that_were_changed_do_no_harm),
	};

	return cmocka_run_group_tests_name("btf", tests, make_types, free_types);
}
