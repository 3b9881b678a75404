// SPDX-License-Identifier: GPL-2.0
/*
 * Record layouts as a table, and the files that describe them to readers. The
 * offsets are the compiler's. PURE: also compiled in user space.
 */

#include "core/event.h"

#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "core/ring.h"

#define FIELD(record, ctype, member, sign) \
	{ #ctype, #member, offsetof(struct record, member), sizeof(ctype), sign }

/* A character array up to the end of the record. */
#define FIELD_TAIL(record, member) \
	{ "char", #member "[]", offsetof(struct record, member), 0, (char)-1 < 0 }

#define COMMON(ctype, member, sign) \
	{ #ctype, "common_" #member, offsetof(struct trace_entry, member), sizeof(ctype), sign }

static const struct event_field common_fields[] = {
	COMMON(unsigned short, type, false),
	COMMON(unsigned char, flags, false),
	COMMON(unsigned char, preempt_count, false),
	COMMON(int, pid, true),
	{ }
};

#define STACK_SHOWN 8
#define STR_(x) #x
#define STR(x) STR_(x)
#define FRAME "\\t=> %ps\\n"
#define FRAMES(frames) "\"" frames "\""
#define CALLER(n) "(void *)REC->caller[" #n "]"
#define CALLERS CALLER(0) ", " CALLER(1) ", " CALLER(2) ", " CALLER(3) ", " \
	CALLER(4) ", " CALLER(5) ", " CALLER(6) ", " CALLER(7)

#define SWITCH_FIELDS						\
	FIELD(event_switch, unsigned int, prev_pid, false),	\
	FIELD(event_switch, unsigned int, next_pid, false),	\
	FIELD(event_switch, unsigned int, next_cpu, false),	\
	FIELD(event_switch, unsigned char, prev_prio, false),	\
	FIELD(event_switch, unsigned char, prev_state, false),	\
	FIELD(event_switch, unsigned char, next_prio, false),	\
	FIELD(event_switch, unsigned char, next_state, false)

#define SWITCH_FMT(arrow) \
	"\"%u:%u:%u  " arrow " %u:%u:%u [%03u]\", REC->prev_pid, REC->prev_prio, " \
	"REC->prev_state, REC->next_pid, REC->next_prio, REC->next_state, REC->next_cpu"

static const struct event_layout layouts[] = {
	{
		.name = "function",
		.type = EVENT_FUNCTION,
		.fields = {
			FIELD(event_function, unsigned long, ip, false),
			FIELD(event_function, unsigned long, parent_ip, false),
			{ "unsigned long", "args[]", offsetof(struct event_function, args), 0,
			  false },
		},
		.print_fmt = "\" %ps <-- %ps\", (void *)REC->ip, (void *)REC->parent_ip",
	}, {
		.name = "context_switch",
		.type = EVENT_SWITCH,
		.fields = { SWITCH_FIELDS },
		.print_fmt = SWITCH_FMT("==>"),
	}, {
		.name = "wakeup",
		.type = EVENT_WAKEUP,
		.fields = { SWITCH_FIELDS },
		.print_fmt = SWITCH_FMT("==+"),
	}, {
		.name = "funcgraph_entry",
		.type = EVENT_GRAPH_ENTRY,
		.fields = {
			FIELD(event_graph_entry, unsigned long, func, false),
			FIELD(event_graph_entry, int, depth, true),
			{ "unsigned long", "args[]", offsetof(struct event_graph_entry, more), 0,
			  false },
		},
		.print_fmt = "\"--> %ps (%d)\", (void *)REC->func, REC->depth",
	}, {
		.name = "funcgraph_exit",
		.type = EVENT_GRAPH_EXIT,
		.fields = {
			FIELD(event_graph_exit, unsigned long, func, false),
			FIELD(event_graph_exit, int, depth, true),
			FIELD(event_graph_exit, unsigned int, overrun, false),
			FIELD(event_graph_exit, unsigned long long, calltime, false),
			FIELD(event_graph_exit, unsigned long long, rettime, false),
			{ "unsigned long", "retval[]", offsetof(struct event_graph_exit, retval),
			  0, false },
		},
		.print_fmt = "\"<-- %ps (%d) (start: %llx  end: %llx) over: %d\", (void *)REC->func, REC->depth, REC->calltime, REC->rettime, REC->depth",
	}, {
		.name = "kernel_stack",
		.type = EVENT_STACK,
		.fields = {
			FIELD(event_stack, int, size, true),
			/* As many as it says, for readers that want an array. */
			{ "unsigned long", "caller[" STR(STACK_SHOWN) "]",
			  offsetof(struct event_stack, caller),
			  STACK_SHOWN * sizeof(unsigned long), false },
		},
		.print_fmt = FRAMES(FRAME FRAME FRAME) " " FRAMES(FRAME FRAME FRAME) " "
			     FRAMES(FRAME FRAME) ", " CALLERS,
	}, {
		.name = "user_stack",
		.type = EVENT_USER_STACK,
		.fields = {
			FIELD(event_user_stack, unsigned int, tgid, false),
			{ "unsigned long", "caller[8]", offsetof(struct event_user_stack, caller),
			  sizeof_field(struct event_user_stack, caller), false },
		},
		.print_fmt = "USERSTACKFMT",
	}, {
		.name = "print",
		.type = EVENT_PRINT,
		.fields = {
			FIELD(event_print, unsigned long, ip, false),
			FIELD_TAIL(event_print, buf),
		},
		.print_fmt = "\"%ps: %s\", (void *)REC->ip, REC->buf",
	}, {
		.name = "raw_data",
		.type = EVENT_RAW_DATA,
		.fields = {
			FIELD(event_raw_data, unsigned int, id, false),
			FIELD_TAIL(event_raw_data, buf),
		},
		.print_fmt = "\"id:%04x %08x\", REC->id, (int)REC->buf[0]",
	}, {
		.name = "func_repeats",
		.type = EVENT_FUNC_REPEATS,
		.fields = {
			FIELD(event_func_repeats, unsigned long, ip, false),
			FIELD(event_func_repeats, unsigned long, parent_ip, false),
			FIELD(event_func_repeats, u16, count, false),
			FIELD(event_func_repeats, u16, top_delta_ts, false),
			FIELD(event_func_repeats, u32, bottom_delta_ts, false),
		},
		.print_fmt = "\" %ps <-%ps\\t(repeats:%u  delta: -%llu)\", (void *)REC->ip, (void *)REC->parent_ip, REC->count, (((u64)(REC)->top_delta_ts << 32) | (REC)->bottom_delta_ts)",
	},
};

/**
 * event_nth_layout - list the kinds of records
 * @n: counted from 0
 *
 * Context: any.
 * Return: the layout, NULL behind the last one.
 */
const struct event_layout *event_nth_layout(unsigned int n)
{
	return n < ARRAY_SIZE(layouts) ? &layouts[n] : NULL;
}

static void print_fields(struct text *text, const struct event_field *field)
{
	for (; field->name; field++)
		text_printf(text, "\tfield:%s %s;\toffset:%u;\tsize:%u;\tsigned:%d;\n",
			    field->type, field->name, field->offset, field->size,
			    field->is_signed);
}

/**
 * event_print_format - the contents of a format file
 * @text: receives it
 * @layout: the kind of record
 *
 * Context: any.
 */
void event_print_format(struct text *text, const struct event_layout *layout)
{
	text_printf(text, "name: %s\nID: %d\nformat:\n", layout->name, layout->type);
	print_fields(text, common_fields);
	text_putc(text, '\n');
	print_fields(text, layout->fields);
	text_printf(text, "\nprint fmt: %s\n", layout->print_fmt);
}

/**
 * event_print_header_page - the contents of events/header_page
 * @text: receives it
 * @page_size: bytes of a page of the ring, header included
 *
 * `overwrite` is no field: it tells readers that a page may say how many events
 * are missing before it.
 *
 * Context: any.
 */
void event_print_header_page(struct text *text, unsigned int page_size)
{
	text_printf(text, "\tfield: u64 timestamp;\toffset:0;\tsize:%u;\tsigned:0;\n",
		    (unsigned int)sizeof(u64));
	text_printf(text, "\tfield: local_t commit;\toffset:%u;\tsize:%u;\tsigned:1;\n",
		    (unsigned int)offsetof(struct rb_data_page, commit),
		    (unsigned int)sizeof(unsigned long));
	text_printf(text, "\tfield: int overwrite;\toffset:%u;\tsize:1;\tsigned:1;\n",
		    (unsigned int)offsetof(struct rb_data_page, commit));
	text_printf(text, "\tfield: char data;\toffset:%u;\tsize:%u;\tsigned:%d;\n",
		    (unsigned int)RB_PAGE_HEADER, page_size - (unsigned int)RB_PAGE_HEADER,
		    (char)-1 < 0);
}

/**
 * event_print_header_event - the contents of events/header_event
 * @text: receives it
 *
 * Context: any.
 */
void event_print_header_event(struct text *text)
{
	text_puts(text, "# compressed entry header\n");
	text_printf(text, "\ttype_len    :  %3u bits\n", RB_TYPE_BITS);
	text_printf(text, "\ttime_delta  :  %3u bits\n", RB_DELTA_BITS);
	text_puts(text, "\tarray       :   32 bits\n\n");
	text_printf(text, "\tpadding     : type == %d\n", RB_TYPE_PADDING);
	text_printf(text, "\ttime_extend : type == %d\n", RB_TYPE_TIME_EXTEND);
	text_printf(text, "\ttime_stamp : type == %d\n", RB_TYPE_TIME_STAMP);
	text_printf(text, "\tdata max type_len  == %d\n", RB_TYPE_DATA_MAX);
}
