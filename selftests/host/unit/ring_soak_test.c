// SPDX-License-Identifier: GPL-2.0
/*
 * A writer that two kinds of signals interrupt, whose handlers write too, and a
 * reader on another CPU, for as many events as one likes: each is read once, or
 * was overwritten and counted, or refused and counted.
 *
 *	ring_soak_test [--events N]
 *
 * Every level of writers numbers its events. The reader sees whether one of a
 * level comes twice, out of order or not at all; the sum of the gaps must be what
 * the ring says was overwritten.
 */

#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/string.h>

#include "core/ring.h"
#include "selftests/host/unit/ring_helper.h"

#define LEVELS 3
#define USUAL_EVENTS 6000000ULL
#define POISON 0x6464646464646464ULL
#define SIGNAL_NS 40000
#define BURST 4

struct payload {
	u64 level;
	u64 number;
	u64 inverse;
	u64 more[2];
};

/* What one level of writers has done; written by that level only. */
struct level {
	u64 written;
	u64 refused;
	u64 discarded;
};

/* What the reader has seen. */
struct seen {
	u64 next[LEVELS];
	u64 read;
	u64 gaps;
	u64 last_ts;
};

static struct test_ring t;
static struct level levels[LEVELS];
static struct seen seen;
static u64 all_events = USUAL_EVENTS;
static bool done;
static bool wrong;

static u64 tsc(const void *arg)
{
	u32 low, high;

	(void)arg;
	__asm__ volatile("rdtsc" : "=a" (low), "=d" (high));
	return low | (u64)high << 32;
}

static void write_one(unsigned int level)
{
	struct level *l = &levels[level];
	/* All lengths, so that pages end in every way. */
	unsigned int len = offsetof(struct payload, more) + 8 * (l->written % 3);
	struct rb_entry entry;
	struct payload *payload;

	payload = rb_reserve(&t.rb, &entry, len, tsc, NULL);
	if (!payload) {
		l->refused++;
		return;
	}
	payload->level = level;
	payload->number = l->written;
	payload->inverse = ~l->written;
	if (l->written % 16 == 5 && l->discarded <= l->written / 16) {
		payload->inverse = POISON;
		l->discarded++;
		rb_discard(&t.rb, &entry);
		return;
	}
	l->written++;
	rb_commit(&t.rb, &entry);
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
	unsigned int level = sig == SIGUSR1 ? 1 : 2, i;

	(void)info;
	(void)context;
	for (i = 0; i < BURST; i++)
		write_one(level);
}

static timer_t start_timer(int sig, long ns)
{
	struct itimerspec when = { .it_interval.tv_nsec = ns, .it_value.tv_nsec = ns };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = sig };
	timer_t timer;

	event._sigev_un._tid = syscall(SYS_gettid);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &when, NULL))
		abort();
	return timer;
}

static void *write_events(void *arg)
{
	/* The second may interrupt the first, and neither itself. */
	timer_t first = start_timer(SIGUSR1, SIGNAL_NS), second = start_timer(SIGUSR2,
									      SIGNAL_NS * 3 / 4);
	u64 left = *(u64 *)arg;

	while (left--)
		write_one(0);
	timer_delete(first);
	timer_delete(second);
	__atomic_store_n(&done, true, __ATOMIC_RELEASE);
	return NULL;
}

static void check_event(const struct rb_event *event)
{
	const struct payload *payload = event->payload;
	u64 level = payload->level, number = payload->number;

	if (level >= LEVELS || payload->inverse != ~number || number < seen.next[level] ||
	    event->ts < seen.last_ts || event->len < offsetof(struct payload, more)) {
		if (!wrong)
			print_error("level %llu number %llu inverse %llx, next would be %llu\n",
				    level, number, payload->inverse,
				    level < LEVELS ? seen.next[level] : 0);
		wrong = true;
		return;
	}
	seen.gaps += number - seen.next[level];
	seen.next[level] = number + 1;
	seen.last_ts = event->ts;
	seen.read++;
}

static bool read_each(void)
{
	struct rb_event event;
	u64 lost;

	if (!rb_peek(&t.rb, &event, &lost))
		return false;
	check_event(&event);
	rb_consume(&t.rb);
	return true;
}

static void check_page(const struct rb_data_page *page)
{
	struct rb_cursor cursor;
	struct rb_event event;

	rb_cursor_init(&cursor, page);
	while (rb_cursor_next(&cursor, &event))
		check_event(&event);
}

static bool read_page(void)
{
	static u64 buf[4096 / sizeof(u64)];
	struct rb_data_page *page = (struct rb_data_page *)buf;

	if (!rb_read_page(&t.rb, page, t.page_size, false))
		return false;
	check_page(page);
	return true;
}

/* Copies must be whole too, though they count for nothing. */
static void look_at_copies(void)
{
	static u64 buf[4096 / sizeof(u64)];
	struct rb_data_page *page = (struct rb_data_page *)buf;
	struct rb_cursor cursor;
	struct rb_event event;
	u64 seq, start, last = rb_last_seq(&t.rb);

	for (seq = rb_oldest_seq(&t.rb); seq <= last; seq++) {
		if (!rb_copy_page(&t.rb, seq, page, &start))
			continue;
		rb_cursor_init(&cursor, page);
		while (rb_cursor_next(&cursor, &event)) {
			const struct payload *payload = event.payload;

			wrong |= payload->level >= LEVELS || payload->inverse != ~payload->number;
		}
	}
}

static void read_all(void)
{
	unsigned int turn = 0, i;
	bool ended;

	do {
		ended = __atomic_load_n(&done, __ATOMIC_ACQUIRE);
		for (i = 0; i < 100 && (turn % 2 ? read_page() : read_each()); i++)
			;
		if (++turn % 1024 == 0)
			look_at_copies();
	} while (!ended);
	while (read_page())
		;
}

/* A machine that has other work may let the reader keep up from then on. */
static void wait_until_full(void)
{
	while (!__atomic_load_n(&levels[0].refused, __ATOMIC_RELAXED) &&
	       !local_read(&t.rb.overrun) && !__atomic_load_n(&done, __ATOMIC_ACQUIRE))
		usleep(100);
}

static void soak(bool overwrite, u64 events)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	u64 written = 0, refused = 0, nested, discarded = 0;
	struct rb_stats stats;
	pthread_t writer;
	unsigned int i;

	memset(levels, 0, sizeof(levels));
	memset(&seen, 0, sizeof(seen));
	done = false;
	wrong = false;
	assert_int_equal(test_ring_create(&t, 16, 4096), 0);
	t.rb.overwrite = overwrite;
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	pthread_create(&writer, NULL, write_events, &events);
	wait_until_full();
	read_all();
	pthread_join(writer, NULL);
	while (read_each())
		;

	rb_stats(&t.rb, &stats);
	for (i = 0; i < LEVELS; i++) {
		seen.gaps += levels[i].written - seen.next[i];
		written += levels[i].written;
		refused += levels[i].refused;
		discarded += levels[i].discarded;
	}
	nested = written - levels[0].written;
	assert_false(wrong);
	assert_int_equal(t.rb.nest, 0);
	assert_int_equal(stats.fate.written, written);
	assert_int_equal(stats.read, seen.read);
	assert_int_equal(stats.fate.overrun, seen.gaps);
	assert_int_equal(seen.read + seen.gaps, written);
	assert_int_equal(stats.fate.commit_overrun + stats.fate.dropped, refused);
	assert_int_equal(written + refused + discarded,
			 events + nested + levels[1].refused + levels[2].refused +
			 levels[1].discarded + levels[2].discarded);
	/* All of it has happened, or it was no test. */
	assert_true(nested && discarded && seen.read);
	assert_true(overwrite ? seen.gaps && !stats.fate.dropped : refused && !seen.gaps);
	print_message("%llu events, %llu of them nested: %llu read, %llu overwritten, %llu refused, %llu discarded\n",
		      written + refused, nested, seen.read, seen.gaps, refused, discarded);
	test_ring_destroy(&t);
}

static void every_event_is_read_or_counted_as_overwritten(void **state)
{
	(void)state;
	soak(true, all_events / 2);
}

static void every_event_is_read_or_counted_as_refused(void **state)
{
	(void)state;
	soak(false, all_events / 2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_is_read_or_counted_as_overwritten),
		cmocka_unit_test(every_event_is_read_or_counted_as_refused),
	};

	if (argc == 3 && !strcmp(argv[1], "--events"))
		all_events = strtoull(argv[2], NULL, 10);
	if ((argc != 1 && argc != 3) || all_events < 1000) {
		fprintf(stderr, "usage: ring_soak_test [--events N]\n");
		return 2;
	}
	return cmocka_run_group_tests_name("ring_soak", tests, NULL, NULL);
}
