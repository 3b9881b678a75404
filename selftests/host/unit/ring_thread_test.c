// SPDX-License-Identifier: GPL-2.0
/*
 * A writer on one CPU, readers on another, as fast as they can: every event is
 * read once, intact and in order, or counted as overwritten. Compiled with the
 * thread sanitizer.
 */

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/string.h>

#include "core/ring.h"
#include "selftests/host/unit/ring_helper.h"

#define EVENTS 300000

static struct test_ring t;
static bool done;

static u64 count_clock(const void *arg)
{
	return ++*(u64 *)arg;
}

static void *write_events(void *arg)
{
	struct rb_entry entry;
	u64 now = 0;
	u32 *payload, i;

	for (i = 0; i < EVENTS; i++) {
		payload = rb_reserve(&t.rb, &entry, 24, count_clock, &now);
		assert_non_null(payload);
		payload[0] = i;
		payload[5] = ~i;
		if (i % 7) {
			rb_commit(&t.rb, &entry);
		} else {
			/* Every seventh is thought better of, and written again. */
			rb_discard(&t.rb, &entry);
			payload = rb_reserve(&t.rb, &entry, 24, count_clock, &now);
			assert_non_null(payload);
			payload[0] = i;
			payload[5] = ~i;
			rb_commit(&t.rb, &entry);
		}
	}
	__atomic_store_n(&done, true, __ATOMIC_RELEASE);
	return NULL;
}

static void check_payload(const struct rb_event *event, u64 number, u64 *last_ts)
{
	const u32 *payload = event->payload;

	assert_int_equal(event->len, 24);
	assert_int_equal(payload[0], number);
	assert_int_equal(payload[5], ~(u32)number);
	assert_true(event->ts > *last_ts);
	*last_ts = event->ts;
}

static void reader_gets_every_event_or_its_loss(void **state)
{
	u64 next = 0, lost, all_lost = 0, last_ts = 0, copied = 0;
	struct rb_event event;
	pthread_t writer;
	bool ended;

	assert_int_equal(test_ring_create(&t, 4, 512), 0);
	done = false;
	pthread_create(&writer, NULL, write_events, NULL);
	do {
		ended = __atomic_load_n(&done, __ATOMIC_ACQUIRE);
		while (rb_peek(&t.rb, &event, &lost)) {
			next += lost;
			all_lost += lost;
			check_payload(&event, next++, &last_ts);
			rb_consume(&t.rb);
			copied++;
		}
	} while (!ended);
	pthread_join(writer, NULL);
	assert_int_equal(next, EVENTS);
	assert_int_equal(copied + all_lost, EVENTS);
	assert_int_equal(local_read(&t.rb.overrun), all_lost);
	test_ring_destroy(&t);
}

/* Events of a page, behind those that were seen before; how many. */
static unsigned int check_page(const struct rb_data_page *page, u64 *next, u64 *last_ts)
{
	struct rb_cursor cursor;
	struct rb_event event;
	unsigned int nr = 0;

	rb_cursor_init(&cursor, page);
	while (rb_cursor_next(&cursor, &event)) {
		const u32 *payload = event.payload;

		assert_in_range(payload[0], *next, EVENTS - 1);
		check_payload(&event, payload[0], last_ts);
		*next = payload[0] + 1ULL;
		nr++;
	}
	return nr;
}

static void reader_of_pages_gets_every_event_or_its_loss(void **state)
{
	struct rb_data_page *copy = aligned_alloc(64, 512), *fresh = aligned_alloc(64, 512), *page;
	u64 next = 0, last_ts = 0, taken = 0, exchanged = 0, turn = 0;
	pthread_t writer;
	bool ended, more;

	assert_int_equal(test_ring_create(&t, 4, 512), 0);
	done = false;
	pthread_create(&writer, NULL, write_events, NULL);
	do {
		ended = __atomic_load_n(&done, __ATOMIC_ACQUIRE);
		do {
			page = turn++ % 2 ? rb_exchange_page(&t.rb, fresh) : NULL;
			if (page) {
				taken += check_page(page, &next, &last_ts);
				fresh = page;
				exchanged++;
			}
			more = rb_read_page(&t.rb, copy, 512, false);
			if (more)
				taken += check_page(copy, &next, &last_ts);
		} while (more || page);
	} while (!ended);
	pthread_join(writer, NULL);
	assert_int_equal(next, EVENTS);
	assert_int_equal(taken + local_read(&t.rb.overrun), EVENTS);
	assert_in_range(exchanged, 1, EVENTS);
	test_ring_destroy(&t);
	free(copy);
	free(fresh);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reader_gets_every_event_or_its_loss),
		cmocka_unit_test(reader_of_pages_gets_every_event_or_its_loss),
	};

	return cmocka_run_group_tests_name("ring_thread", tests, NULL, NULL);
}
