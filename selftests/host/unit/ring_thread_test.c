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
			rb_commit(&t.rb);
		} else {
			/* Every seventh is thought better of, and written again. */
			rb_discard(&t.rb, &entry);
			payload = rb_reserve(&t.rb, &entry, 24, count_clock, &now);
			assert_non_null(payload);
			payload[0] = i;
			payload[5] = ~i;
			rb_commit(&t.rb);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reader_gets_every_event_or_its_loss),
	};

	return cmocka_run_group_tests_name("ring_thread", tests, NULL, NULL);
}
