/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_TRACERS_PROBE_HIT_H
#define FNT_TRACERS_PROBE_HIT_H

/* The ways on which probes are hit. */

#include <linux/kprobes.h>

#include "patching/ops.h"
#include "patching/retstack.h"
#include "tracers/probe_table.h"

/**
 * struct probe_hook - who is called, for all probes of one way
 * @ops: user of function entries
 * @rets: user of function returns
 * @table: what is done where
 * @armed: it is called
 */
struct probe_hook {
	struct fnt_ops ops;
	struct retstack_user rets;
	struct probe_table *table;
	bool armed;
};

/**
 * struct probe_kprobe - a kprobe
 * @node: in the list of all
 * @kp: itself
 * @hook: whose table is looked into
 */
struct probe_kprobe {
	struct list_head node;
	struct kprobe kp;
	const struct probe_hook *hook;
};

void probe_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
		   const struct fnt_regs *regs);
void probe_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops);

void probe_begun(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
		 const struct fnt_regs *regs);
void probe_begun_direct(const struct fnt_regs *regs, struct fnt_ops *ops);
void probe_returned(struct retstack_user *user, struct retstack *stack, unsigned int index,
		    unsigned long result);
unsigned long probe_returned_direct(const unsigned long *results, struct retstack_user *user);

int probe_kprobe_hit(struct kprobe *kp, struct pt_regs *regs);

#endif
