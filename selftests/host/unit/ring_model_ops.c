// SPDX-License-Identifier: GPL-2.0
/*
 * What the threads of the model do, and what must be true of it. Compiled so that
 * each access to memory is a step, see ring_model.h; what does not lie in the ring
 * is no step.
 */

#include <linux/string.h>

#include "selftests/host/unit/ring_model.h"

static void check(struct model *m, bool holds, const char *what)
{
	if (!holds && !m->failed)
		m->failed = what;
}

static void write_one(struct model *m, enum model_thread thread, unsigned int len, bool discard)
{
	struct rb_entry entry;
	u32 id = m->issued++;
	u32 *payload;

	payload = rb_reserve(&m->rb, &entry, len, model_clock, m);
	if (!payload) {
		m->state[id] = EVENT_REFUSED;
		return;
	}
	m->ts[id] = m->read_clock[thread];
	payload[0] = id;
	payload[len / 4 - 1] = id;
	if (discard) {
		m->state[id] = EVENT_DISCARDED;
		rb_discard(&m->rb, &entry);
	} else {
		m->state[id] = EVENT_COMMITTED;
		rb_commit(&m->rb, &entry);
	}
}

/* Events of the ring that are before this one. */
static u64 number_of(const struct model *m, u32 id)
{
	u64 number = 0;
	u32 i;

	for (i = 0; i < m->issued; i++)
		number += m->state[i] == EVENT_COMMITTED && m->ts[i] < m->ts[id];
	return number;
}

static u64 check_event(struct model *m, const struct rb_event *event)
{
	const u32 *payload = event->payload;
	u32 id = payload[0];

	if (id >= m->issued || m->state[id] != EVENT_COMMITTED) {
		check(m, false, "an event is read that was not committed");
		return 0;
	}
	check(m, payload[event->len / 4 - 1] == id, "an event is not whole");
	check(m, event->ts == m->ts[id], "an event has another time");
	return number_of(m, id);
}

static bool read_event(struct model *m)
{
	struct rb_event event;
	u64 lost;

	if (!rb_peek(&m->rb, &event, &lost))
		return false;
	m->next += lost;
	m->lost += lost;
	check(m, check_event(m, &event) == m->next, "not the next event, or a wrong loss");
	m->next++;
	rb_consume(&m->rb);
	return true;
}

/* All events of a page must be those from @number on; return how many. */
static u64 check_page(struct model *m, const struct rb_data_page *page, u64 number)
{
	struct rb_cursor cursor;
	struct rb_event event;
	u64 events = 0;

	rb_cursor_init(&cursor, page);
	for (; rb_cursor_next(&cursor, &event); events++)
		check(m, check_event(m, &event) == number + events,
		      "a page has other events than those that follow");
	return events;
}

static void check_read_page(struct model *m, const struct rb_data_page *page)
{
	struct rb_cursor cursor;
	struct rb_event event;
	u64 lost = 0, number;

	rb_cursor_init(&cursor, page);
	if (!rb_cursor_next(&cursor, &event))
		return;		/* all of it was discarded */
	number = check_event(m, &event);
	if ((u32)page->commit & RB_MISSED_STORED)
		memcpy(&lost, page->data + cursor.end, sizeof(lost));
	else if ((u32)page->commit & RB_MISSED_EVENTS)
		lost = number - m->next;
	check(m, number == m->next + lost, "a page with a wrong loss");
	m->lost += lost;
	m->next = number + check_page(m, page, number);
}

static void read_page(struct model *m)
{
	u64 buf[MODEL_PAGE_SIZE / sizeof(u64)];
	struct rb_data_page *page = (struct rb_data_page *)buf;

	if (rb_read_page(&m->rb, page, sizeof(buf), false))
		check_read_page(m, page);
}

static void exchange_page(struct model *m)
{
	struct rb_data_page *page = rb_exchange_page(&m->rb, m->fresh);

	if (page) {
		m->fresh = page;
		check_read_page(m, page);
	}
}

/* What a reader that has mapped the pages finds behind what it has read. */
static void read_mapped(struct model *m)
{
	const struct rb_page *before = m->rb.reader_page;
	struct rb_cursor cursor;
	struct rb_event event;
	u64 lost, ts = m->rb.read_ts;
	unsigned int read = m->rb.read;

	if (!rb_next_mapped(&m->rb, &lost))
		return;
	m->lost += lost;
	m->next += lost;
	rb_cursor_init(&cursor, m->rb.reader_page->data);
	if (m->rb.reader_page == before && read) {
		cursor.offset = read;
		cursor.ts = ts;
	}
	for (cursor.end = m->rb.read; rb_cursor_next(&cursor, &event); m->next++)
		check(m, check_event(m, &event) == m->next, "not the next event in a mapped page");
}

static void copy_pages(struct model *m)
{
	u64 buf[MODEL_PAGE_SIZE / sizeof(u64)];
	struct rb_data_page *page = (struct rb_data_page *)buf;
	u64 seq, last, start;

	last = rb_last_seq(&m->rb);
	for (seq = rb_oldest_seq(&m->rb); seq <= last; seq++)
		if (rb_copy_page(&m->rb, seq, page, &start))
			check_page(m, page, start);
}

static void look_at_stats(struct model *m)
{
	struct rb_stats stats;

	rb_stats(&m->rb, &stats);
	check(m, stats.fate.written <= m->issued, "more events were written than there are");
	check(m, stats.bytes <= (u64)(m->rb.nr_pages + 1) * m->rb.data_size, "more bytes than room");
}

void model_thread(struct model *m, const struct model_script *script, enum model_thread thread)
{
	unsigned int i;

	if (thread != MODEL_READER) {
		for (i = 0; i < script->events[thread]; i++)
			write_one(m, thread, script->len[thread], script->discard[thread] && !i);
		return;
	}
	for (i = 0; i < script->reads; i++) {
		switch (script->how) {
		case READS_EVENTS:
			read_event(m);
			break;
		case READS_PAGES:
			read_page(m);
			break;
		case READS_BY_EXCHANGE:
			exchange_page(m);
			break;
		case READS_MAPPED:
			read_mapped(m);
			break;
		case READS_COPIES:
			copy_pages(m);
			break;
		case READS_STATS:
			look_at_stats(m);
			break;
		}
	}
}

void model_prefill(struct model *m, const struct model_script *script)
{
	unsigned int i;

	for (i = 0; i < script->prefill; i++)
		write_one(m, MODEL_WRITER, script->len[0], false);
}

/* All threads are through: what is left must be there, and the sums be right. */
void model_end(struct model *m)
{
	unsigned int i, committed = 0, refused = 0;
	struct rb_stats stats;

	check(m, !m->rb.nest, "nest is not 0");
	while (!m->failed && read_event(m))
		;
	for (i = 0; i < m->issued; i++) {
		committed += m->state[i] == EVENT_COMMITTED;
		refused += m->state[i] == EVENT_REFUSED;
	}
	rb_stats(&m->rb, &stats);
	check(m, stats.fate.written == committed, "events written are miscounted");
	check(m, m->next == committed, "events are missing");
	check(m, stats.fate.overrun == m->lost, "lost is not what was overwritten");
	check(m, stats.read + stats.fate.overrun == stats.fate.written && !stats.entries,
	      "the sums do not agree");
	check(m, stats.fate.commit_overrun + stats.fate.dropped + stats.fate.too_long == refused,
	      "refused events are miscounted");
}
