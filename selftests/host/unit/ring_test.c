// SPDX-License-Identifier: GPL-2.0
/*
 * The ring against a naive twin: events are numbered, the twin remembers each
 * one's time and length, and whatever the reader gets must be the next one, or
 * a later one with the right number of lost events in front of it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/string.h>

#include "core/ring.h"
#include "selftests/host/unit/ring_helper.h"

#define MAX_EVENTS 200000

struct twin {
	u64 ts[MAX_EVENTS];
	unsigned int len[MAX_EVENTS];
	unsigned int written;
	unsigned int next;	/* first that was neither read nor reported lost */
	u64 lost;
	u64 read;
};

static u64 now;
static struct twin twin;

static u64 test_clock(const void *arg)
{
	(void)arg;
	return now;
}

static unsigned int rnd(unsigned int below)
{
	return (unsigned int)random() % below;
}

/* Payload: the number of the event, repeated. */
static bool put(struct test_ring *t, unsigned int len)
{
	struct rb_entry entry;
	u32 *payload;
	unsigned int i;

	payload = rb_reserve(&t->rb, &entry, len, test_clock, NULL);
	if (!payload)
		return false;
	for (i = 0; i < len / 4; i++)
		payload[i] = twin.written;
	rb_commit(&t->rb, &entry);
	twin.ts[twin.written] = now;
	twin.len[twin.written++] = len;
	return true;
}

static void check_event(const struct rb_event *event, unsigned int number)
{
	const u32 *payload = event->payload;
	unsigned int i;

	assert_true(number < twin.written);
	assert_int_equal(event->len, twin.len[number]);
	assert_int_equal(event->ts, twin.ts[number]);
	for (i = 0; i < event->len / 4; i++)
		assert_int_equal(payload[i], number);
}

static bool get(struct test_ring *t)
{
	struct rb_event event;
	u64 lost;

	if (!rb_peek(&t->rb, &event, &lost))
		return false;
	twin.next += lost;
	twin.lost += lost;
	check_event(&event, twin.next++);
	twin.read++;
	rb_consume(&t->rb);
	return true;
}

static u64 lost_of(const struct rb_data_page *page)
{
	u64 lost = 0;

	if (!((u32)page->commit & RB_MISSED_EVENTS))
		return 0;
	if ((u32)page->commit & RB_MISSED_STORED)
		memcpy(&lost, page->data + (page->commit & RB_COMMIT_MASK), sizeof(lost));
	return lost;
}

/* A page that was handed out holds the next events, or tells of a gap. */
static void check_page(const struct rb_data_page *page, unsigned int size)
{
	unsigned int len = page->commit & RB_COMMIT_MASK;
	struct rb_cursor cursor;
	struct rb_event event;
	u64 gap;

	assert_true(len <= size - RB_PAGE_HEADER);
	rb_cursor_init(&cursor, page);
	assert_true(rb_cursor_next(&cursor, &event));
	gap = *(const u32 *)event.payload - twin.next;
	/* A full page has no room for the number, only for the flag. */
	if (gap) {
		assert_true((u32)page->commit & RB_MISSED_EVENTS);
		assert_int_equal(page->commit >> 32, 0xffffffff);
		if ((u32)page->commit & RB_MISSED_STORED)
			assert_int_equal(lost_of(page), gap);
		else
			assert_true(len + 8 > size - RB_PAGE_HEADER);
	} else {
		assert_false((u32)page->commit & RB_MISSED_EVENTS);
	}
	twin.next += gap;
	twin.lost += gap;
	do {
		check_event(&event, twin.next++);
		twin.read++;
	} while (rb_cursor_next(&cursor, &event));
}

static bool get_page(struct test_ring *t, unsigned int size, bool whole)
{
	u64 buf[8192 / 8];
	struct rb_data_page *page = (struct rb_data_page *)buf;
	unsigned int len;

	len = rb_read_page(&t->rb, page, size, whole);
	if (!len)
		return false;
	assert_int_equal(page->commit & RB_COMMIT_MASK, len);
	check_page(page, size);
	return true;
}

static bool get_exchanged(struct test_ring *t)
{
	struct rb_data_page *page, *fresh = aligned_alloc(64, t->page_size);
	unsigned int i, len;

	memset(fresh, 0xff, t->page_size);
	page = rb_exchange_page(&t->rb, fresh);
	if (!page) {
		free(fresh);
		return false;
	}
	check_page(page, t->page_size);
	len = page->commit & RB_COMMIT_MASK;
	if ((u32)page->commit & RB_MISSED_STORED)
		len += sizeof(u64);
	for (i = len; i < t->page_size - RB_PAGE_HEADER; i++)
		assert_int_equal(page->data[i], 0);
	free(page);
	return true;
}

/* What a reader sees that has mapped the pages: the page itself, from where it was. */
static bool get_mapped(struct test_ring *t)
{
	unsigned int from = t->rb.reader_page->data->commit ? t->rb.read : 0;
	const struct rb_page *before = t->rb.reader_page;
	struct rb_cursor cursor;
	struct rb_event event;
	u64 lost, ts = t->rb.read_ts;

	if (!rb_next_mapped(&t->rb, &lost))
		return false;
	rb_cursor_init(&cursor, t->rb.reader_page->data);
	if (t->rb.reader_page == before && from) {
		cursor.offset = from;
		cursor.ts = ts;
	}
	assert_int_equal(cursor.end, t->rb.read);
	twin.next += lost;
	twin.lost += lost;
	while (rb_cursor_next(&cursor, &event)) {
		check_event(&event, twin.next++);
		twin.read++;
	}
	return true;
}

/* Go on in a ring of another size, in which @early events are before the move. */
static void move(struct test_ring *t, unsigned int nr_pages, unsigned int early)
{
	struct test_ring old = *t;

	assert_int_equal(test_ring_create(t, nr_pages, old.page_size), 0);
	for (; early; early--) {
		now += 3;
		assert_true(put(t, 24));
	}
	rb_move(&t->rb, &old.rb);
	test_ring_destroy(&old);
}

static void twin_reset(void)
{
	memset(&twin, 0, sizeof(twin));
	now = 1000;
}

static void check_sums(struct test_ring *t)
{
	struct rb_stats stats;

	rb_stats(&t->rb, &stats);
	assert_int_equal(stats.fate.written, twin.written);
	assert_int_equal(stats.read, twin.read);
	assert_int_equal(stats.fate.written, stats.read + stats.fate.overrun + stats.entries);
}

static unsigned int random_len(unsigned int page_size)
{
	unsigned int max = (page_size - RB_PAGE_HEADER - 16) / 4;

	switch (rnd(8)) {
	case 0:
		return 4 * (1 + rnd(max));
	case 1:
		return 4;
	case 2:
		return RB_SMALL_MAX + 4 <= 4 * max ? RB_SMALL_MAX + 4 * rnd(2) : 8;
	default:
		return 24;
	}
}

static void advance_clock(void)
{
	switch (rnd(16)) {
	case 0:
		now += RB_DELTA_LIMIT - 2 + rnd(4);
		break;
	case 1:
		now += (u64)rnd(1000) << 30;
		break;
	case 2:
		break;
	default:
		now += rnd(2000);
	}
}

static void run_random(unsigned int nr_pages, unsigned int page_size, unsigned int reads_of_100,
		       bool moves)
{
	struct test_ring t;
	unsigned int i;

	twin_reset();
	assert_int_equal(test_ring_create(&t, nr_pages, page_size), 0);
	for (i = 0; i < 20000; i++) {
		advance_clock();
		assert_true(put(&t, random_len(page_size)));
		if (!rnd(200))
			t.rb.absolute = rnd(2);
		if (moves && !rnd(50)) {
			move(&t, 2 + rnd(2 * nr_pages), rnd(2) ? 0 : rnd(200));
			check_sums(&t);
		}
		if (rnd(100) >= reads_of_100)
			continue;
		switch (rnd(6)) {
		case 0:
			get_page(&t, page_size, false);
			break;
		case 1:
			get_page(&t, page_size, true);
			break;
		case 2:
			get_page(&t, RB_PAGE_HEADER + 4UL * rnd(page_size / 4), false);
			break;
		case 3:
			get_exchanged(&t);
			break;
		case 4:
			get_mapped(&t);
			break;
		default:
			get(&t);
			get(&t);
		}
		if (!(i % 64))
			check_sums(&t);
	}
	while (get(&t))
		;
	assert_int_equal(twin.next, twin.written);
	assert_int_equal(twin.read + twin.lost, twin.written);
	check_sums(&t);
	assert_int_equal(local_read(&t.rb.overrun) + t.rb.before.overrun, twin.lost);
	test_ring_destroy(&t);
}

static void run_all_random(bool moves)
{
	static const unsigned int pages[] = { 2, 3, 5, 16 };
	static const unsigned int sizes[] = { 128, 256, 4096 };
	static const unsigned int reads[] = { 0, 1, 10, 50, 100 };
	unsigned int i, j, k;

	srandom(1);
	for (i = 0; i < 4; i++)
		for (j = 0; j < 3; j++)
			for (k = 0; k < 5; k++)
				run_random(pages[i], sizes[j], reads[k], moves);
}

static void ring_gives_what_the_twin_remembers(void **state)
{
	(void)state;
	run_all_random(false);
}

static void ring_gives_what_the_twin_remembers_over_changes_of_size(void **state)
{
	(void)state;
	run_all_random(true);
}

static void ring_that_becomes_larger_loses_nothing(void **state)
{
	struct test_ring t;
	unsigned int i;

	(void)state;
	twin_reset();
	assert_int_equal(test_ring_create(&t, 4, 256), 0);
	for (i = 0; i < 30; i++)
		assert_true(put(&t, 24));
	assert_true(get(&t));
	move(&t, 5, 0);
	move(&t, 40, 60);
	while (get(&t))
		;
	assert_int_equal(twin.lost, 0);
	assert_int_equal(twin.read, 90);
	check_sums(&t);
	test_ring_destroy(&t);
}

static void ring_that_becomes_smaller_keeps_the_newest(void **state)
{
	struct test_ring t;
	unsigned int i, per_page = 240 / 28;

	(void)state;
	twin_reset();
	assert_int_equal(test_ring_create(&t, 10, 256), 0);
	for (i = 0; i < 9 * per_page; i++)
		assert_true(put(&t, 24));
	move(&t, 4, 0);
	/* One of the four is the new ring's own. */
	assert_int_equal(t.rb.before.overrun, 6 * per_page);
	while (get(&t))
		;
	assert_int_equal(twin.lost, 6 * per_page);
	assert_int_equal(twin.read, 3 * per_page);
	test_ring_destroy(&t);
}

static void ring_with_absolute_times_has_a_stamp_before_each_event(void **state)
{
	u64 buf[256 / 8];
	struct rb_data_page *page = (struct rb_data_page *)buf;
	struct test_ring t;

	(void)state;
	twin_reset();
	now = 1234567890123456789ULL;
	assert_int_equal(test_ring_create(&t, 2, 256), 0);
	t.rb.absolute = true;
	assert_true(put(&t, 8));
	now += 100;
	assert_true(put(&t, 8));
	assert_int_equal(rb_read_page(&t.rb, page, 256, false), 2 * (8 + 12));
	assert_int_equal(page->data[0] & 31, RB_TYPE_TIME_STAMP);
	assert_int_equal(page->data[20] & 31, RB_TYPE_TIME_STAMP);
	twin.next = 0;
	check_page(page, 256);
	t.rb.absolute = false;
	assert_true(put(&t, 8));
	assert_int_equal(rb_read_page(&t.rb, page, 256, false), 12);
	test_ring_destroy(&t);
}

static void ring_reader_that_waits_gets_the_first_event_with_its_time(void **state)
{
	struct test_ring t;

	twin_reset();
	assert_int_equal(test_ring_create(&t, 4, 512), 0);
	/* The reader takes the first page before anything is in it. */
	assert_false(get(&t));
	assert_true(put(&t, 8));
	now += 5;
	assert_true(put(&t, 8));
	assert_true(get(&t));
	assert_true(get(&t));
	assert_false(get(&t));
	now += 5;
	assert_true(put(&t, 8));
	assert_true(get_page(&t, 512, false));
	check_sums(&t);
	test_ring_destroy(&t);
}

static void ring_without_overwrite_keeps_the_oldest(void **state)
{
	struct test_ring t;
	unsigned int kept;

	(void)state;
	twin_reset();
	assert_int_equal(test_ring_create(&t, 3, 256), 0);
	t.rb.overwrite = false;
	while (put(&t, 24))
		now++;
	kept = twin.written;
	assert_int_equal(kept, 3 * (240 / 28));
	assert_false(put(&t, 24));
	assert_false(put(&t, 24));
	assert_int_equal(local_read(&t.rb.dropped), 3);
	assert_int_equal(t.rb.nest, 0);
	while (get(&t))
		;
	assert_int_equal(twin.read, kept);
	assert_int_equal(twin.lost, 0);
	assert_true(put(&t, 24));
	assert_true(get(&t));
	test_ring_destroy(&t);
}

static void ring_refuses_what_fits_no_page(void **state)
{
	struct test_ring t;

	(void)state;
	twin_reset();
	assert_int_equal(test_ring_create(&t, 2, 4096), 0);
	assert_false(put(&t, 4080));
	assert_int_equal(local_read(&t.rb.too_long), 1);
	assert_int_equal(t.rb.nest, 0);
	assert_true(put(&t, 4080 - 16));
	assert_true(get(&t));
	test_ring_destroy(&t);
}

static void ring_clock_that_goes_back_gives_the_last_time(void **state)
{
	struct test_ring t;

	(void)state;
	twin_reset();
	assert_int_equal(test_ring_create(&t, 2, 4096), 0);
	now = 5000;
	assert_true(put(&t, 8));
	now = 4000;
	assert_true(put(&t, 8));
	twin.ts[1] = 5000;
	now = 5001;
	assert_true(put(&t, 8));
	while (get(&t))
		;
	assert_int_equal(twin.read, 3);
	test_ring_destroy(&t);
}

static void ring_discard_leaves_no_trace(void **state)
{
	struct test_ring t;
	struct rb_entry entry;

	(void)state;
	twin_reset();
	assert_int_equal(test_ring_create(&t, 2, 4096), 0);
	assert_true(put(&t, 8));
	now += 10;
	assert_non_null(rb_reserve(&t.rb, &entry, 24, test_clock, NULL));
	rb_discard(&t.rb, &entry);
	now += 10;
	assert_true(put(&t, 8));
	while (get(&t))
		;
	assert_int_equal(twin.read, 2);
	check_sums(&t);
	test_ring_destroy(&t);
}

static void ring_discard_below_a_nested_event_becomes_padding(void **state)
{
	struct test_ring t;
	struct rb_entry entry;
	unsigned int gap;

	(void)state;
	for (gap = 0; gap < 2; gap++) {
		twin_reset();
		assert_int_equal(test_ring_create(&t, 2, 4096), 0);
		assert_true(put(&t, 8));
		now += gap ? RB_DELTA_LIMIT + 7 : 10;
		assert_non_null(rb_reserve(&t.rb, &entry, 24, test_clock, NULL));
		now += 10;
		assert_true(put(&t, 8));
		rb_discard(&t.rb, &entry);
		if (gap)	/* its time was in the extension; padding needs 1 */
			twin.ts[1]++;
		while (get(&t))
			;
		assert_int_equal(twin.read, 2);
		check_sums(&t);
		test_ring_destroy(&t);
	}
}

static void ring_nested_event_is_not_readable_before_the_outer_one(void **state)
{
	struct test_ring t;
	struct rb_entry entry;
	u32 *outer;

	(void)state;
	twin_reset();
	assert_int_equal(test_ring_create(&t, 2, 4096), 0);
	outer = rb_reserve(&t.rb, &entry, 4, test_clock, NULL);
	assert_non_null(outer);
	*outer = twin.written;
	twin.ts[twin.written] = now;
	twin.len[twin.written++] = 4;
	assert_true(put(&t, 8));
	assert_false(get(&t));
	assert_false(rb_has_data(&t.rb));
	rb_commit(&t.rb, &entry);
	assert_true(rb_has_data(&t.rb));
	assert_true(get(&t));
	assert_true(get(&t));
	assert_false(get(&t));
	test_ring_destroy(&t);
}

static void ring_nested_writers_cannot_overwrite_the_uncommitted(void **state)
{
	struct test_ring t;
	struct rb_entry entry;
	u32 *outer;
	unsigned int nested = 0;

	(void)state;
	twin_reset();
	assert_int_equal(test_ring_create(&t, 3, 256), 0);
	outer = rb_reserve(&t.rb, &entry, 4, test_clock, NULL);
	assert_non_null(outer);
	*outer = twin.written;
	twin.ts[twin.written] = now;
	twin.len[twin.written++] = 4;
	while (put(&t, 24))
		nested++;
	assert_true(nested > 0);
	assert_int_equal(local_read(&t.rb.commit_overrun), 1);
	rb_commit(&t.rb, &entry);
	while (get(&t))
		;
	assert_int_equal(twin.read, 1 + nested);
	assert_int_equal(twin.lost, 0);
	check_sums(&t);
	test_ring_destroy(&t);
}

static void ring_first_event_of_a_page_has_the_time_of_the_page(void **state)
{
	u64 buf[512];
	struct rb_data_page *page = (struct rb_data_page *)buf;
	struct test_ring t;

	(void)state;
	twin_reset();
	assert_int_equal(test_ring_create(&t, 4, 256), 0);
	now = 1ULL << 40;
	assert_true(put(&t, 24));
	assert_int_equal(rb_read_page(&t.rb, page, 256, false), 28);
	assert_int_equal(page->time_stamp, 1ULL << 40);
	assert_int_equal(*(u32 *)page->data, 6);
	/* The rest of the same page: counted from the event read last. */
	now += 5;
	twin.next = 1;
	assert_true(put(&t, 24));
	assert_int_equal(rb_read_page(&t.rb, page, 256, false), 28);
	assert_int_equal(page->time_stamp, 1ULL << 40);
	assert_int_equal(*(u32 *)page->data, 5 << 5 | 6);
	test_ring_destroy(&t);
}

static void ring_copies_are_what_the_reader_gets_later(void **state)
{
	u64 buf[512];
	struct rb_data_page *page = (struct rb_data_page *)buf;
	struct rb_cursor cursor;
	struct rb_event event;
	struct test_ring t;
	unsigned int number;
	u64 seq, start;

	(void)state;
	twin_reset();
	assert_int_equal(test_ring_create(&t, 4, 512), 0);
	while (twin.written < 500) {
		now += 3;
		assert_true(put(&t, 24));
	}
	assert_true(get(&t));
	assert_true(rb_copy_reader_page(&t.rb, page, &start) > 0);
	number = start;
	assert_int_equal(number, twin.next);
	rb_cursor_init(&cursor, page);
	while (rb_cursor_next(&cursor, &event))
		check_event(&event, number++);
	for (seq = rb_oldest_seq(&t.rb); seq <= rb_last_seq(&t.rb); seq++) {
		assert_true(rb_copy_page(&t.rb, seq, page, &start));
		assert_int_equal(start, number);
		rb_cursor_init(&cursor, page);
		while (rb_cursor_next(&cursor, &event))
			check_event(&event, number++);
	}
	assert_int_equal(number, twin.written);
	assert_false(rb_copy_page(&t.rb, rb_oldest_seq(&t.rb) - 1, page, &start));
	while (get(&t))
		;
	assert_int_equal(twin.next, number);
	test_ring_destroy(&t);
}

static bool is_quick(struct test_ring *t)
{
	struct rb_entry entry;
	void *payload;

	if (!rb_try_reserve(&t->rb, &entry, 24, test_clock(NULL), &payload))
		return false;
	rb_discard(&t->rb, &entry);
	return true;
}

/* Who waits for any event is to be woken by the next, who waits for pages is not. */
static void ring_writers_know_who_is_to_be_woken(void **state)
{
	struct test_ring t;

	(void)state;
	twin_reset();
	assert_int_equal(test_ring_create(&t, 4, 128), 0);
	assert_true(put(&t, 24));
	assert_false(rb_wake_due(&t.rb));
	assert_true(is_quick(&t));

	rb_ask_wake(&t.rb, 0);
	assert_false(is_quick(&t));
	assert_true(put(&t, 24));
	assert_true(rb_wake_due(&t.rb));
	rb_woken(&t.rb);
	assert_false(rb_wake_due(&t.rb));
	assert_true(is_quick(&t));

	/* Until the second page from now on is closed. */
	rb_ask_wake(&t.rb, t.rb.commit_seq + 2);
	assert_true(is_quick(&t));
	while (t.rb.tail_page->seq < t.rb.nr_pages + 2) {
		assert_false(rb_wake_due(&t.rb));
		assert_true(put(&t, 24));
	}
	assert_true(rb_wake_due(&t.rb));
	/* Of two the less patient one counts. */
	rb_woken(&t.rb);
	rb_ask_wake(&t.rb, 0);
	rb_ask_wake(&t.rb, t.rb.commit_seq + 2);
	assert_true(rb_wake_due(&t.rb));
	/* One who asks at the very moment in which others are woken leaves this. */
	rb_woken(&t.rb);
	t.rb.quick_size = 0;
	assert_true(rb_wake_due(&t.rb));
	test_ring_destroy(&t);
}

static void cursor_survives_any_bytes(void **state)
{
	u64 buf[64];
	struct rb_data_page *page = (struct rb_data_page *)buf;
	unsigned int round, i, len;

	(void)state;
	srandom(2);
	for (round = 0; round < 200000; round++) {
		struct rb_cursor cursor;
		struct rb_event event;

		for (i = 0; i < 64; i++)
			buf[i] = (u64)random() << 33 ^ (u64)random() << 11 ^ random();
		len = rnd(sizeof(buf) - RB_PAGE_HEADER + 1);
		page->commit = len;
		if (rnd(2))
			for (i = 0; i < len / 4; i++)
				((u32 *)page->data)[i] &= 0x3f;
		rb_cursor_init(&cursor, page);
		while (rb_cursor_next(&cursor, &event)) {
			assert_true((const u8 *)event.payload >= page->data);
			assert_true((const u8 *)event.payload + event.len <= page->data + len);
		}
		assert_int_equal(cursor.offset, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ring_gives_what_the_twin_remembers),
		cmocka_unit_test(ring_gives_what_the_twin_remembers_over_changes_of_size),
		cmocka_unit_test(ring_that_becomes_larger_loses_nothing),
		cmocka_unit_test(ring_that_becomes_smaller_keeps_the_newest),
		cmocka_unit_test(ring_with_absolute_times_has_a_stamp_before_each_event),
		cmocka_unit_test(ring_reader_that_waits_gets_the_first_event_with_its_time),
		cmocka_unit_test(ring_without_overwrite_keeps_the_oldest),
		cmocka_unit_test(ring_refuses_what_fits_no_page),
		cmocka_unit_test(ring_clock_that_goes_back_gives_the_last_time),
		cmocka_unit_test(ring_discard_leaves_no_trace),
		cmocka_unit_test(ring_discard_below_a_nested_event_becomes_padding),
		cmocka_unit_test(ring_nested_event_is_not_readable_before_the_outer_one),
		cmocka_unit_test(ring_nested_writers_cannot_overwrite_the_uncommitted),
		cmocka_unit_test(ring_first_event_of_a_page_has_the_time_of_the_page),
		cmocka_unit_test(ring_copies_are_what_the_reader_gets_later),
		cmocka_unit_test(ring_writers_know_who_is_to_be_woken),
		cmocka_unit_test(cursor_survives_any_bytes),
	};

	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
