// SPDX-License-Identifier: GPL-2.0
/*
 * Writers interrupted at every single instruction, by up to three others nested
 * in one another, and a reader that looks at the ring at the same place.
 *
 *	ring_nest_test [--long [SCENARIO]]
 *
 * A writer is first run with the CPU's trap flag set, which tells the address of
 * each of its instructions. Then it is run once for each of them, with a
 * breakpoint there, whose handler is the interrupt: it reads, writes events
 * itself, may be interrupted in turn at each of its own instructions, and reads
 * again. What the reader gets must be every event once, intact, in the order of
 * its times, or counted as lost. --long: where three are nested, the second too
 * comes at every instruction and the third at each seventh, not only at some;
 * minutes instead of seconds, as each of a million runs traps several times.
 * SCENARIO, 0 to 7: of those with three nested that one only.
 */

#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/mman.h>

#include <linux/string.h>

#include "core/ring.h"
#include "selftests/host/unit/ring_helper.h"

#define LEVELS 4
#define LONG_STRIDE 7
#define MAX_EVENTS 256
#define MAX_STEPS 1024
#define TRAP_FLAG 0x100
#define INT3 0xcc
#define PREFILL UINT32_MAX	/* number of the events that were there before */
#define LONG_TIME (RB_DELTA_LIMIT + 5)

/* What a writer of one level does, and where it is interrupted. */
struct writer {
	unsigned int events;
	unsigned int len;
	bool discard;		/* the first of its events */
	u8 *target;		/* instruction before which the next level comes, or NULL */
	unsigned int skip;	/* that often it is passed by first */
};

/* The instructions of one level's writer, in the order in which it came to them. */
struct steps {
	u8 *at[MAX_STEPS];
	unsigned int nr;
};

enum reads { READS_NOTHING, READS_EVENTS, READS_PAGES, READS_COPIES };

/* A scenario: the ring, what is in it, who writes and who reads. */
struct scenario {
	unsigned int nr_pages;
	unsigned int page_size;
	bool no_overwrite;
	unsigned int prefill;
	bool read_first;
	u64 clock_step;
	bool clock_stands;
	enum reads reads;
	unsigned int levels;
	unsigned int stride;	/* of the nested ones' instructions */
	struct writer writers[LEVELS];
};

static struct test_ring t;
static struct scenario now_run;
static struct steps *recording;
static unsigned int recorded_level;
static volatile unsigned int level;
static u8 saved_byte;
static bool stepping_over;
static unsigned int passed_by;
static bool long_run;
static const char *only_scenario;

static u64 now;
static u32 issued;
static bool committed[MAX_EVENTS];
static bool refused[MAX_EVENTS];
static bool seen[MAX_EVENTS];
static u64 last_ts, all_read, all_lost, prefilled, prefill_refused;

/* One instruction, so that an interrupted reading is not given twice. */
static u64 test_clock(const void *arg)
{
	u64 step = now_run.clock_step;

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
	if (!payload) {
		if (id == PREFILL)
			prefill_refused++;
		else
			refused[id] = true;
		return;
	}
	for (i = 0; i < len / 4; i++)
		payload[i] = id;
	if (discard) {
		rb_discard(&t.rb, &entry);
		return;
	}
	if (id == PREFILL)
		prefilled++;
	else
		committed[id] = true;
	rb_commit(&t.rb, &entry);
}

static void break_at(u8 *target)
{
	saved_byte = *target;
	*target = INT3;
}

static void run_writer(unsigned int n)
{
	const struct writer *w = &now_run.writers[n];
	u32 first = issued;
	unsigned int i;

	issued += w->events;
	level = n;
	if (w->target) {
		passed_by = 0;
		break_at(w->target);
	}
	for (i = 0; i < w->events; i++) {
		if (recording && recorded_level == n)
			trap_on();
		write_one(w->len, first + i, w->discard && !i);
		trap_off();
	}
}

static void check_event(const struct rb_event *event, bool once)
{
	u32 id = *(const u32 *)event->payload;
	unsigned int i;

	for (i = 0; i < event->len / 4; i++)
		assert_int_equal(((const u32 *)event->payload)[i], id);
	if (id == PREFILL)
		return;
	assert_true(id < issued && committed[id]);
	if (once) {
		assert_false(seen[id]);
		seen[id] = true;
	}
}

static bool read_event(void)
{
	struct rb_event event;
	u64 lost;

	if (!rb_peek(&t.rb, &event, &lost))
		return false;
	check_event(&event, true);
	assert_true(event.ts >= last_ts);
	last_ts = event.ts;
	all_lost += lost;
	all_read++;
	rb_consume(&t.rb);
	return true;
}

static unsigned int check_page(const struct rb_data_page *page, u64 since, bool once)
{
	unsigned int events = 0;
	struct rb_cursor cursor;
	struct rb_event event;

	rb_cursor_init(&cursor, page);
	for (; rb_cursor_next(&cursor, &event); events++) {
		check_event(&event, once);
		assert_true(event.ts >= since);
		since = event.ts;
	}
	if (once)
		last_ts = since;
	return events;
}

static void read_page(void)
{
	u64 buf[32], before = t.rb.next_event, lost, events;
	struct rb_data_page *page = (struct rb_data_page *)buf;

	if (!rb_read_page(&t.rb, page, now_run.page_size, false))
		return;
	events = check_page(page, last_ts, true);
	lost = t.rb.next_event - before - events;
	assert_int_equal(!!((u32)page->commit & RB_MISSED_EVENTS), !!lost);
	all_lost += lost;
	all_read += events;
}

static void copy_pages(void)
{
	u64 buf[32], seq, start, next, last = rb_last_seq(&t.rb);
	struct rb_data_page *page = (struct rb_data_page *)buf;
	bool follows = false;

	rb_copy_reader_page(&t.rb, page, &start);
	check_page(page, 0, false);
	for (seq = rb_oldest_seq(&t.rb); seq <= last; seq++) {
		/* The oldest may be claimed to be overwritten already. */
		if (!rb_copy_page(&t.rb, seq, page, &start)) {
			assert_false(follows);
			continue;
		}
		assert_true(!follows || start == next);
		next = start + check_page(page, 0, false);
		follows = true;
	}
}

static void read_some(void)
{
	switch (now_run.reads) {
	case READS_EVENTS:
		read_event();
		read_event();
		break;
	case READS_PAGES:
		read_page();
		break;
	case READS_COPIES:
		copy_pages();
		break;
	case READS_NOTHING:
		break;
	}
}

static void interrupt(void)
{
	unsigned int n = level;

	read_some();
	run_writer(n + 1);
	level = n;
	read_some();
}

static void on_trap(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	const struct writer *w = &now_run.writers[level];

	(void)sig;
	(void)info;
	if (stepping_over) {
		stepping_over = false;
		regs[REG_EFL] &= ~TRAP_FLAG;
		break_at(w->target);
		return;
	}
	if (recording && recorded_level == level) {
		assert_true(recording->nr < MAX_STEPS);
		recording->at[recording->nr++] = (u8 *)regs[REG_RIP];
		return;
	}
	regs[REG_RIP]--;
	*w->target = saved_byte;
	if (passed_by++ < w->skip) {
		stepping_over = true;
		regs[REG_EFL] |= TRAP_FLAG;
		return;
	}
	interrupt();
}

static void check_ring(void)
{
	unsigned int i, ncommitted = prefilled, nrefused = prefill_refused;
	struct rb_stats stats;

	assert_int_equal(t.rb.nest, 0);
	for (i = 0; i < issued; i++) {
		ncommitted += committed[i];
		nrefused += refused[i];
	}
	rb_stats(&t.rb, &stats);
	assert_int_equal(stats.fate.written, ncommitted);
	if (now_run.reads == READS_COPIES)
		copy_pages();
	while (read_event())
		;
	rb_stats(&t.rb, &stats);
	assert_int_equal(stats.fate.overrun, all_lost);
	assert_int_equal(stats.read, all_read);
	assert_int_equal(all_read + all_lost, ncommitted);
	assert_int_equal(stats.entries, 0);
	assert_int_equal(stats.fate.commit_overrun + stats.fate.dropped + stats.fate.too_long,
			 nrefused);
	/* Nothing is lost unless pages were overwritten. */
	if (!all_lost)
		for (i = 0; i < issued; i++)
			assert_int_equal(seen[i], committed[i]);
}

/* One run from a fresh ring. */
static void run_once(void)
{
	unsigned int i;

	rb_reset(&t.rb, t.pages);
	t.rb.overwrite = !now_run.no_overwrite;
	memset(committed, 0, sizeof(committed));
	memset(refused, 0, sizeof(refused));
	memset(seen, 0, sizeof(seen));
	now = 1000;
	issued = 0;
	last_ts = 0;
	all_read = 0;
	all_lost = 0;
	prefilled = 0;
	prefill_refused = 0;
	for (i = 0; i < now_run.prefill; i++)
		write_one(24, PREFILL, false);
	if (now_run.read_first)
		read_event();
	run_writer(0);
	check_ring();
}

/* All runs in which the writers below @n are interrupted where they are now. */
static void run_level(unsigned int n, unsigned int offset)
{
	struct writer *w = &now_run.writers[n];
	struct steps steps = { .nr = 0 };
	unsigned int i, j, stride = 1;

	w->target = NULL;
	if (n + 1 == now_run.levels) {
		run_once();
		return;
	}
	recording = &steps;
	recorded_level = n;
	run_once();
	recording = NULL;
	assert_true(steps.nr > 30);
	/* With another first one each time, so that all have their turn. */
	if (n && now_run.stride)
		stride = !long_run ? now_run.stride : n > 1 ? LONG_STRIDE : 1;
	for (i = offset % stride; i < steps.nr; i += stride) {
		w->target = steps.at[i];
		w->skip = 0;
		for (j = 0; j < i; j++)
			w->skip += steps.at[j] == w->target;
		run_level(n + 1, offset + i);
	}
	w->target = NULL;
}

static void run_all(const struct scenario *scenario)
{
	extern char start_of_text __asm__("__executable_start"), etext;
	unsigned long start = (unsigned long)&start_of_text / 4096 * 4096;
	struct sigaction action = {
		.sa_sigaction = on_trap,
		.sa_flags = SA_NODEFER | SA_SIGINFO,
	};

	sigaction(SIGTRAP, &action, NULL);
	assert_return_code(mprotect((void *)start, (unsigned long)&etext - start,
				    PROT_READ | PROT_WRITE | PROT_EXEC), 0);
	now_run = *scenario;
	if (!now_run.clock_step && !now_run.clock_stands)
		now_run.clock_step = 3;
	assert_int_equal(test_ring_create(&t, now_run.nr_pages, now_run.page_size), 0);
	run_level(0, 0);
	test_ring_destroy(&t);
}

static void ring_interrupted_at_every_instruction(void **state)
{
	/* Four events fill a page: each fill level, and the end of a lap. */
	static const unsigned int prefills[] = { 0, 1, 3, 4, 11, 12, 13 };
	unsigned int i, variant;

	(void)state;
	for (i = 0; i < sizeof(prefills) / sizeof(*prefills); i++)
		for (variant = 0; variant < 32; variant++)
			run_all(&(struct scenario) {
				.nr_pages = 3, .page_size = 128, .prefill = prefills[i],
				.reads = variant & 3, .read_first = i & 1,
				.no_overwrite = variant & 16, .levels = 2,
				.writers = {
					{ .events = 1, .len = 24, .discard = variant & 4 },
					{ .events = 1 + (variant >> 2 & 3),
					  .len = variant & 8 ? 8 : 24 },
				},
			});
}

static void ring_long_events_interrupted_at_every_instruction(void **state)
{
	unsigned int prefill;

	(void)state;
	for (prefill = 3; prefill < 10; prefill += 2)
		run_all(&(struct scenario) {
			.nr_pages = 2, .page_size = 256, .prefill = prefill,
			.read_first = prefill & 2, .reads = prefill % 4, .levels = 2,
			.writers = {
				{ .events = 2, .len = 120, .discard = prefill & 4 },
				{ .events = 2, .len = 200 },
			},
		});
}

static void ring_nested_writer_fills_it_at_every_instruction(void **state)
{
	unsigned int variant;

	(void)state;
	for (variant = 0; variant < 16; variant++)
		run_all(&(struct scenario) {
			.nr_pages = 2, .page_size = 128, .prefill = 1 + 2 * (variant & 1),
			.reads = variant >> 2, .no_overwrite = variant & 2, .levels = 2,
			.writers = {
				{ .events = 1, .len = 24 },
				{ .events = 16, .len = 24 },
			},
		});
}

static void ring_two_nested_at_every_pair_of_instructions(void **state)
{
	enum reads reads;

	(void)state;
	for (reads = READS_NOTHING; reads <= READS_COPIES; reads++)
		run_all(&(struct scenario) {
			.nr_pages = 4, .page_size = 128, .prefill = 3, .reads = reads,
			.levels = 3,
			.writers = {
				{ .events = 1, .len = 24 },
				{ .events = 1, .len = 24 },
				{ .events = 2, .len = 24 },
			},
		});
}

static void ring_nested_with_times_far_apart(void **state)
{
	unsigned int variant;

	(void)state;
	for (variant = 0; variant < 4; variant++)
		run_all(&(struct scenario) {
			.nr_pages = 3, .page_size = 128, .prefill = 2, .clock_step = LONG_TIME,
			.reads = variant, .levels = 3, .stride = 5,
			.writers = {
				{ .events = 1, .len = 24, .discard = variant & 1 },
				{ .events = 1, .len = 24, .discard = variant & 2 },
				{ .events = 1, .len = 24 },
			},
		});
}

/* Of a clock that has not gone on an interrupt's event is not later than ours. */
static void ring_nested_at_the_same_time(void **state)
{
	unsigned int variant;

	(void)state;
	for (variant = 0; variant < 16; variant++)
		run_all(&(struct scenario) {
			.nr_pages = 3, .page_size = 128, .prefill = 2 + (variant & 3),
			.clock_stands = true, .reads = variant >> 2, .levels = 2,
			.writers = {
				{ .events = 1, .len = 24 },
				{ .events = 2, .len = 24, .discard = variant & 1 },
			},
		});
}

static void ring_three_nested_at_every_triple_of_instructions(void **state)
{
	unsigned int variant;

	(void)state;
	for (variant = 0; variant < (long_run ? 8 : 4); variant++) {
		if (only_scenario && variant != strtoul(only_scenario, NULL, 10))
			continue;
		run_all(&(struct scenario) {
			.nr_pages = 3, .page_size = 128, .prefill = 3 + (variant >> 2),
			.reads = variant & 3, .no_overwrite = variant == 1, .levels = 4,
			.stride = 37,
			.writers = {
				{ .events = 1, .len = 24 },
				{ .events = 1, .len = 24, .discard = variant & 2 },
				{ .events = 1, .len = 24 },
				{ .events = 1, .len = 24 },
			},
		});
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ring_interrupted_at_every_instruction),
		cmocka_unit_test(ring_long_events_interrupted_at_every_instruction),
		cmocka_unit_test(ring_nested_writer_fills_it_at_every_instruction),
		cmocka_unit_test(ring_two_nested_at_every_pair_of_instructions),
		cmocka_unit_test(ring_nested_with_times_far_apart),
		cmocka_unit_test(ring_nested_at_the_same_time),
		cmocka_unit_test(ring_three_nested_at_every_triple_of_instructions),
	};

	long_run = argc > 1 && !strcmp(argv[1], "--long");
	only_scenario = argc > 2 ? argv[2] : NULL;
	return cmocka_run_group_tests_name("ring_nest", tests, NULL, NULL);
}
