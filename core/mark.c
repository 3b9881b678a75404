// SPDX-License-Identifier: GPL-2.0
/*
 * What is written into a trace by hand: by whoever writes to trace_marker, and
 * by us where the trace has a gap.
 */

#include "core/trace.h"

#include <linux/errno.h>
#include <linux/instruction_pointer.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "core/deferred.h"
#include "core/event_special.h"
#include "core/event_triggers.h"
#include "core/events.h"

/* The longest string or record of trace_marker. */
#define MARK_MAX 1024

/* event_reserve() out of line, for what is not traced at every call. */
static void *mark_reserve(struct fnt_trace *tr, struct ring *rb, struct rb_entry *entry, u16 type,
			  unsigned int size)
{
	return event_wanted(tr) ? event_reserve(tr, rb, entry, type, round_up(size, 4)) : NULL;
}

/* Where in a program it was written, if that is wanted. */
static void mark_stack(const struct fnt_trace *tr)
{
	if (READ_ONCE(tr->marks_have_stacks))
		special_user_stack(tr);
}

/* What triggers look at is what was written, without the newline that was put behind it. */
static const void *mark_record(unsigned long ip, const char *text, size_t len)
{
	struct event_print *record = special_record(offsetof(struct event_print, buf) + len + 1);

	if (!record)
		return NULL;
	event_fill_header(&record->ent, EVENT_PRINT);
	record->ip = ip;
	memcpy(record->buf, text, len);
	record->buf[len] = '\0';
	return record;
}

/* Does what triggers say; returns TRIGGERS_SNAPSHOT_SOON if that is so. */
static unsigned int mark_fire(struct fnt_trace *tr, unsigned long ip, const char *text, size_t len)
{
	const struct event_def *marks = events_marks();
	struct event_file *file = marks ? event_file_find(tr, marks) : NULL;
	const void *record = NULL;
	unsigned int later;

	if (!file || !(READ_ONCE(file->special) & EVENT_TRIGGERS))
		return 0;
	if (triggers_look(file)) {
		record = mark_record(ip, text, len);
		/* Nobody else has the room of tasks while preemption is off. */
		if (WARN_ON_ONCE(!record))
			return 0;
	}
	later = triggers_fire(file, record);
	if (later & TRIGGERS_STACK_BEHIND)
		special_stack(tr, 0);
	if (record)
		special_record_done(record);
	return later & TRIGGERS_SNAPSHOT_SOON;
}

static bool write_text(struct fnt_trace *tr, unsigned long ip, const char *text, size_t len,
		       bool by_user)
{
	unsigned int size = offsetof(struct event_print, buf) + len + 2;
	struct event_print *event;
	unsigned int later = 0;
	struct rb_entry entry;
	struct ring *rb;

	preempt_disable_notrace();
	rb = event_ring(tr);
	event = mark_reserve(tr, rb, &entry, EVENT_PRINT, size);
	if (event) {
		event->ip = ip;
		memcpy(event->buf, text, len);
		memset(event->buf + len, 0, round_up(size, 4) - size + 2);
		if (!len || text[len - 1] != '\n')
			event->buf[len] = '\n';
		event_commit(rb, &entry);
		if (by_user) {
			mark_stack(tr);
			later = mark_fire(tr, ip, text, len);
		}
	}
	preempt_enable_notrace();
	/* A snapshot is of what was written so far. */
	if (later)
		deferred_wait(tr);
	return event;
}

/**
 * tracing_mark_write - write a string into a trace
 * @tr: the trace
 * @text: the string
 * @len: its length in bytes; what is over MARK_MAX is cut off
 *
 * Its name is that of the kernel's own function of this kind: the name is what
 * traces show for the writer.
 *
 * Context: process.
 * Return: bytes written; -EINVAL if markers are switched off; -EBADF if nothing
 * is recorded now.
 */
noinline int tracing_mark_write(struct fnt_trace *tr, const char *text, size_t len)
{
	if (!(tr->options & TRACE_OPT_MARKERS))
		return -EINVAL;
	len = min_t(size_t, len, MARK_MAX);
	return write_text(tr, _THIS_IP_, text, len, true) ? len : -EBADF;
}

/**
 * trace_gap - note in a trace that functions were not traced for a while
 * @tr: the trace
 * @nr: number of functions
 * @ns: how long, up to now
 *
 * Options do not switch it off: nothing is lost silently.
 *
 * Context: process.
 */
noinline void trace_gap(struct fnt_trace *tr, unsigned int nr, u64 ns)
{
	char text[96];
	int len;

	len = scnprintf(text, sizeof(text),
			"%u functions taken by the kernel's ftrace were not traced for %llu us\n",
			nr, div_u64(ns, NSEC_PER_USEC));
	write_text(tr, _THIS_IP_, text, len, false);
}

/**
 * trace_mark_raw - write bytes into a trace
 * @tr: the trace
 * @data: a number of 4 bytes, and any more
 * @len: length in bytes; what is over MARK_MAX is cut off
 *
 * Context: process.
 * Return: bytes written; -EINVAL if @len is below 4 or markers are switched off;
 * -EBADF if nothing is recorded now.
 */
int trace_mark_raw(struct fnt_trace *tr, const void *data, size_t len)
{
	struct event_raw_data *event;
	struct rb_entry entry;
	struct ring *rb;
	unsigned int size;
	u8 *to;

	if (!(tr->options & TRACE_OPT_MARKERS) || len < sizeof(event->id))
		return -EINVAL;
	len = min_t(size_t, len, MARK_MAX);
	size = offsetof(struct event_raw_data, id) + len;

	preempt_disable_notrace();
	rb = event_ring(tr);
	event = mark_reserve(tr, rb, &entry, EVENT_RAW_DATA, size);
	if (event) {
		to = (u8 *)event + offsetof(struct event_raw_data, id);
		memcpy(to, data, len);
		memset(to + len, 0, round_up(size, 4) - size);
		event_commit(rb, &entry);
		mark_stack(tr);
	}
	preempt_enable_notrace();
	return event ? len : -EBADF;
}
