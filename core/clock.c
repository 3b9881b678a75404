// SPDX-License-Identifier: GPL-2.0
/*
 * The trace clocks.
 */

#include "core/clock.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "core/kabi.h"
#include "core/ours.h"

static const struct {
	const char *name;
	bool in_ns;
} clocks[TRACE_CLOCK_COUNT] = {
	[TRACE_CLOCK_LOCAL] = { "local", true },
	[TRACE_CLOCK_GLOBAL] = { "global", true },
	[TRACE_CLOCK_COUNTER] = { "counter", false },
	[TRACE_CLOCK_UPTIME] = { "uptime", false },
	[TRACE_CLOCK_PERF] = { "perf", true },
	[TRACE_CLOCK_MONO] = { "mono", true },
	[TRACE_CLOCK_MONO_RAW] = { "mono_raw", true },
	[TRACE_CLOCK_BOOT] = { "boot", true },
	[TRACE_CLOCK_TAI] = { "tai", true },
	[TRACE_CLOCK_X86_TSC] = { "x86-tsc", false },
	[TRACE_CLOCK_COARSE] = { "coarse", true },
};

static atomic64_t counter;

/* clock_try_read_quick() gives what trace_clock_local() gives. */
static bool quick_works __ro_after_init;

DEFINE_PER_CPU(struct clock_quick, clock_quick);

/*
 * Whoever interrupts this leaves what is newer, and we older: then the next reader
 * sees that it is, and looks again.
 */
static void look_again(struct clock_quick *quick, const struct kabi_cyc2ns *cyc2ns)
{
	unsigned int seq = READ_ONCE(cyc2ns->seq.seqcount.sequence);

	WRITE_ONCE(quick->seq, seq + 1);
	barrier();
	WRITE_ONCE(quick->data, &kabi.cyc2ns->data[seq & 1]);
	barrier();
	WRITE_ONCE(quick->seq, seq);
}

/**
 * clock_read_local - the local clock, as the kernel reads it
 *
 * Context: any, NMI-safe; preemption off.
 * Return: nanoseconds.
 */
u64 clock_read_local(void)
{
	if (kabi.cyc2ns && !clock_quick_same())
		look_again(this_cpu_ptr(&clock_quick), this_cpu_ptr(kabi.cyc2ns));
	return trace_clock_local();
}

static u64 read_timekeeper(enum clock_id id)
{
	switch (id) {
	case TRACE_CLOCK_MONO:
		return ktime_get_mono_fast_ns();
	case TRACE_CLOCK_MONO_RAW:
		return ktime_get_raw_fast_ns();
	case TRACE_CLOCK_BOOT:
		return ktime_get_boot_fast_ns();
	default:
		return ktime_get_tai_fast_ns();
	}
}

/**
 * clock_read_timekeeper - a clock of the kernel's timekeeping
 * @id: mono, mono_raw, boot or tai
 *
 * Its source may be a driver's, which reads it by functions that can be traced (v6.1:
 * read_hpet(), acpi_pm_read()).
 *
 * Context: any, NMI-safe; preemption off.
 * Return: nanoseconds.
 */
u64 clock_read_timekeeper(enum clock_id id)
{
	struct ours ours;
	u64 now;

	ours_begin(&ours);
	now = read_timekeeper(id);
	ours_end(&ours);
	return now;
}

static void test_quick(void *data)
{
	bool *works = data;
	unsigned int i;
	u64 before, now;

	for (i = 0; i < 10; i++) {
		before = clock_read_local();
		/* Nobody may be able to write it while we look. */
		if (!clock_try_read_quick(&now) || now < before || now > trace_clock_local())
			WRITE_ONCE(*works, false);
	}
}

/**
 * clock_init - find out how the clocks can be read here
 *
 * Context: process, may sleep; once, at load, after kabi_init().
 */
void clock_init(void)
{
	bool works = kabi.cyc2ns;
	int cpu;

	if (!works)
		return;
	for_each_possible_cpu(cpu)
		look_again(per_cpu_ptr(&clock_quick, cpu), per_cpu_ptr(kabi.cyc2ns, cpu));
	on_each_cpu(test_quick, &works, 1);
	quick_works = works;
}

/**
 * clock_is_quick - may a clock be read by clock_read_quick()?
 * @id: the clock
 *
 * Context: any.
 * Return: true if so.
 */
bool clock_is_quick(enum clock_id id)
{
	return id == TRACE_CLOCK_LOCAL && quick_works;
}

/**
 * clock_count - the clock that counts how often it was read
 *
 * Context: any, NMI-safe.
 * Return: the count, from 1.
 */
u64 clock_count(void)
{
	return atomic64_inc_return(&counter);
}

/**
 * clock_name - how a clock is called in the control file
 * @id: the clock
 *
 * Context: any.
 * Return: the name.
 */
const char *clock_name(enum clock_id id)
{
	return clocks[id].name;
}

/**
 * clock_in_ns - does a clock show nanoseconds?
 * @id: the clock
 *
 * Context: any.
 * Return: true if so; else it shows units of its own.
 */
bool clock_in_ns(enum clock_id id)
{
	return clocks[id].in_ns;
}

/**
 * clock_by_name - find a clock
 * @name: its name
 *
 * Context: any.
 * Return: enum clock_id; -EINVAL if there is none.
 */
int clock_by_name(const char *name)
{
	int i;

	for (i = 0; i < TRACE_CLOCK_COUNT; i++)
		if (!strcmp(clocks[i].name, name))
			return i;
	return -EINVAL;
}

/**
 * clock_default - the clock of a new trace
 *
 * Context: process.
 * Return: local; global if the local clocks of the CPUs do not agree, as the
 * kernel's own tracer chooses (v6.1: tracing_set_default_clock()).
 */
enum clock_id clock_default(void)
{
	return kabi_clock_stable() ? TRACE_CLOCK_LOCAL : TRACE_CLOCK_GLOBAL;
}
