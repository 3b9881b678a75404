/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_DEFERRED_H
#define FNT_CORE_DEFERRED_H

/* What is asked for where an event happens, and cannot be done there. */

#include <linux/types.h>

struct fnt_trace;

int deferred_init(void);
void deferred_exit(void);

void deferred_begin(struct fnt_trace *tr);
void deferred_end(struct fnt_trace *tr);
void deferred_wait(struct fnt_trace *tr);

void deferred_switch(struct fnt_trace *tr, bool on);
void deferred_snapshot(struct fnt_trace *tr);
void deferred_dump(struct fnt_trace *tr, int cpu);
void deferred_crash(struct fnt_trace *tr, int cpu);

#endif
