// SPDX-License-Identifier: GPL-2.0
/*
 * Reading one CPU's ring of pages: by taking pages out of it, or by copying
 * them. PURE: also compiled in user space.
 */

#include "core/slot.h"

#include <linux/minmax.h>
#include <linux/string.h>

static u64 committed_seq(const struct ring *rb)
{
	/* Pairs with the release in close_pages(): what it says of the pages below. */
	return smp_load_acquire(&rb->commit_seq);
}

/* The flags that may be there are those of a page that a reader has mapped. */
static unsigned int page_committed(const struct rb_page *page)
{
	/* Pairs with the releases in rb_commit() and close_pages(): data behind length. */
	return smp_load_acquire(&page->data->commit) & RB_COMMIT_MASK;
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

static struct rb_fate rb_fate(const struct ring *rb)
{
	return (struct rb_fate) {
		.written = rb->before.written + events_written(rb),
		.overrun = rb->before.overrun + local_read(&rb->overrun),
		.commit_overrun = rb->before.commit_overrun + local_read(&rb->commit_overrun),
		.dropped = rb->before.dropped + local_read(&rb->dropped),
		.too_long = rb->before.too_long + local_read(&rb->too_long),
	};
}

/* Fill @page with events and what belongs around them. */
static void copy_events(struct rb_data_page *page, const u8 *data, unsigned int len,
			unsigned int room, u64 lost)
{
	memcpy(page->data, data, len);
	memset(page->data + len, 0, room - len);
	page->commit = len;
	mark_lost(page, len, room, lost);
}

/*
 * Is the reader's page closed, and was nothing of it read? To be asked before its
 * length: a length that was read first may be from before the last events came.
 */
static bool reader_whole(const struct ring *rb)
{
	return !rb->read && rb->reader_page->seq < committed_seq(rb);
}

/* The reader has read its page to the end, in one. */
static void reader_finished(struct ring *rb, unsigned int len)
{
	const struct rb_page *page = rb->reader_page;

	rb->read_bytes += len - rb->read;
	rb->read_events += page->nr - rb->read_nr;
	rb->read = len;
	rb->read_nr = page->nr;
	rb->next_event = page->start + page->nr;
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
	bool more, all;

	if (size <= RB_PAGE_HEADER || !reader_ready(rb))
		return 0;
	room = size - RB_PAGE_HEADER;
	all = reader_whole(rb);
	reader_cursor(rb, &cursor);
	lost = reader_lost(rb);
	if (all && cursor.end <= room) {
		len = cursor.end;
		page->time_stamp = cursor.ts;
		reader_finished(rb, len);
		copy_events(page, cursor.data, len, room, lost);
		return len;
	}
	if (whole)
		return 0;
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
	copy_events(page, cursor.data + start, len, room, len ? lost : 0);
	if (len)
		reader_moved(rb, &cursor, events);
	return len;
}

/**
 * rb_exchange_page - consume a page by taking its memory
 * @rb: the ring
 * @fresh: memory to be used in its place, of the size of a page of the ring
 *
 * Context: process; one reader at a time.
 * Return: the memory with a page in the kernel's format, what is unused zeroed;
 * NULL if there is no page that is closed and of which nothing was read: then
 * @fresh is still the caller's.
 */
struct rb_data_page *rb_exchange_page(struct ring *rb, struct rb_data_page *fresh)
{
	struct rb_data_page *data;
	unsigned int len;
	u64 lost;

	if (!reader_ready(rb) || !reader_whole(rb))
		return NULL;
	data = rb->reader_page->data;
	len = page_committed(rb->reader_page);
	lost = reader_lost(rb);
	memset(data->data + len, 0, rb->data_size - len);
	mark_lost(data, len, rb->data_size, lost);
	reader_finished(rb, len);
	/* Nothing is left to be read of it. */
	fresh->commit = 0;
	rb->read = 0;
	rb->reader_page->data = fresh;
	return data;
}

/**
 * rb_next_mapped - let a reader that has mapped the ring's pages go on
 * @rb: the ring
 * @lost: receives the number of events lost before those it can read now
 *
 * The reader has had all that was in the reader's page when this was called
 * before; if more has come into that, it is what can be read next, else the next
 * page is taken. It counts as read.
 *
 * Context: process; one reader at a time.
 * Return: false if there is nothing more to read.
 */
bool rb_next_mapped(struct ring *rb, u64 *lost)
{
	struct rb_cursor cursor;
	struct rb_event event;
	u64 events = 0;
	bool all;

	/* An empty page is not taken: the reader has seen its number. */
	if (!rb_has_data(rb) || !reader_ready(rb))
		return false;
	*lost = reader_lost(rb);
	all = reader_whole(rb);
	reader_cursor(rb, &cursor);
	if (all) {
		/* Where the reader looks for it. */
		mark_lost(rb->reader_page->data, cursor.end, rb->data_size, *lost);
		reader_finished(rb, cursor.end);
		return true;
	}
	while (rb_cursor_next(&cursor, &event))
		events++;
	reader_moved(rb, &cursor, events);
	return true;
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
	u64 last = committed_seq(rb), seq = rb->reader_page->seq;

	if (rb->read < page_committed(rb->reader_page) || last > seq + 1)
		return true;
	return last > seq && page_committed(slot_page(READ_ONCE(*slot_of(rb, last))));
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

/**
 * rb_next_number - number that the next event will have, as rb_copy_page() counts them
 * @rb: the ring
 *
 * Context: any; with the reader locked out. It is exact if nobody writes, and waits for
 * nobody who does.
 * Return: the number.
 */
u64 rb_next_number(const struct ring *rb)
{
	u64 seq = committed_seq(rb);
	const struct rb_page *page = slot_page(READ_ONCE(*slot_of(rb, seq)));

	/* The reader may have taken it. */
	if (READ_ONCE(page->seq) != seq)
		page = rb->reader_page;
	return READ_ONCE(page->start) + local_read(&page->entries);
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
	stats->fate = rb_fate(rb);
	stats->read = rb->read_events;
	stats->entries = stats->fate.written -
			 min(stats->fate.written, stats->read + stats->fate.overrun);

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

/* Give a page what another one holds. The numbers are those of the new ring. */
static void move_page(struct rb_page *to, struct rb_page *from, u64 seq, u64 written)
{
	swap(to->data, from->data);
	to->seq = seq;
	to->start = from->start - written;
	to->nr = from->nr;
}

/*
 * Put a page before those that are being written. Return what is in its place
 * then: the spare that was there; NULL if a writer has come so far already.
 */
static struct rb_page *insert_page(struct ring *rb, struct rb_page *page)
{
	unsigned long *slot = slot_of(rb, page->seq);
	unsigned long tag = slot_tag(rb, page->seq);
	unsigned long word = READ_ONCE(*slot);

	if ((word & SLOT_TAG_MASK) != (tag | SLOT_CONSUMED))
		return NULL;
	if (cmpxchg(slot, word, (unsigned long)page | tag) != word)
		return NULL;
	return slot_page(word);
}

/**
 * rb_move - let a ring go on where another one ended
 * @rb: a ring that was empty when its writers came to it from @old; they may be
 *      writing already, but nobody has read
 * @old: that nobody writes or reads any more, with pages of the same size; what
 *       remains is good for nothing but to be freed
 *
 * Unread pages of @old get the numbers before the first one of @rb, as many as
 * find room; the others count as overwritten. Events are numbered from the
 * beginning of a ring, so those of @old get negative numbers: only differences
 * matter. Nothing that is written meanwhile has to wait.
 *
 * Context: process; readers of both locked out.
 */
void rb_move(struct ring *rb, struct ring *old)
{
	struct rb_page *page, *replaced, *spare = rb->reader_page;
	u64 seq, oldest = rb_oldest_seq(old);
	u64 next = rb->nr_pages;	/* the first page of a ring: see rb_reset() */
	struct rb_fate fate = rb_fate(old);
	u64 written = fate.written - old->before.written;
	u64 left = fate.written - fate.overrun - old->read_events;
	unsigned long word;

	old->commit_page->nr = local_read(&old->commit_page->entries);
	for (seq = committed_seq(old); seq >= oldest && next > 1; seq--) {
		word = *slot_of(old, seq);
		if ((word & SLOT_TAG_MASK) != slot_tag(old, seq))
			continue;
		page = slot_page(word);
		move_page(spare, page, --next, written);
		replaced = insert_page(rb, spare);
		if (!replaced)
			break;
		left -= page->nr;
		spare = replaced;
	}

	page = old->reader_page;
	left -= page->nr - old->read_nr;
	move_page(spare, page, next - 1, written);
	fate.overrun += left;
	rb->before = fate;
	rb->reader_page = spare;
	rb->read = old->read;
	rb->read_ts = old->read_ts;
	rb->read_nr = old->read_nr;
	rb->next_event = old->next_event - written;
	rb->read_events = old->read_events;
	rb->read_bytes = old->read_bytes;
}
