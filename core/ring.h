/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_RING_H
#define FNT_CORE_RING_H

/*
 * One CPU's ring of pages in the format of the kernel's ring buffer.
 *
 * Written by its own CPU only, in any context, without a lock: a writer may be
 * interrupted by others at every instruction, and each of them has finished
 * when it goes on. Read by one reader at a time, on any CPU.
 * Documentation/ring-buffer.rst has the drawings and the argument.
 */

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include <asm/local.h>

#include "core/kabi_cmpxchg.h"

/* Page header of the kernel's format: time stamp and length of the data. */
struct rb_data_page {
	u64 time_stamp;
	unsigned long commit;
	u8 data[];
};

#define RB_PAGE_HEADER offsetof(struct rb_data_page, data)

/* Flags in the commit word of a page that is handed out. */
#define RB_MISSED_EVENTS (1U << 31)	/* events were lost before this page */
#define RB_MISSED_STORED (1U << 30)	/* their number stands behind the data */
#define RB_COMMIT_MASK ((1U << 27) - 1)

/* Event header: 5 bits type or length in words, 27 bits time since the last. */
#define RB_TYPE_BITS 5
#define RB_TYPE_DATA_MAX 28		/* 1..28: data of that many words */
#define RB_TYPE_PADDING 29
#define RB_TYPE_TIME_EXTEND 30
#define RB_TYPE_TIME_STAMP 31
#define RB_DELTA_BITS 27
#define RB_DELTA_LIMIT (1ULL << RB_DELTA_BITS)
#define RB_EVENT_HEADER 4
#define RB_TIME_EXTEND_SIZE 8
#define RB_SMALL_MAX (RB_TYPE_DATA_MAX * 4)

/*
 * The state of the page being written, in one word, so that one compare and
 * exchange moves all of it: the time of its last event, counted from page->base,
 * and the bytes reserved. A page is sealed before the next one is begun, so that
 * a writer that was interrupted with the old word in its hands cannot put an
 * event there with a time later than those on the next page. The seal makes the
 * offset larger than any page.
 */
#define RB_TAIL_OFFSET_BITS 17
#define RB_TAIL_OFFSET ((1ULL << RB_TAIL_OFFSET_BITS) - 1)
#define RB_TAIL_SEALED (1ULL << 16)
#define RB_TAIL_LENGTH (RB_TAIL_SEALED - 1)
/*
 * The time has half of what there is room for: what rb_try_reserve() adds to it, on
 * a page of 64 KiB 2^13 times RB_DELTA_LIMIT at most, needs not be looked at.
 */
#define RB_TAIL_TIME_LIMIT (1ULL << (63 - RB_TAIL_OFFSET_BITS))

/* rb->wake_seq if no reader waits: no page will ever have this number. */
#define RB_NOBODY_WAITS (~0ULL)

/* page->base of a page without events: later than any clock. */
#define RB_NO_BASE (1ULL << 63)

/**
 * struct rb_page - a page of the ring, or the reader's
 * @tail: see RB_TAIL_SEALED; 0 in a page that waits to be written
 * @base: time of its first event, RB_NO_BASE before
 * @seq: pages are numbered in the order in which they are written
 * @entries: events reserved and not discarded, while it is being written
 * @start: number of events in all pages before
 * @nr: number of events, once it is closed
 * @data: the page itself
 */
struct rb_page {
	u64 tail;
	u64 base;
	u64 seq;
	local_t entries;
	u64 start;
	u64 nr;
	struct rb_data_page *data;
} __aligned(64);

/**
 * struct rb_fate - what became of events
 * @written: committed
 * @overrun: see struct ring
 * @commit_overrun: see struct ring
 * @dropped: see struct ring
 * @too_long: see struct ring
 */
struct rb_fate {
	u64 written;
	u64 overrun;
	u64 commit_overrun;
	u64 dropped;
	u64 too_long;
};

/**
 * struct ring - the ring
 * @nest: writers under way, the interrupted ones included
 * @tail_page: page being written
 * @commit_page: page up to which everything is committed
 * @commit_seq: its number; pages below it are closed
 * @overrun: events overwritten before they were read
 * @commit_overrun: events dropped because the ring was full of uncommitted ones
 * @dropped: events dropped because the ring was full and must not overwrite
 * @too_long: events dropped because they do not fit into a page
 * @wake_seq: somebody waits for the pages below this one to be closed, or
 *            RB_NOBODY_WAITS; see rb_ask_wake()
 * @slots: a word a page, see the top of ring.c
 * @nr_pages: pages in the ring
 * @data_size: bytes of data in a page
 * @quick_size: the same for rb_try_reserve(); 0 while somebody waits for any event
 * @overwrite: the oldest page may be overwritten if it was not read
 * @absolute: every event has its whole time with it
 * @reader_page: page that the reader has taken out
 * @read: bytes of it that were read
 * @read_ts: time of the last event that was read from it
 * @read_nr: events that were read from it
 * @next_event: number of the event behind those that were read or lost
 * @read_events: events read so far
 * @read_bytes: bytes read so far
 * @before: what became of the events of the rings that this one goes on for
 */
struct ring {
	unsigned int nest;
	struct rb_page *tail_page;
	struct rb_page *commit_page;
	u64 commit_seq;
	local_t overrun;
	local_t commit_overrun;
	local_t dropped;
	local_t too_long;
	u64 wake_seq;

	unsigned long *slots;
	unsigned int nr_pages;
	unsigned int data_size;
	unsigned int quick_size;
	bool overwrite;
	bool absolute;

	struct rb_page *reader_page __aligned(64);
	unsigned int read;
	u64 read_ts;
	u64 read_nr;
	u64 next_event;
	u64 read_events;
	u64 read_bytes;
	struct rb_fate before;
};

/**
 * struct rb_entry - a reservation, on its writer's stack
 * @page: where it lies
 * @before: page->tail before it
 * @after: page->tail behind it
 *
 * If its writer is the outermost one, all pages before @page are closed.
 */
struct rb_entry {
	struct rb_page *page;
	u64 before;
	u64 after;
};

/**
 * struct rb_event - a decoded event
 * @payload: its data
 * @len: bytes of it, a multiple of 4
 * @ts: its time
 */
struct rb_event {
	const void *payload;
	unsigned int len;
	u64 ts;
};

/**
 * struct rb_cursor - a place in a page in the kernel's format
 * @data: its data
 * @offset: of the next event
 * @end: bytes of data
 * @ts: time of the last event
 */
struct rb_cursor {
	const u8 *data;
	unsigned int offset;
	unsigned int end;
	u64 ts;
};

/**
 * struct rb_stats - what has become of all events
 * @fate: of all events; fate.written = @entries + @read + fate.overrun
 * @entries: events that can still be read
 * @bytes: bytes of data that can still be read
 * @read: events read
 * @oldest_ts: time of the page with the oldest event that can still be read
 */
struct rb_stats {
	struct rb_fate fate;
	u64 entries;
	u64 bytes;
	u64 read;
	u64 oldest_ts;
};

typedef u64 (*rb_clock_t)(const void *arg);

int rb_init(struct ring *rb, unsigned long *slots, struct rb_page *pages, unsigned int nr_pages,
	    unsigned int page_size);
void rb_reset(struct ring *rb, struct rb_page *pages);
void rb_ask_wake(struct ring *rb, u64 seq);
void rb_woken(struct ring *rb);

void *rb_reserve_slow(struct ring *rb, struct rb_entry *entry, unsigned int len, rb_clock_t clock,
		      const void *arg);
void rb_commit_slow(struct ring *rb);
void rb_discard(struct ring *rb, const struct rb_entry *entry);

bool rb_peek(struct ring *rb, struct rb_event *event, u64 *lost);
void rb_consume(struct ring *rb);
unsigned int rb_read_page(struct ring *rb, struct rb_data_page *page, unsigned int size,
			  bool whole);
struct rb_data_page *rb_exchange_page(struct ring *rb, struct rb_data_page *fresh);
bool rb_next_mapped(struct ring *rb, u64 *lost);
void rb_move(struct ring *rb, struct ring *old);
bool rb_has_data(const struct ring *rb);
unsigned int rb_unread_pages(const struct ring *rb);
void rb_stats(const struct ring *rb, struct rb_stats *stats);

u64 rb_oldest_seq(const struct ring *rb);
u64 rb_next_number(const struct ring *rb);
u64 rb_last_seq(const struct ring *rb);
bool rb_copy_page(const struct ring *rb, u64 seq, struct rb_data_page *page, u64 *start);
unsigned int rb_copy_reader_page(const struct ring *rb, struct rb_data_page *page, u64 *start);

void rb_cursor_init(struct rb_cursor *cursor, const struct rb_data_page *page);
bool rb_cursor_next(struct rb_cursor *cursor, struct rb_event *event);

/**
 * rb_try_reserve - reserve room for an event, if that is simple
 * @rb: the ring of this CPU
 * @entry: the caller's
 * @len: bytes of payload, a multiple of 4, at least 4
 * @ts: the time, read before this is called: an event of an interrupt that came
 *      since is later, and then this is not simple
 * @payload: receives it, aligned to 4 bytes
 *
 * Not if @rb->absolute is set. If it is committed by rb_try_commit() nobody need be
 * woken, see rb_ask_wake().
 *
 * Context: any, NMI-safe; preemption off.
 * Return: false if nothing was reserved: then rb_reserve_slow() must follow,
 * which commits what interrupts have left to us meanwhile.
 */
static __always_inline bool rb_try_reserve(struct ring *rb, struct rb_entry *entry,
					   unsigned int len, u64 ts, void **payload)
{
	/*
	 * Before we count as a writer: whoever leaves this page until then closes
	 * it, too. So if we get room in it, all pages before it are closed.
	 */
	struct rb_page *page = READ_ONCE(rb->tail_page);
	u64 old, new, delta;
	unsigned int offset;
	u32 *event;

	barrier();
	rb->nest++;
	barrier();
	old = READ_ONCE(page->tail);
	/*
	 * Also large if the clock went back, or if there is no base yet. Read but once,
	 * between two barriers: READ_ONCE() would want it in a register first.
	 */
	delta = ts - page->base - (old >> RB_TAIL_OFFSET_BITS);
	offset = old & RB_TAIL_OFFSET;
	new = old + (delta << RB_TAIL_OFFSET_BITS) + RB_EVENT_HEADER + len;
	if (unlikely(delta >= RB_DELTA_LIMIT || len > RB_SMALL_MAX ||
		     offset + RB_EVENT_HEADER + len > rb->quick_size ||
		     !kabi_try_cmpxchg_local(&page->tail, old, new))) {
		barrier();
		rb->nest--;
		return false;
	}
	local_inc(&page->entries);

	*entry = (struct rb_entry) { page, old, new };
	event = (u32 *)(page->data->data + offset);
	*event = (u32)delta << RB_TYPE_BITS | len / 4;
	*payload = event + 1;
	return true;
}

/**
 * rb_reserve - reserve room for an event
 * @rb: the ring of this CPU
 * @entry: the caller's
 * @len: bytes of payload, a multiple of 4, at least 4
 * @clock: gives the time; called again if an event of an interrupt came first
 * @arg: for @clock
 *
 * Events lie in the ring in the order of their times. Wait-free if not
 * interrupted. A reservation must be ended by rb_commit() or rb_discard() before
 * the context returns.
 *
 * Context: any, NMI-safe; preemption off.
 * Return: the payload, aligned to 4 bytes; NULL if the event is dropped, which
 * has been counted, and which needs no rb_commit().
 */
static __always_inline void *rb_reserve(struct ring *rb, struct rb_entry *entry, unsigned int len,
					rb_clock_t clock, const void *arg)
{
	void *payload;

	if (likely(!READ_ONCE(rb->absolute) &&
		   rb_try_reserve(rb, entry, len, clock(arg), &payload)))
		return payload;
	return rb_reserve_slow(rb, entry, len, clock, arg);
}

/**
 * rb_entry_ts - the time that an event has got
 * @entry: from rb_reserve(), not ended yet
 *
 * Not before that of the event before it, whatever the clock said.
 *
 * Context: any, NMI-safe; preemption off since rb_reserve().
 * Return: the time.
 */
static __always_inline u64 rb_entry_ts(const struct rb_entry *entry)
{
	return entry->page->base + (entry->after >> RB_TAIL_OFFSET_BITS);
}

/**
 * rb_last_ts - the time of the event that was written last
 * @rb: the ring of this CPU
 *
 * Context: any, NMI-safe; preemption off.
 * Return: the time; 0 if there is none in the page that is written.
 */
static __always_inline u64 rb_last_ts(const struct ring *rb)
{
	const struct rb_page *page = READ_ONCE(rb->tail_page);
	u64 tail = READ_ONCE(page->tail), base = READ_ONCE(page->base);

	return base == RB_NO_BASE ? 0 : base + (tail >> RB_TAIL_OFFSET_BITS);
}

/**
 * rb_try_commit - make a reserved event readable, if that is simple
 * @rb: the ring
 * @entry: from rb_reserve()
 *
 * Context: any, NMI-safe; preemption off since rb_reserve().
 * Return: false if rb_commit_slow() must follow.
 */
static __always_inline bool rb_try_commit(struct ring *rb, const struct rb_entry *entry)
{
	struct rb_page *page = entry->page;

	if (unlikely(rb->nest != 1)) {
		barrier();
		rb->nest--;
		return true;
	}
	/*
	 * What lies before the end of ours is complete, whatever interrupts have put
	 * behind it.
	 */
	/* Pairs with the acquire in page_committed(): data before length. */
	smp_store_release(&page->data->commit, entry->after & RB_TAIL_LENGTH);
	barrier();
	WRITE_ONCE(rb->nest, 0);
	barrier();
	/*
	 * Events of an interrupt that came before nest was 0 are left to us. They have
	 * changed this word, be it only by the seal of a page that they left.
	 */
	if (likely(page->tail == entry->after))
		return true;
	WRITE_ONCE(rb->nest, rb->nest + 1);
	barrier();
	return false;
}

/**
 * rb_commit - make a reserved event readable
 * @rb: the ring
 * @entry: from rb_reserve()
 *
 * An event becomes readable when the outermost writer commits.
 *
 * Context: any, NMI-safe; preemption off since rb_reserve().
 */
static __always_inline void rb_commit(struct ring *rb, const struct rb_entry *entry)
{
	if (unlikely(!rb_try_commit(rb, entry)))
		rb_commit_slow(rb);
}

/**
 * rb_wake_due - is somebody to be woken?
 * @rb: the ring
 *
 * To be asked behind a commit, but of an event that was reserved and committed by
 * rb_try_reserve() and rb_try_commit().
 *
 * Context: any, NMI-safe.
 * Return: true if so; then rb_woken() must follow.
 */
static __always_inline bool rb_wake_due(const struct ring *rb)
{
	return rb->commit_seq >= READ_ONCE(rb->wake_seq) ||
	       READ_ONCE(rb->quick_size) != rb->data_size;
}

#endif
