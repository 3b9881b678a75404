/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_EDGES_H
#define FNT_PATCHING_EDGES_H

/*
 * Who wants to know how long interrupts or preemption were off.
 *
 * The instructions that switch them are replaced by calls. What is called notes when and
 * where a section begins, and compares how long it was with a limit when it ends; only
 * if it was longer somebody is told. So a section that is not of interest costs no more
 * than that.
 */

#include <linux/types.h>

#include "patching/edge_layout.h"

/* Users at a time. */
#define EDGE_USERS 8

/* Shorter than this is none. */
#define EDGE_LIMIT_NONE S64_MAX

/**
 * struct edge_end - a section that ends here
 * @kind: EDGE_IRQS, EDGE_PREEMPT or EDGE_EITHER
 * @start: when it began, by the CPU's time stamp counter
 * @ticks: how long it was, by the CPU's time stamp counter
 * @at: where it began: behind the instruction
 * @caller: of the function that @at is in, if that only does it for others; else 0
 * @end: where it ends: behind the instruction
 * @continues: softirqs come next, without interrupts being on before, and it may go on
 */
struct edge_end {
	unsigned int kind;
	u64 start;
	s64 ticks;
	unsigned long at;
	unsigned long caller;
	unsigned long end;
	bool continues;
};

/**
 * struct edge_user - one who wants to know
 * @kind: sections of this kind
 * @limit: of those that are longer, in ticks; -1 of all
 * @ended: called at their end, with interrupts or preemption off as they were in it
 * @private: the user's own
 *
 * @ended may not sleep, fault or allocate; it is not called from NMIs. @kind, @ended and
 * @private are the user's to set, @limit is set by edges_set_limit() later on.
 */
struct edge_user {
	unsigned int kind;
	s64 limit;
	void (*ended)(struct edge_user *user, const struct edge_end *end);
	void *private;
};

/**
 * struct edge_stats - how many places are known
 * @sites: instructions that switch interrupts or preemption
 * @ours: of them with a call of ours
 * @foreign: of them left as they are, since somebody else has changed them
 */
struct edge_stats {
	unsigned int sites;
	unsigned int ours;
	unsigned int foreign;
};

int edges_init(void);
void edges_exit(void);

int edges_register_all(struct edge_user *const *list, unsigned int nr);
int edges_register(struct edge_user *user);
void edges_unregister_all(struct edge_user *const *list, unsigned int nr);
void edges_unregister(struct edge_user *user);
void edges_set_limit(struct edge_user *user, s64 ticks);
void edges_heed_limits(void);
bool __percpu *edges_inside(unsigned int kind);
u64 edges_started(unsigned int kind);
bool edges_section(unsigned int kind, struct edge_end *began);
unsigned long edges_place(const unsigned long *frames, unsigned int nr);
void edges_stats(struct edge_stats *stats);

#endif
