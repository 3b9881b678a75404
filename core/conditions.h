/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_CONDITIONS_H
#define FNT_CORE_CONDITIONS_H

/* Which calls of functions are recorded, where it is not all: set_ftrace_filter. */

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include "core/condition.h"

struct fnt_hash;
struct fnt_trace;

/* Comparisons that a function can have. */
#define CONDITIONS_MAX 4

/**
 * struct call_condition - which calls of a function are recorded
 * @ip: its call site
 * @lists: so many struct trace_conditions have it
 * @calls: of which @every counts: those for which all of @terms hold
 * @every: one in so many, beginning with the first; 0 for all
 * @nr: number of @terms
 * @terms: all of them must hold
 */
struct call_condition {
	unsigned long ip;
	unsigned int lists;
	atomic64_t calls;
	u32 every;
	u32 nr;
	struct condition terms[];
};

/**
 * struct trace_conditions - all functions of a trace of which not all calls are recorded
 * @strings: texts are compared
 * @nr: number of @calls
 * @calls: ascending by their ip
 *
 * It is replaced as a whole.
 */
struct trace_conditions {
	bool strings;
	unsigned int nr;
	struct call_condition *calls[];
};

/**
 * struct condition_line - a line of set_ftrace_filter
 * @call: the function
 * @term: which of its comparisons; that behind the last stands for @every
 */
struct condition_line {
	const struct call_condition *call;
	unsigned int term;
};

int trace_conditions_add(struct fnt_trace *tr, const struct fnt_hash *functions,
			 const struct condition_words *words, struct trigger_fault *fault);
int trace_conditions_remove(struct fnt_trace *tr, const struct fnt_hash *functions,
			    const struct condition_words *words);
void trace_conditions_forget(struct fnt_trace *tr, const struct fnt_hash *functions);
void trace_conditions_exit(struct fnt_trace *tr);
bool trace_conditions_nth(const struct fnt_trace *tr, unsigned int n, struct condition_line *line);

struct fnt_hash *conditions_functions(const struct trace_conditions *conditions);

/**
 * conditions_find - which calls of a function are recorded
 * @conditions: of a trace
 * @ip: call site of one of its functions
 *
 * Context: any, NMI-safe.
 * Return: which.
 */
static __always_inline struct call_condition *
conditions_find(const struct trace_conditions *conditions, unsigned long ip)
{
	unsigned int low = 0, high = conditions->nr - 1, mid;

	while (low < high) {
		mid = (low + high + 1) / 2;
		if (conditions->calls[mid]->ip <= ip)
			low = mid;
		else
			high = mid - 1;
	}
	return conditions->calls[low];
}

/**
 * call_condition_take - is this the call in so many that is recorded?
 * @call: a function whose comparisons hold
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
static inline bool call_condition_take(struct call_condition *call)
{
	return !call->every || (u64)(atomic64_inc_return(&call->calls) - 1) % call->every == 0;
}

#endif
