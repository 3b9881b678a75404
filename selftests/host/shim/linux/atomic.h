/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_ATOMIC_H
#define SHIM_LINUX_ATOMIC_H

#include <linux/compiler.h>
#include <linux/types.h>

#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#if defined(__SANITIZE_THREAD__)
/* The sanitizer knows no fences; what needs one is not run under it. */
#define smp_rmb() barrier()
#define smp_wmb() barrier()
#else
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)
#endif

#define cmpxchg(p, old, new)						\
({									\
	__typeof__(*(p)) __old = (old);					\
	__atomic_compare_exchange_n(p, &__old, new, 0, __ATOMIC_SEQ_CST, \
				    __ATOMIC_SEQ_CST);			\
	__old;								\
})

#define xchg(p, new) __atomic_exchange_n(p, new, __ATOMIC_SEQ_CST)

/* Without a lock prefix: atomic against interrupts of this CPU only. Of 8 bytes. */
#if defined(__SANITIZE_THREAD__)
#define cmpxchg_local(p, old, new)					\
({									\
	__typeof__(*(p)) __old = (old);					\
	__atomic_compare_exchange_n(p, &__old, new, 0, __ATOMIC_RELAXED,	\
				    __ATOMIC_RELAXED);			\
	__old;								\
})
#define __raw_try_cmpxchg(p, pold, new, size, lock)			\
	__atomic_compare_exchange_n(p, pold, new, 0, __ATOMIC_RELAXED,	\
				    __ATOMIC_RELAXED)
#else
#define cmpxchg_local(p, old, new)					\
({									\
	__typeof__(*(p)) __ret;						\
	__asm__ volatile("cmpxchgq %2, %1"				\
			 : "=a" (__ret), "+m" (*(p))			\
			 : "r" (new), "0" (old)				\
			 : "memory");					\
	__ret;								\
})
#define __raw_try_cmpxchg(p, pold, new, size, lock)			\
({									\
	bool __done;							\
									\
	__asm__ volatile(lock "cmpxchgq %3, %1"				\
			 : "=@ccz" (__done), "+m" (*(p)), "+a" (*(pold)) \
			 : "r" (new)					\
			 : "memory");					\
	__done;								\
})
#endif

#endif
