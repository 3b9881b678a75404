/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_ASM_LOCAL_H
#define SHIM_ASM_LOCAL_H

#include <linux/atomic.h>
#include <linux/compiler.h>

typedef struct { long counter; } local_t;

#define local_read(l) READ_ONCE((l)->counter)
#define local_set(l, v) WRITE_ONCE((l)->counter, v)

#if defined(__SANITIZE_THREAD__)
static inline void local_inc(local_t *l)
{
	__atomic_fetch_add(&l->counter, 1, __ATOMIC_RELAXED);
}

static inline void local_dec(local_t *l)
{
	__atomic_fetch_sub(&l->counter, 1, __ATOMIC_RELAXED);
}

static inline void local_add(long nr, local_t *l)
{
	__atomic_fetch_add(&l->counter, nr, __ATOMIC_RELAXED);
}
#else
static inline void local_inc(local_t *l)
{
	__asm__ volatile("incq %0" : "+m" (l->counter));
}

static inline void local_dec(local_t *l)
{
	__asm__ volatile("decq %0" : "+m" (l->counter));
}

static inline void local_add(long nr, local_t *l)
{
	__asm__ volatile("addq %1, %0" : "+m" (l->counter) : "er" (nr));
}
#endif

#define local_cmpxchg(l, old, new) cmpxchg_local(&(l)->counter, old, new)

#endif
