/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_SLOTS_H
#define FNT_PATCHING_SLOTS_H

/*
 * Sizes that tramp_64.S and dispatch.c have to agree on.
 *
 * A trampoline slot is an entry point of its own for one combination of users.
 * Slot 0 stands for no trampoline.
 */
#define OPS_SLOTS 64
#define OPS_SLOT_STRIDE 16	/* bytes of code */
#define OPS_SLOT_SIZE 8		/* bytes of struct ops_slot */

#endif
