// SPDX-License-Identifier: GPL-2.0
/*
 * What `fntrace blocked` makes of the scheduler's events.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "user/blocked.h"

#define SLEEPS 1
#define RUNS_ON 0
#define PREEMPTED 0x100
#define DEAD 0x10

static const struct waker timer = { .kind = WAKER_HARDIRQ, .name = "timer" };

/* @pid gives the CPU to @next. */
static size_t change(struct blocked *b, uint64_t ts, int pid, unsigned int state, int next)
{
	const struct blocked_switch event = {
		.ts = ts, .pid = pid, .comm = "one", .state = state,
		.next_pid = next, .next_comm = "other",
	};

	return blocked_switch(b, &event);
}

static size_t wake(struct blocked *b, uint64_t ts, int pid, int by)
{
	const struct waker waker = { .kind = WAKER_TASK, .pid = by };

	return blocked_wake(b, ts, pid, by ? &waker : &timer);
}

static void check(const struct blocking *blocking, uint64_t start, uint64_t end, int syscall)
{
	assert_int_equal(blocking->start, start);
	assert_int_equal(blocking->end, end);
	assert_int_equal(blocking->syscall, syscall);
}

static void who_would_run_on_does_not_block(void **state)
{
	struct blocked b = { .start = 1, .everyone = true };

	assert_int_equal(change(&b, 10, 7, RUNS_ON, 0), 0);
	assert_int_equal(change(&b, 20, 7, PREEMPTED, 0), 0);
	assert_int_equal(change(&b, 30, 7, PREEMPTED | SLEEPS, 0), 0);
	assert_int_equal(change(&b, 40, 7, DEAD, 0), 0);
	assert_int_equal(b.nr, 0);
	blocked_free(&b);
}

static void each_wait_has_its_system_call(void **state)
{
	struct blocked b = { .start = 1, .everyone = true };

	blocked_enter(&b, 7, 35);
	assert_int_equal(change(&b, 10, 7, SLEEPS, 0), 1);
	assert_int_equal(wake(&b, 25, 7, 0), 1);
	/* Woken is woken. */
	assert_int_equal(wake(&b, 26, 7, 0), 0);
	change(&b, 30, 0, RUNS_ON, 7);
	blocked_exit(&b, 7);
	assert_int_equal(change(&b, 40, 7, SLEEPS, 0), 2);
	assert_int_equal(wake(&b, 45, 7, 9), 2);
	check(&b.at[0], 10, 25, 35);
	check(&b.at[1], 40, 45, NO_SYSCALL);
	assert_string_equal(b.at[0].waker.name, "timer");
	assert_int_equal(b.at[1].waker.pid, 9);
	assert_string_equal(blocked_task(&b, 7)->comm, "one");
	blocked_free(&b);
}

static void children_are_asked_for_too(void **state)
{
	struct blocked b = { .start = 1 };

	blocked_choose(&b, 7, NO_SYSCALL);
	blocked_begin(&b, 7);
	/* It waited for us to begin. */
	assert_int_equal(wake(&b, 5, 7, 3), 0);
	blocked_fork(&b, 7, 8, "child");
	blocked_fork(&b, 3, 9, "stranger");
	assert_int_equal(change(&b, 10, 8, SLEEPS, 9), 1);
	assert_int_equal(change(&b, 20, 9, SLEEPS, 0), 0);
	assert_int_equal(wake(&b, 30, 9, 0), 0);
	assert_int_equal(wake(&b, 40, 8, 0), 1);
	assert_int_equal(b.nr, 1);
	/* Another one gets its number. */
	blocked_fork(&b, 3, 8, "stranger");
	assert_int_equal(change(&b, 50, 8, SLEEPS, 0), 0);
	blocked_free(&b);
}

static void what_began_before_is_told(void **state)
{
	struct blocked b = { .start = 100, .everyone = true };

	/* Seen when it is woken. */
	assert_int_equal(wake(&b, 150, 7, 0), 1);
	check(&b.at[0], 100, 150, NO_SYSCALL);
	assert_true(b.at[0].before);
	/* Known from the beginning. */
	blocked_choose(&b, 8, 61);
	blocked_waits(&b, 8, SLEEPS);
	assert_int_equal(wake(&b, 170, 8, 0), 2);
	check(&b.at[1], 100, 170, 61);
	assert_true(b.at[1].before);
	blocked_free(&b);
}

static void what_is_lost_is_not_made_up(void **state)
{
	struct blocked b = { .start = 1, .everyone = true };

	blocked_enter(&b, 7, 35);
	change(&b, 10, 7, SLEEPS, 0);
	blocked_lost(&b);
	assert_int_equal(wake(&b, 90, 7, 0), 0);
	check(&b.at[0], 10, 0, 35);
	/* It runs without having been woken. */
	change(&b, 100, 8, SLEEPS, 0);
	change(&b, 110, 0, RUNS_ON, 8);
	assert_int_equal(wake(&b, 120, 8, 0), 0);
	blocked_free(&b);
}

static void check_step(const struct blocked_step *step, int pid, uint64_t from, uint64_t to,
		       size_t blocking)
{
	assert_int_equal(step->pid, pid);
	assert_int_equal(step->from, from);
	assert_int_equal(step->to, to);
	assert_int_equal(step->blocking, blocking);
}

/* 1 sleeps, wakes 2; that sleeps, wakes 3, who has waited for all that. */
static void a_path_goes_back_to_the_beginning(void **state)
{
	struct blocked b = { .start = 1, .all = true };
	const struct blocking *last;

	blocked_choose(&b, 3, NO_SYSCALL);
	change(&b, 10, 1, SLEEPS, 2);
	change(&b, 20, 2, SLEEPS, 3);
	assert_int_equal(change(&b, 30, 3, SLEEPS, 0), 3);
	assert_int_equal(wake(&b, 100, 1, 0), 1);
	assert_int_equal(wake(&b, 105, 2, 1), 2);
	assert_int_equal(change(&b, 110, 2, SLEEPS, 0), 4);
	assert_int_equal(wake(&b, 200, 2, 0), 4);
	assert_int_equal(wake(&b, 207, 3, 2), 3);
	blocked_keep_path(&b, 3);
	last = &b.at[2];
	assert_int_equal(last->nr_path, 5);
	check_step(&last->path[4], 1, 30, 100, 1);
	check_step(&last->path[3], 1, 100, 105, 0);
	check_step(&last->path[2], 2, 105, 110, 0);
	check_step(&last->path[1], 2, 110, 200, 4);
	check_step(&last->path[0], 2, 200, 207, 0);
	/* An interrupt has no path. */
	blocked_keep_path(&b, 1);
	assert_int_equal(b.at[0].nr_path, 0);
	blocked_free(&b);
}

/* Two that wake one another for ever. */
static void a_path_has_an_end(void **state)
{
	struct blocked b = { .start = 1, .all = true };
	uint64_t ts = 20;
	size_t number = 0;
	int i;

	change(&b, 10, 9, SLEEPS, 1);
	for (i = 0; i < 200; i++, ts += 10) {
		change(&b, ts, 1 + i % 2, SLEEPS, 2 - i % 2);
		wake(&b, ts + 5, 1 + i % 2, 2 - i % 2);
	}
	number = wake(&b, ts, 9, 1);
	blocked_keep_path(&b, number);
	assert_in_range(b.at[number - 1].nr_path, 60, 64);
	blocked_free(&b);
}

static void states_have_letters(void **state)
{
	assert_int_equal(blocked_state('S'), 1);
	assert_int_equal(blocked_state('D'), 2);
	assert_int_equal(blocked_state('I'), 0x80);
	assert_int_equal(blocked_state('R'), 0);
	assert_int_equal(blocked_state('Z'), 0);
	assert_int_equal(blocked_state('\0'), 0);
	assert_int_equal(blocked_state_letter(2), 'D');
	assert_int_equal(blocked_state_letter(0), 0);
	assert_int_equal(blocked_state_letter(0x100), 0);
}

static void interrupts_are_named_by_what_they_call(void **state)
{
	static const char *const softirq[] = { "try_to_wake_up", NULL, "sock_def_readable",
					       "net_rx_action", "__do_softirq" };
	static const char *const disk[] = { "try_to_wake_up", "end_bio", "vring_interrupt",
					    "__handle_irq_event_percpu", "handle_irq_event",
					    "asm_common_interrupt" };
	static const char *const tick[] = { "try_to_wake_up", "hrtimer_wakeup",
					    "__hrtimer_run_queues", "hrtimer_interrupt",
					    "__sysvec_apic_timer_interrupt" };
	static const char *const ipi[] = { "try_to_wake_up", "__sysvec_call_function_single" };

	assert_string_equal(waker_name(WAKER_SOFTIRQ, softirq, 5), "NET_RX");
	assert_string_equal(waker_name(WAKER_HARDIRQ, disk, 6), "vring_interrupt");
	assert_string_equal(waker_name(WAKER_HARDIRQ, tick, 5), "hrtimer_wakeup");
	assert_string_equal(waker_name(WAKER_HARDIRQ, ipi, 2), "call_function_single");
	assert_null(waker_name(WAKER_SOFTIRQ, disk, 6));
	assert_null(waker_name(WAKER_TASK, disk, 6));
	assert_null(waker_name(WAKER_HARDIRQ, NULL, 0));
	assert_int_equal(waker_kind(0x01), WAKER_TASK);
	assert_int_equal(waker_kind(0x11), WAKER_SOFTIRQ);
	/* An interrupt that comes in a softirq. */
	assert_int_equal(waker_kind(0x18), WAKER_HARDIRQ);
	assert_int_equal(waker_kind(0x48), WAKER_NMI);
	assert_string_equal(waker_kind_name(WAKER_SOFTIRQ), "softirq");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_would_run_on_does_not_block),
		cmocka_unit_test(each_wait_has_its_system_call),
		cmocka_unit_test(children_are_asked_for_too),
		cmocka_unit_test(what_began_before_is_told),
		cmocka_unit_test(what_is_lost_is_not_made_up),
		cmocka_unit_test(a_path_goes_back_to_the_beginning),
		cmocka_unit_test(a_path_has_an_end),
		cmocka_unit_test(states_have_letters),
		cmocka_unit_test(interrupts_are_named_by_what_they_call),
	};

	return cmocka_run_group_tests_name("blocked", tests, NULL, NULL);
}
