// SPDX-License-Identifier: GPL-2.0
/*
 * Records as text: lines taken from the kernel's own tracer (6.1), and the files
 * that describe records.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include <linux/kernel.h>
#include <linux/string.h>

#include "core/event.h"
#include "core/print.h"

static const char *symbol(void *names, unsigned long addr, enum print_name wanted,
			  unsigned int *len)
{
	bool offset = wanted == PRINT_NAME_OFFSET;
	const char *name = NULL;

	if (addr == 0x1000)
		name = offset ? "vfs_read+0x0/0x310" : "vfs_read";
	else if (addr == 0x2000)
		name = offset ? "ksys_read+0xb7/0xf0" : "ksys_read";
	if (name)
		*len = strlen(name);
	return name;
}

static void comm(int pid, char *buf)
{
	snprintf(buf, 16, "%s", pid == 285 ? "hook.sh" : pid ? "<...>" : "<idle>");
}

/* What of a call comes here. */
static void arguments(struct text *to, unsigned long ip, const struct proto_call *call)
{
	text_printf(to, "(%lx: %lu..%lu %x %.*s)", ip, call->args[0], call->args[5],
		    call->strings, (int)call->len, call->text ?: "");
}

/* One type of event is known to somebody else. */
#define OTHER_TYPE 777

static bool other_event(void *events, struct text *text, const struct rb_event *event)
{
	const struct trace_entry *ent = event->payload;

	if (ent->type != OTHER_TYPE)
		return false;
	if (text)
		text_printf(text, "of others, %u bytes\n", event->len);
	return true;
}

static const struct print_source source = {
	.event = other_event,
	.symbol = symbol, .arguments = arguments, .comm = comm,
};

static char buf[4096];
static struct text text;

/* Of the next lines: number of the record, and time to the next. */
static u64 index_shown, delay;

static const char *line(u32 flags, unsigned int cpu, const void *record, unsigned int len, u64 ts)
{
	struct print_style style = { .flags = flags, .clock_in_ns = true, .source = &source };
	struct rb_event event = { .payload = record, .len = len, .ts = ts };

	struct print_place place = { .cpu = cpu, .index = index_shown, .start_ts = 1000,
				     .first_of_cpu = true, .next_ts = ts + delay };

	text_init(&text, buf, sizeof(buf));
	print_event(&text, &place, &event, &style);
	return buf;
}

#define USUAL (PRINT_PARENT | PRINT_CONTEXT_INFO | PRINT_IRQ_INFO)

static void function_lines_are_the_kernels(void **state)
{
	struct event_function f = {
		.ent = { .type = EVENT_FUNCTION, .pid = 285 }, .ip = 0x1000, .parent_ip = 0x2000,
	};

	assert_string_equal(line(USUAL, 1, &f, sizeof(f), 26430117000),
		"         hook.sh-285     [001] .....    26.430117: vfs_read <-ksys_read\n");
	assert_string_equal(line(USUAL & ~PRINT_IRQ_INFO, 1, &f, sizeof(f), 26430117000),
		"         hook.sh-285     [001]     26.430117: vfs_read <-ksys_read\n");
	assert_string_equal(line(USUAL & ~PRINT_PARENT, 1, &f, sizeof(f), 26430117000),
		"         hook.sh-285     [001] .....    26.430117: vfs_read\n");
	assert_string_equal(line(USUAL | PRINT_SYM_OFFSET, 1, &f, sizeof(f), 26430117000),
		"         hook.sh-285     [001] .....    26.430117: vfs_read+0x0/0x310 <-ksys_read+0xb7/0xf0\n");
	assert_string_equal(line(USUAL | PRINT_SYM_ADDR, 1, &f, sizeof(f), 26430117000),
		"         hook.sh-285     [001] .....    26.430117: vfs_read <0000000000001000> <-ksys_read <0000000000002000>\n");
	assert_string_equal(line(PRINT_PARENT, 1, &f, sizeof(f), 26430117000),
		"vfs_read <-ksys_read\n");
	assert_string_equal(line(USUAL | PRINT_RAW, 1, &f, sizeof(f), 26430117000),
		"285 1 26430117000 1000 2000\n");
	f.parent_ip = 0;
	f.ip = 0xffffffffc02f0083;
	f.ent.pid = 0;
	assert_string_equal(line(USUAL, 0, &f, sizeof(f), 499),
		"          <idle>-0       [000] .....     0.000000: 0xffffffffc02f0083\n");
}

static void arguments_stand_behind_the_function(void **state)
{
	struct {
		struct event_function f;
		unsigned long args[EVENT_ARGS_STRINGS], strings;
		char text[4];
	} call = {
		.f = { .ent = { .type = EVENT_FUNCTION, .pid = 285 }, .ip = 0x1000,
		       .parent_ip = 0x2000 },
		.args = { 7, 8, 9, 10, 11, 12 }, .strings = 2, .text = "ab",
	};
	unsigned int len;

	/* A record that is too short for all has none. */
	for (len = sizeof(call.f); len < sizeof(call.f) + sizeof(call.args); len++)
		assert_string_equal(line(PRINT_PARENT, 1, &call, len, 0), "vfs_read <-ksys_read\n");
	for (; len < sizeof(call) - sizeof(call.text) - 4; len++)
		assert_string_equal(line(PRINT_PARENT, 1, &call, len, 0),
				    "vfs_read(1000: 7..12 0 ) <-ksys_read\n");
	assert_string_equal(line(PRINT_PARENT, 1, &call, offsetof(typeof(call), text[3]), 0),
			    "vfs_read(1000: 7..12 2 ab) <-ksys_read\n");
	assert_string_equal(line(PRINT_SYM_OFFSET, 1, &call, sizeof(call.f) + sizeof(call.args), 0),
			    "vfs_read+0x0/0x310(1000: 7..12 0 )\n");
}

static void function_lines_have_other_forms(void **state)
{
	struct event_function f = {
		.ent = { .type = EVENT_FUNCTION, .pid = 285 }, .ip = 0x1000, .parent_ip = 0x2000,
	};
	static const char bin[] = "\x1d\x01\0\0\3\0\0\0\0\x10\0\0\0\0\0\0"
				  "\0\x10\0\0\0\0\0\0\0\x20\0\0\0\0\0";

	assert_string_equal(line(USUAL | PRINT_HEX, 3, &f, sizeof(f), 0x12345),
		"0000011d 00000003 0000000000012345 0000000000001000 0000000000002000\x20\n");
	assert_string_equal(line(PRINT_HEX, 3, &f, sizeof(f), 0x12345),
		"0000000000001000 0000000000002000\x20\n");
	line(USUAL | PRINT_BIN | PRINT_HEX | PRINT_RAW, 3, &f, sizeof(f), 0x1000);
	assert_int_equal(text.len, sizeof(bin));
	assert_memory_equal(buf, bin, sizeof(bin));
	delay = 1500000;
	assert_string_equal(line(USUAL | PRINT_LATENCY, 3, &f, sizeof(f), 26001000),
		" hook.sh-285       3..... 26000us#: vfs_read <-ksys_read\n");
	index_shown = 17;
	assert_string_equal(line(USUAL | PRINT_LATENCY | PRINT_VERBOSE, 3, &f, sizeof(f), 26001000),
		"         hook.sh     285   3 0 00000000 00000011 [00006591] 26.000ms (+1.500ms): vfs_read <-ksys_read\n");
	assert_string_equal(line(USUAL | PRINT_ANNOTATE, 3, &f, sizeof(f), 26430117000),
		"##### CPU 3 buffer started ####\n"
		"         hook.sh-285     [003] .....    26.430117: vfs_read <-ksys_read\n");
	index_shown = 1;
	assert_string_equal(line(USUAL | PRINT_ANNOTATE, 3, &f, sizeof(f), 26430117000),
		"         hook.sh-285     [003] .....    26.430117: vfs_read <-ksys_read\n");
	index_shown = 0;
	delay = 0;
}

static void delays_have_marks(void **state)
{
	static const struct {
		u64 delay;
		char mark;
	} cases[] = {
		{ 0, ' ' }, { 10499, ' ' }, { 10500, '+' }, { 100000, '+' }, { 101000, '!' },
		{ 1001000, '#' }, { 10001000, '*' }, { 100001000, '@' }, { 1000000000, '@' },
		{ 1000001000, '$' }, { 3600000000000ULL, '$' },
	};
	struct event_function f = { .ent = { .type = EVENT_FUNCTION }, .ip = 0x1000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		delay = cases[i].delay;
		line(USUAL | PRINT_LATENCY, 0, &f, sizeof(f), 1000);
		assert_int_equal(*(strchr(buf, ':') - 1), cases[i].mark);
	}
	delay = 0;
}

static void stacks_and_repeats_are_the_kernels(void **state)
{
	struct {
		struct event_stack s;
		unsigned long caller[4];
	} stack = { .s = { .ent = { .type = EVENT_STACK, .pid = 285 }, .size = 3 },
		    .caller = { 0x1000, 0x2000, 0x3000, ~0UL } };
	struct event_func_repeats r = {
		.ent = { .type = EVENT_FUNC_REPEATS, .pid = 285 }, .ip = 0x1000,
		.parent_ip = 0x2000, .count = 9, .top_delta_ts = 1, .bottom_delta_ts = 5000,
	};

	assert_string_equal(line(USUAL, 1, &stack, sizeof(stack), 26430117000),
		"         hook.sh-285     [001] .....    26.430117: <stack trace>\n"
		" => vfs_read\n => ksys_read\n => 0x00003000\n");
	/* The record ends before the mark of the end. */
	assert_string_equal(line(0, 1, &stack, 32, 0),
		"<stack trace>\n => vfs_read\n => ksys_read\n");
	assert_string_equal(line(PRINT_RAW, 1, &stack, sizeof(stack), 0), "type: 4\n");
	assert_string_equal(line(USUAL, 1, &r, sizeof(r), 26430117000),
		"         hook.sh-285     [001] .....    26.430117: vfs_read <-ksys_read (repeats: 9, last_ts:    22.135145)\n");
	assert_string_equal(line(PRINT_RAW, 1, &r, sizeof(r), 26430117000),
		"4096 8192 9 4294972296\n");
	assert_string_equal(line(PRINT_HEX, 1, &r, sizeof(r), 26430117000), "type: 19\n\n");
}

static void context_is_shown_in_five_characters(void **state)
{
	static const struct {
		u8 flags;
		u8 count;
		const char *shown;
	} cases[] = {
		{ 0, 0, "....." },
		{ EVENT_FLAG_IRQS_OFF, 0, "d...." },
		{ EVENT_FLAG_BH_OFF, 0, "b...." },
		{ EVENT_FLAG_IRQS_OFF | EVENT_FLAG_BH_OFF, 0, "D...." },
		{ EVENT_FLAG_NEED_RESCHED, 0, ".n..." },
		{ EVENT_FLAG_PREEMPT_RESCHED, 0, ".p..." },
		{ EVENT_FLAG_NEED_RESCHED | EVENT_FLAG_PREEMPT_RESCHED, 0, ".N..." },
		{ EVENT_FLAG_HARDIRQ, 0, "..h.." },
		{ EVENT_FLAG_SOFTIRQ, 0, "..s.." },
		{ EVENT_FLAG_HARDIRQ | EVENT_FLAG_SOFTIRQ, 0, "..H.." },
		{ EVENT_FLAG_NMI, 0, "..z.." },
		{ EVENT_FLAG_NMI | EVENT_FLAG_HARDIRQ, 0, "..Z.." },
		{ 0, 0x01, "...1." },
		{ 0, 0x2f, "...f2" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct event_function f = { .ent = {
			.type = EVENT_FUNCTION, .pid = 285,
			.flags = cases[i].flags, .preempt_count = cases[i].count,
		} };

		line(USUAL, 0, &f, sizeof(f), 0);
		assert_memory_equal(buf + strlen("         hook.sh-285     [000] "),
				    cases[i].shown, 5);
	}
}

static void times_are_rounded_to_microseconds(void **state)
{
	static const struct {
		u64 ts;
		bool in_ns;
		const char *shown;
	} cases[] = {
		{ 0, true, "     0.000000" }, { 499, true, "     0.000000" },
		{ 500, true, "     0.000001" }, { 999999500, true, "     1.000000" },
		{ 1795230614910632000ULL, true, " 1795230614.910632" },
		{ 3, false, "            3" }, { 168631595960, false, " 168631595960" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		text_init(&text, buf, sizeof(buf));
		print_time(&text, cases[i].ts, cases[i].in_ns);
		assert_string_equal(buf, cases[i].shown);
	}
}

static void marks_are_shown_with_their_writer(void **state)
{
	union {
		struct event_print p;
		char bytes[64];
	} m = { .p = { .ent = { .type = EVENT_PRINT, .pid = 285 }, .ip = 0x1000 } };

	memcpy(m.bytes + offsetof(struct event_print, buf), "hello\n", 7);
	assert_string_equal(line(USUAL, 0, &m, 24, 1000000000),
		"         hook.sh-285     [000] .....     1.000000: vfs_read: hello\n");
	/* A string that does not end within its record. */
	memset(m.bytes + offsetof(struct event_print, buf), 'x', 48);
	line(0, 0, &m, 20, 0);
	assert_string_equal(buf, "vfs_read: xxxx");
}

static void records_that_are_too_short_are_not_read(void **state)
{
	struct event_function f = { .ent = { .type = EVENT_FUNCTION } };
	struct trace_entry unknown = { .type = 999 }, other = { .type = OTHER_TYPE };

	assert_string_equal(line(0, 0, &f, sizeof(f) - 4, 0), "(record too short)\n");
	assert_string_equal(line(0, 0, &f, 4, 0), "(record too short)\n");
	assert_string_equal(line(0, 0, &unknown, sizeof(unknown), 0), "Unknown type 999\n");
	assert_string_equal(line(0, 0, &other, sizeof(other), 0), "of others, 8 bytes\n");
	assert_string_equal(line(0, 0, &other, 4, 0), "(record too short)\n");
}

static void the_header_is_the_kernels(void **state)
{
	struct print_style style = { .flags = USUAL, .source = &source };
	struct print_totals totals = { .entries = 77, .written = 80, .cpus = 2 };

	text_init(&text, buf, sizeof(buf));
	style.flags = PRINT_CONTEXT_INFO;
	print_header(&text, "function", &totals, &style);
	assert_string_equal(buf,
		"# tracer: function\n"
		"#\n"
		"# entries-in-buffer/entries-written: 77/80   #P:2\n"
		"#\n"
		"#           TASK-PID     CPU#     TIMESTAMP  FUNCTION\n"
		"#              | |         |         |         |\n");
	text_init(&text, buf, sizeof(buf));
	style.flags = 0;
	print_header(&text, "nop", &totals, &style);
	assert_string_equal(buf, "# tracer: nop\n#\n");
	text_init(&text, buf, sizeof(buf));
	style.flags = USUAL | PRINT_VERBOSE;
	print_header(&text, "nop", &totals, &style);
	assert_string_equal(buf, "# tracer: nop\n#\n");
}

static void formats_follow_the_structures(void **state)
{
	const struct event_layout *layout = event_nth_layout(0);

	text_init(&text, buf, sizeof(buf));
	event_print_format(&text, layout);
	assert_string_equal(buf,
		"name: function\n"
		"ID: 1\n"
		"format:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
		"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
		"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
		"\n"
		"\tfield:unsigned long ip;\toffset:8;\tsize:8;\tsigned:0;\n"
		"\tfield:unsigned long parent_ip;\toffset:16;\tsize:8;\tsigned:0;\n"
		"\tfield:unsigned long args[];\toffset:24;\tsize:0;\tsigned:0;\n"
		"\n"
		"print fmt: \" %ps <-- %ps\", (void *)REC->ip, (void *)REC->parent_ip\n");
	assert_null(event_nth_layout(1000));
}

static void text_that_does_not_fit_is_left_out_whole(void **state)
{
	char small[8];
	struct text t;

	text_init(&t, small, sizeof(small));
	text_puts(&t, "12345");
	text_puts(&t, "678");
	assert_string_equal(small, "12345");
	assert_true(t.full);
	text_printf(&t, "%d", 67);
	assert_string_equal(small, "1234567");
	text_printf(&t, "%d", 8);
	text_putc(&t, '8');
	assert_string_equal(small, "1234567");
	assert_int_equal(t.len, 7);
}

static void numbers_and_strings_are_as_printf_makes_them(void **state)
{
	static const u64 numbers[] = {
		0, 1, 9, 10, 99, 100, 4294967295ULL, 4294967296ULL, 42949672950ULL,
		9999999999999999999ULL, 18446744073709551615ULL, 0xffffffff81000000ULL,
	};
	static const char *const strings[] = { "", "a", "seven77", "eight888", "longer than that" };
	static const int ints[] = { 0, 7, -7, 999999, 9999999, 10000000, -2147483647 - 1 };
	unsigned int i, width, digits;
	char want[256], *end;

	for (width = 0; width < 24; width++) {
		for (i = 0; i < ARRAY_SIZE(numbers); i++) {
			digits = width < 1 ? 1 : width < 16 ? width : 16;
			end = put_uint(buf, numbers[i], width, ' ');
			end = put_uint(end, numbers[i], width, '0');
			*put_hex(end, numbers[i], digits) = '\0';
			sprintf(want, "%*llu%0*llu%0*llx", width, numbers[i], width, numbers[i],
				digits, numbers[i]);
			assert_string_equal(buf, want);
		}
		for (i = 0; i < ARRAY_SIZE(strings); i++) {
			*put_right(buf, strings[i], width) = '\0';
			sprintf(want, "%*s", width, strings[i]);
			assert_string_equal(buf, want);
		}
		for (i = 0; i < ARRAY_SIZE(ints); i++) {
			*put_int_left(buf, ints[i], width) = '\0';
			sprintf(want, "%-*d", width, ints[i]);
			assert_string_equal(buf, want);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(function_lines_are_the_kernels),
		cmocka_unit_test(arguments_stand_behind_the_function),
		cmocka_unit_test(function_lines_have_other_forms),
		cmocka_unit_test(delays_have_marks),
		cmocka_unit_test(stacks_and_repeats_are_the_kernels),
		cmocka_unit_test(context_is_shown_in_five_characters),
		cmocka_unit_test(times_are_rounded_to_microseconds),
		cmocka_unit_test(marks_are_shown_with_their_writer),
		cmocka_unit_test(records_that_are_too_short_are_not_read),
		cmocka_unit_test(the_header_is_the_kernels),
		cmocka_unit_test(formats_follow_the_structures),
		cmocka_unit_test(numbers_and_strings_are_as_printf_makes_them),
		cmocka_unit_test(text_that_does_not_fit_is_left_out_whole),
	};

	return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
