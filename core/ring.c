// SPDX-License-Identifier: GPL-2.0
/*
 * One CPU's ring of pages, and those who write into it. ring_read.c has its
 * readers. PURE: also compiled in user space.
 *
 * Pages are numbered in the order in which they are written. Page number seq
 * belongs into slot seq % nr_pages; the slot's word holds a pointer to the page
 * and, in the bits that its alignment leaves, the lap and whether it was
 * consumed. That word is all that reader and writer contend for: whoever
 * exchanges it owns the page, the reader to read it, the writer to overwrite it.
 *
 * A page that waits to be written is always ready for it: whoever closed it, or
 * gave it as a spare, has reset it. So going to the next page is two
 * compare-and-exchanges, and a writer that interrupts another between the two
 * just does the rest for it.
 */

#include "core/slot.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

static void page_make_ready(struct rb_page *page)
{
	WRITE_ONCE(page->tail, 0);
	WRITE_ONCE(page->base, RB_NO_BASE);
	local_set(&page->entries, 0);
}

/**
 * rb_reset - empty a ring
 * @rb: from rb_init()
 * @pages: its pages and the reader's
 *
 * Context: process; nobody writes or reads.
 */
void rb_reset(struct ring *rb, struct rb_page *pages)
{
	unsigned int i;

	for (i = 0; i <= rb->nr_pages; i++) {
		page_make_ready(&pages[i]);
		pages[i].seq = 0;
		pages[i].start = 0;
		pages[i].nr = 0;
		pages[i].data->time_stamp = 0;
		pages[i].data->commit = 0;
		if (i < rb->nr_pages)
			rb->slots[i] = (unsigned long)&pages[i] | SLOT_CONSUMED;
	}
	/* The first lap is 1, so that seq - nr_pages is always a number. */
	pages[0].seq = rb->nr_pages;
	rb->slots[0] = (unsigned long)&pages[0] | slot_tag(rb, rb->nr_pages);
	rb->nest = 0;
	rb->tail_page = &pages[0];
	rb->commit_page = &pages[0];
	rb->commit_seq = rb->nr_pages;
	local_set(&rb->overrun, 0);
	local_set(&rb->commit_overrun, 0);
	local_set(&rb->dropped, 0);
	local_set(&rb->too_long, 0);
	memset(&rb->before, 0, sizeof(rb->before));

	rb->reader_page = &pages[rb->nr_pages];
	rb->reader_page->seq = rb->nr_pages - 1;
	rb->read = 0;
	rb->read_ts = 0;
	rb->read_nr = 0;
	rb->next_event = 0;
	rb->read_events = 0;
	rb->read_bytes = 0;
}

/**
 * rb_init - make a ring of given storage
 * @rb: the ring
 * @slots: @nr_pages words
 * @pages: @nr_pages + 1 of them, with @data set; one is the reader's
 * @nr_pages: at least 2
 * @page_size: bytes of a page, header included; at most 64 KiB
 *
 * Context: process.
 * Return: 0; -EINVAL for a size that does not go.
 */
int rb_init(struct ring *rb, unsigned long *slots, struct rb_page *pages, unsigned int nr_pages,
	    unsigned int page_size)
{
	if (nr_pages < 2 || page_size < 128 || page_size > RB_TAIL_SEALED)
		return -EINVAL;
	memset(rb, 0, sizeof(*rb));
	rb->slots = slots;
	rb->nr_pages = nr_pages;
	rb->data_size = page_size - RB_PAGE_HEADER;
	rb->quick_size = rb->data_size;
	rb->overwrite = true;
	rb->wake_seq = RB_NOBODY_WAITS;
	rb_reset(rb, pages);
	return 0;
}

/**
 * rb_ask_wake - have the writers say so when pages are closed, or an event has come
 * @rb: the ring
 * @seq: the pages below this one; 0 for any event
 *
 * They ask rb_wake_due(). That pages were closed they find only where that is done, and
 * where an event has to go that is not simple: so who waits for one sees to it that
 * none is. There is no barrier between a writer's commit and its looking at this, as
 * that would cost every event: who asks may miss what comes at this very moment.
 *
 * Context: any; others may ask, write and read.
 */
void rb_ask_wake(struct ring *rb, u64 seq)
{
	if (seq < READ_ONCE(rb->wake_seq))
		WRITE_ONCE(rb->wake_seq, seq);
	if (seq <= READ_ONCE(rb->commit_seq))
		WRITE_ONCE(rb->quick_size, 0);
}

/**
 * rb_woken - those who asked for it are being woken
 * @rb: the ring
 *
 * Who asks meanwhile may be among them, and must ask again when it is woken. What it
 * leaves behind then is found by the next event.
 *
 * Context: any, NMI-safe; preemption off, on the ring's CPU.
 */
void rb_woken(struct ring *rb)
{
	WRITE_ONCE(rb->wake_seq, RB_NOBODY_WAITS);
	WRITE_ONCE(rb->quick_size, rb->data_size);
}

/*
 * Make the slot behind a full page hold a page that may be written. Return the
 * page, NULL if the event has to be dropped.
 */
static struct rb_page *claim_page(struct ring *rb, u64 seq)
{
	unsigned long *slot = slot_of(rb, seq);
	unsigned long tag = slot_tag(rb, seq);
	unsigned long word, lost;

	for (;;) {
		word = READ_ONCE(*slot);
		/* A writer that we interrupted, or that interrupted us, did it. */
		if ((word & SLOT_TAG_MASK) == tag)
			return slot_page(word);
		lost = 0;
		if (!(word & SLOT_CONSUMED)) {
			if (seq - rb->nr_pages >= rb->commit_seq) {
				local_inc(&rb->commit_overrun);
				return NULL;
			}
			if (!rb->overwrite) {
				local_inc(&rb->dropped);
				return NULL;
			}
			/* Closed, so its number of events does not change. */
			lost = slot_page(word)->nr;
		}
		/* Against the reader, so with a lock prefix; once a page. */
		if (cmpxchg(slot, word, (word & ~SLOT_TAG_MASK) | tag) == word) {
			local_add(lost, &rb->overrun);
			return slot_page(word);
		}
	}
}

/*
 * Go from a page that is full, by its tail @old, to the next. Return false if
 * the event is dropped.
 */
static bool next_page(struct ring *rb, struct rb_page *full, u64 old)
{
	u64 seq = full->seq + 1;
	struct rb_page *next;

	if (!(old & RB_TAIL_SEALED) &&
	    !kabi_try_cmpxchg_local(&full->tail, old, old | RB_TAIL_SEALED))
		return true;	/* interrupted: look again */
	next = claim_page(rb, seq);
	if (!next)
		return false;
	WRITE_ONCE(next->seq, seq);
	cmpxchg_local(&rb->tail_page, full, next);
	return true;
}

static void write_time_extend(u32 *event, u64 delta)
{
	event[0] = (u32)(delta & (RB_DELTA_LIMIT - 1)) << RB_TYPE_BITS | RB_TYPE_TIME_EXTEND;
	event[1] = delta >> RB_DELTA_BITS;
}

/* 59 bits of time; the reader has the others from the time of the page. */
static void write_time_stamp(u32 *event, u64 ts)
{
	event[0] = (u32)(ts & (RB_DELTA_LIMIT - 1)) << RB_TYPE_BITS | RB_TYPE_TIME_STAMP;
	event[1] = ts >> RB_DELTA_BITS;
}

/* Write the header of an event of any length; return its payload. */
static void *write_header(u32 *event, unsigned int len, u64 delta)
{
	if (len <= RB_SMALL_MAX) {
		event[0] = (u32)delta << RB_TYPE_BITS | len / 4;
		return event + 1;
	}
	event[0] = (u32)delta << RB_TYPE_BITS;
	event[1] = len + sizeof(u32);
	return event + 2;
}

/*
 * Close all pages before @end, which the writers have begun. By the outermost
 * writer only, so nobody is in them any more.
 */
static void close_pages(struct ring *rb, const struct rb_page *end)
{
	struct rb_page *page, *next;

	while ((page = rb->commit_page) != end) {
		/* Not committed, so the reader cannot have taken it. */
		next = slot_page(READ_ONCE(*slot_of(rb, page->seq + 1)));
		page->nr = local_read(&page->entries);
		/* Pairs with the acquire in page_committed(): data before length. */
		smp_store_release(&page->data->commit, page->tail & RB_TAIL_LENGTH);
		page_make_ready(page);

		next->start = page->start + page->nr;
		WRITE_ONCE(next->data->commit, 0);
		rb->commit_page = next;
		/* Pairs with the acquire in committed_seq(): all of the above. */
		smp_store_release(&rb->commit_seq, next->seq);
	}
}

/* End a write that came to nothing. */
static void end_write(struct ring *rb)
{
	if (rb->nest == 1) {
		rb_commit_slow(rb);
		return;
	}
	barrier();
	rb->nest--;
}

/**
 * rb_reserve_slow - what rb_reserve() does not do inline
 * @rb: the ring
 * @entry: the reservation
 * @len: bytes of payload
 * @clock: gives the time
 * @arg: for @clock
 *
 * A new page, the first event of a page, a long event, a long time since the
 * last one, a clock that went back, a writer that was interrupted.
 *
 * Context: any, NMI-safe; preemption off.
 * Return: as rb_reserve().
 */
void *rb_reserve_slow(struct ring *rb, struct rb_entry *entry, unsigned int len, rb_clock_t clock,
		      const void *arg)
{
	unsigned int size = RB_EVENT_HEADER + len + (len > RB_SMALL_MAX ? sizeof(u32) : 0);
	u64 old, new, ts, last, base, delta;
	struct rb_page *page;
	unsigned int extend, offset;
	bool absolute;
	u32 *event;

	rb->nest++;
	barrier();
	if (unlikely(size + RB_TIME_EXTEND_SIZE > rb->data_size)) {
		local_inc(&rb->too_long);
		goto dropped;
	}
	for (;;) {
		page = READ_ONCE(rb->tail_page);
		old = READ_ONCE(page->tail);
		ts = clock(arg);
		base = READ_ONCE(page->base);
		if (base == RB_NO_BASE) {
			if (cmpxchg_local(&page->base, RB_NO_BASE, ts) != RB_NO_BASE)
				continue;
			page->data->time_stamp = ts;
			base = ts;
		}
		last = base + (old >> RB_TAIL_OFFSET_BITS);
		delta = ts > last ? ts - last : 0;
		absolute = READ_ONCE(rb->absolute);
		extend = absolute || delta >= RB_DELTA_LIMIT ? RB_TIME_EXTEND_SIZE : 0;
		offset = old & RB_TAIL_OFFSET;
		if (offset + extend + size > rb->data_size ||
		    last + delta - base >= RB_TAIL_TIME_LIMIT) {
			if (!next_page(rb, page, old))
				goto dropped;
			continue;
		}
		new = old + (delta << RB_TAIL_OFFSET_BITS) + extend + size;
		if (kabi_try_cmpxchg_local(&page->tail, old, new))
			break;
	}
	local_inc(&page->entries);
	*entry = (struct rb_entry) { page, old, new };
	/* Interrupts leave it to us, and none will go back behind this page. */
	if (rb->nest == 1)
		close_pages(rb, page);
	event = (u32 *)(page->data->data + offset);
	if (extend) {
		if (absolute)
			write_time_stamp(event, last + delta);
		else
			write_time_extend(event, delta);
		event += RB_TIME_EXTEND_SIZE / sizeof(u32);
		delta = 0;
	}
	return write_header(event, len, delta);

dropped:
	end_write(rb);
	return NULL;
}

/**
 * rb_commit_slow - what rb_commit() does not do inline
 * @rb: the ring, with nest 1
 *
 * Context: any, NMI-safe; preemption off.
 */
void rb_commit_slow(struct ring *rb)
{
	struct rb_page *page;
	unsigned int offset;

	for (;;) {
		close_pages(rb, READ_ONCE(rb->tail_page));
		page = rb->commit_page;
		offset = READ_ONCE(page->tail) & RB_TAIL_LENGTH;
		/* Pairs with the acquire in page_committed(): data before length. */
		smp_store_release(&page->data->commit, offset);
		barrier();
		WRITE_ONCE(rb->nest, 0);
		barrier();
		if (likely(READ_ONCE(rb->tail_page) == page &&
			   (READ_ONCE(page->tail) & RB_TAIL_LENGTH) == offset))
			return;
		WRITE_ONCE(rb->nest, rb->nest + 1);
		barrier();
	}
}

/**
 * rb_discard - take a reserved event back
 * @rb: the ring
 * @entry: from rb_reserve()
 *
 * The room is used again if no event of an interrupt lies behind it, else it
 * becomes padding.
 *
 * Context: any, NMI-safe; preemption off since rb_reserve().
 */
void rb_discard(struct ring *rb, const struct rb_entry *entry)
{
	struct rb_page *page = entry->page;
	unsigned int offset = entry->before & RB_TAIL_OFFSET;
	unsigned int size = (entry->after - entry->before) & RB_TAIL_OFFSET;
	u32 *event = (u32 *)(page->data->data + offset);
	u32 delta;

	if (!kabi_try_cmpxchg_local(&page->tail, entry->after, entry->before)) {
		if ((*event & ((1U << RB_TYPE_BITS) - 1)) >= RB_TYPE_TIME_EXTEND) {
			event += RB_TIME_EXTEND_SIZE / sizeof(u32);
			size -= RB_TIME_EXTEND_SIZE;
		}
		/* With no time in it, padding would mean the end of the page. */
		delta = max(*event >> RB_TYPE_BITS, 1U);
		event[0] = delta << RB_TYPE_BITS | RB_TYPE_PADDING;
		event[1] = size - RB_EVENT_HEADER;
	}
	local_dec(&page->entries);
	end_write(rb);
}
