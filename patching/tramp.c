// SPDX-License-Identifier: GPL-2.0
/*
 * The call in a trampoline slot.
 */

#include "patching/tramp.h"

#include "core/kabi.h"
#include "patching/insn.h"
#include "patching/patch.h"

/**
 * tramp_aim - have a trampoline slot call something else
 * @slot: nothing leads there, and a quiescence has passed since something did
 * @target: address of a tramp_target_t
 *
 * Whoever gets to the slot gets there by a call site that is written later, and
 * that every CPU serialises for.
 *
 * Context: process, may sleep; patch_mutex held.
 * Return: false if @target is out of reach, or if there is no call: then nothing
 * has changed.
 */
bool tramp_aim(unsigned int slot, unsigned long target)
{
	char *call = (char *)fnt_tramp_slots + slot * OPS_SLOT_STRIDE + OPS_SLOT_CALL;
	u8 code[INSN_LEN];

	if (*(u8 *)call != INSN_CALL || !insn_call(code, (unsigned long)call, target))
		return false;
	if (!memcmp(call, code, INSN_LEN))
		return true;
	patch_text_lock();
	kabi_text_poke(call, code, INSN_LEN);
	patch_text_unlock();
	return true;
}
