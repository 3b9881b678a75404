// SPDX-License-Identifier: GPL-2.0
/* The event as it would be with a lock prefix at its compare and exchange. */

#define kabi_try_cmpxchg_local without_lock
#include "core/kabi_cmpxchg.h"
#undef kabi_try_cmpxchg_local

static __always_inline bool kabi_try_cmpxchg_local(u64 *ptr, u64 old, u64 new)
{
	return __raw_try_cmpxchg(ptr, &old, new, sizeof(*ptr), "lock; ");
}

#include "selftests/host/bench/event.h"

void handler_lock(const struct bench_regs *regs, struct bench_ops *ops);
void handler_lock(const struct bench_regs *regs, struct bench_ops *ops)
{
	if (unlikely(!bench_event(regs, ops, true, true)))
		bench_event_slow(bench_ip(regs), regs->parent, ops);
}
