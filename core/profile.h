/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PROFILE_H
#define FNT_CORE_PROFILE_H

/*
 * What a profiler knows of functions: how often they were called, and for how long.
 * Each CPU has a table to itself, in which a function finds its place by its
 * address, and takes one when it is called there first. PURE.
 */

#include <linux/compiler.h>
#include <linux/types.h>

struct text;

/**
 * struct profile_times - times of calls
 * @sum: of them, ns
 * @squares: the sum of their squares, ns^2: the lower half, the upper half
 */
struct profile_times {
	u64 sum;
	u64 squares[2];
};

/**
 * struct profile_entry - what is known of a function: a cache line
 * @ip: its call site, 0 while the entry is nobody's
 * @hits: how often it was entered
 * @total: times from entry to return, of recursive calls the outermost alone
 * @self: the same without what calls within took that were profiled, too
 */
struct profile_entry {
	unsigned long ip;
	u64 hits;
	struct profile_times total;
	struct profile_times self;
};

/*
 * Places that are tried from a function's own on. One that finds none there is
 * without a place; with a third of the table left that takes more bad luck than is.
 */
#define PROFILE_TRIES 64

/**
 * profile_hash - where a function would be
 * @ip: its call site
 *
 * Context: any, NMI-safe.
 * Return: a number of which the upper bits are the ones to use.
 */
static __always_inline u64 profile_hash(unsigned long ip)
{
	return ip * 0x9e3779b97f4a7c15ULL;
}

/**
 * profile_add - add to what an interrupt may be adding to
 * @where: a number that only this CPU, or this task, writes
 * @n: how much
 *
 * One instruction, so that nothing gets lost between reading and writing.
 *
 * Context: any, NMI-safe.
 */
static __always_inline void profile_add(u64 *where, u64 n)
{
	asm volatile("addq %1, %0" : "+m" (*where) : "er" (n) : "cc");
}

/**
 * profile_add_time - add the time of a call
 * @times: of its function, on this CPU
 * @ns: how long it took
 *
 * What interrupts this between the halves of the squares leaves us our carry.
 *
 * Context: any, NMI-safe; preemption off.
 */
static __always_inline void profile_add_time(struct profile_times *times, u64 ns)
{
	u64 low = ns, high;

	asm("mulq %2" : "+a" (low), "=d" (high) : "r" (ns) : "cc");
	/* By one operand, of which the compiler knows where it is. */
	asm volatile("addq %1, %0\n\taddq %2, 8+%0\n\tadcq %3, 16+%0"
		     : "+m" (*times) : "r" (ns), "r" (low), "r" (high) : "cc");
}

struct profile_entry *profile_find(struct profile_entry *table, unsigned int bits,
				   unsigned long ip);

unsigned int profile_bits(unsigned int functions);
unsigned int profile_used(const struct profile_entry *table, unsigned int bits);
unsigned int profile_copy(struct profile_entry *rows, unsigned int room,
			  const struct profile_entry *table, unsigned int bits);
unsigned int profile_merge(struct profile_entry *rows, unsigned int nr);
void profile_sort(struct profile_entry *rows, unsigned int nr, bool self);

u64 profile_average(const struct profile_times *times, u64 hits);
u64 profile_variance(const struct profile_times *times, u64 hits);
void profile_print_row(struct text *text, const struct profile_entry *row, const char *name,
		       bool self);
void profile_print_merged(struct text *text, const struct profile_entry *row,
			  const char *name);

#endif
