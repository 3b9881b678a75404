/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PRINT_H
#define FNT_CORE_PRINT_H

/* Records as lines of text, as the kernel prints them. */

#include <linux/trace_events.h>
#include <linux/types.h>

#include "core/proto.h"
#include "core/ring.h"
#include "core/text.h"

/* How a line looks: the options that have to do with it. */
#define PRINT_PARENT (1U << 0)
#define PRINT_SYM_OFFSET (1U << 1)
#define PRINT_SYM_ADDR (1U << 2)
#define PRINT_RAW (1U << 3)
#define PRINT_CONTEXT_INFO (1U << 4)
#define PRINT_IRQ_INFO (1U << 5)
#define PRINT_TGID (1U << 6)
#define PRINT_VERBOSE (1U << 7)
#define PRINT_HEX (1U << 8)
#define PRINT_BIN (1U << 9)
#define PRINT_LATENCY (1U << 10)
#define PRINT_ANNOTATE (1U << 11)
#define PRINT_GRAPH_OVERRUN (1U << 12)
#define PRINT_GRAPH_CPU (1U << 13)
#define PRINT_GRAPH_OVERHEAD (1U << 14)
#define PRINT_GRAPH_PROC (1U << 15)
#define PRINT_GRAPH_DURATION (1U << 16)
#define PRINT_GRAPH_ABSTIME (1U << 17)
#define PRINT_GRAPH_IRQS (1U << 18)
#define PRINT_GRAPH_TAIL (1U << 19)
#define PRINT_GRAPH_RETVAL_HEX (1U << 20)
#define PRINT_GRAPH_RETADDR (1U << 21)
#define PRINT_GRAPH_REL_TIME (1U << 22)
#define PRINT_PRINTK (1U << 23)		/* what programs have printed into the trace ... */
#define PRINT_MSG_ONLY (1U << 24)	/* ... is shown without context */
#define PRINT_USER_OBJECT (1U << 25)
#define PRINT_HASH_PTR (1U << 26)

/* All that say how a graph looks. */
#define PRINT_GRAPH_ALL (PRINT_GRAPH_OVERRUN | PRINT_GRAPH_CPU | PRINT_GRAPH_OVERHEAD | \
			 PRINT_GRAPH_PROC | PRINT_GRAPH_DURATION | PRINT_GRAPH_ABSTIME | \
			 PRINT_GRAPH_IRQS | PRINT_GRAPH_TAIL | PRINT_GRAPH_RETVAL_HEX | \
			 PRINT_GRAPH_RETADDR | PRINT_GRAPH_REL_TIME)

struct print_graph;

/* How much of a code address's name is wanted. */
enum print_name {
	PRINT_NAME,
	PRINT_NAME_MODULE,	/* and the module */
	PRINT_NAME_OFFSET,	/* and the offset in the function, and the module */
};

/**
 * struct print_source - where names come from
 * @symbol: the name of a code address, until the next call and without a NUL; NULL
 *          if it has none. @names is the style's, @len receives the length.
 * @arguments: appends the arguments of a call of the function with that call site
 * @result: appends what it returned, given the register, in hex if asked for;
 *          false if it returns nothing
 * @irq_entry: does an interrupt begin with this function?
 * @event: appends the text of a record that is none of those of event.h; false if it
 *         is not known either. @text may be NULL, to ask only. @events is the style's.
 * @user_object: appends what is mapped at an address of a process, and how far into that it
 *               is; false if that is not known any more
 * @task_state: the letter of a state in which a task can be, by its number
 * @comm: the command of a task, into @buf (16 bytes)
 * @tgid: the process of a task, 0 if it is not known
 */
struct print_source {
	const char *(*symbol)(void *names, unsigned long addr, enum print_name wanted,
			      unsigned int *len);
	void (*arguments)(struct text *text, unsigned long ip, const struct proto_call *call);
	bool (*result)(struct text *text, unsigned long ip, unsigned long reg, bool hex);
	bool (*irq_entry)(unsigned long addr);
	bool (*event)(void *events, struct text *text, const struct rb_event *event);
	bool (*user_object)(struct text *text, int tgid, unsigned long addr);
	char (*task_state)(unsigned int state);
	void (*comm)(int pid, char *buf);
	int (*tgid)(int pid);
};

/**
 * struct print_style - everything that a line depends on but its record
 * @flags: PRINT_*
 * @clock_in_ns: times are nanoseconds
 * @cpu_digits: of the largest number of a CPU
 * @source: where names come from
 * @names: for the source's use
 * @events: the same
 */
struct print_style {
	u32 flags;
	bool clock_in_ns;
	u8 cpu_digits;
	const struct print_source *source;
	void *names;
	void *events;
};

/**
 * struct print_latency - the one thing that a trace is about
 * @us: how long it took
 * @comm: whose it is: the task; NULL for nobody's
 * @pid: of the task
 * @uid: its user
 * @nice: its priority
 * @policy: by which it is scheduled
 * @rt_priority: its priority among those that come first
 * @started: where in the code it began; 0 if that means nothing
 * @ended: where it ended
 */
struct print_latency {
	u64 us;
	const char *comm;
	int pid;
	unsigned int uid;
	int nice;
	unsigned int policy;
	unsigned int rt_priority;
	unsigned long started;
	unsigned long ended;
};

/**
 * struct print_totals - what the header of a trace says
 * @entries: events that can be read
 * @written: events written since the trace was cleared
 * @cpus: CPUs online
 * @release: of the kernel
 * @model: how the kernel preempts
 * @cpu: on which that was, or if there is nothing, on which the tracer was chosen
 * @latency: what it is about; nothing, of a tracer that looks for none
 * @note: what a reader must know; NULL for nothing
 */
struct print_totals {
	u64 entries;
	u64 written;
	unsigned int cpus;
	const char *release;
	const char *model;
	unsigned int cpu;
	struct print_latency latency;
	const char *note;
};

/**
 * struct print_place - where a record is in its trace
 * @cpu: whose ring it was in
 * @index: how many records there are before it
 * @first_of_cpu: it is the first of its CPU that is shown, which others are not
 * @start_ts: time at which the buffer was cleared
 * @next_ts: time of the next record; its own if there is none
 * @graph: what the lines of its CPU were about so far, in a graph of calls; else NULL
 * @exit: the record behind it, if print_graph_leaf() said so; else NULL
 */
struct print_place {
	unsigned int cpu;
	u64 index;
	bool first_of_cpu;
	u64 start_ts;
	u64 next_ts;
	const struct print_graph *graph;
	const struct rb_event *exit;
};

void print_header(struct text *text, const char *tracer, const struct print_totals *totals,
		  const struct print_style *style);
void print_graph_header(struct text *text, const char *tracer, const struct print_totals *totals,
			const struct print_style *style);
void print_event(struct text *text, const struct print_place *place,
		 const struct rb_event *event, const struct print_style *style);
void print_lost(struct text *text, unsigned int cpu, u64 lost, u64 from, u64 to, bool in_ns);
void print_time(struct text *text, u64 ts, bool in_ns);

/* Pieces of lines. */
void print_symbol(struct text *text, unsigned long addr, const struct print_style *style);
bool print_arguments(struct text *text, unsigned long ip, const void *args, size_t len,
		     const struct print_style *style);
void print_comment_text(struct text *text, const struct rb_event *event,
			const struct print_style *style);
char *put_context_flags(char *to, const struct trace_entry *ent);
char print_delay_mark(u64 ns);

#endif
