/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_BENCH_TARGETS_H
#define HOST_BENCH_TARGETS_H

/* Loops that call a function whose call site calls the trampoline tramp_NAME. */
void loop_event(unsigned int n);
void loop_no_clock(unsigned int n);
void loop_no_flags(unsigned int n);
void loop_lock(unsigned int n);
void loop_full(unsigned int n);
void loop_saves(unsigned int n);
void loop_compact(unsigned int n);
void loop_nothing(unsigned int n);

/* Site with a NOP in it; loops without a call; a loop of nothing. */
void loop_nop(unsigned int n);
void loop_rdtsc(unsigned int n);
void loop_floor(unsigned int n);
void loop_empty(unsigned int n);

#endif
