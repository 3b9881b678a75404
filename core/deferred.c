// SPDX-License-Identifier: GPL-2.0
/*
 * What is asked for where an event happens, and cannot be done there: locks are held
 * that waking somebody takes, too, and nothing may sleep. An irq_work leads out of the
 * event; a snapshot, which takes a task on each CPU, goes on from there to a work, and so
 * does printing, for which names are looked up under locks that sleep.
 */

#include "core/deferred.h"

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/irq_work.h>
#include <linux/workqueue.h>

#include "core/crash.h"
#include "core/dump.h"
#include "core/instances.h"
#include "core/snapshot.h"
#include "core/trace.h"

/* Its own, so that what is under way can be waited for. */
static struct workqueue_struct *deferred_queue;

/* Bits of trace_deferred.wanted. */
enum { WANTED_SNAPSHOT, WANTED_CRASH };

/* What trace_deferred.dump is: nothing, all CPUs, or one of them. */
#define DUMP_NONE 0
#define DUMP_OF(cpu) ((cpu) - BUFFER_ALL_CPUS + 1)
#define DUMP_CPU(dump) ((dump) - 1 + BUFFER_ALL_CPUS)

/**
 * deferred_init - be ready
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -ENOMEM; what crash_init() returned.
 */
int deferred_init(void)
{
	int err;

	deferred_queue = alloc_workqueue("fntrace", 0, 0);
	if (!deferred_queue)
		return -ENOMEM;
	/* Who asks for something, too. */
	err = crash_init();
	if (err)
		destroy_workqueue(deferred_queue);
	return err;
}

/**
 * deferred_exit - undo deferred_init()
 *
 * Context: process, may sleep; there are no traces.
 */
void deferred_exit(void)
{
	crash_exit();
	destroy_workqueue(deferred_queue);
}

/**
 * deferred_wait - wait until what a trace was asked for so far is done
 * @tr: the trace
 *
 * Context: process, may sleep; tracer_mutex not held.
 */
void deferred_wait(struct fnt_trace *tr)
{
	irq_work_sync(&tr->deferred.irq);
	flush_work(&tr->deferred.work);
}

static void take_snapshot(struct fnt_trace *tr)
{
	int err = 0;

	trace_lock();
	/* It may have gone meanwhile. */
	if (!tr->deferred.ended)
		err = snapshot_take(tr, BUFFER_ALL_CPUS);
	trace_unlock();
	if (err)
		pr_warn_once("a trigger could not take a snapshot: error %d\n", err);
}

static void do_deferred(struct work_struct *work)
{
	struct fnt_trace *tr = container_of(work, struct fnt_trace, deferred.work);
	int dump;

	if (test_and_clear_bit(WANTED_SNAPSHOT, &tr->deferred.wanted))
		take_snapshot(tr);
	if (test_and_clear_bit(WANTED_CRASH, &tr->deferred.wanted))
		crash_print_oops(tr, READ_ONCE(tr->deferred.crash_cpu));
	dump = atomic_read(&tr->deferred.dump);
	if (dump != DUMP_NONE) {
		trace_dump(tr, DUMP_CPU(dump));
		/* What is asked for meanwhile is not done, as in the kernel. */
		atomic_set_release(&tr->deferred.dump, DUMP_NONE);
	}
	trace_put(tr);
}

static void leave_event(struct irq_work *irq)
{
	struct fnt_trace *tr = container_of(irq, struct fnt_trace, deferred.irq);

	buffer_refresh(&tr->buffer);
	if (!READ_ONCE(tr->deferred.wanted) &&
	    atomic_read(&tr->deferred.dump) == DUMP_NONE)
		return;
	trace_get(tr);
	if (!queue_work(deferred_queue, &tr->deferred.work))
		trace_put(tr);
}

/**
 * deferred_begin - a trace comes
 * @tr: the trace
 *
 * Context: process.
 */
void deferred_begin(struct fnt_trace *tr)
{
	init_irq_work(&tr->deferred.irq, leave_event);
	INIT_WORK(&tr->deferred.work, do_deferred);
	atomic_set(&tr->deferred.dump, DUMP_NONE);
}

/**
 * deferred_end - a trace goes
 * @tr: the trace; nobody asks for anything any more
 *
 * Context: process, may sleep; tracer_mutex held.
 */
void deferred_end(struct fnt_trace *tr)
{
	irq_work_sync(&tr->deferred.irq);
	tr->deferred.ended = true;
}

/**
 * deferred_switch - let events be recorded, or not
 * @tr: the trace
 * @on: let them
 *
 * What this CPU records next it records, or not, as it shall be; others follow at once,
 * and who waits for events is woken a little later.
 *
 * Context: any, NMI-safe; preemption off.
 */
void deferred_switch(struct fnt_trace *tr, bool on)
{
	buffer_switch(&tr->buffer, on);
	irq_work_queue(&tr->deferred.irq);
}

/**
 * deferred_snapshot - have a snapshot taken soon
 * @tr: the trace
 *
 * Context: any, NMI-safe; preemption off.
 */
void deferred_snapshot(struct fnt_trace *tr)
{
	set_bit(WANTED_SNAPSHOT, &tr->deferred.wanted);
	irq_work_queue(&tr->deferred.irq);
}

/**
 * deferred_dump - have events printed on the console soon, and recording stopped at once
 * @tr: the trace
 * @cpu: those of this CPU, or of BUFFER_ALL_CPUS
 *
 * Nothing is printed while that is being done already.
 *
 * Context: any, NMI-safe; preemption off.
 */
void deferred_dump(struct fnt_trace *tr, int cpu)
{
	buffer_switch(&tr->buffer, false);
	atomic_cmpxchg(&tr->deferred.dump, DUMP_NONE, DUMP_OF(cpu));
	irq_work_queue(&tr->deferred.irq);
}

/**
 * deferred_crash - have the last events printed on the console soon, as crash_print_oops()
 *		    does, and recording stopped at once
 * @tr: the trace
 * @cpu: those of this CPU, or of BUFFER_ALL_CPUS
 *
 * Context: any, NMI-safe; preemption off.
 */
void deferred_crash(struct fnt_trace *tr, int cpu)
{
	buffer_switch(&tr->buffer, false);
	WRITE_ONCE(tr->deferred.crash_cpu, cpu);
	set_bit(WANTED_CRASH, &tr->deferred.wanted);
	irq_work_queue(&tr->deferred.irq);
}
