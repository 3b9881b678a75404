// SPDX-License-Identifier: GPL-2.0
/*
 * Histograms whose writer is interrupted at every single instruction by another.
 *
 * The writer runs with the CPU's trap flag set; at the n-th instruction the
 * handler of the trap is the interrupt, and writes itself. Once for each n, until
 * the writer has fewer instructions.
 */

#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/kernel.h>
#include <linux/string.h>

#include "core/hist.h"

#define TRAP_FLAG 0x100

/* What a writer adds. */
struct value {
	u64 key;
	s64 value;
};

/* What is there before, who writes, and who interrupts. */
struct scenario {
	unsigned int room;
	struct value before;
	struct value outer;
	struct value inner;
};

static const struct hist_shape shape = { 1, 0 };
static struct hist_table table;
static const struct scenario *now_run;
static unsigned int step, interrupt_at;
static bool interrupted;

/* Two keys that begin at the same slot of a small table. */
#define COLLIDES_A 1
#define COLLIDES_B 9

static noinline void write_one(const struct value *what)
{
	struct hist *hist = hist_try_find(&table, what->key);

	if (hist && hist_try_add(hist, &shape, what->value))
		return;
	hist = hist_find(&table, what->key);
	if (hist)
		hist_add(hist, &shape, what->value);
}

static void on_trap(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	if (step++ < interrupt_at)
		return;
	regs[REG_EFL] &= ~TRAP_FLAG;
	write_one(&now_run->inner);
	interrupted = true;
}

static void run_writer(const struct value *what)
{
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
	write_one(what);
	__asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
}

/* All that is there of a key. */
static void sum_of(u64 key, u64 *hits, u64 *total, u64 *lowest, u64 *highest)
{
	struct hist *hist;
	unsigned int n;

	*hits = *total = *highest = 0;
	*lowest = UINT64_MAX;
	for (n = 0; (hist = hist_nth(&table, n)); n++) {
		if (hist->key != key)
			continue;
		*hits += hist_hits(hist, &shape);
		*total += local_read(&hist->total);
		if (~hist->unlike_min < *lowest)
			*lowest = ~hist->unlike_min;
		if (hist->max > *highest)
			*highest = hist->max;
	}
}

static void check_key(const struct value *values, unsigned int nr, u64 key, u64 *all)
{
	u64 hits, total, lowest, highest, whits = 0, wtotal = 0, wlowest = UINT64_MAX, whighest = 0;
	unsigned int i;

	sum_of(key, &hits, &total, &lowest, &highest);
	for (i = 0; i < nr; i++) {
		if (values[i].key != key)
			continue;
		whits++;
		wtotal += values[i].value;
		wlowest = values[i].value < wlowest ? values[i].value : wlowest;
		whighest = values[i].value > whighest ? values[i].value : whighest;
	}
	*all += hits;
	/* Where there is no room for two, what is not there has been counted. */
	if (hits < whits && local_read(&table.refused))
		return;
	assert_int_equal(hits, whits);
	assert_int_equal(total, wtotal);
	assert_int_equal(lowest, wlowest);
	assert_int_equal(highest, whighest);
}

static void check_table(const struct scenario *scenario)
{
	struct value values[3] = { scenario->outer, scenario->inner, scenario->before };
	unsigned int nr = scenario->before.key ? 3 : 2, i, j;
	unsigned long taken;
	u64 all = 0;

	for (i = 0; i < nr; i++) {
		for (j = 0; j < i && values[j].key != values[i].key; j++)
			;
		if (j == i)
			check_key(values, nr, values[i].key, &all);
	}
	assert_int_equal(all + local_read(&table.refused), nr);
	/* Each that was found is found again. */
	taken = table.taken;
	for (i = 0; i < nr; i++)
		hist_find(&table, values[i].key);
	assert_int_equal(table.taken, taken);
}

static void run(const struct scenario *scenario)
{
	now_run = scenario;
	interrupt_at = 0;
	do {
		assert_int_equal(hist_table_init(&table, &shape, scenario->room), 0);
		if (scenario->before.key)
			write_one(&scenario->before);
		step = 0;
		interrupted = false;
		run_writer(&scenario->outer);
		if (interrupted)
			check_table(scenario);
		hist_table_exit(&table);
		interrupt_at++;
	} while (interrupted);
	/* The writer alone has more than this. */
	assert_true(interrupt_at > 25);
}

static void nothing_gets_lost_at_any_instruction(void **state)
{
	static const struct scenario scenarios[] = {
		/* A key that is new to both, and to one of them. */
		{ 4, { }, { 1, 5 }, { 1, 5 } },
		{ 4, { }, { 1, 5 }, { 1, 3 } },
		{ 4, { }, { 1, 3 }, { 1, 5 } },
		{ 4, { }, { COLLIDES_A, 5 }, { COLLIDES_B, 5 } },
		{ 4, { COLLIDES_A, 9 }, { COLLIDES_B, 5 }, { COLLIDES_B, 5 } },
		{ 4, { COLLIDES_A, 9 }, { COLLIDES_B, 5 }, { COLLIDES_A, 5 } },
		/* One that is there: smallest, largest, neither, both. */
		{ 4, { 1, 9 }, { 1, 9 }, { 1, 9 } },
		{ 4, { 1, 9 }, { 1, 5 }, { 1, 3 } },
		{ 4, { 1, 9 }, { 1, 3 }, { 1, 5 } },
		{ 4, { 1, 9 }, { 1, 15 }, { 1, 33 } },
		{ 4, { 1, 9 }, { 1, 33 }, { 1, 15 } },
		{ 4, { 1, 9 }, { 1, 3 }, { 1, 15 } },
		/* Room for one only. */
		{ 1, { }, { 1, 5 }, { 1, 6 } },
		{ 1, { }, { 1, 5 }, { 2, 6 } },
		{ 1, { 1, 9 }, { 2, 5 }, { 3, 6 } },
		{ 2, { 1, 9 }, { 2, 5 }, { 3, 6 } },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++)
		run(&scenarios[i]);
}

static void the_keys_collide_that_shall(void **state)
{
	unsigned int slot_a, slot_b;

	assert_int_equal(hist_table_init(&table, &shape, 4), 0);
	slot_a = hist_slot(&table, COLLIDES_A);
	slot_b = hist_slot(&table, COLLIDES_B);
	assert_int_equal(slot_a, slot_b);
	hist_table_exit(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_keys_collide_that_shall),
		cmocka_unit_test(nothing_gets_lost_at_any_instruction),
	};
	struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };

	sigaction(SIGTRAP, &action, NULL);
	return cmocka_run_group_tests_name("hist_nest", tests, NULL, NULL);
}
