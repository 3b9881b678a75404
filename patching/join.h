/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_JOIN_H
#define FNT_PATCHING_JOIN_H

/*
 * Functions whose entry the kernel's own ftrace holds for somebody (a tracer, a
 * kprobe, livepatch, BPF): we become one more ordinary user of it there.
 */

#include <linux/types.h>

/**
 * struct join_entry - a joined function
 * @ip: its call site
 * @slot: trampoline slot whose users are to be called
 */
struct join_entry {
	unsigned long ip;
	unsigned int slot;
};

void join_placeholder(void);

unsigned int join_slot(unsigned long ip);

int join_publish(const struct join_entry *entries, unsigned int nr);
void join_retarget(unsigned long ip, unsigned int slot);
int join_add(unsigned long *ips, unsigned int nr);
int join_remove(unsigned long *ips, unsigned int nr);
int join_end(void);

void join_exit(void);

#endif
