/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_TRAMP_H
#define FNT_PATCHING_TRAMP_H

/* What tramp_64.S and C code know of each other; the sizes are in slots.h. */

#include <linux/types.h>

#include "patching/slots.h"

struct fnt_ops;
struct fnt_regs;
struct ops_users;

/**
 * struct ops_slot - what a trampoline slot does
 * @gate: per CPU: go on if it is true
 * @arg: second argument of the function that is called
 * @users: who is to be called
 *
 * OPS_SLOT_SIZE bytes.
 */
struct ops_slot {
	bool __percpu *gate;
	const void *arg;
	const struct ops_users *users;
};

/* What a slot calls: a user's own function, or ops_dispatch(); not TRAMP_RETURN_SLOT. */
typedef void (*tramp_target_t)(const struct fnt_regs *regs, const void *arg);

/* Defined in dispatch.c. */
extern struct ops_slot ops_slots[OPS_SLOTS];

void ops_dispatch(const struct fnt_regs *regs, const void *slot);
void ops_dispatch_shared(unsigned long ip, unsigned long parent_ip, const struct fnt_regs *regs);

bool tramp_aim(unsigned int slot, unsigned long target);

/* The slots, OPS_SLOT_STRIDE bytes each. */
extern const char fnt_tramp_slots[];
extern const char fnt_tramp_slots_end[];

/* What the kernel's return_to_handler is to call: one of these, see retstack.c. */
void fnt_tramp_return(void);
void fnt_tramp_return_direct(void);

/* No call site leads to this slot: its call is that of fnt_tramp_return_direct. */
#define TRAMP_RETURN_SLOT 0

/* What the kernel's own ftrace is to call at a site that it holds. */
void fnt_tramp_joined(void);

/* A NOP that the self-test of the int3 patcher turns into a call and back. */
unsigned long int3_selftest_call(void);
void int3_selftest_target(void);
extern const char int3_selftest_site[];

#endif
