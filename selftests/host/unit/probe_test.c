// SPDX-License-Identifier: GPL-2.0
/*
 * The language of kprobe_events, and what probes get when they are hit. Memory is that of
 * this process; what is not in `there` cannot be read.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/peek.h"
#include "core/probe_fetch.h"
#include "core/probe_spec.h"
#include "core/probe_text.h"

static struct {
	char before[64];
	char text[64];
	char *pointers[4];
	u64 words[8];
} there __attribute__((aligned(64)));

static bool is_there(unsigned long addr, size_t size)
{
	unsigned long start = (unsigned long)&there;

	return addr >= start && addr - start <= sizeof(there) - size;
}

bool peek_memory(void *to, unsigned long addr, size_t size)
{
	if (!is_there(addr, size))
		return false;
	memcpy(to, (const void *)addr, size);
	return true;
}

bool peek_user(void *to, unsigned long addr, size_t size)
{
	/* Of user space is what has the lowest bit set. */
	return addr & 1 && peek_memory(to, addr - 1, size);
}

size_t peek_string(char *to, unsigned long addr, size_t size)
{
	size_t len = 0;

	/* What is written in a probe, and the name of the task, are always there. */
	while (len < size && (is_there(addr + len, 1) || !is_there(addr, 1))) {
		if (!is_there(addr, 1) && addr < 4096)
			return 0;
		if (to)
			to[len] = ((const char *)addr)[len];
		if (!((const char *)addr)[len++])
			break;
	}
	return len;
}

size_t peek_user_string(char *to, unsigned long addr, size_t size)
{
	return addr & 1 ? peek_string(to, addr - 1, size) : 0;
}

unsigned long peek_word(unsigned long addr)
{
	unsigned long word = 0;

	peek_memory(&word, addr, sizeof(word));
	return word;
}

size_t peek_name(char *to, unsigned long addr, size_t size)
{
	char name[32];
	size_t len = snprintf(name, sizeof(name), "name_of_%lx", addr) + 1;

	len = len < size ? len : size;
	if (to)
		memcpy(to, name, len);
	return len;
}

const char *peek_comm(void)
{
	return "a task";
}

/* All registers, each holding its number and one more. */
static unsigned long saved[PROBE_REGISTERS];
static u16 places[PROBE_REGISTERS];

static void reset(void)
{
	unsigned int i;

	for (i = 0; i < PROBE_REGISTERS; i++) {
		saved[i] = i + 1;
		places[i] = i * sizeof(*saved);
	}
	memset(&there, 0, sizeof(there));
}

static bool find_name(void *data, const char *name, unsigned int *nr,
		      const struct probe_arg_type **type, bool *text)
{
	(void)data;
	if (!strcmp(name, "count")) {
		*nr = 2;
		*type = probe_type_find("u32");
		return true;
	}
	if (!strcmp(name, "path")) {
		*nr = 1;
		*text = true;
		return true;
	}
	return false;
}

static const struct probe_names names = { .find = find_name };
static const struct probe_place at_entry = { .entry = true, .names = &names };
static const struct probe_place at_return = { .entry = true, .returns = true };
static const struct probe_place elsewhere;

/* What an argument is shown as; what is wrong with it if it is refused. */
static const char *shown(const char *body, const struct probe_place *place)
{
	static char buf[512];
	static u8 record[PROBE_RECORD_MAX];
	const struct probe_scene scene = { .registers = saved, .stack = (void *)there.words };
	struct probe_fault fault = { };
	struct probe_program *program;
	struct probe_arg arg = { };
	struct probe_record shown;
	struct text text;
	unsigned int size;

	text_init(&text, buf, sizeof(buf));
	if (probe_arg_parse(&arg, body, 0, place, &fault)) {
		text_printf(&text, "%u %s", fault.pos, fault.what);
	} else {
		program = probe_program_create(&arg, 1, 16);
		assert_int_equal(probe_program_place(program, places), 0);
		size = probe_measure(program, &scene);
		assert_in_range(size, program->fields, PROBE_RECORD_MAX);
		memset(record, 0x55, sizeof(record));
		if (program->plain)
			probe_fetch_plain(program, saved, record);
		else
			probe_fetch(program, &scene, record, size);
		/* Nothing behind it, nothing before it. */
		assert_int_equal(record[15], 0x55);
		assert_int_equal(record[size], 0x55);
		shown = (struct probe_record) { .bytes = record, .len = size, .head = 16 };
		probe_print_args(&text, &arg, 1, &shown);
		kvfree(program);
	}
	probe_arg_destroy(&arg);
	return buf;
}

static void arguments_are_what_they_say(void **state)
{
	char far[64], near[64];

	(void)state;
	reset();
	strcpy(there.text, "a text");
	there.pointers[0] = there.text;
	there.pointers[1] = there.text + 2;
	there.pointers[2] = (char *)1;
	there.words[0] = 0x1122334455667788;
	there.words[2] = 0xffffffffffffff85;
	saved[PROBE_SI] = (unsigned long)there.text;
	saved[PROBE_R12] = (unsigned long)there.pointers;
	saved[PROBE_R13] = (unsigned long)there.text + 1;
	saved[PROBE_DX] = 0x1234567890;
	saved[PROBE_CX] = 0xfffffffffffffffe;
	assert_string_equal(shown("%ax", &at_entry), " arg1=0xb");
	assert_string_equal(shown("x=%r15:u8", &at_entry), " x=1");
	assert_string_equal(shown("$arg3:u32", &at_entry), " arg1=878082192");
	assert_string_equal(shown("$arg3:s8", &at_entry), " arg1=-112");
	assert_string_equal(shown("count", &at_entry), " count=878082192");
	assert_string_equal(shown("c=count:x64", &at_entry), " c=0x1234567890");
	assert_string_equal(shown("path:string", &at_entry), " path=\"a text\"");
	assert_string_equal(shown("+2(path):string", &at_entry), " arg1=\"text\"");
	assert_string_equal(shown("$arg4:s16", &at_entry), " arg1=-2");
	assert_string_equal(shown("$arg7:x16", &at_entry), " arg1=0x0");
	assert_string_equal(shown("$arg8:s64", &at_entry), " arg1=-123");
	assert_string_equal(shown("$stack0:x32", &elsewhere), " arg1=0x55667788");
	assert_string_equal(shown("$stack2047", &elsewhere), " arg1=0x0");
	assert_string_equal(shown("$retval", &at_return), " arg1=0xb");
	assert_string_equal(shown("+0(%si):string", &at_entry), " arg1=\"a text\"");
	assert_string_equal(shown("+0(%si):ustring", &at_entry), " arg1=(fault)");
	assert_string_equal(shown("+0(%r13):ustring", &elsewhere), " arg1=\"a text\"");
	assert_string_equal(shown("+u0(%r13):string", &elsewhere), " arg1=\"a text\"");
	assert_string_equal(shown("+u2(%r13):u8", &elsewhere), " arg1=116");
	assert_string_equal(shown("+0(%r12):string[3]", &elsewhere),
			    " arg1={\"a text\",\"text\",(fault)}");
	assert_string_equal(shown("+0(+8(%r12)):u8[4]", &elsewhere), " arg1={116,101,120,116}");
	assert_string_equal(shown("-2(+8(%r12)):string", &elsewhere), " arg1=\"a text\"");
	assert_string_equal(shown("+0(+0(+0(%r12)))", &elsewhere), " arg1=0x0");
	snprintf(near, sizeof(near), " arg1=\"name_of_%lx\"", (unsigned long)there.pointers);
	assert_string_equal(shown("%r12:symstr", &elsewhere), near);
	snprintf(near, sizeof(near), "@0x%lx:x64", (unsigned long)there.words);
	assert_string_equal(shown(near, &elsewhere), " arg1=0x1122334455667788");
	snprintf(far, sizeof(far), "@0x%lx:x8", (unsigned long)(&there + 1));
	assert_string_equal(shown(far, &elsewhere), " arg1=0x0");
	assert_string_equal(shown("$stack0:b8@4/64", &elsewhere), " arg1=120");
	assert_string_equal(shown("$stack0:b64@0/64", &elsewhere), " arg1=1234605616436508552");
	assert_string_equal(shown("+0($stack):b4@4/8", &elsewhere), " arg1=8");
	assert_string_equal(shown("+0($stack):b4@0/8[3]", &elsewhere), " arg1={8,7,6}");
	assert_string_equal(shown("$comm", &elsewhere), " arg1=\"a task\"");
	assert_string_equal(shown("\\\"a:b\":string", &elsewhere), " arg1=\"a:b\"");
	assert_string_equal(shown("\\-5:s32", &elsewhere), " arg1=-5");
	assert_string_equal(shown("\\010:u8", &elsewhere), " arg1=8");
}

static void what_is_wrong_is_told_where_it_is(void **state)
{
	static const struct {
		const char *body;
		const char *told;
	} cases[] = {
		{ "$retval", "0 $retval is not available on probe" },
		{ "x=$retval", "2 $retval is not available on probe" },
		{ "$stack2049", "0 Invalid stack number" },
		{ "$arg0", "0 Invalid argument number" },
		{ "nothing", "0 Invalid fetch argument" },
		{ "%rip", "0 Invalid register name" },
		{ "+0(%ax", "6 Dereference brace is not closed" },
		{ "+0(%ax)1", "7 Invalid fetch argument" },
		{ "+0(+x(%ax))", "3 Invalid dereference offset" },
		{ "+u(%ax)", "0 Invalid dereference offset" },
		{ "+99999999999999999999(%ax)", "0 Invalid dereference offset" },
		{ "%ax:u8[", "7 Array is not closed" },
		{ "%ax:u8[1", "8 Array is not closed" },
		{ "+0(%ax):u8[65]", "11 Array number is too big" },
		{ "%ax:u9", "4 Unknown type is specified" },
		{ "%ax:b1@64/64", "4 Invalid bitfield" },
		{ "%ax:b18446744073709551615@1/64", "4 Invalid bitfield" },
		{ "%ax:b1/64", "4 Invalid bitfield" },
		{ "%ax:b/", "4 Unknown type is specified" },
		{ "%ax:string", "4 String accepts only memory argument" },
		{ "$comm:u8", "6 Unknown type is specified" },
		{ "\\", "1 Invalid immediate value" },
		{ "\\\"", "2 String is not closed with '\"'" },
		{ "=1", "0 Argument name is not specified" },
		{ "a-b=%ax", "0 Argument name must follow the same rules as C identifiers" },
		{ "a=", "2 No argument expression" },
		{ "", "0 No argument expression" },
	};
	unsigned int i;

	(void)state;
	reset();
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(shown(cases[i].body, &at_entry), cases[i].told);
	assert_string_equal(shown("$arg1", &elsewhere), "0 Invalid $-variable specified");
	assert_string_equal(shown("count", &elsewhere), "0 Invalid fetch argument");
}

/* Reads a line; what it means in one string. */
static const char *meant(const char *line)
{
	static char buf[512];
	struct probe_fault fault = { };
	struct probe_spec spec;
	struct text text;
	char copy[512];
	unsigned int i;

	snprintf(copy, sizeof(copy), "%s", line);
	probe_spaces(copy);
	text_init(&text, buf, sizeof(buf));
	if (probe_spec_parse(copy, &spec, &fault)) {
		text_printf(&text, "%u %s", fault.pos, fault.what);
		return buf;
	}
	text_printf(&text, "%c%u:%s/%s %s:%s+%lu@%lx", spec.returns ? 'r' : 'p', spec.active,
		    spec.group, spec.event, spec.module ?: "-", spec.symbol ?: "-", spec.offset,
		    spec.addr);
	for (i = 0; i < spec.nr_args; i++)
		text_printf(&text, " %s", spec.args[i]);
	return buf;
}

static void lines_mean_what_they_say(void **state)
{
	char removal[] = "-:a/b  place  x=1 ", all[] = "-:a/", event[] = "-:b", none[] = "-:";
	struct probe_removal removed;

	(void)state;
	assert_string_equal(meant("p vfs_read"), "p0:kprobes/p_vfs_read_0 -:vfs_read+0@0");
	assert_string_equal(meant("  p:x \t vfs_read+0x10   a  b=c "),
			    "p0:kprobes/x -:vfs_read+16@0 a b=c");
	assert_string_equal(meant("r12:g-1/x m:f"), "r12:g-1/x m:f+0@0");
	assert_string_equal(meant("r:g.x m:f.isra.0"), "r0:g/x m:f.isra.0+0@0");
	assert_string_equal(meant("p m:f.cold"), "p0:kprobes/p_m_f_cold_0 m:f.cold+0@0");
	assert_string_equal(meant("p f%return"), "r0:kprobes/r_f_0 -:f+0@0");
	assert_string_equal(meant("p:g/ 0xffff"), "p0:g/p_0xffff -:-+0@ffff");
	assert_string_equal(meant("p"), "1 No place of a probe");
	assert_string_equal(meant("q f"), "0 Neither a probe nor one to be removed");
	assert_string_equal(meant("px f"), "1 Invalid maxactive number");
	assert_string_equal(meant("p f-1"), "2 Invalid probed address or symbol");
	assert_string_equal(meant("p +1"), "2 Invalid probed address or symbol");
	assert_string_equal(meant("p :f"), "2 Invalid probed address or symbol");
	probe_spaces(removal);
	assert_int_equal(probe_removal_parse(removal, &removed), 0);
	assert_string_equal(removed.group, "a");
	assert_string_equal(removed.event, "b");
	assert_string_equal(removed.place, "place");
	assert_int_equal(removed.nr_args, 1);
	assert_int_equal(probe_removal_parse(all, &removed), 0);
	assert_null(removed.event);
	assert_int_equal(probe_removal_parse(event, &removed), 0);
	assert_null(removed.group);
	assert_int_equal(probe_removal_parse(none, &removed), -EINVAL);
}

/* A text that has become longer since it was measured is cut, and ends. */
static void records_end_where_they_were_said_to(void **state)
{
	const struct probe_scene scene = { .registers = saved, .stack = (void *)there.words };
	char record[PROBE_RECORD_MAX], expected[] = "short";
	struct probe_fault fault = { };
	struct probe_program *program;
	struct probe_arg arg = { };
	unsigned int size;

	(void)state;
	reset();
	strcpy(there.text, "short");
	saved[PROBE_SI] = (unsigned long)there.text;
	assert_int_equal(probe_arg_parse(&arg, "+0(%si):string", 0, &at_entry, &fault), 0);
	program = probe_program_create(&arg, 1, 8);
	assert_int_equal(probe_program_place(program, places), 0);
	size = probe_measure(program, &scene);
	assert_int_equal(size, 8 + 4 + sizeof(expected));
	strcpy(there.text, "shorter than it was");
	memset(record, 0x55, sizeof(record));
	probe_fetch(program, &scene, record, size);
	assert_int_equal(record[size], 0x55);
	assert_string_equal(record + 12, expected);
	kvfree(program);
	probe_arg_destroy(&arg);
}

static void registers_that_are_not_saved_are_not_had(void **state)
{
	struct probe_fault fault = { };
	struct probe_program *program;
	struct probe_arg arg = { };

	(void)state;
	reset();
	places[PROBE_R12] = PROBE_NOT_SAVED;
	assert_int_equal(probe_arg_parse(&arg, "+0(%r12):u8", 0, &elsewhere, &fault), 0);
	program = probe_program_create(&arg, 1, 8);
	assert_false(probe_program_can(program, places));
	assert_int_equal(probe_program_place(program, places), -EOPNOTSUPP);
	places[PROBE_R12] = 0;
	assert_int_equal(probe_program_place(program, places), 0);
	kvfree(program);
	probe_arg_destroy(&arg);
}

/* Any line is understood, or refused at a place that is in it. */
static void any_bytes_do_no_harm(void **state)
{
	static const char *const pieces[] = {
		"p", "r", ":", " ", "/", ".", "vfs", "+", "-", "0", "10", "0x", "%", "ax", "si",
		"$", "arg", "stack", "retval", "comm", "(", ")", "u", "@", "\\", "\"", "=", "x8",
		"string", "symstr", "b1@2/8", "[", "]", "count", "path", "99999999999999999999",
	};
	struct probe_fault fault;
	struct probe_spec spec;
	struct probe_arg arg;
	char line[256];
	unsigned int round, i, nr;
	size_t len;

	(void)state;
	srand(1);
	reset();
	for (round = 0; round < 300000; round++) {
		line[0] = '\0';
		nr = rand() % 12;
		for (i = 0, len = 0; i < nr; i++)
			len += snprintf(line + len, sizeof(line) - len, "%s",
					pieces[rand() % ARRAY_SIZE(pieces)]);
		arg = (struct probe_arg) { };
		fault = (struct probe_fault) { };
		if (probe_arg_parse(&arg, line, 0, &at_entry, &fault))
			assert_in_range(fault.pos, 0, strlen(line));
		probe_arg_destroy(&arg);
		if (round % 8 == 0 && strlen(line) < 60)
			shown(line, &elsewhere);
		fault = (struct probe_fault) { };
		nr = strlen(line);
		probe_spaces(line);
		if (*line && probe_spec_parse(line, &spec, &fault))
			assert_in_range(fault.pos, 0, nr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_are_what_they_say),
		cmocka_unit_test(what_is_wrong_is_told_where_it_is),
		cmocka_unit_test(lines_mean_what_they_say),
		cmocka_unit_test(records_end_where_they_were_said_to),
		cmocka_unit_test(registers_that_are_not_saved_are_not_had),
		cmocka_unit_test(any_bytes_do_no_harm),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
