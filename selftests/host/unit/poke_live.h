/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_HOST_UNIT_POKE_LIVE_H
#define SELFTESTS_HOST_UNIT_POKE_LIVE_H

/*
 * Call sites that change while threads run through them, in user space on the
 * real CPU. A thread stands for a CPU of the kernel, a signal for an interrupt:
 * SIGTRAP for int3, LIVE_STOP for the call that brings a CPU to stop_machine(),
 * LIVE_NMI for what nothing there keeps away.
 *
 *	poke_live_text.S	functions, trampolines, and the caller of functions
 *	poke_live_patch.c	the patchers, as the module has them
 *	poke_live_test.c	who calls, and what the calls must come to
 */

#include <signal.h>
#include <ucontext.h>

#include <linux/types.h>

#include "patching/poke.h"
#include "selftests/host/unit/poke_live_layout.h"

#define LIVE_STOP SIGUSR1
#define LIVE_NMI SIGUSR2
#define LIVE_THREADS_MAX 64

/* What a site holds; a set of these is what it may have held for a while. */
enum live_state {
	LIVE_NOP = 1,
	LIVE_A = 2,	/* a call of live_tramp_a() */
	LIVE_B = 4,	/* a call of live_tramp_b() */
};

/**
 * struct live_counts - what the trampolines have seen of one thread
 * @a: calls of live_tramp_a()
 * @a_sum: the addresses behind the sites that they came from, added up
 * @b: calls of live_tramp_b()
 * @b_sum: likewise
 *
 * poke_live_text.S knows the layout.
 */
struct live_counts {
	unsigned long a;
	unsigned long a_sum;
	unsigned long b;
	unsigned long b_sum;
};

/**
 * struct live_calls - calls for live_call() to make
 * @fns: first function of a window of the table
 * @mask: functions in the window, a power of two, less one
 * @index: of the function to begin with
 * @multiplier: the next index is @index * @multiplier + @increment
 * @increment: see @multiplier
 * @nr: how many calls
 * @damage: afterwards: 0 if every register is as it was
 *
 * poke_live_text.S knows the layout.
 */
struct live_calls {
	const unsigned long *fns;
	unsigned long mask;
	unsigned long index;
	unsigned long multiplier;
	unsigned long increment;
	unsigned long nr;
	unsigned long damage;
};

/**
 * struct live_patch_stats - what patching was
 * @traps: breakpoints met, by anyone
 * @late: of these, met while they stood, but handled when they were gone
 * @patches: sets of changes
 * @sites: sites changed
 * @nmis: signals sent to threads while sites were being written
 */
struct live_patch_stats {
	unsigned long traps;
	unsigned long late;
	unsigned long patches;
	unsigned long sites;
	unsigned long nmis;
};

extern __thread struct live_counts live_counts;
extern u8 live_text[LIVE_TEXT_SIZE];
extern const u8 live_tramp_a[], live_tramp_a_end[];
extern const u8 live_tramp_b[], live_tramp_b_end[];
extern const unsigned long live_fns[LIVE_FNS];
unsigned long live_call(struct live_calls *calls);

void live_patch_init(void);
void live_patch_begin(void);
void live_patch_thread(void);
void live_patch(const struct poke_script *script, const u8 *from, const u8 *to);
bool live_text_is_original(void);
unsigned long live_generation(void);
unsigned int live_hot(void);
struct live_patch_stats live_patch_stats(void);

__attribute__((format(printf, 1, 2), noreturn))
void live_die(const char *format, ...);

#endif
