/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_KABI_CMPXCHG_H
#define FNT_CORE_KABI_CMPXCHG_H

/*
 * A compare-and-exchange that is atomic against interrupts of this CPU only, and
 * says by the processor's flag whether it succeeded. PURE, with <linux/atomic.h>.
 */

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

/**
 * kabi_try_cmpxchg_local - exchange a word if it is what it is expected to be
 * @ptr: its address
 * @old: what is expected
 * @new: what shall be there then
 *
 * 6.1 has no try_cmpxchg_local(), but what newer kernels make it of.
 *
 * Context: any, NMI-safe; only one CPU writes the word, and this is it.
 * Return: true if it was exchanged.
 */
static __always_inline bool kabi_try_cmpxchg_local(u64 *ptr, u64 old, u64 new)
{
	return __raw_try_cmpxchg(ptr, &old, new, sizeof(*ptr), "");
}

#endif
