/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_BENCH_TARGETS_H
#define HOST_BENCH_TARGETS_H

/*
 * Loops that call a function with a call site. X(NAME): its site calls the
 * trampoline tramp_NAME.
 */
#define BENCH_TARGETS(X)	\
	X(event)		\
	X(no_clock)		\
	X(no_flags)		\
	X(lock)			\
	X(full)			\
	X(saves)		\
	X(compact)		\
	X(nothing)

#define DECLARE(name) void loop_##name(unsigned int n);
BENCH_TARGETS(DECLARE)
#undef DECLARE

/* Site with a NOP in it; loops without a call; a loop of nothing. */
void loop_nop(unsigned int n);
void loop_rdtsc(unsigned int n);
void loop_floor(unsigned int n);
void loop_empty(unsigned int n);

#endif
