// SPDX-License-Identifier: GPL-2.0
/*
 * Which task the wakeup tracers watch, beside a twin that keeps a list of all that wait.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/wakeup.h"

#define TASKS 12
#define CPUS 4
#define STEPS 200000

static struct {
	struct wakeup_task of;
	bool waits;
	unsigned int cpu;
} tasks[TASKS];

static void be_something(unsigned int i)
{
	tasks[i].of = (struct wakeup_task) { .task = &tasks[i] };
	switch (rand() % 4) {
	case 0:
		tasks[i].of.dl = true;
		tasks[i].of.prio = -1;
		break;
	case 1:
		tasks[i].of.rt = true;
		tasks[i].of.prio = rand() % 100;
		break;
	default:
		tasks[i].of.prio = 100 + rand() % 40;
	}
}

static bool of_class(const struct wakeup_task *task, enum wakeup_class class)
{
	return class == WAKEUP_ALL || task->dl || (class == WAKEUP_RT && task->rt);
}

/* The kernel's rule, of the task that the twin has for the one that is watched. */
static bool should_watch(const struct wakeup_task *woken, const struct wakeup_task *watched,
			 int current_prio, enum wakeup_class class)
{
	if (!of_class(woken, class) || (watched && watched->dl))
		return false;
	if (woken->dl)
		return true;
	return woken->prio < current_prio && (!watched || woken->prio < watched->prio);
}

static void the_first_of_those_that_wait_is_watched(void **state)
{
	enum wakeup_class class;
	struct wakeup_watch watch;
	unsigned int step, i, cpu;
	int watched, prio;

	srand(1);
	for (class = WAKEUP_ALL; class <= WAKEUP_DL; class++) {
		wakeup_watch_init(&watch, class);
		watched = -1;
		for (step = 0; step < STEPS; step++) {
			i = rand() % TASKS;
			cpu = rand() % CPUS;
			prio = rand() % 140;
			switch (rand() % 3) {
			case 0:
				if (i == watched)
					break;
				be_something(i);
				assert_int_equal(wakeup_wants(&watch, &tasks[i].of, prio),
						 should_watch(&tasks[i].of, watched < 0 ? NULL :
							      &tasks[watched].of, prio, class));
				if (!wakeup_wants(&watch, &tasks[i].of, prio))
					break;
				wakeup_begin(&watch, &tasks[i].of, cpu, step);
				watched = i;
				tasks[i].cpu = cpu;
				assert_int_equal(watch.woken_cpu, cpu);
				assert_int_equal(watch.since, step);
				break;
			case 1:
				assert_int_equal(wakeup_moves(&watch, &tasks[i], cpu),
						 i == watched);
				if (i == watched)
					tasks[i].cpu = cpu;
				break;
			default:
				assert_int_equal(wakeup_is(&watch, &tasks[i]), i == watched);
				if (i != watched)
					break;
				wakeup_end(&watch);
				watched = -1;
			}
			assert_ptr_equal(watch.task, watched < 0 ? NULL : &tasks[watched]);
			assert_int_equal(watch.class, class);
			if (watched >= 0)
				assert_int_equal(watch.cpu, tasks[watched].cpu);
		}
		assert_false(wakeup_is(&watch, NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_of_those_that_wait_is_watched),
	};

	return cmocka_run_group_tests_name("wakeup", tests, NULL, NULL);
}
