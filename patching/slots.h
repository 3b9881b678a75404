/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_SLOTS_H
#define FNT_PATCHING_SLOTS_H

/*
 * Sizes that tramp_64.S and dispatch.c have to agree on. PURE.
 *
 * A trampoline slot is an entry point of its own for one combination of users.
 * Slot 0 is none: there is the trampoline that returns of one user lead to.
 */
#define OPS_SLOTS 64
#define OPS_SLOT_STRIDE 128	/* bytes of code */
#define OPS_SLOT_CALL 43	/* where in them the call of the users is */
#define OPS_SLOT_SIZE 24	/* bytes of struct ops_slot */
#define OPS_SLOT_GATE 0		/* its members */
#define OPS_SLOT_ARG 8

/* Bytes of the instruction at a call site. */
#define SITE_LEN 5

#endif
