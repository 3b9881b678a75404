// SPDX-License-Identifier: GPL-2.0
/*
 * One CPU's ring of pages. PURE: also compiled in user space.
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

#include "core/ring.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#define SLOT_CONSUMED 1UL		/* its page is a spare */
#define SLOT_LAP_MASK 0x3eUL
#define SLOT_TAG_MASK (SLOT_LAP_MASK | SLOT_CONSUMED)

static struct rb_page *slot_page(unsigned long word)
{
	return (struct rb_page *)(word & ~SLOT_TAG_MASK);
}

static unsigned long *slot_of(const struct ring *rb, u64 seq)
{
	return &rb->slots[seq % rb->nr_pages];
}

/* The tag of a slot that holds page number @seq. */
static unsigned long slot_tag(const struct ring *rb, u64 seq)
{
	return (seq / rb->nr_pages) << 1 & SLOT_LAP_MASK;
}

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
	rb->overrun = 0;
	rb->commit_overrun = 0;
	rb->dropped = 0;
	rb->too_long = 0;

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
	rb->overwrite = true;
	rb_reset(rb, pages);
	return 0;
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
				rb->commit_overrun++;
				return NULL;
			}
			if (!rb->overwrite) {
				rb->dropped++;
				return NULL;
			}
			/* Closed, so its number of events does not change. */
			lost = slot_page(word)->nr;
		}
		/* Against the reader, so with a lock prefix; once a page. */
		if (cmpxchg(slot, word, (word & ~SLOT_TAG_MASK) | tag) == word) {
			rb->overrun += lost;
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
	    cmpxchg_local(&full->tail, old, old | RB_TAIL_SEALED) != old)
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

/**
 * rb_reserve_slow - what rb_reserve() does not do inline
 * @rb: the ring
 * @entry: the reservation, or NULL
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
	u32 *event;

	rb->nest++;
	barrier();
	if (unlikely(size + RB_TIME_EXTEND_SIZE > rb->data_size)) {
		rb->too_long++;
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
		extend = delta >= RB_DELTA_LIMIT ? RB_TIME_EXTEND_SIZE : 0;
		offset = old & RB_TAIL_OFFSET;
		if (offset + extend + size > rb->data_size ||
		    last + delta - base >= RB_TAIL_TIME_LIMIT) {
			if (!next_page(rb, page, old))
				goto dropped;
			continue;
		}
		new = old + (delta << RB_TAIL_OFFSET_BITS) + extend + size;
		if (cmpxchg_local(&page->tail, old, new) == old)
			break;
	}
	local_inc(&page->entries);
	if (entry)
		*entry = (struct rb_entry) { page, old, new };
	event = (u32 *)(page->data->data + offset);
	if (extend) {
		write_time_extend(event, delta);
		event += RB_TIME_EXTEND_SIZE / sizeof(u32);
		delta = 0;
	}
	return write_header(event, len, delta);

dropped:
	rb_commit(rb);
	return NULL;
}

/*
 * Close all pages behind which the writers have gone. By the outermost writer
 * only, so nobody is in them any more.
 */
static void close_pages(struct ring *rb)
{
	struct rb_page *page, *next;

	while ((page = rb->commit_page) != READ_ONCE(rb->tail_page)) {
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
		close_pages(rb);
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

	if (cmpxchg_local(&page->tail, entry->after, entry->before) != entry->after) {
		if ((*event & ((1U << RB_TYPE_BITS) - 1)) == RB_TYPE_TIME_EXTEND) {
			event += RB_TIME_EXTEND_SIZE / sizeof(u32);
			size -= RB_TIME_EXTEND_SIZE;
		}
		/* With no time in it, padding would mean the end of the page. */
		delta = max(*event >> RB_TYPE_BITS, 1U);
		event[0] = delta << RB_TYPE_BITS | RB_TYPE_PADDING;
		event[1] = size - RB_EVENT_HEADER;
	}
	local_dec(&page->entries);
	rb_commit(rb);
}

static u64 committed_seq(const struct ring *rb)
{
	/* Pairs with the release in close_pages(): what it says of the pages below. */
	return smp_load_acquire(&rb->commit_seq);
}

static unsigned int page_committed(const struct rb_page *page)
{
	/* Pairs with the releases in rb_commit() and close_pages(): data behind length. */
	return smp_load_acquire(&page->data->commit);
}

static void reader_took(struct ring *rb, struct rb_page *page)
{
	rb->reader_page = page;
	rb->read = 0;
	rb->read_nr = 0;
}

/*
 * Take the next page out of the ring and give the reader's, which is read to
 * the end, in its place. Return false if there is none.
 */
static bool take_page(struct ring *rb)
{
	struct rb_page *spare = rb->reader_page;
	u64 last = committed_seq(rb);
	unsigned long *slot, word, tag;
	u64 seq = spare->seq + 1;

	if (last >= rb->nr_pages + seq)
		seq = last - rb->nr_pages + 1;
	for (; seq <= last; seq++) {
		slot = slot_of(rb, seq);
		tag = slot_tag(rb, seq);
		word = READ_ONCE(*slot);
		if ((word & SLOT_TAG_MASK) != tag)
			continue;	/* the writer has lapped us */
		if (cmpxchg(slot, word, (unsigned long)spare | tag | SLOT_CONSUMED) != word)
			continue;
		reader_took(rb, slot_page(word));
		return true;
	}
	return false;
}

/*
 * See to it that the reader's page has something to read. The writer may still
 * be writing it.
 */
static bool reader_ready(struct ring *rb)
{
	struct rb_page *page;
	bool closed;

	do {
		page = rb->reader_page;
		closed = page->seq < committed_seq(rb);
		if (rb->read < page_committed(page))
			return true;
		/* Not closed: more may come into this page. */
	} while (closed && take_page(rb));
	return false;
}

static void reader_cursor(const struct ring *rb, struct rb_cursor *cursor)
{
	cursor->data = rb->reader_page->data->data;
	cursor->offset = rb->read;
	cursor->end = page_committed(rb->reader_page);
	/* A page that was taken before anything was in it had no time then. */
	cursor->ts = rb->read || !cursor->end ? rb->read_ts : rb->reader_page->data->time_stamp;
}

/* Events lost before the reader's next one. */
static u64 reader_lost(const struct ring *rb)
{
	return rb->reader_page->start + rb->read_nr - rb->next_event;
}

static void reader_moved(struct ring *rb, const struct rb_cursor *cursor, u64 events)
{
	rb->read_bytes += cursor->offset - rb->read;
	rb->read = cursor->offset;
	rb->read_ts = cursor->ts;
	rb->read_nr += events;
	rb->read_events += events;
	rb->next_event = rb->reader_page->start + rb->read_nr;
}

/**
 * rb_peek - look at the next event
 * @rb: the ring
 * @event: receives it; its payload is valid until rb_consume()
 * @lost: receives the number of events lost before it
 *
 * Context: process; one reader at a time.
 * Return: true if there is one.
 */
bool rb_peek(struct ring *rb, struct rb_event *event, u64 *lost)
{
	struct rb_cursor cursor;

	while (reader_ready(rb)) {
		reader_cursor(rb, &cursor);
		if (rb_cursor_next(&cursor, event)) {
			*lost = reader_lost(rb);
			return true;
		}
		/* Nothing but padding was left. */
		reader_moved(rb, &cursor, 0);
	}
	return false;
}

/**
 * rb_consume - go behind the event that rb_peek() showed
 * @rb: the ring
 *
 * Context: process; one reader at a time.
 */
void rb_consume(struct ring *rb)
{
	struct rb_cursor cursor;
	struct rb_event event;

	if (!reader_ready(rb))
		return;
	reader_cursor(rb, &cursor);
	reader_moved(rb, &cursor, rb_cursor_next(&cursor, &event));
}

/* Note lost events in a page that is handed out, as the kernel does. */
static void mark_lost(struct rb_data_page *page, unsigned int len, unsigned int room, u64 lost)
{
	if (!lost)
		return;
	page->commit |= RB_MISSED_EVENTS;
	if (len + sizeof(lost) <= room) {
		memcpy(page->data + len, &lost, sizeof(lost));
		page->commit |= RB_MISSED_STORED;
	}
	/* The kernel's flags are those of an int: they arrive sign-extended. */
	page->commit = (long)(int)page->commit;
}

/**
 * rb_read_page - consume up to a page of events
 * @rb: the ring
 * @page: receives a page in the kernel's format; what is unused is zeroed
 * @size: bytes at @page
 * @whole: only a page that is closed and of which nothing was read
 *
 * Of a page that is being written, or was read in part, or is larger than
 * @page, it takes as many whole events as fit; the page's time is then that of
 * the last event before them.
 *
 * Context: process; one reader at a time.
 * Return: bytes of data in @page; 0 if there is nothing, or the next event
 * alone does not fit.
 */
unsigned int rb_read_page(struct ring *rb, struct rb_data_page *page, unsigned int size,
			  bool whole)
{
	struct rb_cursor cursor, next;
	struct rb_event event;
	unsigned int len, start, room;
	u64 lost, events = 0;
	bool more;

	if (size <= RB_PAGE_HEADER || !reader_ready(rb))
		return 0;
	room = size - RB_PAGE_HEADER;
	reader_cursor(rb, &cursor);
	if (whole && (rb->read || cursor.end > room || rb->reader_page->seq == committed_seq(rb)))
		return 0;
	lost = reader_lost(rb);
	start = cursor.offset;
	page->time_stamp = cursor.ts;
	next = cursor;
	do {
		more = rb_cursor_next(&next, &event);
		if (next.offset - start > room)
			break;
		cursor = next;
		events += more;
	} while (more);
	len = cursor.offset - start;
	memcpy(page->data, cursor.data + start, len);
	memset(page->data + len, 0, room - len);
	page->commit = len;
	if (len) {
		mark_lost(page, len, room, lost);
		reader_moved(rb, &cursor, events);
	}
	return len;
}

/**
 * rb_has_data - is there anything to read?
 * @rb: the ring
 *
 * Context: process; with the reader locked out.
 * Return: true if so.
 */
bool rb_has_data(const struct ring *rb)
{
	u64 last = committed_seq(rb);

	return rb->read < page_committed(rb->reader_page) || rb->reader_page->seq < last;
}

/**
 * rb_unread_pages - number of closed pages that were not read
 * @rb: the ring
 *
 * Context: process.
 * Return: the number, at most that of the ring's pages; a page that was read in
 * part does not count.
 */
unsigned int rb_unread_pages(const struct ring *rb)
{
	u64 last = committed_seq(rb), seq = READ_ONCE(rb->reader_page)->seq;

	if (last <= seq)
		return 0;
	return min_t(u64, last - seq - 1, rb->nr_pages);
}

/**
 * rb_oldest_seq - number of the oldest page in the ring
 * @rb: the ring
 *
 * Context: process; with the reader locked out.
 * Return: the number; the page may be overwritten at any time.
 */
u64 rb_oldest_seq(const struct ring *rb)
{
	u64 last = committed_seq(rb), seq = rb->reader_page->seq + 1;

	return last >= rb->nr_pages + seq ? last - rb->nr_pages + 1 : seq;
}

/**
 * rb_last_seq - number of the last page that has committed events
 * @rb: the ring
 *
 * Context: process.
 * Return: the number.
 */
u64 rb_last_seq(const struct ring *rb)
{
	return committed_seq(rb);
}

static void copy_data(struct rb_data_page *to, const struct rb_page *page, unsigned int len)
{
	to->time_stamp = page->data->time_stamp;
	to->commit = len;
	memcpy(to->data, page->data->data, len);
}

/**
 * rb_copy_page - copy a page of the ring without consuming it
 * @rb: the ring
 * @seq: number of the page, not above rb_last_seq()
 * @page: receives it in the kernel's format; as large as a page of the ring
 * @start: receives the number of events in all pages before it
 *
 * Context: process.
 * Return: true; false if the page is not in the ring any more, or was
 * overwritten while being copied.
 */
bool rb_copy_page(const struct ring *rb, u64 seq, struct rb_data_page *page, u64 *start)
{
	unsigned long *slot = slot_of(rb, seq);
	unsigned long word = READ_ONCE(*slot);
	const struct rb_page *from = slot_page(word);

	if ((word & SLOT_TAG_MASK) != slot_tag(rb, seq) || READ_ONCE(from->seq) != seq)
		return false;
	*start = from->start;
	copy_data(page, from, min(page_committed(from), rb->data_size));
	/*
	 * The writer exchanges the word before it writes, the reader before it
	 * reads; so with the word as it was, the copy is whole.
	 */
	smp_rmb();
	return READ_ONCE(*slot) == word && READ_ONCE(from->seq) == seq;
}

/**
 * rb_copy_reader_page - copy what is unread of the reader's page
 * @rb: the ring
 * @page: receives it in the kernel's format; as large as a page of the ring
 * @start: receives the number of events before it
 *
 * Context: process; with the reader locked out.
 * Return: bytes of data in @page.
 */
unsigned int rb_copy_reader_page(const struct ring *rb, struct rb_data_page *page, u64 *start)
{
	struct rb_cursor cursor;
	unsigned int len;

	reader_cursor(rb, &cursor);
	len = cursor.end - cursor.offset;
	page->time_stamp = cursor.ts;
	page->commit = len;
	memcpy(page->data, cursor.data + cursor.offset, len);
	*start = rb->reader_page->start + rb->read_nr;
	return len;
}

/* Events written so far; retried while the writer changes pages. */
static u64 events_written(const struct ring *rb)
{
	const struct rb_page *page;
	u64 seq, written;

	do {
		seq = committed_seq(rb);
		page = READ_ONCE(rb->commit_page);
		written = READ_ONCE(page->start) + local_read(&page->entries);
		/* What was read belongs together if the page is still the same. */
		smp_rmb();
	} while (READ_ONCE(page->seq) != seq || committed_seq(rb) != seq);
	return written;
}

/**
 * rb_stats - what has become of all events
 * @rb: the ring
 * @stats: receives it; exact if nobody writes
 *
 * Context: process; with the reader locked out.
 */
void rb_stats(const struct ring *rb, struct rb_stats *stats)
{
	const struct rb_page *page;
	unsigned long word;
	u64 seq, last;

	memset(stats, 0, sizeof(*stats));
	stats->written = events_written(rb);
	stats->read = rb->read_events;
	stats->overrun = READ_ONCE(rb->overrun);
	stats->entries = stats->written - min(stats->written, stats->read + stats->overrun);
	stats->commit_overrun = READ_ONCE(rb->commit_overrun);
	stats->dropped = READ_ONCE(rb->dropped);
	stats->too_long = READ_ONCE(rb->too_long);

	stats->bytes = page_committed(rb->reader_page) - rb->read;
	if (stats->bytes)
		stats->oldest_ts = rb->reader_page->data->time_stamp;
	last = committed_seq(rb);
	for (seq = rb_oldest_seq(rb); seq <= last; seq++) {
		word = READ_ONCE(*slot_of(rb, seq));
		if ((word & SLOT_TAG_MASK) != slot_tag(rb, seq))
			continue;
		page = slot_page(word);
		if (!stats->bytes)
			stats->oldest_ts = page->data->time_stamp;
		stats->bytes += page_committed(page);
	}
}

/**
 * rb_cursor_init - go to the start of a page
 * @cursor: the cursor
 * @page: a page in the kernel's format
 *
 * Context: any.
 */
void rb_cursor_init(struct rb_cursor *cursor, const struct rb_data_page *page)
{
	cursor->data = page->data;
	cursor->offset = 0;
	cursor->end = page->commit & RB_COMMIT_MASK;
	cursor->ts = page->time_stamp;
}

/**
 * rb_cursor_next - decode the next data event of a page
 * @cursor: goes behind the event; to the end of the page if there is none
 * @event: receives the event
 *
 * A page that is not well-formed ends where it ceases to be.
 *
 * Context: any.
 * Return: true if there is one.
 */
bool rb_cursor_next(struct rb_cursor *cursor, struct rb_event *event)
{
	while (cursor->end - cursor->offset >= 2 * sizeof(u32)) {
		const u32 *word = (const u32 *)(cursor->data + cursor->offset);
		unsigned int type = word[0] & ((1U << RB_TYPE_BITS) - 1);
		unsigned int left = cursor->end - cursor->offset;
		u64 delta = word[0] >> RB_TYPE_BITS;
		unsigned int header = sizeof(u32), len;

		switch (type) {
		case RB_TYPE_TIME_EXTEND:
			cursor->ts += ((u64)word[1] << RB_DELTA_BITS) + delta;
			cursor->offset += RB_TIME_EXTEND_SIZE;
			continue;
		case RB_TYPE_TIME_STAMP:
			/* 59 bits; the rest is that of the time before. */
			cursor->ts = (cursor->ts & ~((1ULL << 59) - 1)) |
				     ((u64)word[1] << RB_DELTA_BITS) | delta;
			cursor->offset += RB_TIME_EXTEND_SIZE;
			continue;
		case RB_TYPE_PADDING:
			len = word[1];
			if (!delta || len > left - header || len & 3)
				goto end;
			cursor->ts += delta;
			cursor->offset += header + len;
			continue;
		case 0:
			header = 2 * sizeof(u32);
			len = word[1] - sizeof(u32);
			if (word[1] < 2 * sizeof(u32))
				goto end;
			len = (len + 3) & ~3U;
			break;
		default:
			len = type * sizeof(u32);
		}
		if (len > left - header)
			goto end;
		cursor->ts += delta;
		cursor->offset += header + len;
		event->payload = (const u8 *)word + header;
		event->len = len;
		event->ts = cursor->ts;
		return true;
	}
end:
	cursor->offset = cursor->end;
	return false;
}
