// SPDX-License-Identifier: GPL-2.0
/*
 * Records as lines of text. PURE: also compiled in user space.
 */

#include "core/print.h"

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "core/event.h"
#include "core/print_graph.h"

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

/**
 * put_context_flags - write the context that an event happened in
 * @to: where there is room for 5 characters
 * @ent: the event's header
 *
 * Context: any.
 * Return: the place behind them.
 */
char *put_context_flags(char *to, const struct trace_entry *ent)
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

/**
 * print_delay_mark - what a long time is marked with
 * @ns: the time
 *
 * Context: any.
 * Return: the mark, a blank if it is not long.
 */
char print_delay_mark(u64 ns)
{
	static const struct {
		u32 us;
		char mark;
	} marks[] = {
		{ 1000000, '$' }, { 100000, '@' }, { 10000, '*' }, { 1000, '#' }, { 100, '!' },
		{ 10, '+' },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(marks); i++)
		if (ns > marks[i].us * 1000ULL)
			return marks[i].mark;
	return ' ';
}

static u64 rounded_us(u64 ns)
{
	return (ns + 500) / 1000;
}

static void print_latency_time(struct text *text, const struct print_place *place, u64 ts,
			       const struct print_style *style)
{
	u64 since = ts - place->start_ts, delay = place->next_ts - ts;

	if (style->clock_in_ns) {
		since = rounded_us(since);
		delay = rounded_us(delay);
	}
	if (style->flags & PRINT_VERBOSE && style->clock_in_ns)
		text_printf(text, "[%08llx] %llu.%03llums (+%llu.%03llums): ", rounded_us(ts),
			    since / 1000, since % 1000, delay / 1000, delay % 1000);
	else if (style->flags & PRINT_VERBOSE)
		text_printf(text, "[%016llx] %lld (+%lld): ", ts, since, delay);
	else if (style->clock_in_ns)
		text_printf(text, " %4lldus%c: ", since, print_delay_mark(delay * 1000));
	else
		text_printf(text, " %4lld: ", since);
}

static void print_latency_context(struct text *text, const struct print_place *place,
				  const struct rb_event *event, const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;
	char comm[16], flags[8];

	style->source->comm(ent->pid, comm);
	if (style->flags & PRINT_VERBOSE) {
		text_printf(text, "%16s %7d %3u %d %08x %08llx ", comm, ent->pid, place->cpu,
			    ent->flags, ent->preempt_count & 0xf, place->index);
	} else {
		*put_context_flags(flags, ent) = '\0';
		text_printf(text, "%8.8s-%-7d %3u%s", comm, ent->pid, place->cpu, flags);
	}
	print_latency_time(text, place, event->ts, style);
}

#define ADDR_MAX 24	/* characters of an address and what is around it */

/**
 * print_symbol - the name of a code address
 * @text: receives it
 * @addr: the address; 0 is nobody's
 * @style: how it looks
 *
 * Context: any.
 */
void print_symbol(struct text *text, unsigned long addr, const struct print_style *style)
{
	const char *name = NULL;
	unsigned int len = 1;
	char *to;

	if (addr)
		name = style->source->symbol(style->names, addr,
					     (style->flags & PRINT_SYM_OFFSET) ?
					     PRINT_NAME_OFFSET : PRINT_NAME, &len);
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

/* A number as hex and bin have it: all its digits. */
static void print_hex_field(struct text *text, u64 value, unsigned int bytes)
{
	char *to = text_room(text, 2 * sizeof(value) + 1);

	if (!to)
		return;
	to = put_hex(to, value, 2 * bytes);
	*to++ = ' ';
	text_end(text, to);
}

static void print_parent(struct text *text, unsigned long parent_ip,
			 const struct print_style *style)
{
	if (style->flags & PRINT_PARENT && parent_ip) {
		text_put(text, " <-", 3);
		print_symbol(text, parent_ip, style);
	}
}

/**
 * print_arguments - the arguments of a call, in parentheses
 * @text: receives them
 * @ip: call site of the function
 * @args: what was recorded of them: what event_function has there
 * @len: bytes of @args
 * @style: where names come from
 *
 * Context: any.
 * Return: false if there are none, and nothing was appended.
 */
bool print_arguments(struct text *text, unsigned long ip, const void *args, size_t len,
		     const struct print_style *style)
{
	/* Where it is in a record only its bytes are where they should be. */
	unsigned long words[EVENT_ARGS_TEXT] = { };
	struct proto_call call = { .args = words };

	if (len < EVENT_ARGS_STRINGS * sizeof(*words))
		return false;
	memcpy(words, args, min(len, sizeof(words)));
	if (len >= sizeof(words)) {
		call.strings = words[EVENT_ARGS_STRINGS];
		call.text = (const char *)args + sizeof(words);
		call.len = len - sizeof(words);
	}
	style->source->arguments(text, ip, &call);
	return true;
}

static void function_text(struct text *text, const struct rb_event *event,
			  const struct print_style *style)
{
	const struct event_function *record = event->payload;

	print_symbol(text, record->ip, style);
	print_arguments(text, record->ip, record->args, event->len - sizeof(*record), style);
	print_parent(text, record->parent_ip, style);
	text_putc(text, '\n');
}

static void function_raw(struct text *text, const struct rb_event *event,
			 const struct print_style *style)
{
	const struct event_function *record = event->payload;

	text_printf(text, "%lx %lx\n", record->ip, record->parent_ip);
}

static void function_hex(struct text *text, const struct rb_event *event,
			 const struct print_style *style)
{
	const struct event_function *record = event->payload;

	print_hex_field(text, record->ip, sizeof(record->ip));
	print_hex_field(text, record->parent_ip, sizeof(record->parent_ip));
}

static void function_bin(struct text *text, const struct rb_event *event,
			 const struct print_style *style)
{
	const struct event_function *record = event->payload;

	text_put(text, (const char *)&record->ip, sizeof(record->ip));
	text_put(text, (const char *)&record->parent_ip, sizeof(record->parent_ip));
}

static void stack_text(struct text *text, const struct rb_event *event,
		       const struct print_style *style)
{
	const struct event_stack *record = event->payload;
	const unsigned long *end = (const void *)((const u8 *)event->payload + event->len);
	const unsigned long *caller;

	text_puts(text, "<stack trace>\n");
	for (caller = record->caller; caller + 1 <= end && *caller != ~0UL; caller++) {
		text_puts(text, " => ");
		print_symbol(text, *caller, style);
		text_putc(text, '\n');
	}
}

static char state_char(unsigned int state, const struct print_style *style)
{
	return style->source->task_state(state);
}

static bool is_wakeup(const struct event_switch *record)
{
	return record->ent.type == EVENT_WAKEUP;
}

static void switch_text(struct text *text, const struct rb_event *event,
			const struct print_style *style)
{
	const struct event_switch *record = event->payload;
	char comm[16];

	style->source->comm(record->next_pid, comm);
	text_printf(text, " %7d:%3d:%c %s [%03d] %7d:%3d:%c %s\n", record->prev_pid,
		    record->prev_prio, state_char(record->prev_state, style),
		    is_wakeup(record) ? "  +" : "==>", record->next_cpu, record->next_pid,
		    record->next_prio, state_char(record->next_state, style), comm);
}

static char first_char(const struct event_switch *record, const struct print_style *style)
{
	return is_wakeup(record) ? '+' : state_char(record->prev_state, style);
}

static void switch_raw(struct text *text, const struct rb_event *event,
		       const struct print_style *style)
{
	const struct event_switch *record = event->payload;

	text_printf(text, "%d %d %c %d %d %d %c\n", record->prev_pid, record->prev_prio,
		    first_char(record, style), record->next_cpu, record->next_pid,
		    record->next_prio, state_char(record->next_state, style));
}

static void switch_hex(struct text *text, const struct rb_event *event,
		       const struct print_style *style)
{
	const struct event_switch *record = event->payload;

	print_hex_field(text, record->prev_pid, sizeof(record->prev_pid));
	print_hex_field(text, record->prev_prio, sizeof(record->prev_prio));
	print_hex_field(text, first_char(record, style), sizeof(int));
	print_hex_field(text, record->next_cpu, sizeof(record->next_cpu));
	print_hex_field(text, record->next_pid, sizeof(record->next_pid));
	print_hex_field(text, record->next_prio, sizeof(record->next_prio));
	print_hex_field(text, state_char(record->next_state, style), sizeof(int));
}

static void switch_bin(struct text *text, const struct rb_event *event,
		       const struct print_style *style)
{
	const struct event_switch *record = event->payload;

	text_put(text, (const char *)&record->prev_pid, sizeof(record->prev_pid));
	text_put(text, (const char *)&record->prev_prio, sizeof(record->prev_prio));
	text_put(text, (const char *)&record->prev_state, sizeof(record->prev_state));
	text_put(text, (const char *)&record->next_cpu, sizeof(record->next_cpu));
	text_put(text, (const char *)&record->next_pid, sizeof(record->next_pid));
	text_put(text, (const char *)&record->next_prio, sizeof(record->next_prio));
	text_put(text, (const char *)&record->next_state, sizeof(record->next_state));
}

static u64 repeats_delta(const struct event_func_repeats *record)
{
	return (u64)record->top_delta_ts << 32 | record->bottom_delta_ts;
}

static void repeats_text(struct text *text, const struct rb_event *event,
			 const struct print_style *style)
{
	const struct event_func_repeats *record = event->payload;

	print_symbol(text, record->ip, style);
	print_parent(text, record->parent_ip, style);
	text_printf(text, " (repeats: %u, last_ts:", record->count);
	print_time(text, event->ts - repeats_delta(record), style->clock_in_ns);
	text_puts(text, ")\n");
}

static void repeats_raw(struct text *text, const struct rb_event *event,
			const struct print_style *style)
{
	const struct event_func_repeats *record = event->payload;

	text_printf(text, "%lu %lu %u %llu\n", record->ip, record->parent_ip, record->count,
		    repeats_delta(record));
}

static void user_stack_text(struct text *text, const struct rb_event *event,
			    const struct print_style *style)
{
	const struct event_user_stack *record = event->payload;
	unsigned int i;

	text_puts(text, "<user stack trace>\n");
	for (i = 0; i < ARRAY_SIZE(record->caller) && record->caller[i]; i++) {
		text_puts(text, " => ");
		if (!(style->flags & PRINT_USER_OBJECT) ||
		    !style->source->user_object(text, record->tgid, record->caller[i]) ||
		    style->flags & PRINT_SYM_ADDR)
			text_printf(text, " <%016lx>", record->caller[i]);
		text_putc(text, '\n');
	}
}

static void put_mark(struct text *text, const struct rb_event *event)
{
	const struct event_print *record = event->payload;

	text_printf(text, "%.*s", (int)(event->len - offsetof(struct event_print, buf)),
		    record->buf);
}

static void mark_text(struct text *text, const struct rb_event *event,
		      const struct print_style *style)
{
	print_symbol(text, ((const struct event_print *)event->payload)->ip, style);
	text_puts(text, ": ");
	put_mark(text, event);
}

static void mark_raw(struct text *text, const struct rb_event *event,
		     const struct print_style *style)
{
	text_printf(text, "# %lx ", ((const struct event_print *)event->payload)->ip);
	put_mark(text, event);
}

static void raw_data_text(struct text *text, const struct rb_event *event,
			  const struct print_style *style)
{
	const struct event_raw_data *record = event->payload;
	unsigned int i;

	text_printf(text, "# %x buf:", record->id);
	for (i = offsetof(struct event_raw_data, buf); i < event->len; i++)
		text_printf(text, " %02x", ((const u8 *)event->payload)[i]);
	text_putc(text, '\n');
}

typedef void (*print_fn)(struct text *text, const struct rb_event *event,
			 const struct print_style *style);

/*
 * How each kind of record looks; a form that it does not have is NULL. Text that
 * depends on what is around it is that of print_graph_event().
 */
static const struct printer {
	u16 type;
	u16 size;	/* at least */
	print_fn text;
	print_fn raw;
	print_fn hex;
	print_fn bin;
} printers[] = {
	{
		.type = EVENT_FUNCTION,
		.size = sizeof(struct event_function),
		.text = function_text,
		.raw = function_raw,
		.hex = function_hex,
		.bin = function_bin,
	}, {
		.type = EVENT_SWITCH,
		.size = sizeof(struct event_switch),
		.text = switch_text,
		.raw = switch_raw,
		.hex = switch_hex,
		.bin = switch_bin,
	}, {
		.type = EVENT_WAKEUP,
		.size = sizeof(struct event_switch),
		.text = switch_text,
		.raw = switch_raw,
		.hex = switch_hex,
		.bin = switch_bin,
	}, {
		.type = EVENT_GRAPH_ENTRY,
		.size = sizeof(struct event_graph_entry),
	}, {
		.type = EVENT_GRAPH_EXIT,
		.size = sizeof(struct event_graph_exit),
	}, {
		.type = EVENT_STACK,
		.size = sizeof(struct event_stack),
		.text = stack_text,
	}, {
		.type = EVENT_USER_STACK,
		.size = sizeof(struct event_user_stack),
		.text = user_stack_text,
	}, {
		.type = EVENT_PRINT,
		.size = sizeof(struct event_print),
		.text = mark_text,
		.raw = mark_raw,
	}, {
		.type = EVENT_RAW_DATA,
		.size = sizeof(struct event_raw_data),
		.text = raw_data_text,
		.raw = raw_data_text,
	}, {
		.type = EVENT_FUNC_REPEATS,
		.size = sizeof(struct event_func_repeats),
		.text = repeats_text,
		.raw = repeats_raw,
	},
};

/* One that the source knows. */
static void other_text(struct text *text, const struct rb_event *event,
		       const struct print_style *style)
{
	style->source->event(style->events, text, event);
}

static const struct printer other_printer = {
	.size = sizeof(struct trace_entry),
	.text = other_text,
};

static const struct printer *find_printer(const struct rb_event *event,
					  const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(printers); i++)
		if (printers[i].type == ent->type)
			return &printers[i];
	return style->source->event(style->events, NULL, event) ? &other_printer : NULL;
}

static void print_form(struct text *text, print_fn form, const struct rb_event *event,
		       const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;

	if (form)
		form(text, event, style);
	else
		text_printf(text, "type: %d\n", ent->type);
}

static void print_bin(struct text *text, const struct print_place *place,
		      const struct rb_event *event, const struct printer *printer,
		      const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;

	if (style->flags & PRINT_CONTEXT_INFO) {
		text_put(text, (const char *)&ent->pid, sizeof(ent->pid));
		text_put(text, (const char *)&place->cpu, sizeof(place->cpu));
		text_put(text, (const char *)&event->ts, sizeof(event->ts));
	}
	if (printer)
		print_form(text, printer->bin, event, style);
}

static void print_hex(struct text *text, const struct print_place *place,
		      const struct rb_event *event, const struct printer *printer,
		      const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;

	if (style->flags & PRINT_CONTEXT_INFO) {
		print_hex_field(text, (u32)ent->pid, sizeof(ent->pid));
		print_hex_field(text, place->cpu, sizeof(place->cpu));
		print_hex_field(text, event->ts, sizeof(event->ts));
	}
	if (printer)
		print_form(text, printer->hex, event, style);
	text_putc(text, '\n');
}

static void print_raw(struct text *text, const struct print_place *place,
		      const struct rb_event *event, const struct printer *printer,
		      const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;

	if (style->flags & PRINT_CONTEXT_INFO)
		text_printf(text, "%d %u %llu ", ent->pid, place->cpu, event->ts);
	if (printer)
		print_form(text, printer->raw, event, style);
	else
		text_printf(text, "%d ?\n", ent->type);
}

static void print_text(struct text *text, const struct print_place *place,
		       const struct rb_event *event, const struct printer *printer,
		       const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;

	if (style->flags & PRINT_ANNOTATE && place->first_of_cpu && place->index > 1)
		text_printf(text, "##### CPU %u buffer started ####\n", place->cpu);
	if (style->flags & PRINT_CONTEXT_INFO) {
		if (style->flags & PRINT_LATENCY)
			print_latency_context(text, place, event, style);
		else
			print_context(text, place->cpu, ent, event->ts, style);
	}
	if (!printer)
		text_printf(text, "Unknown type %d\n", ent->type);
	else if (printer->text)
		printer->text(text, event, style);
	else
		print_graph_event(text, place, event, style);
}

/**
 * print_comment_text - what an event says, but for its context and who wrote it
 * @text: receives it
 * @event: a record that has text of its own
 * @style: how it looks
 *
 * Context: any.
 */
void print_comment_text(struct text *text, const struct rb_event *event,
			const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;

	if (ent->type == EVENT_PRINT)
		put_mark(text, event);
	else
		find_printer(event, style)->text(text, event, style);
}

static bool message_only(const struct rb_event *event, const struct print_style *style)
{
	const struct trace_entry *ent = event->payload;

	return ent->type == EVENT_PRINT && style->flags & PRINT_PRINTK &&
	       style->flags & PRINT_MSG_ONLY;
}

/**
 * print_event - the lines of one record, or what the options make of them
 * @text: receives them
 * @place: where it is in the trace
 * @event: the record
 * @style: how it looks
 *
 * Context: any.
 */
void print_event(struct text *text, const struct print_place *place,
		 const struct rb_event *event, const struct print_style *style)
{
	const struct printer *printer = NULL;

	if (event->len >= sizeof(struct trace_entry))
		printer = find_printer(event, style);
	if (event->len < (printer ? printer->size : sizeof(struct trace_entry)))
		text_puts(text, "(record too short)\n");
	else if (place->graph && printer && print_graph_shows(event))
		print_graph_event(text, place, event, style);
	else if (printer && message_only(event, style))
		put_mark(text, event);
	else if (style->flags & PRINT_BIN)
		print_bin(text, place, event, printer, style);
	else if (style->flags & PRINT_HEX)
		print_hex(text, place, event, printer, style);
	else if (style->flags & PRINT_RAW)
		print_raw(text, place, event, printer, style);
	else
		print_text(text, place, event, printer, style);
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
