// SPDX-License-Identifier: GPL-2.0
/*
 * The hook on ftrace_verify_code(): a jump at its first byte to a copy of ours.
 *
 * Not a kprobe, although that would be the simplest way: an administrator can
 * disarm all kprobes (/sys/kernel/debug/kprobes/enabled), and the next user of
 * the kernel's ftrace would find a call of ours and shut ftrace down for good.
 *
 * The jump needs neither breakpoints nor a stopped machine: every caller of
 * ftrace_verify_code() holds ftrace_lock, so while we hold it nobody is inside. And
 * it takes no memory, so the hook can always go.
 */

#include "patching/hook.h"

#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "core/kabi.h"
#include "patching/insn.h"
#include "patching/sites.h"

static hook_yield_t hook_yield;

/* What stood where our jump stands; hook_yield tells whether it does. */
static u8 hook_saved[INSN_LEN];

/*
 * What ftrace_verify_code() does, including the warning that makes the kernel's
 * ftrace give up, but for sites of ours.
 */
static int verify_code(unsigned long ip, const char *old_code)
{
	u8 code[INSN_LEN];

	if (copy_from_kernel_nofault(code, (void *)ip, INSN_LEN)) {
		WARN_ON(1);
		return -EFAULT;
	}
	if (!memcmp(code, old_code, INSN_LEN))
		return 0;
	if (insn_is_nop((const u8 *)old_code) && hook_yield(ip, code))
		return 0;
	*kabi.ftrace_expected = old_code;
	WARN_ON(1);
	return -EINVAL;
}

/* Write over the start of ftrace_verify_code(), with nobody inside. */
static void hook_write(const u8 *code)
{
	lockdep_assert_held(kabi.ftrace_lock);
	lockdep_assert_held(kabi.text_mutex);

	kabi_text_poke(kabi.ftrace_verify_code, code, INSN_LEN);
}

/**
 * hook_possible - can the hook be placed?
 *
 * It cannot if something else stands there already: somebody's kprobe, or the
 * jump of another fntrace.
 *
 * Context: process; text_mutex held.
 * Return: true if it can, or is there already.
 */
bool hook_possible(void)
{
	u8 first = *(u8 *)kabi.ftrace_verify_code;

	return hook_yield || (first != INSN_INT3 && first != INSN_JMP);
}

/**
 * hook_placed - is the hook there?
 *
 * Context: process; patch_mutex held.
 * Return: true if it is.
 */
bool hook_placed(void)
{
	return hook_yield;
}

/**
 * hook_install - be asked before the kernel writes to a call site
 * @yield: the one who answers
 *
 * Does nothing if the hook is there. Every CPU has to serialise before
 * ftrace_lock is released.
 *
 * Context: process; ftrace_lock and text_mutex held.
 * Return: 1; 0 if the hook is there already; -EBUSY if somebody else's code
 * stands there, -ERANGE if it is out of reach.
 */
int hook_install(hook_yield_t yield)
{
	unsigned long ip = (unsigned long)kabi.ftrace_verify_code;
	u8 code[INSN_LEN];

	if (hook_yield)
		return 0;
	if (!hook_possible())
		return -EBUSY;
	if (!insn_jmp(code, ip, (unsigned long)verify_code))
		return -ERANGE;
	memcpy(hook_saved, (void *)ip, INSN_LEN);
	hook_yield = yield;
	hook_write(code);
	return 1;
}

/**
 * hook_remove - undo hook_install()
 *
 * Does nothing if the hook is not there. Every CPU has to serialise before
 * ftrace_lock is released.
 *
 * Context: process; ftrace_lock and text_mutex held.
 * Return: 1; 0 if the hook is not there.
 */
int hook_remove(void)
{
	if (!hook_yield)
		return 0;
	hook_write(hook_saved);
	hook_yield = NULL;
	return 1;
}
