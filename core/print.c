// SPDX-License-Identifier: GPL-2.0
/*
 * Records as lines of text. PURE: also compiled in user space.
 */

#include "core/print.h"

#include <linux/kernel.h>
#include <linux/string.h>

#include "core/event.h"

static void print_columns(struct text *text, const struct print_style *style)
{
	bool tgid = style->flags & PRINT_TGID;
	const char *space = tgid ? "            " : "  ";

	if (!(style->flags & PRINT_IRQ_INFO)) {
		text_printf(text, "#           TASK-PID    %s CPU#     TIMESTAMP  FUNCTION\n",
			    tgid ? "   TGID   " : "");
		text_printf(text, "#              | |      %s   |         |         |\n",
			    tgid ? "     |    " : "");
		return;
	}
	text_printf(text, "#                            %s  _-----=> irqs-off/BH-disabled\n",
		    space);
	text_printf(text, "#                            %s / _----=> need-resched\n", space);
	text_printf(text, "#                            %s| / _---=> hardirq/softirq\n", space);
	text_printf(text, "#                            %s|| / _--=> preempt-depth\n", space);
	text_printf(text, "#                            %s||| / _-=> migrate-disable\n", space);
	text_printf(text, "#                            %s|||| /     delay\n", space);
	text_printf(text, "#           TASK-PID  %s CPU#  |||||  TIMESTAMP  FUNCTION\n",
		    tgid ? "     TGID   " : "  ");
	text_printf(text, "#              | |    %s   |   |||||     |         |\n",
		    tgid ? "       |    " : "  ");
}

/**
 * print_header - the lines above a trace
 * @text: receives them
 * @tracer: name of the tracer
 * @totals: what they say about the buffer
 * @style: how the trace looks
 *
 * Context: any.
 */
void print_header(struct text *text, const char *tracer, const struct print_totals *totals,
		  const struct print_style *style)
{
	text_printf(text, "# tracer: %s\n#\n", tracer);
	if (!(style->flags & PRINT_CONTEXT_INFO))
		return;
	text_printf(text, "# entries-in-buffer/entries-written: %llu/%llu   #P:%u\n#\n",
		    totals->entries, totals->written, totals->cpus);
	print_columns(text, style);
}

static char irqs_off_char(u8 flags)
{
	if (flags & EVENT_FLAG_IRQS_OFF)
		return flags & EVENT_FLAG_BH_OFF ? 'D' : 'd';
	return flags & EVENT_FLAG_BH_OFF ? 'b' : '.';
}

static char resched_char(u8 flags)
{
	if (flags & EVENT_FLAG_NEED_RESCHED)
		return flags & EVENT_FLAG_PREEMPT_RESCHED ? 'N' : 'n';
	return flags & EVENT_FLAG_PREEMPT_RESCHED ? 'p' : '.';
}

static char context_char(u8 flags)
{
	if (flags & EVENT_FLAG_NMI)
		return flags & EVENT_FLAG_HARDIRQ ? 'Z' : 'z';
	if (flags & EVENT_FLAG_HARDIRQ)
		return flags & EVENT_FLAG_SOFTIRQ ? 'H' : 'h';
	return flags & EVENT_FLAG_SOFTIRQ ? 's' : '.';
}

static char depth_char(unsigned int depth)
{
	return depth ? "0123456789abcdef"[depth & 0xf] : '.';
}

static char *put_context_flags(char *to, const struct trace_entry *ent)
{
	*to++ = irqs_off_char(ent->flags);
	*to++ = resched_char(ent->flags);
	*to++ = context_char(ent->flags);
	*to++ = depth_char(ent->preempt_count & 0xf);
	*to++ = depth_char(ent->preempt_count >> 4);
	return to;
}

#define TIME_MAX 32	/* characters of a time */

static char *put_time(char *to, u64 ts, bool in_ns)
{
	u64 us;

	*to++ = ' ';
	if (!in_ns)
		return put_uint(to, ts, 12, ' ');
	us = (ts + 500) / 1000;
	to = put_uint(to, us / 1000000, 5, ' ');
	*to++ = '.';
	return put_uint(to, us % 1000000, 6, '0');
}

/**
 * print_time - a time as traces show it
 * @text: receives it
 * @ts: the time
 * @in_ns: it is in nanoseconds: show seconds and microseconds, rounded
 *
 * Context: any.
 */
void print_time(struct text *text, u64 ts, bool in_ns)
{
	char *to = text_room(text, TIME_MAX);

	if (to)
		text_end(text, put_time(to, ts, in_ns));
}

/* Characters of everything up to the time. */
#define CONTEXT_MAX 80

static void print_context(struct text *text, unsigned int cpu, const struct trace_entry *ent,
			  u64 ts, const struct print_style *style)
{
	char *to = text_room(text, CONTEXT_MAX + TIME_MAX);
	char comm[16];
	int tgid;

	if (!to)
		return;
	style->source->comm(ent->pid, comm);
	to = put_right(to, comm, 16);
	*to++ = '-';
	to = put_int_left(to, ent->pid, 7);
	*to++ = ' ';
	if (style->flags & PRINT_TGID) {
		tgid = style->source->tgid(ent->pid);
		*to++ = '(';
		to = tgid ? put_uint(to, tgid, 7, ' ') : put_bytes(to, "-------", 7);
		to = put_bytes(to, ") ", 2);
	}
	*to++ = '[';
	to = put_uint(to, cpu, 3, '0');
	to = put_bytes(to, "] ", 2);
	if (style->flags & PRINT_IRQ_INFO)
		to = put_context_flags(to, ent);
	to = put_time(to, ts, style->clock_in_ns);
	text_end(text, put_bytes(to, ": ", 2));
}

#define ADDR_MAX 24	/* characters of an address and what is around it */

static void print_symbol(struct text *text, unsigned long addr, const struct print_style *style)
{
	const char *name = NULL;
	unsigned int len = 1;
	char *to;

	if (addr)
		name = style->source->symbol(style->names, addr, style->flags & PRINT_SYM_OFFSET,
					     &len);
	else
		name = "0";
	to = text_room(text, (name ? len : 0) + 2 * ADDR_MAX);
	if (!to)
		return;
	to = name ? put_bytes(to, name, len) : put_hex(put_bytes(to, "0x", 2), addr, 8);
	if (addr && style->flags & PRINT_SYM_ADDR) {
		to = put_hex(put_bytes(to, " <", 2), addr, 16);
		*to++ = '>';
	}
	text_end(text, to);
}

static void print_function(struct text *text, const void *payload, unsigned int len,
			   const struct print_style *style)
{
	const struct event_function *event = payload;

	if (len < sizeof(*event)) {
		text_puts(text, "(record too short)\n");
		return;
	}
	if (style->flags & PRINT_RAW) {
		text_printf(text, "%lx %lx\n", event->ip, event->parent_ip);
		return;
	}
	print_symbol(text, event->ip, style);
	if (style->flags & PRINT_PARENT && event->parent_ip) {
		text_put(text, " <-", 3);
		print_symbol(text, event->parent_ip, style);
	}
	text_putc(text, '\n');
}

static void print_print(struct text *text, const void *payload, unsigned int len,
			const struct print_style *style)
{
	const struct event_print *event = payload;
	unsigned int max = len - offsetof(struct event_print, buf);

	if (len < sizeof(*event)) {
		text_puts(text, "(record too short)\n");
		return;
	}
	if (style->flags & PRINT_RAW)
		text_printf(text, "# %lx ", event->ip);
	else
		print_symbol(text, event->ip, style);
	text_printf(text, style->flags & PRINT_RAW ? "%.*s" : ": %.*s", (int)max, event->buf);
}

static void print_raw_data(struct text *text, const void *payload, unsigned int len,
			   const struct print_style *style)
{
	const struct event_raw_data *event = payload;
	unsigned int i;

	if (len < sizeof(*event)) {
		text_puts(text, "(record too short)\n");
		return;
	}
	text_printf(text, "# %x buf:", event->id);
	for (i = offsetof(struct event_raw_data, buf); i < len; i++)
		text_printf(text, " %02x", ((const u8 *)payload)[i]);
	text_putc(text, '\n');
}

static const struct {
	u16 type;
	void (*print)(struct text *text, const void *payload, unsigned int len,
		      const struct print_style *style);
} printers[] = {
	{ EVENT_FUNCTION, print_function },
	{ EVENT_PRINT, print_print },
	{ EVENT_RAW_DATA, print_raw_data },
};

/**
 * print_event - the line of one record
 * @text: receives it
 * @cpu: whose ring it was in
 * @event: the record
 * @style: how the line looks
 *
 * Context: any.
 */
void print_event(struct text *text, unsigned int cpu, const struct rb_event *event,
		 const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;
	unsigned int i;

	if (event->len < sizeof(*ent)) {
		text_puts(text, "(record too short)\n");
		return;
	}
	if (style->flags & PRINT_CONTEXT_INFO) {
		if (style->flags & PRINT_RAW)
			text_printf(text, "%d %u %llu ", ent->pid, cpu, event->ts);
		else
			print_context(text, cpu, ent, event->ts, style);
	}
	for (i = 0; i < ARRAY_SIZE(printers); i++) {
		if (printers[i].type == ent->type) {
			printers[i].print(text, event->payload, event->len, style);
			return;
		}
	}
	text_printf(text, "Unknown type %d\n", ent->type);
}

static void print_bare_time(struct text *text, u64 ts, bool in_ns)
{
	u64 us = (ts + 500) / 1000;

	if (in_ns)
		text_printf(text, "%llu.%06llu", us / 1000000, us % 1000000);
	else
		text_printf(text, "%llu", ts);
}

/**
 * print_lost - the line that stands for events that were lost
 * @text: receives it
 * @cpu: whose ring they were in
 * @lost: how many
 * @from: time of the last event before them, 0 if there was none
 * @to: time of the next event
 * @in_ns: the times are in nanoseconds
 *
 * It begins as the kernel's line of this kind.
 *
 * Context: any.
 */
void print_lost(struct text *text, unsigned int cpu, u64 lost, u64 from, u64 to, bool in_ns)
{
	text_printf(text, "CPU:%u [LOST %llu EVENTS] ", cpu, lost);
	if (from) {
		text_puts(text, "between ");
		print_bare_time(text, from, in_ns);
		text_puts(text, " and ");
	} else {
		text_puts(text, "before ");
	}
	print_bare_time(text, to, in_ns);
	if (from && in_ns)
		text_printf(text, " (%llu us)", (to - from + 500) / 1000);
	text_putc(text, '\n');
}
