// SPDX-License-Identifier: GPL-2.0
/*
 * Writers interrupted at every single instruction.
 *
 * A writer runs with the CPU's trap flag set; at its k-th instruction the trap
 * handler is the interrupt: it writes events itself, and may be interrupted in
 * turn at its own k-th instruction. k goes from the first instruction until the
 * writer has finished without being interrupted. What the reader then gets must
 * be every event once, intact, in the order of its times, or counted as dropped.
 */

#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/string.h>

#include "core/ring.h"
#include "selftests/host/unit/ring_helper.h"

#define LEVELS 3
#define MAX_EVENTS 256
#define TRAP_FLAG 0x100
#define PREFILL UINT32_MAX	/* number of the events that were there before */

/* What a writer of one level does, and where it is interrupted. */
struct writer {
	unsigned int events;
	unsigned int len;
	bool discard;		/* the first of its events */
	unsigned long target;	/* instruction before which the next level comes */
	unsigned long steps;	/* executed so far */
	bool interrupted;
};

static struct test_ring t;
static struct writer writers[LEVELS];
static unsigned int levels;
static volatile unsigned int level;
static u64 now;
static u32 issued;
static bool committed[MAX_EVENTS];

/* One instruction, so that an interrupted reading is not given twice. */
static u64 test_clock(const void *arg)
{
	u64 step = 3;

	(void)arg;
	__asm__ volatile("xaddq %0, %1" : "+r" (step), "+m" (now));
	return step;
}

static __always_inline void trap_on(void)
{
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
}

static __always_inline void trap_off(void)
{
	__asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
}

static noinline void write_one(unsigned int len, u32 id, bool discard)
{
	struct rb_entry entry;
	u32 *payload;
	unsigned int i;

	payload = rb_reserve(&t.rb, &entry, len, test_clock, NULL);
	if (!payload)
		return;
	for (i = 0; i < len / 4; i++)
		payload[i] = id;
	if (discard) {
		rb_discard(&t.rb, &entry);
		return;
	}
	if (id != PREFILL)
		committed[id] = true;
	rb_commit(&t.rb);
}

static void run_writer(unsigned int n)
{
	struct writer *w = &writers[n];
	unsigned int i;

	w->steps = 0;
	w->interrupted = false;
	for (i = 0; i < w->events; i++) {
		u32 id = issued++;

		level = n;
		if (n + 1 < levels && !w->interrupted)
			trap_on();
		write_one(w->len, id, w->discard && !i);
		trap_off();
	}
}

static void on_trap(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	unsigned int n = level;
	struct writer *w = &writers[n];

	(void)sig;
	(void)info;
	if (w->steps++ != w->target)
		return;
	w->interrupted = true;
	run_writer(n + 1);
	level = n;
	/* It is interrupted once: the rest may run freely. */
	uc->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

static void check_ring(unsigned int prefill, u64 all_lost)
{
	bool seen[MAX_EVENTS] = { };
	struct rb_event event;
	struct rb_stats stats;
	u64 lost, last = 0, sum = 0;
	unsigned int i, ncommitted = 0;

	assert_int_equal(t.rb.nest, 0);
	for (i = 0; i < issued; i++)
		ncommitted += committed[i];
	rb_stats(&t.rb, &stats);
	assert_int_equal(stats.fate.written, prefill + ncommitted);
	while (rb_peek(&t.rb, &event, &lost)) {
		u32 id = *(const u32 *)event.payload;

		for (i = 0; i < event.len / 4; i++)
			assert_int_equal(((const u32 *)event.payload)[i], id);
		assert_true(event.ts >= last);
		last = event.ts;
		if (id != PREFILL) {
			assert_true(id < issued && committed[id] && !seen[id]);
			seen[id] = true;
		}
		all_lost += lost;
		sum++;
		rb_consume(&t.rb);
	}
	assert_int_equal(all_lost, local_read(&t.rb.overrun));
	assert_int_equal(stats.read + sum + all_lost, stats.fate.written);
	rb_stats(&t.rb, &stats);
	assert_int_equal(stats.entries, 0);
	/* Nothing is lost unless pages were overwritten. */
	if (!all_lost)
		for (i = 0; i < issued; i++)
			assert_int_equal(seen[i], committed[i]);
}

/* One run from a fresh ring with @prefill events in it. */
static void run_once(unsigned int prefill, bool read_first)
{
	struct rb_event event;
	u64 lost = 0;
	unsigned int i;

	rb_reset(&t.rb, t.pages);
	memset(committed, 0, sizeof(committed));
	now = 1000;
	issued = 0;
	for (i = 0; i < prefill; i++)
		write_one(24, PREFILL, false);
	if (read_first && rb_peek(&t.rb, &event, &lost))
		rb_consume(&t.rb);
	run_writer(0);
	check_ring(prefill, lost);
}

/* Every instruction of the first level, and every one of the second. */
static void run_all(unsigned int prefill, bool read_first)
{
	writers[0].target = 0;
	do {
		writers[1].target = 0;
		do {
			run_once(prefill, read_first);
			writers[1].target++;
		} while (levels > 2 && writers[0].interrupted && writers[1].interrupted);
		writers[0].target++;
	} while (writers[0].interrupted);
}

static void set_up(unsigned int nr_pages, unsigned int page_size)
{
	struct sigaction action = {
		.sa_sigaction = on_trap,
		.sa_flags = SA_NODEFER | SA_SIGINFO,
	};

	sigaction(SIGTRAP, &action, NULL);
	assert_int_equal(test_ring_create(&t, nr_pages, page_size), 0);
}

static void ring_interrupted_at_every_instruction(void **state)
{
	/* Four events fill a page: each fill level, and the end of a lap. */
	static const unsigned int prefills[] = { 0, 1, 3, 4, 11, 12, 13 };
	unsigned int i, variant;

	(void)state;
	levels = 2;
	for (variant = 0; variant < 4; variant++) {
		writers[0] = (struct writer) { .events = 1, .len = 24, .discard = variant & 1 };
		writers[1] = (struct writer) { .events = 1 + variant, .len = variant & 2 ? 8 : 24 };
		set_up(3, 128);
		for (i = 0; i < sizeof(prefills) / sizeof(*prefills); i++) {
			run_all(prefills[i], false);
			run_all(prefills[i], true);
		}
		test_ring_destroy(&t);
	}
}

static void ring_long_events_interrupted_at_every_instruction(void **state)
{
	unsigned int prefill;

	(void)state;
	levels = 2;
	writers[0] = (struct writer) { .events = 2, .len = 120 };
	writers[1] = (struct writer) { .events = 2, .len = 200 };
	set_up(2, 256);
	for (prefill = 3; prefill < 10; prefill += 2)
		run_all(prefill, prefill & 1);
	test_ring_destroy(&t);
}

static void ring_nested_writer_fills_it_at_every_instruction(void **state)
{
	unsigned int prefill;

	(void)state;
	levels = 2;
	writers[0] = (struct writer) { .events = 1, .len = 24 };
	writers[1] = (struct writer) { .events = 16, .len = 24 };
	set_up(2, 128);
	for (prefill = 1; prefill < 5; prefill += 2)
		run_all(prefill, false);
	test_ring_destroy(&t);
}

static void ring_three_levels_at_every_pair_of_instructions(void **state)
{
	(void)state;
	levels = 3;
	writers[0] = (struct writer) { .events = 1, .len = 24 };
	writers[1] = (struct writer) { .events = 1, .len = 24 };
	writers[2] = (struct writer) { .events = 2, .len = 24 };
	set_up(4, 128);
	run_all(3, false);
	test_ring_destroy(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ring_interrupted_at_every_instruction),
		cmocka_unit_test(ring_long_events_interrupted_at_every_instruction),
		cmocka_unit_test(ring_nested_writer_fills_it_at_every_instruction),
		cmocka_unit_test(ring_three_levels_at_every_pair_of_instructions),
	};

	return cmocka_run_group_tests_name("ring_nest", tests, NULL, NULL);
}
