// SPDX-License-Identifier: GPL-2.0
/*
 * What stands in for the instructions that switch interrupts and preemption: the thunks
 * themselves, on a CPU whose flag, count and time are variables.
 *
 * Random schedules run on it as on a machine: what tasks do, interrupts that come where
 * they may, softirqs behind them, exceptions that switch interrupts off and on without an
 * instruction. Beside the thunks stands a twin that only looks what is off after each step.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <linux/kernel.h>
#include <linux/string.h>

#include "patching/edge_choice.h"

#define IF 0x200ULL
#define NO_NEED_RESCHED 0x80000000u	/* upper bit of the count, inverted as on x86 */
#define SCHEDULES 3000
#define STEPS 60
#define NESTED 4
#define NO_TIME UINT64_MAX

/* What edge_thunks_text.S works on. */
struct edge_cpu edge_cpu;
uint64_t edge_flags, edge_now, edge_regs[16];
uint64_t edge_target, edge_back, edge_caller, edge_stack;
uint32_t edge_count, edge_words;

extern const char edge_site[];
void edge_enter(void);

#define RAX 0
#define RFLAGS 15

/* Kinds of sections that are asked for. */
static unsigned int wanted;

/* What the last instruction told. */
static struct told {
	unsigned int times;
	uint64_t start;
	uint64_t caller;
} told[EDGE_KINDS];

/* What is off, since when, and if it went off by an instruction: where that was. */
struct off {
	uint64_t since;
	bool seen;
	uint64_t caller;
};

static struct off now[EDGE_KINDS], before[EDGE_KINDS];

void edges_ended(unsigned int kind, unsigned long end, s64 ticks)
{
	const struct edge_section *section = &edge_cpu.sections[kind];

	assert_true(kind < EDGE_KINDS);
	assert_true(wanted & EDGE_WANT(kind));
	assert_true(ticks > section->limit);
	assert_int_equal(ticks, edge_now - section->start);
	assert_int_equal(end, (uintptr_t)edge_site);
	assert_int_equal(section->at, (uintptr_t)edge_site);
	told[kind].times++;
	told[kind].start = section->start;
	told[kind].caller = section->caller;
}

static bool irqs_on(void)
{
	return edge_flags & IF;
}

static bool counted(void)
{
	return edge_count & EDGE_COUNT_MASK;
}

static bool is_off(unsigned int kind)
{
	switch (kind) {
	case EDGE_IRQS:
		return !irqs_on();
	case EDGE_PREEMPT:
		return counted();
	default:
		return !irqs_on() || counted();
	}
}

/* The twin looks what has gone off or come on. */
static void look(bool seen)
{
	unsigned int kind;

	for (kind = 0; kind < EDGE_KINDS; kind++) {
		if (!is_off(kind))
			now[kind] = (struct off) { .since = NO_TIME };
		else if (now[kind].since == NO_TIME)
			now[kind] = (struct off) { edge_now, seen, edge_caller };
	}
}

static void time_passes(void)
{
	edge_now += 1 + rand() % 1000;
}

static const struct {
	int amount;
	unsigned int len;
} ops[EDGE_OPS] = {
	[EDGE_CLI] = { 0, 6 },
	[EDGE_INC] = { 1, 7 },
	[EDGE_ADD_BH] = { EDGE_COUNT_BH, 11 },
	[EDGE_ADD_BH_LOCK] = { EDGE_COUNT_BH_LOCK, 11 },
	[EDGE_ADD_SOFTIRQ] = { EDGE_COUNT_SOFTIRQ, 11 },
	[EDGE_ADD_HARDIRQ] = { EDGE_COUNT_HARDIRQ, 11 },
	[EDGE_STI] = { 0, 6 },
	[EDGE_DEC] = { -1, 7 },
	[EDGE_SUB_BH] = { -EDGE_COUNT_BH, 11 },
	[EDGE_SUB_SOFTIRQ] = { -EDGE_COUNT_SOFTIRQ, 11 },
	[EDGE_SUB_HARDIRQ] = { -EDGE_COUNT_HARDIRQ, 11 },
};

/* What the instruction itself does. */
static void execute(unsigned int op, uint64_t *flags, uint32_t *count)
{
	if (op == EDGE_CLI)
		*flags &= ~IF;
	else if (op == EDGE_STI)
		*flags |= IF;
	*count += ops[op].amount;
}

/* ZF, SF, OF, PF and AF: what decl sets, and a jump behind it may depend on. */
#define FLAGS_OF_DEC 0x8d4

static uint64_t flags_of_dec(uint32_t count)
{
	uint64_t flags;

	asm volatile("decl %1; pushfq; popq %0" : "=r" (flags), "+m" (count) : : "cc");
	return flags & FLAGS_OF_DEC;
}

static uint64_t any_value(void)
{
	return (uint64_t)rand() << 42 ^ (uint64_t)rand() << 21 ^ rand();
}

/* A thunk does to registers and memory what the instruction does. */
static void by_thunk(unsigned int op, unsigned int how, unsigned int thunk)
{
	bool trapped = rand() % 4 == 0;
	uint64_t flags = edge_flags, regs[16], dec = flags_of_dec(edge_count);
	uint32_t count = edge_count;
	unsigned int i;

	for (i = 0; i < 16; i++)
		regs[i] = any_value();
	memcpy(edge_regs, regs, sizeof(regs));
	edge_words = op < EDGE_BEGINS && how == EDGE_CALLER_BEHIND;
	/* The int3 handler has it return five bytes behind the site. */
	edge_back = (uintptr_t)edge_site - (trapped ? ops[op].len - 5 : 0);
	edge_target = edge_thunk_addr(thunk) - (trapped ? EDGE_TRAP_ENTRY : 0);
	edge_enter();

	for (i = 0; i < RFLAGS; i++)
		if (i != RAX || (op != EDGE_CLI && op != EDGE_STI))
			assert_int_equal(edge_regs[i], regs[i]);
	if (op == EDGE_DEC)
		assert_int_equal(edge_regs[RFLAGS] & FLAGS_OF_DEC, dec);
	execute(op, &flags, &count);
	assert_int_equal(edge_flags, flags);
	assert_int_equal(edge_count, count);
}

/* What was told is no longer than it was off, whatever has not been seen. */
static void check_told(unsigned int op)
{
	unsigned int kind;

	for (kind = 0; kind < EDGE_KINDS; kind++) {
		if (!told[kind].times)
			continue;
		assert_int_equal(told[kind].times, 1);
		assert_true(op >= EDGE_BEGINS);
		assert_true(before[kind].since != NO_TIME);
		assert_true(told[kind].start >= before[kind].since);
	}
}

/* The whole section was told. */
static void expect(unsigned int kind, const struct off *off)
{
	if (!(wanted & EDGE_WANT(kind)))
		return;
	if ((s64)(edge_now - off->since) <= edge_cpu.sections[kind].limit) {
		assert_int_equal(told[kind].times, 0);
		return;
	}
	assert_int_equal(told[kind].times, 1);
	assert_int_equal(told[kind].start, off->since);
	assert_int_equal(told[kind].caller, off->caller);
}

/* An instruction of the kernel, in the way that edge_thunk_number() takes. */
static void instruction(unsigned int op, unsigned int how)
{
	unsigned int thunk = edge_thunk_number(op, wanted, how), kind;
	bool plain = op >= EDGE_BEGINS && how == EDGE_PLAINLY;

	memset(told, 0, sizeof(told));
	memcpy(before, now, sizeof(now));
	edge_caller = any_value();
	if (thunk)
		by_thunk(op, how, thunk);
	else
		execute(op, &edge_flags, &edge_count);
	if (op >= EDGE_BEGINS || how == EDGE_SELF)
		edge_caller = 0;
	look(true);
	check_told(op);
	for (kind = 0; kind < EDGE_KINDS; kind++)
		if (plain && before[kind].since != NO_TIME && before[kind].seen &&
		    now[kind].since == NO_TIME)
			expect(kind, &before[kind]);
}

static void begin(unsigned int op)
{
	time_passes();
	instruction(op, rand() % EDGE_BEGIN_HOWS);
}

static void end(unsigned int op)
{
	time_passes();
	instruction(op, EDGE_PLAINLY);
}

/* Without an instruction that could be seen. */
static void silently(bool on)
{
	edge_flags = on ? edge_flags | IF : edge_flags & ~IF;
	edge_caller = 0;
	look(false);
}

static void add_silently(int amount)
{
	edge_count += amount;
	look(false);
}

static void something(unsigned int depth);

static void some_things(unsigned int depth)
{
	unsigned int nr = depth < NESTED ? rand() % 4 : 0;

	while (nr--)
		something(depth + 1);
}

/* As local_irq_save() and local_irq_restore(). */
static void irqs_off(unsigned int depth)
{
	bool on = irqs_on();

	begin(EDGE_CLI);
	some_things(depth);
	if (on)
		end(EDGE_STI);
}

static void preempt_off(unsigned int depth)
{
	begin(EDGE_INC);
	some_things(depth);
	end(EDGE_DEC);
}

/* local_bh_enable() takes away all but one, and then that. */
static void bh_off(unsigned int depth)
{
	bool lock = rand() % 2;

	begin(lock ? EDGE_ADD_BH_LOCK : EDGE_ADD_BH);
	some_things(depth);
	if (!lock && rand() % 2) {
		end(EDGE_SUB_BH);
		return;
	}
	add_silently(1 - (lock ? EDGE_COUNT_BH_LOCK : EDGE_COUNT_BH));
	end(EDGE_DEC);
}

/* One goes off in the other, and on behind it. */
static void overlap(unsigned int depth)
{
	if (!irqs_on())
		return;
	if (rand() % 2) {
		begin(EDGE_INC);
		begin(EDGE_CLI);
		some_things(depth);
		end(EDGE_DEC);
		end(EDGE_STI);
	} else {
		begin(EDGE_CLI);
		begin(EDGE_INC);
		some_things(depth);
		end(EDGE_STI);
		end(EDGE_DEC);
	}
}

/* Once more, without need. */
static void again(unsigned int depth)
{
	if (irqs_on())
		end(EDGE_STI);
	else
		begin(EDGE_CLI);
}

/* The end of softirqs ends what is of either, as nothing may follow that is seen. */
static void run_softirqs(unsigned int depth)
{
	begin(EDGE_ADD_SOFTIRQ);
	end(EDGE_STI);
	some_things(depth);
	begin(EDGE_CLI);
	end(EDGE_SUB_SOFTIRQ);
	if (counted())
		return;
	if (before[EDGE_EITHER].seen)
		expect(EDGE_EITHER, &before[EDGE_EITHER]);
	now[EDGE_EITHER].seen = false;
}

static void ksoftirqd(unsigned int depth)
{
	if (!irqs_on() || counted())
		return;
	begin(EDGE_CLI);
	run_softirqs(depth);
	end(EDGE_STI);
}

/* preempt_schedule_irq(): its cli is left alone, what it leaves is the interrupt. */
static void schedule_in_interrupt(unsigned int depth)
{
	begin(EDGE_INC);
	time_passes();
	instruction(EDGE_STI, EDGE_AT_GATE);
	some_things(depth);
	silently(false);
	time_passes();
	instruction(EDGE_DEC, EDGE_AT_GATE);
	if (before[EDGE_PREEMPT].seen)
		expect(EDGE_PREEMPT, &before[EDGE_PREEMPT]);
}

/* The CPU's own: it begins with the first instruction that is seen, at the same time. */
static void interrupt(unsigned int depth)
{
	bool alone = !counted();

	if (!irqs_on())
		return;
	time_passes();
	silently(false);
	instruction(EDGE_ADD_HARDIRQ, rand() % EDGE_BEGIN_HOWS);
	now[EDGE_IRQS].seen = true;
	now[EDGE_IRQS].caller = edge_caller;
	if (alone)
		now[EDGE_EITHER] = now[EDGE_IRQS];
	if (rand() % 4 == 0) {
		end(EDGE_STI);
		some_things(depth);
		begin(EDGE_CLI);
	}
	some_things(depth);
	end(EDGE_SUB_HARDIRQ);
	expect(EDGE_IRQS, &before[EDGE_IRQS]);
	now[EDGE_IRQS].seen = false;
	if (alone) {
		expect(EDGE_EITHER, &before[EDGE_EITHER]);
		if (rand() % 2)
			run_softirqs(depth);
		else if (rand() % 2)
			schedule_in_interrupt(depth);
	}
	silently(true);
}

/* A page fault: interrupts are off when it comes, and when it goes. */
static void exception(unsigned int depth)
{
	bool on = irqs_on();

	time_passes();
	silently(false);
	if (on) {
		time_passes();
		instruction(EDGE_STI, EDGE_AT_GATE);
		some_things(depth);
		silently(false);
	}
	time_passes();
	silently(on);
}

/* Interrupts go off for the way to user space, and from there by the CPU again. */
static void user_space(unsigned int depth)
{
	if (!irqs_on() || counted())
		return;
	/* As if the table of such ways had missed one. */
	if (rand() % 2)
		begin(EDGE_CLI);
	silently(false);
	time_passes();
	silently(true);
	interrupt(depth);
	time_passes();
	exception(depth);
	silently(false);
	silently(true);
}

static void resched(unsigned int depth)
{
	edge_count ^= NO_NEED_RESCHED;
}

static void something(unsigned int depth)
{
	static void (*const things[])(unsigned int depth) = {
		irqs_off, preempt_off, bh_off, overlap, again, ksoftirqd, interrupt, exception,
		user_space, resched,
	};

	things[rand() % ARRAY_SIZE(things)](depth);
}

static void start(unsigned int kinds)
{
	unsigned int kind;

	wanted = kinds;
	edge_flags = IF | 2;
	edge_count = NO_NEED_RESCHED;
	edge_cpu = (struct edge_cpu) { .before = { (u64)EDGE_NEVER << 32 } };
	for (kind = 0; kind < EDGE_KINDS; kind++) {
		edge_cpu.sections[kind].start = (u64)EDGE_NEVER << 32;
		edge_cpu.sections[kind].limit = rand() % 2 ? -1 : rand() % 1500;
		now[kind].since = NO_TIME;
	}
}

/* At rest nothing is open, and nobody inside. */
static void check_rest(void)
{
	unsigned int kind;

	instruction(EDGE_INC, EDGE_SELF);
	instruction(EDGE_CLI, EDGE_SELF);
	for (kind = 0; kind < EDGE_KINDS; kind++)
		assert_int_equal(edge_cpu.inside[kind], !!(wanted & EDGE_WANT(kind)));
	instruction(EDGE_STI, EDGE_PLAINLY);
	instruction(EDGE_DEC, EDGE_PLAINLY);
	for (kind = 0; kind < EDGE_KINDS; kind++) {
		assert_false(edge_cpu.inside[kind]);
		assert_int_equal(edge_cpu.sections[kind].start >> 32, EDGE_NEVER);
	}
	assert_false(counted());
	assert_true(irqs_on());
}

static void every_section_is_told_and_no_other(void **state)
{
	unsigned int schedule, step, kinds;

	srand(1);
	edge_now = 1ULL << 40;
	for (kinds = 1; kinds < 1 << EDGE_KINDS; kinds++)
		for (schedule = 0; schedule < SCHEDULES; schedule++) {
			start(kinds);
			for (step = 0; step < STEPS; step++)
				something(0);
			check_rest();
		}
}

/* Each thunk has a number of its own, and each number a thunk. */
static void numbers_are_those_of_the_table(void **state)
{
	static const unsigned int hows[] = { EDGE_BEGIN_HOWS, EDGE_END_HOWS };
	unsigned int op, kinds, how, thunk, last = 0;
	bool seen[256] = { };

	for (op = 0; op < EDGE_OPS; op++)
		for (kinds = 1; kinds < 1 << EDGE_KINDS; kinds++)
			for (how = 0; how < hows[op >= EDGE_BEGINS]; how++) {
				thunk = edge_thunk_number(op, kinds, how);
				seen[thunk] = true;
				last = thunk > last ? thunk : last;
			}
	for (thunk = 1; thunk <= last; thunk++) {
		assert_true(seen[thunk]);
		assert_true(thunk == 1 || edge_thunk_addr(thunk) > edge_thunk_addr(thunk - 1));
		/* addq $n, (%rsp): the int3 handler's entry. */
		assert_memory_equal((void *)(edge_thunk_addr(thunk) - EDGE_TRAP_ENTRY),
				    "\x48\x83\x04\x24", 4);
	}
	assert_int_equal(edge_thunk_number(EDGE_CLI, EDGE_WANT(EDGE_PREEMPT), 0), 0);
	assert_int_equal(edge_thunk_number(EDGE_INC, EDGE_WANT(EDGE_IRQS), 0), 0);
	assert_int_equal(edge_thunk_addr(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_the_table),
		cmocka_unit_test(every_section_is_told_and_no_other),
	};

	return cmocka_run_group_tests_name("edge_thunks", tests, NULL, NULL);
}
