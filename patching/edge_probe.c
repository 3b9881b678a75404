// SPDX-License-Identifier: GPL-2.0
/*
 * Standing in for the kernel's kprobe_emulate_call(), which executes a call at which there
 * is a kprobe. It has each call return five bytes behind its first (v6.1 to v6.12:
 * arch/x86/kernel/kprobes/core.c), and ours are longer: whoever set a kprobe at one would
 * have the kernel go on in the midst of an instruction.
 */

#include "patching/edge_probe.h"

#include <linux/kprobes.h>
#include <linux/string.h>

#include <asm/ibt.h>
#include <asm/text-patching.h>

#include "core/kabi.h"
#include "patching/insn.h"
#include "patching/patch.h"
#include "patching/sites.h"

/* patch_mutex: our jump is there, and the bytes that it stands for. */
static bool hooked;
static u8 saved[INSN_LEN];

/* From the breakpoint's handler. The call is as long as it is. */
static void emulate_call(struct kprobe *p, struct pt_regs *regs)
{
	unsigned long next = regs->ip - INT3_INSN_SIZE + p->ainsn.size;

	int3_emulate_push(regs, next);
	int3_emulate_jmp(regs, next + p->ainsn.rel32);
}

static unsigned int hook_len(const struct patch_set *set, unsigned int change)
{
	return INSN_LEN;
}

static bool hook_encode(const struct patch_set *set, unsigned int change, unsigned long target,
			u8 *code)
{
	if (target)
		return insn_jmp(code, set->changes[change].ip, target);
	memcpy(code, saved, INSN_LEN);
	return true;
}

static const struct patch_form hook_form = {
	.len = hook_len,
	.encode = hook_encode,
	.opcode = INSN_JMP,
};

/* Behind where the function can be traced, if it can: that place has other users. */
static unsigned long hook_place(void)
{
	unsigned long ip = (unsigned long)kabi.emulate_call;

	if (is_endbr(*(u32 *)ip))
		ip += sizeof(u32);
	return site_find(ip) ? ip + INSN_LEN : ip;
}

static int hook_write(bool on)
{
	unsigned long ours = (unsigned long)emulate_call;
	struct patch_change change = {
		.ip = hook_place(),
		.from = on ? 0 : ours,
		.to = on ? ours : 0,
	};
	struct patch_set set;
	int err;

	err = patch_set_init_form(&set, &change, 1, &hook_form);
	if (err)
		return err;
	/* Whoever is in these bytes has interrupts off, and holds up a round of this one. */
	set.patcher = &patcher_int3;
	patch_text_lock();
	if (on)
		memcpy(saved, (void *)change.ip, INSN_LEN);
	err = saved[0] == INSN_JMP ? -EBUSY : patch_apply(&set);
	patch_text_unlock();
	patch_set_exit(&set);
	return err;
}

/**
 * edge_probe_hook - have kprobes at longer calls do what these do, or no more
 * @on: from now on; else there is neither such a call nor a kprobe that has a copy of one
 *
 * Does nothing if it is so.
 *
 * Context: process, may sleep; patch_mutex held.
 * Return: 0; and with nothing changed -ENOMEM, -EIO after a fail-stop, -EBUSY if somebody
 * else stands in for the kernel there.
 */
int edge_probe_hook(bool on)
{
	int err = hooked == on ? 0 : hook_write(on);

	if (!err)
		hooked = on;
	return err;
}

/**
 * edge_probe_hooked - do we stand in for the kernel?
 *
 * Context: process; patch_mutex held.
 * Return: true if so.
 */
bool edge_probe_hooked(void)
{
	return hooked;
}
