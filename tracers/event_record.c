// SPDX-License-Identifier: GPL-2.0
/*
 * Records of the kernel's events. The kernel's own code for an event fills them: it
 * takes room from us, for files that are ours, and of its own ring for others, whose
 * way is only a comparison longer.
 */

#include "tracers/event_source.h"

#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "core/event_special.h"
#include "core/event_triggers.h"
#include "core/trace.h"

/* The trace of a file that is ours, as the kernel sees it: nothing is ever there. */
static const char our_mark;

/**
 * event_record_mark - have the records of a file be ours
 * @file: the event of a trace
 *
 * Context: any.
 */
void event_record_mark(struct event_file *file)
{
	file->native.tr = (struct trace_array *)&our_mark;
}

static __always_inline bool is_ours(const struct trace_event_file *native)
{
	return native->tr == (struct trace_array *)&our_mark;
}

/* What lies behind the record in its last word is not left to what was there. */
static __always_inline void *begin_record(void *record, unsigned int size)
{
	*(u32 *)(record + size - sizeof(u32)) = 0;
	return record;
}

/*
 * Between reserving and committing, what is kept in the kernel's structure: @trace_ctx
 * why the quick way was not enough; then @event the page of the entry, @buffer and @regs
 * how it was before and behind it; or @event is NULL, the record is not in the ring,
 * @regs is its length, and @buffer is NULL if it is not to come into the ring either,
 * whatever triggers switch on meanwhile.
 */
static __always_inline void keep_entry(struct trace_event_buffer *fbuffer,
				       const struct rb_entry *entry)
{
	fbuffer->event = (struct ring_buffer_event *)entry->page;
	fbuffer->buffer = (struct trace_buffer *)entry->before;
	fbuffer->regs = (struct pt_regs *)entry->after;
}

static __always_inline struct rb_entry kept_entry(const struct trace_event_buffer *fbuffer)
{
	return (struct rb_entry) {
		.page = (struct rb_page *)fbuffer->event,
		.before = (u64)fbuffer->buffer,
		.after = (u64)fbuffer->regs,
	};
}

/*
 * Beside the ring, where somebody looks at the record first: most are not kept then, and
 * of these not even the time is asked for. In the ring, if it is too long for that.
 */
static void *reserve_special(struct trace_event_buffer *fbuffer, struct event_file *file,
			     unsigned int size)
{
	bool wanted = event_wanted(file->tr) && !(fbuffer->trace_ctx & EVENT_SOFT_OFF);
	bool looks = fbuffer->trace_ctx & EVENT_FILTERED || triggers_look(file);
	struct rb_entry entry;
	void *record = NULL;

	fbuffer->event = NULL;
	if (looks && (wanted || triggers_look(file))) {
		record = special_record(size);
		fbuffer->regs = (struct pt_regs *)(unsigned long)size;
		fbuffer->buffer = (struct trace_buffer *)(unsigned long)wanted;
	}
	if (!record && wanted) {
		record = rb_reserve(event_ring(file->tr), &entry, size, trace_clock_now,
				    file->tr);
		if (record)
			keep_entry(fbuffer, &entry);
	}
	if (record)
		event_fill_header(record, file->type);
	return record;
}

static noinline void *begin_slow(struct trace_event_buffer *fbuffer,
				 const struct event_file *file, unsigned int size)
{
	struct rb_entry entry;
	void *record;

	record = event_reserve(file->tr, event_ring(file->tr), &entry, file->type, size);
	if (!record)
		return NULL;
	keep_entry(fbuffer, &entry);
	fbuffer->entry = record;
	return begin_record(record, size);
}

/* What nothing but a filter looks at: that is all that most special ones are. */
static noinline void *begin_filtered(struct trace_event_buffer *fbuffer,
				     const struct event_file *file, unsigned int size)
{
	void *record;

	if (!event_wanted(file->tr))
		return NULL;
	record = special_record(size);
	if (unlikely(!record))
		return begin_slow(fbuffer, file, size);
	fbuffer->event = NULL;
	fbuffer->regs = (struct pt_regs *)(unsigned long)size;
	fbuffer->buffer = (struct trace_buffer *)true;
	fbuffer->entry = record;
	event_fill_header(record, file->type);
	return begin_record(record, size);
}

static noinline void *begin_special(struct trace_event_buffer *fbuffer, struct event_file *file,
				    unsigned int size)
{
	void *record;

	/* Those that do not look at the record come before it, and may switch it on. */
	if (fbuffer->trace_ctx & EVENT_TRIGGERS && !triggers_look(file)) {
		triggers_fire(file, NULL);
		fbuffer->trace_ctx = READ_ONCE(file->special);
	}
	if (fbuffer->trace_ctx & EVENT_CHOOSY &&
	    !__this_cpu_read(*file->tr->event_pids.wanted))
		return NULL;
	record = reserve_special(fbuffer, file, size);
	fbuffer->entry = record;
	return record ? begin_record(record, size) : NULL;
}

/**
 * event_record_reserve - room for the record of an event
 * @fbuffer: of the kernel's code for the event; kept for event_record_commit()
 * @native: of an event_file, or one of the kernel's own
 * @len: bytes of the record
 *
 * Called in the place of trace_event_buffer_reserve().
 *
 * Context: any, NMI-safe; preemption off, once more than in the context of the event.
 * Return: the record, with its header filled; NULL if there shall be none.
 */
void *event_record_reserve(struct trace_event_buffer *fbuffer, struct trace_event_file *native,
			   unsigned long len)
{
	struct event_file *file = container_of(native, struct event_file, native);
	unsigned int size = round_up(len, sizeof(u32));
	struct event_quick quick __uninitialized;
	const struct fnt_trace *tr;
	unsigned int special;
	void *record;

	if (unlikely(!is_ours(native)))
		return trace_event_buffer_reserve(fbuffer, native, len);
	tr = file->tr;
	special = READ_ONCE(file->special);
	if (unlikely(special & EVENT_CHOOSY) && !(special & EVENT_TRIGGERS)) {
		if (!__this_cpu_read(*tr->event_pids.wanted))
			return NULL;
		special &= ~EVENT_CHOOSY;
	}
	fbuffer->trace_file = native;
	fbuffer->trace_ctx = special;
	if (unlikely(special))
		return special == EVENT_FILTERED ? begin_filtered(fbuffer, file, size) :
						   begin_special(fbuffer, file, size);
	if (unlikely(!event_wanted(tr)))
		return NULL;
	if (unlikely(!event_quick_begin(tr, &quick) ||
		     !event_quick_reserve(event_ring(tr), &quick, file->type, size, &record)))
		return begin_slow(fbuffer, file, size);
	keep_entry(fbuffer, &quick.entry);
	fbuffer->entry = record;
	return begin_record(record, size);
}

static bool is_kept(const struct event_file *file, unsigned int special, const void *record)
{
	const struct event_filter *filter;

	/* A trigger may have changed it meanwhile. */
	if (READ_ONCE(file->special) & EVENT_SOFT_OFF)
		return false;
	if (!(special & EVENT_FILTERED))
		return true;
	filter = rcu_dereference_sched(file->filter);
	return !filter || special_match(filter, record);
}

/* What was looked at is kept. Returns false if it was dropped, and counted. */
static noinline bool put_record(const struct trace_event_buffer *fbuffer,
				const struct event_file *file)
{
	unsigned int size = (unsigned long)fbuffer->regs;
	struct ring *rb = event_ring(file->tr);
	struct rb_entry entry;
	void *record;

	if (!fbuffer->buffer)
		return false;
	record = rb_reserve(rb, &entry, size, trace_clock_now, file->tr);
	if (!record)
		return false;
	memcpy(record, fbuffer->entry, size);
	event_commit(rb, &entry);
	return true;
}

static bool end_record(struct trace_event_buffer *fbuffer, const struct event_file *file,
		       bool keep)
{
	struct ring *rb = event_ring(file->tr);
	struct rb_entry entry;

	if (!fbuffer->event)
		return keep && put_record(fbuffer, file);
	entry = kept_entry(fbuffer);
	if (keep) {
		event_commit(rb, &entry);
		return true;
	}
	rb_discard(rb, &entry);
	buffer_wrote(rb);
	return false;
}

static noinline void end_special(struct trace_event_buffer *fbuffer, struct event_file *file)
{
	unsigned int special = fbuffer->trace_ctx, later = 0;

	if (special & EVENT_TRIGGERS && triggers_look(file))
		later = triggers_fire(file, fbuffer->entry);
	if (end_record(fbuffer, file, is_kept(file, special, fbuffer->entry))) {
		if (special & EVENT_STACK_BEHIND)
			special_stack(file->tr, 0);
		if (special & EVENT_USER_STACK_BEHIND)
			special_user_stack(file->tr);
	}
	if (later & TRIGGERS_STACK_BEHIND)
		special_stack(file->tr, 0);
	if (!fbuffer->event)
		special_record_done(fbuffer->entry);
}

/* What was begun by begin_filtered(). */
static noinline void end_filtered(struct trace_event_buffer *fbuffer, struct event_file *file)
{
	if (unlikely(fbuffer->event)) {
		end_special(fbuffer, file);
		return;
	}
	if (is_kept(file, EVENT_FILTERED, fbuffer->entry))
		put_record(fbuffer, file);
	special_record_done(fbuffer->entry);
}

/**
 * event_record_commit - the record of an event is complete
 * @fbuffer: from event_record_reserve()
 *
 * Called in the place of trace_event_buffer_commit().
 *
 * Context: any, NMI-safe; preemption off since event_record_reserve().
 */
void event_record_commit(struct trace_event_buffer *fbuffer)
{
	struct trace_event_file *native = fbuffer->trace_file;
	struct event_file *file = container_of(native, struct event_file, native);
	struct rb_entry entry;

	if (unlikely(!is_ours(native))) {
		trace_event_buffer_commit(fbuffer);
	} else if (unlikely(fbuffer->trace_ctx)) {
		if (fbuffer->trace_ctx == EVENT_FILTERED)
			end_filtered(fbuffer, file);
		else
			end_special(fbuffer, file);
	} else {
		entry = kept_entry(fbuffer);
		event_commit(event_ring(file->tr), &entry);
	}
}
