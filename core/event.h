/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_EVENT_H
#define FNT_CORE_EVENT_H

/*
 * The records of the ring: their layouts, as structures for those who write and
 * print them and as one table for the format files.
 */

#include <linux/trace_events.h>
#include <linux/types.h>

#include "core/proto.h"
#include "core/text.h"

/* Numbers as the kernel's own trace_type has them: tools know some by heart. */
enum event_type {
	EVENT_FUNCTION = 1,
	EVENT_SWITCH = 2,
	EVENT_WAKEUP = 3,
	EVENT_STACK = 4,
	EVENT_PRINT = 5,
	EVENT_GRAPH_EXIT = 10,
	EVENT_GRAPH_ENTRY = 11,
	EVENT_USER_STACK = 12,
	EVENT_RAW_DATA = 18,
	EVENT_FUNC_REPEATS = 19,
};

/*
 * struct trace_entry is the kernel's common header: type, flags, preempt_count
 * and pid, and more on some flavours (a ninth byte on 6.1-rt).
 */

/* A function was entered. */
struct event_function {
	struct trace_entry ent;
	unsigned long ip;
	unsigned long parent_ip;
	unsigned long args[];	/* with func-args, see below */
};

/*
 * With func-args a record of a function goes on with the registers that arguments
 * are in (struct proto_call), and if some of them are strings with a word that
 * tells which by bits, and their texts.
 */
#define EVENT_ARGS_STRINGS PROTO_REGS
#define EVENT_ARGS_TEXT (EVENT_ARGS_STRINGS + 1)

/*
 * A function was entered whose return is hooked. With funcgraph-retaddr a word
 * follows, where it was called from; with funcgraph-args that and what follows an
 * event_function with func-args.
 */
struct event_graph_entry {
	struct trace_entry ent;
	unsigned long func;
	int depth;		/* functions of this trace that it is inside of */
	u8 more[];
} __packed;

/* Bytes of the longest: every argument a string, and no string short. */
#define EVENT_GRAPH_ENTRY_MAX \
	(sizeof(struct event_graph_entry) + (1 + EVENT_ARGS_TEXT) * sizeof(unsigned long) + \
	 (size_t)PROTO_REGS * PROTO_STRING_MAX)

/* It returned. With funcgraph-retval its result follows, as it was in rax. */
struct event_graph_exit {
	struct trace_entry ent;
	unsigned long func;
	int depth;
	unsigned int overrun;	/* calls that the task could not be followed into */
	u64 calltime;
	u64 rettime;
	unsigned long retval[];
};

/* How it came to the event before. */
struct event_stack {
	struct trace_entry ent;
	int size;
	unsigned long caller[];
};

/* The same in user space; zeros behind the last call. */
struct event_user_stack {
	struct trace_entry ent;
	unsigned int tgid;
	unsigned long caller[8];
};

/* A system call was entered, and left. The types are those of the kernel's events. */
struct event_syscall_enter {
	struct trace_entry ent;
	int nr;
	unsigned long args[];
};

struct event_syscall_exit {
	struct trace_entry ent;
	int nr;
	long ret;
};

/* A function was entered again and again, with nothing traced in between. */
struct event_func_repeats {
	struct trace_entry ent;
	unsigned long ip;
	unsigned long parent_ip;
	u16 count;
	u16 top_delta_ts;	/* since the last time, upper part */
	u32 bottom_delta_ts;
};

/* A CPU goes from one task to another, or a task wakes another. */
struct event_switch {
	struct trace_entry ent;
	unsigned int prev_pid;
	unsigned int next_pid;
	unsigned int next_cpu;
	unsigned char prev_prio;
	unsigned char prev_state;	/* see print_source.task_state */
	unsigned char next_prio;
	unsigned char next_state;
};

/* A timer's tick, and what it interrupted. Of the kernel's numbers of types it has one. */
struct event_tick {
	struct trace_entry ent;
	unsigned long ip;
	u64 late;		/* ns behind the time at which it was due */
	unsigned int overruns;	/* ticks of this CPU that were due since the one before */
	int user;		/* @ip is in user space */
};

/* Nothing of this machine ran on a CPU, but for NMIs. It has ended just now. */
struct event_gap {
	struct trace_entry ent;
	u64 duration;		/* ns */
	s64 steal;		/* ns by the hypervisor's clock; -1 if there is none */
	unsigned int nmis;	/* handled meanwhile: then it may be these that took so long */
};

/* A string from user space, by way of trace_marker. */
struct event_print {
	struct trace_entry ent;
	unsigned long ip;	/* who wrote it */
	char buf[];		/* ends with a newline and a NUL */
};

/* Bytes from user space, by way of trace_marker_raw. */
struct event_raw_data {
	struct trace_entry ent;
	u32 id;
	char buf[];
};

/* Bits of trace_entry.flags; trace_flag_type of the kernel. */
#define EVENT_FLAG_IRQS_OFF 0x01
#define EVENT_FLAG_NEED_RESCHED 0x04
#define EVENT_FLAG_HARDIRQ 0x08
#define EVENT_FLAG_SOFTIRQ 0x10
#define EVENT_FLAG_PREEMPT_RESCHED 0x20
#define EVENT_FLAG_NMI 0x40
#define EVENT_FLAG_BH_OFF 0x80

/**
 * struct event_field - a field of a record, or a line of a format file
 * @type: its C type
 * @name: its name, with brackets if it is an array
 * @offset: in the record, in bytes
 * @size: in bytes
 * @is_signed: of its type
 */
struct event_field {
	const char *type;
	const char *name;
	u16 offset;
	u16 size;
	bool is_signed;
};

/**
 * struct event_layout - a kind of record
 * @name: its name in events/ftrace
 * @type: enum event_type
 * @fields: behind the common ones; ends with a field without a name
 * @print_fmt: how libtraceevent shall print it
 */
struct event_layout {
	const char *name;
	u16 type;
	struct event_field fields[8];
	const char *print_fmt;
};

const struct event_layout *event_nth_layout(unsigned int n);
void event_print_format(struct text *text, const struct event_layout *layout);
void event_print_header_page(struct text *text, unsigned int page_size);
void event_print_header_event(struct text *text);

#endif
