// SPDX-License-Identifier: GPL-2.0
/*
 * Calls as a tree: texts taken from the kernel's own function_graph (6.1), and what
 * is shown beyond it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/kernel.h>
#include <linux/string.h>

#include "core/event.h"
#include "core/print.h"
#include "core/print_graph.h"

enum {
	KSYS_READ = 0x1000,
	VFS_READ = 0x2000,
	PERMISSION = 0x3000,
	APPARMOR = 0x4000,
	MODULE = 0x5000,
	IRQ = 0x9000,
	NOTHING = 0x10000,
};

static const char *symbol(void *names, unsigned long addr, enum print_name wanted,
			  unsigned int *len)
{
	static const char *const plain[] = { "ksys_read", "vfs_read", "security_file_permission",
					     "apparmor_file_permission", "fnt_test_target" };
	const char *name = NULL;

	if (addr >= KSYS_READ && addr <= MODULE)
		name = plain[addr / 0x1000 - 1];
	if (addr == IRQ)
		name = "sysvec_call_function_single";
	if (addr == VFS_READ && wanted == PRINT_NAME_OFFSET)
		name = "vfs_read+0x1a/0x310";
	if (addr == MODULE && wanted == PRINT_NAME_MODULE)
		name = "fnt_test_target [fnt_test]";
	if (name)
		*len = strlen(name);
	return name;
}

static void comm(int pid, char *buf)
{
	snprintf(buf, 16, "%s", pid == 285 ? "hook.sh" : pid == 455 ? "cat" :
		 pid == 7 ? "migration/0" : "<idle>");
}

static void arguments(struct text *to, unsigned long ip, const struct proto_call *call)
{
	text_printf(to, "(%lu..%lu %x %.*s)", call->args[0], call->args[5], call->strings,
		    (int)call->len, call->text ?: "");
}

static bool result(struct text *to, unsigned long ip, unsigned long reg, bool hex)
{
	if (ip == PERMISSION && !hex)
		return false;
	text_printf(to, hex ? "0x%lx" : "%ld", reg);
	return true;
}

static bool irq_entry(unsigned long addr)
{
	return addr == IRQ;
}

static bool no_other_event(void *events, struct text *text, const struct rb_event *event)
{
	return false;
}

static const struct print_source source = {
	.event = no_other_event,
	.symbol = symbol, .arguments = arguments, .comm = comm, .result = result,
	.irq_entry = irq_entry,
};

#define USUAL (PRINT_CONTEXT_INFO | PRINT_IRQ_INFO | PRINT_PARENT | PRINT_GRAPH_CPU | \
	       PRINT_GRAPH_OVERHEAD | PRINT_GRAPH_DURATION | PRINT_GRAPH_IRQS)

/* Records of all types. */
union record {
	struct trace_entry ent;
	struct event_graph_entry entry;
	struct event_graph_exit exit;
	struct event_function function;
	struct event_print mark;
	struct event_raw_data raw;
	char bytes[EVENT_GRAPH_ENTRY_MAX];
};

/* A trace: what was recorded, on which CPU, when. */
static struct item {
	union record record;
	unsigned int len;
	unsigned int cpu;
	u64 ts;
} items[32];
static unsigned int nr_items;

/* Of the next records. */
static int pid;
static unsigned int cpu;

static int begin(void **state)
{
	memset(items, 0, sizeof(items));
	nr_items = 0;
	pid = 285;
	cpu = 1;
	return 0;
}

static struct item *add(u16 type, unsigned int len)
{
	struct item *item = &items[nr_items++];

	item->record.ent = (struct trace_entry) { .type = type, .pid = pid };
	item->len = len;
	item->cpu = cpu;
	item->ts = 36597440999ULL + nr_items * 1000ULL;
	return item;
}

static void enters(unsigned long func, int depth)
{
	struct item *item = add(EVENT_GRAPH_ENTRY, sizeof(struct event_graph_entry));

	item->record.entry.func = func;
	item->record.entry.depth = depth;
	item->record.ent.preempt_count = 1;
}

/* With the duration in nanoseconds. */
static void returns(unsigned long func, int depth, u64 ns)
{
	struct item *item = add(EVENT_GRAPH_EXIT, sizeof(struct event_graph_exit));

	item->record.exit.func = func;
	item->record.exit.depth = depth;
	item->record.exit.calltime = 5;
	item->record.exit.rettime = 5 + ns;
	item->record.exit.overrun = 3;
}

static void calls(unsigned long func, int depth, u64 ns)
{
	enters(func, depth);
	returns(func, depth, ns);
}

static void says(const char *what)
{
	struct item *item = add(EVENT_PRINT, 0);

	item->len = offsetof(struct event_print, buf) + strlen(what) + 1;
	memcpy(item->record.bytes + offsetof(struct event_print, buf), what, strlen(what) + 1);
	item->record.mark.ip = VFS_READ;
}

/* The last record goes on with these words. */
static void with(const unsigned long *words, unsigned int nr)
{
	struct item *item = &items[nr_items - 1];

	memcpy(item->record.bytes + item->len, words, nr * sizeof(*words));
	item->len += nr * sizeof(*words);
}

static const char *shown(u32 flags)
{
	static char all[16384], line[2][4096];
	static struct print_graph graphs[2];
	struct print_style style = { .flags = flags, .clock_in_ns = true, .cpu_digits = 1,
				     .source = &source };
	struct text text, lines[2];
	unsigned int i, j;

	print_graph_init(&graphs[0]);
	print_graph_init(&graphs[1]);
	text_init(&text, all, sizeof(all));
	for (i = 0; i < nr_items; i++) {
		struct print_graph *graph = &graphs[items[i].cpu];
		struct rb_event event = { &items[i].record, items[i].len, items[i].ts };
		struct rb_event next = { &items[i + 1].record, items[i + 1].len, items[i + 1].ts };
		struct print_place place = { .cpu = items[i].cpu, .graph = graph };
		bool leaf = i + 1 < nr_items && items[i + 1].cpu == items[i].cpu &&
			    print_graph_leaf(graph, &event, &next, &style);

		place.exit = leaf ? &next : NULL;
		/* It may be shown again. */
		for (j = 0; j < 2; j++) {
			text_init(&lines[j], line[j], sizeof(line[j]));
			print_event(&lines[j], &place, &event, &style);
		}
		assert_string_equal(line[0], line[1]);
		text_puts(&text, line[0]);
		print_graph_go_on(graph, &event, leaf, &style);
		i += leaf;
	}
	return all;
}

static void a_read(void)
{
	enters(KSYS_READ, 0);
	enters(VFS_READ, 1);
	enters(PERMISSION, 2);
	calls(APPARMOR, 3, 37878);
	returns(PERMISSION, 2, 171455);
	returns(VFS_READ, 1, 6901986);
	returns(KSYS_READ, 0, 37873393);
}

static void calls_are_nested(void **state)
{
	a_read();
	assert_string_equal(shown(USUAL),
		" 1)               |  ksys_read() {\n"
		" 1)               |    vfs_read() {\n"
		" 1)               |      security_file_permission() {\n"
		" 1) + 37.878 us   |        apparmor_file_permission();\n"
		" 1) ! 171.455 us  |      }\n"
		" 1) # 6901.986 us |    }\n"
		" 1) * 37873.39 us |  }\n");
	assert_string_equal(shown(USUAL & ~PRINT_GRAPH_OVERHEAD & ~PRINT_GRAPH_CPU),
		"              |  ksys_read() {\n"
		"              |    vfs_read() {\n"
		"              |      security_file_permission() {\n"
		"  37.878 us   |        apparmor_file_permission();\n"
		"  171.455 us  |      }\n"
		"  6901.986 us |    }\n"
		"  37873.39 us |  }\n");
	assert_string_equal(shown((USUAL | PRINT_GRAPH_TAIL) & ~PRINT_GRAPH_DURATION),
		" 1) ksys_read() {\n"
		" 1)   vfs_read() {\n"
		" 1)     security_file_permission() {\n"
		" 1)       apparmor_file_permission();\n"
		" 1)     } /* security_file_permission */\n"
		" 1)   } /* vfs_read */\n"
		" 1) } /* ksys_read */\n");
	/* Without context all columns go. */
	assert_string_equal(shown((USUAL | PRINT_GRAPH_PROC | PRINT_GRAPH_ABSTIME |
				   PRINT_LATENCY) & ~PRINT_CONTEXT_INFO),
		"ksys_read() {\n"
		"  vfs_read() {\n"
		"    security_file_permission() {\n"
		"      apparmor_file_permission();\n"
		"    }\n"
		"  }\n"
		"}\n");
}

static void columns_are_the_kernels(void **state)
{
	cpu = 0;
	enters(KSYS_READ, 0);
	pid = 455;
	cpu = 1;
	calls(VFS_READ, 0, 7136);
	pid = 7;
	cpu = 0;
	returns(KSYS_READ, 0, 1);
	assert_string_equal(shown(USUAL | PRINT_GRAPH_PROC),
		" 0)  hook.sh-285   |               |  ksys_read() {\n"
		" 1)    cat-455     |   7.136 us    |  vfs_read();\n"
		" ------------------------------------------\n"
		" 0)  hook.sh-285   =>   migrati-7  \x20\n"
		" ------------------------------------------\n"
		"\n"
		" 0)   migrati-7    |   0.001 us    |  }\n");
	nr_items = 3;
	assert_string_equal(shown(USUAL | PRINT_GRAPH_ABSTIME),
		"   36.597441 |   0)               |  ksys_read() {\n"
		"   36.597442 |   1)   7.136 us    |  vfs_read();\n");
	assert_string_equal(shown(USUAL | PRINT_LATENCY),
		" 0)  ...1. |               |  ksys_read() {\n"
		" 1)  ...1. |   7.136 us    |  vfs_read();\n");
	items[2].record.exit.overrun = 9;
	items[2].record.exit.func = NOTHING;
	assert_string_equal(shown(USUAL | PRINT_GRAPH_OVERRUN),
		" 0)               |  ksys_read() {\n"
		" 1)               |  vfs_read() {\n"
		" 1)   7.136 us    |  } /* 0x10000 */\n"
		" (Overruns: 9)\n");
}

static void durations_have_seven_digits(void **state)
{
	static const struct {
		u64 ns;
		const char *shown;
	} cases[] = {
		{ 0, "  0.000 us    |  " }, { 999, "  0.999 us    |  " },
		{ 10000, "  10.000 us   |  " }, { 10001, "+ 10.001 us   |  " },
		{ 100001, "! 100.001 us  |  " }, { 1000001, "# 1000.001 us |  " },
		{ 12345678, "* 12345.67 us |  " }, { 111479876, "@ 111479.8 us |  " },
		{ 1234567890, "$ 1234567 us  |  " }, { 98765432101ULL, "$ 98765432 us |  " },
		{ 987654321098ULL, "$ 987654321 us |  " },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(state);
		calls(VFS_READ, 0, cases[i].ns);
		assert_memory_equal(shown(USUAL) + strlen(" 1) "), cases[i].shown,
				    strlen(cases[i].shown));
	}
}

static void another_task_is_announced(void **state)
{
	enters(KSYS_READ, 0);
	pid = 455;
	enters(KSYS_READ, 0);
	pid = 285;
	returns(VFS_READ, 1, 137573599);
	returns(KSYS_READ, 0, 137622111);
	assert_string_equal(shown(USUAL & ~PRINT_GRAPH_CPU),
		"              |  ksys_read() {\n"
		" ------------------------------------------\n"
		" 1)  hook.sh-285   =>    cat-455   \x20\n"
		" ------------------------------------------\n"
		"\n"
		"              |  ksys_read() {\n"
		" ------------------------------------------\n"
		" 1)    cat-455     =>  hook.sh-285 \x20\n"
		" ------------------------------------------\n"
		"\n"
		"@ 137573.5 us |    } /* vfs_read */\n"
		"@ 137622.1 us |  }\n");
}

/* Between entry and return of a leaf there is nothing of its CPU. */
static void leaves_are_told_by_what_comes_next(void **state)
{
	enters(VFS_READ, 0);
	cpu = 0;
	enters(VFS_READ, 0);
	cpu = 1;
	returns(VFS_READ, 0, 5000);
	pid = 455;
	enters(KSYS_READ, 0);
	pid = 285;
	returns(KSYS_READ, 0, 5000);
	assert_string_equal(shown(USUAL & ~PRINT_GRAPH_DURATION),
		" 1) vfs_read() {\n"
		" 0) vfs_read() {\n"
		" 1) }\n"
		" ------------------------------------------\n"
		" 1)  hook.sh-285   =>    cat-455   \x20\n"
		" ------------------------------------------\n"
		"\n"
		" 1) ksys_read() {\n"
		" ------------------------------------------\n"
		" 1)    cat-455     =>  hook.sh-285 \x20\n"
		" ------------------------------------------\n"
		"\n"
		" 1) }\n");
}

/* What a leaf was is not what a later return at its depth belongs to. */
static void the_name_of_a_leaf_is_forgotten(void **state)
{
	enters(VFS_READ, 0);
	calls(VFS_READ, 0, 1000);
	returns(VFS_READ, 0, 2000);
	assert_string_equal(shown(USUAL & ~PRINT_GRAPH_DURATION),
		" 1) vfs_read() {\n"
		" 1) vfs_read();\n"
		" 1) } /* vfs_read */\n");
	begin(state);
	calls(VFS_READ, 0, 1000);
	returns(VFS_READ, 0, 2000);
	assert_non_null(strstr(shown(USUAL), "} /* vfs_read */\n"));
}

static void other_events_are_comments(void **state)
{
	struct item *item;

	says("before\n");
	enters(KSYS_READ, 0);
	says("in ksys_read\n");
	enters(VFS_READ, 1);
	says("no newline");
	returns(VFS_READ, 1, 5000);
	item = add(EVENT_RAW_DATA, sizeof(struct event_raw_data) + 4);
	item->record.raw.id = 0x2a;
	item = add(EVENT_FUNCTION, sizeof(struct event_function));
	item->record.function.ip = VFS_READ;
	item->record.function.parent_ip = KSYS_READ;
	assert_string_equal(shown(USUAL),
		" 1)               |  /* before */\n"
		" 1)               |  ksys_read() {\n"
		" 1)               |  /* in ksys_read */\n"
		" 1)               |    vfs_read() {\n"
		" 1)               |      /* no newline */\n"
		" 1)   5.000 us    |    }\n"
		" 1)               |  /* # 2a buf: 00 00 00 00 */\n"
		"         hook.sh-285     [001] .....    36.597449: vfs_read <-ksys_read\n");
	/* raw, hex and bin do not change a graph. */
	nr_items = 2;
	assert_string_equal(shown(USUAL | PRINT_RAW | PRINT_HEX | PRINT_BIN),
		" 1)               |  /* before */\n"
		" 1)               |  ksys_read() {\n");
}

static void interrupts_are_marked(void **state)
{
	enters(VFS_READ, 0);
	enters(IRQ, 1);
	calls(KSYS_READ, 2, 5000);
	returns(IRQ, 1, 9000);
	calls(IRQ, 1, 7000);
	returns(VFS_READ, 0, 90000);
	assert_string_equal(shown(USUAL),
		" 1)               |  vfs_read() {\n"
		" 1)   ==========> |\n"
		" 1)               |    sysvec_call_function_single() {\n"
		" 1)   5.000 us    |      ksys_read();\n"
		" 1)   9.000 us    |    }\n"
		" 1)   <========== |\n"
		" 1)   ==========> |\n"
		" 1)   7.000 us    |    sysvec_call_function_single();\n"
		" 1)   <========== |\n"
		" 1) + 90.000 us   |  }\n");
	assert_string_equal(shown(USUAL & ~PRINT_GRAPH_DURATION),
		" 1) vfs_read() {\n"
		" 1) ==========>\n"
		" 1)   sysvec_call_function_single() {\n"
		" 1)     ksys_read();\n"
		" 1)   }\n"
		" 1) <==========\n"
		" 1) ==========>\n"
		" 1)   sysvec_call_function_single();\n"
		" 1) <==========\n"
		" 1) }\n");
	assert_string_equal(shown(USUAL & ~PRINT_GRAPH_IRQS),
		" 1)               |  vfs_read() {\n"
		" 1) + 90.000 us   |  }\n");
	/* A comment is shown in an interrupt, too; a lost return does not hide all. */
	begin(state);
	enters(IRQ, 1);
	says("hello\n");
	returns(VFS_READ, 0, 1000);
	calls(VFS_READ, 0, 2000);
	assert_string_equal(shown(USUAL & ~PRINT_GRAPH_IRQS),
		" 1)               |  /* hello */\n"
		" 1)   2.000 us    |  vfs_read();\n");
}

static void arguments_results_and_callers_are_shown(void **state)
{
	static const unsigned long caller[] = { VFS_READ }, args[] = { VFS_READ, 1, 2, 3, 4, 5, 6 },
		strings[] = { 0, 1, 2, 3, 4, 5, 6, 1, 0x6261 }, three[] = { 3 }, error[] = { -2UL };

	enters(KSYS_READ, 0);
	with(strings, ARRAY_SIZE(strings));
	enters(VFS_READ, 1);
	with(caller, 1);
	enters(APPARMOR, 2);
	with(args, ARRAY_SIZE(args));
	returns(APPARMOR, 2, 1000);
	with(error, 1);
	enters(APPARMOR, 2);
	with(caller, 1);
	returns(APPARMOR, 2, 1000);
	calls(APPARMOR, 2, 1000);
	with(three, 1);
	calls(PERMISSION, 2, 1000);
	with(three, 1);
	returns(VFS_READ, 1, 2000);
	with(three, 1);
	returns(MODULE, 0, 3000);
	with(three, 1);
	assert_string_equal(shown((USUAL | PRINT_GRAPH_RETADDR) & ~PRINT_GRAPH_DURATION),
		" 1) ksys_read(1..6 1 ab) {\n"
		" 1)   vfs_read() { /* <-vfs_read+0x1a/0x310 */\n"
		" 1)     apparmor_file_permission(1..6 0 ); /* <-vfs_read+0x1a/0x310 ret=-2 */\n"
		" 1)     apparmor_file_permission(); /* <-vfs_read+0x1a/0x310 */\n"
		" 1)     apparmor_file_permission(); /* = 3 */\n"
		" 1)     security_file_permission();\n"
		" 1)   } /* = 3 */\n"
		" 1) } /* fnt_test_target [fnt_test] = 3 */\n");
	assert_non_null(strstr(shown(USUAL), "apparmor_file_permission(1..6 0 ); /* = -2 */\n"));
	nr_items = 10;
	assert_string_equal(strstr(shown(USUAL | PRINT_GRAPH_RETVAL_HEX), "security"),
		"security_file_permission(); /* = 0x3 */\n");
}

/* Shown as the records of another tracer are: each for itself. */
static void without_the_tracer_nothing_is_remembered(void **state)
{
	struct print_style style = { .flags = USUAL, .clock_in_ns = true, .cpu_digits = 3,
				     .source = &source };
	struct print_place place = { .cpu = 1 };
	struct rb_event event = { &items[0].record, 0, 1000000 }, next = { &items[1].record, 0, 0 };
	static char buf[1024];
	struct text text;

	calls(VFS_READ, 1, 5000);
	event.len = items[0].len;
	next.len = items[1].len;
	assert_true(print_graph_leaf(NULL, &event, &next, &style));
	place.exit = &next;
	text_init(&text, buf, sizeof(buf));
	print_event(&text, &place, &event, &style);
	place.exit = NULL;
	print_event(&text, &place, &next, &style);
	style.flags |= PRINT_RAW;
	print_event(&text, &place, &event, &style);
	assert_string_equal(buf,
		"         hook.sh-285     [001] ...1.     0.001000:    1)   5.000 us    |    vfs_read();\n"
		"         hook.sh-285     [001] .....     0.000000:    1)   5.000 us    |    }\n"
		"285 1 1000000 type: 11\n");
}

/* Whatever a record has in it, nothing behind it is read, and a line has an end. */
static void malformed_records_do_no_harm(void **state)
{
	static const int depths[] = { -1, -2147483647 - 1, 49, 50, 51, 2147483647 };
	static const u16 types[] = { EVENT_GRAPH_ENTRY, EVENT_GRAPH_EXIT, EVENT_PRINT,
				     EVENT_RAW_DATA, EVENT_FUNC_REPEATS, EVENT_STACK, 99 };
	struct print_style style = { .flags = USUAL & ~PRINT_GRAPH_IRQS, .cpu_digits = 1,
				     .source = &source };
	struct print_place place = { .cpu = 0 };
	static char buf[4096], small[2];
	struct print_graph graph;
	struct text text;
	unsigned int i, j, len, from;

	print_graph_init(&graph);
	for (i = 0; i < ARRAY_SIZE(types) * ARRAY_SIZE(depths); i++) {
		for (len = sizeof(struct trace_entry); len < 120; len += 4) {
			/* Storage of just this length, for the address sanitizer. */
			char *bytes = calloc(1, len);
			struct event_graph_entry *entry = (void *)bytes;
			struct rb_event event = { bytes, len, 0 };

			entry->ent.type = types[i % ARRAY_SIZE(types)];
			if (len >= sizeof(*entry)) {
				entry->func = len & 8 ? IRQ : VFS_READ;
				entry->depth = depths[i / ARRAY_SIZE(types)];
			}
			for (j = 0; j < 2; j++) {
				place.graph = j ? &graph : NULL;
				from = print_graph_leaf(place.graph, &event, &event, &style);
				assert_int_equal(from, 0);
				text_init(&text, buf, sizeof(buf));
				print_event(&text, &place, &event, &style);
				assert_false(text.full);
				text_init(&text, small, sizeof(small));
				print_event(&text, &place, &event, &style);
			}
			print_graph_go_on(&graph, &event, false, &style);
			free(bytes);
		}
	}
}

static const char *header(u32 flags, u64 entries)
{
	struct print_style style = { .flags = flags, .source = &source };
	struct print_totals totals = { .entries = entries, .written = entries, .cpus = 2, .cpu = 1,
				       .release = "6.1.0-56-amd64", .model = "desktop" };
	static char buf[2048];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	print_graph_header(&text, "function_graph", &totals, &style);
	return buf;
}

static void the_header_is_the_kernels(void **state)
{
	assert_string_equal(header(USUAL, 0),
		"# tracer: function_graph\n#\n"
		"# CPU  DURATION                  FUNCTION CALLS\n"
		"# |     |   |                     |   |   |   |\n");
	assert_string_equal(header(USUAL & ~PRINT_GRAPH_CPU, 7),
		"# tracer: function_graph\n#\n"
		"#  DURATION                  FUNCTION CALLS\n"
		"#   |   |                     |   |   |   |\n");
	assert_string_equal(header(USUAL & ~PRINT_GRAPH_DURATION, 7),
		"# tracer: function_graph\n#\n"
		"# CPU               FUNCTION CALLS\n"
		"# |                 |   |   |   |\n");
	assert_string_equal(header(USUAL | PRINT_GRAPH_ABSTIME, 7),
		"# tracer: function_graph\n#\n"
		"#     TIME        CPU  DURATION                  FUNCTION CALLS\n"
		"#      |          |     |   |                     |   |   |   |\n");
	assert_string_equal(header(USUAL | PRINT_GRAPH_PROC, 7),
		"# tracer: function_graph\n#\n"
		"# CPU  TASK/PID         DURATION                  FUNCTION CALLS\n"
		"# |     |    |           |   |                     |   |   |   |\n");
	assert_string_equal(header(USUAL & ~PRINT_CONTEXT_INFO, 7),
		"# tracer: function_graph\n#\n");
	assert_string_equal(header(USUAL | PRINT_LATENCY, 0), "# tracer: function_graph\n#\n");
	assert_string_equal(header(USUAL | PRINT_LATENCY, 100),
		"# tracer: function_graph\n#\n"
		"# function_graph latency trace v1.1.5 on 6.1.0-56-amd64\n"
		"# --------------------------------------------------------------------\n"
		"# latency: 0 us, #100/100, CPU#1 | (M:desktop VP:0, KP:0, SP:0 HP:0 #P:2)\n"
		"#    -----------------\n"
		"#    | task: -0 (uid:0 nice:0 policy:0 rt_prio:0)\n"
		"#    -----------------\n#\n"
		"#      _-----=> irqs-off       \x20\n"
		"#     / _----=> need-resched   \x20\n"
		"#    | / _---=> hardirq/softirq\x20\n"
		"#    || / _--=> preempt-depth  \x20\n"
		"#    ||| /                     \x20\n"
		"# CPU||||     DURATION                  FUNCTION CALLS\n"
		"# |  ||||      |   |                     |   |   |   |\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(calls_are_nested, begin),
		cmocka_unit_test_setup(columns_are_the_kernels, begin),
		cmocka_unit_test_setup(durations_have_seven_digits, begin),
		cmocka_unit_test_setup(another_task_is_announced, begin),
		cmocka_unit_test_setup(leaves_are_told_by_what_comes_next, begin),
		cmocka_unit_test_setup(the_name_of_a_leaf_is_forgotten, begin),
		cmocka_unit_test_setup(other_events_are_comments, begin),
		cmocka_unit_test_setup(interrupts_are_marked, begin),
		cmocka_unit_test_setup(arguments_results_and_callers_are_shown, begin),
		cmocka_unit_test_setup(without_the_tracer_nothing_is_remembered, begin),
		cmocka_unit_test(malformed_records_do_no_harm),
		cmocka_unit_test(the_header_is_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
