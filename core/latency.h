/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_LATENCY_H
#define FNT_CORE_LATENCY_H

/*
 * Keeping the trace of what took longest.
 *
 * Tracers that look for it write into the trace's buffer all the time. When they have
 * found something longer the ring goes aside as it is, and another one is written: see
 * ring-buffer.rst. Who reads takes what was put aside last into the snapshot's place.
 */

#include "core/trace.h"

int latency_begin(struct fnt_trace *tr);
void latency_end(struct fnt_trace *tr);

bool latency_is_longer(const struct fnt_trace *tr, u64 ns);
bool latency_claim(struct fnt_trace *tr, u64 ns);
u64 latency_limit(const struct fnt_trace *tr);
void latency_describe(struct storage_facts *facts, const struct task_struct *task);
void latency_keep(struct fnt_trace *tr, const struct storage_facts *facts);
void latency_hold(struct fnt_trace *tr, const struct storage_facts *facts);
void latency_let_go(struct fnt_trace *tr);

void latency_keep_everywhere(struct fnt_trace *tr, const struct storage_facts *facts);
void latency_follow(struct fnt_trace *tr);

void latency_restart(struct fnt_trace *tr);
void latency_take(struct fnt_trace *tr, struct storage_facts *facts);
void latency_clear(struct fnt_trace *tr);
void latency_begin_anew(struct fnt_trace *tr);

#endif
