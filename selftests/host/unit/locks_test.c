// SPDX-License-Identifier: GPL-2.0
/*
 * What `fntrace locks` makes of the events of locks.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "user/locks.h"

#define A 0xffffffff81000100
#define B 0xffff888000001000

static const char one[] = "one", other[] = "other";

static const struct lock_stat *find(const struct locks *locks, uint64_t lock, const char *caller)
{
	size_t i;

	for (i = 0; i < locks->nr; i++)
		if (locks->at[i].lock == lock && locks->at[i].caller == caller)
			return &locks->at[i];
	return NULL;
}

static void check(const struct lock_stat *stat, uint64_t count, uint64_t total, uint64_t max)
{
	assert_non_null(stat);
	assert_int_equal(stat->count, count);
	assert_int_equal(stat->total, total);
	assert_int_equal(stat->max, max);
}

static void waits_are_summed_by_lock_and_caller(void **state)
{
	const char *mutex = lock_kind(0x20);
	struct locks locks = { };

	locks_caller(&locks, locks_begin(&locks, 10, 1, A, mutex), one);
	locks_caller(&locks, locks_begin(&locks, 12, 2, A, mutex), other);
	locks_begin(&locks, 13, 3, B, mutex);
	locks_end(&locks, 20, 1, A);
	locks_end(&locks, 25, 3, B);
	locks_end(&locks, 30, 2, A);
	locks_caller(&locks, locks_begin(&locks, 100, 1, A, mutex), one);
	locks_end(&locks, 130, 1, A);
	assert_int_equal(locks.nr, 3);
	check(find(&locks, A, one), 2, 40, 30);
	check(find(&locks, A, other), 1, 18, 18);
	check(find(&locks, B, NULL), 1, 12, 12);
	locks_free(&locks);
}

/* First it spins, then it sleeps. */
static void waiting_in_another_way_is_the_same_wait(void **state)
{
	struct locks locks = { };

	locks_caller(&locks, locks_begin(&locks, 10, 1, A, lock_kind(0x21)), one);
	assert_int_equal(locks_begin(&locks, 15, 1, A, lock_kind(0x20)), 0);
	locks_end(&locks, 40, 1, A);
	assert_int_equal(locks.nr, 1);
	assert_int_equal(locks.nr_waits, 0);
	check(&locks.at[0], 1, 30, 30);
	assert_ptr_equal(locks.at[0].caller, one);
	assert_string_equal(locks.at[0].kind, "mutex");
	locks_free(&locks);
}

static void who_wakes_has_had_it(void **state)
{
	struct locks locks = { };

	assert_null(lock_main_holder(&(struct lock_stat) { }));
	locks_begin(&locks, 10, 1, A, lock_kind(0x20));
	locks_wake(&locks, 1, 7);
	locks_wake(&locks, 1, 8);
	locks_wake(&locks, 2, 9);
	locks_end(&locks, 20, 1, A);
	locks_begin(&locks, 30, 1, A, lock_kind(0x20));
	locks_wake(&locks, 1, 7);
	locks_end(&locks, 90, 1, A);
	locks_begin(&locks, 100, 1, A, lock_kind(0x20));
	locks_end(&locks, 500, 1, A);
	assert_int_equal(locks.at[0].nr_holders, 2);
	assert_int_equal(lock_main_holder(&locks.at[0])->pid, 7);
	assert_int_equal(lock_main_holder(&locks.at[0])->ns, 60);
	locks_free(&locks);
}

static void what_has_no_beginning_or_no_end(void **state)
{
	struct locks locks = { };

	locks_end(&locks, 20, 1, A);
	locks_caller(&locks, 1, one);
	assert_int_equal(locks.nr, 0);
	locks_begin(&locks, 30, 1, A, lock_kind(1));
	locks_lost(&locks);
	locks_end(&locks, 40, 1, A);
	assert_int_equal(locks.nr, 0);
	locks_begin(&locks, 50, 1, A, lock_kind(1));
	locks_finish(&locks, 75);
	check(&locks.at[0], 1, 25, 25);
	assert_int_equal(locks.nr_waits, 0);
	locks_free(&locks);
}

static void kinds_have_names(void **state)
{
	assert_string_equal(lock_kind(0x01), "spinlock");
	assert_string_equal(lock_kind(0x03), "rwlock:R");
	assert_string_equal(lock_kind(0x05), "rwlock:W");
	assert_string_equal(lock_kind(0x02), "rwsem:R");
	assert_string_equal(lock_kind(0x04), "rwsem:W");
	assert_string_equal(lock_kind(0x08), "rtmutex");
	assert_string_equal(lock_kind(0x12), "pcpu-sem:R");
	assert_string_equal(lock_kind(0x14), "pcpu-sem:W");
	assert_string_equal(lock_kind(0x20), "mutex");
	assert_string_equal(lock_kind(0), "semaphore");
	/* Whoever compares them compares addresses. */
	assert_ptr_equal(lock_kind(0x21), lock_kind(0x20));
}

static void functions_that_only_take_locks(void **state)
{
	assert_true(lock_function_is_of_locks("__mutex_lock.constprop.0"));
	assert_true(lock_function_is_of_locks("_raw_spin_lock_irqsave"));
	assert_true(lock_function_is_of_locks("rwsem_down_write_slowpath"));
	assert_true(lock_function_is_of_locks("down"));
	assert_false(lock_function_is_of_locks("download"));
	assert_false(lock_function_is_of_locks("iterate_dir"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_are_summed_by_lock_and_caller),
		cmocka_unit_test(waiting_in_another_way_is_the_same_wait),
		cmocka_unit_test(who_wakes_has_had_it),
		cmocka_unit_test(what_has_no_beginning_or_no_end),
		cmocka_unit_test(kinds_have_names),
		cmocka_unit_test(functions_that_only_take_locks),
	};

	return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
