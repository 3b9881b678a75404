/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_HOOK_H
#define FNT_PATCHING_HOOK_H

#include <linux/types.h>

/*
 * Standing in for the kernel's ftrace_verify_code(), which it asks before each
 * write to a call site: what tells us that the kernel wants a site of ours.
 */

/**
 * typedef hook_yield_t - the kernel finds something else than the NOP at a site
 * @ip: the site
 * @code: its bytes
 *
 * Context: process; ftrace_lock held, mostly text_mutex too. Must not take
 * patch_mutex, which comes before them.
 * Return: true if @code is ours and the kernel may write over it.
 */
typedef bool (*hook_yield_t)(unsigned long ip, const u8 *code);

bool hook_possible(void);
bool hook_placed(void);
int hook_install(hook_yield_t yield);
int hook_remove(void);

#endif
