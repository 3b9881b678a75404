// SPDX-License-Identifier: GPL-2.0
/*
 * What has to be known of the kernel to change instructions in the midst of functions:
 * which text must be left alone, and which the kernel itself changes.
 */

#include "core/kabi.h"

#include <linux/jump_label.h>
#include <linux/static_call_types.h>

static bool range_known(const struct kabi_range *range)
{
	return range->start && range->end;
}

static bool range_has(const struct kabi_range *range, unsigned long addr)
{
	return addr >= (unsigned long)range->start && addr < (unsigned long)range->end;
}

/**
 * kabi_knows_text - is it known which text is which?
 *
 * Context: any.
 * Return: true if what is in this file can be used.
 */
bool kabi_knows_text(void)
{
	return range_known(&kabi.bare) && range_known(&kabi.entry) &&
	       range_known(&kabi.cpuidle) && range_known(&kabi.locks) &&
	       range_known(&kabi.jumps) && range_known(&kabi.calls) && kabi_knows_probes() &&
	       kabi_insn_length(kabi.stext);
}

/**
 * kabi_may_instrument - may a call be put into this text?
 * @mod: the module that it is of, NULL for the kernel image
 * @addr: an address in it
 *
 * Not where RCU, the stack or the CPU's variables may not be what they should, on the
 * ways in and out of the kernel (v6.1: include/linux/compiler_types.h, noinstr), and
 * not where the CPU is idle.
 *
 * Context: any.
 * Return: true if so.
 */
bool kabi_may_instrument(const struct module *mod, unsigned long addr)
{
	unsigned long start;

	if (!mod)
		return !range_has(&kabi.bare, addr) && !range_has(&kabi.entry, addr) &&
		       !range_has(&kabi.cpuidle, addr);
	start = (unsigned long)mod->noinstr_text_start;
	return addr < start || addr >= start + mod->noinstr_text_size;
}

static void each_jump(const struct jump_entry *entry, const struct jump_entry *end,
		      void (*fn)(void *data, unsigned long addr), void *data)
{
	for (; entry < end; entry++)
		fn(data, jump_entry_code(entry));
}

static void each_call(const struct static_call_site *site, const struct static_call_site *end,
		      void (*fn)(void *data, unsigned long addr), void *data)
{
	for (; site < end; site++)
		fn(data, (unsigned long)&site->addr + site->addr);
}

/**
 * kabi_each_rewritten - call a function for each place in text that the kernel changes
 * @mod: a module that has come, NULL for the kernel image
 * @fn: called with the address of a jump label or a static call
 * @data: passed to @fn
 *
 * Call sites of functions are not among them, nor what is changed only once.
 *
 * Context: process; the module cannot go.
 */
void kabi_each_rewritten(const struct module *mod, void (*fn)(void *data, unsigned long addr),
			 void *data)
{
	if (mod) {
		each_jump(mod->jump_entries, mod->jump_entries + mod->num_jump_entries, fn, data);
		each_call(mod->static_call_sites,
			  mod->static_call_sites + mod->num_static_call_sites, fn, data);
		return;
	}
	each_jump((const void *)kabi.jumps.start, (const void *)kabi.jumps.end, fn, data);
	each_call((const void *)kabi.calls.start, (const void *)kabi.calls.end, fn, data);
}

/**
 * kabi_is_lock_function - does a function take or release a spinlock for its caller?
 * @addr: an address in it
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
bool kabi_is_lock_function(unsigned long addr)
{
	return range_has(&kabi.locks, addr);
}

/**
 * kabi_preempt_offset - where the preempt count is among a CPU's variables
 *
 * Context: any.
 * Return: its distance from the base that %gs has.
 */
u32 kabi_preempt_offset(void)
{
	return (u32)(unsigned long)&__preempt_count;
}
