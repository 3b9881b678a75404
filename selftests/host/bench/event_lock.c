// SPDX-License-Identifier: GPL-2.0
/* The event as it would be with a lock prefix at its compare and exchange. */

#include <linux/atomic.h>

#undef cmpxchg_local
#define cmpxchg_local cmpxchg

#include "selftests/host/bench/event.h"

void handler_lock(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops);
void handler_lock(unsigned long ip, unsigned long parent_ip, struct bench_ops *ops)
{
	if (unlikely(!bench_event(ip, parent_ip, ops, true, true)))
		bench_event_slow(ip, parent_ip, ops);
}
