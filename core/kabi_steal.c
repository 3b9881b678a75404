// SPDX-License-Identifier: GPL-2.0
/*
 * The hypervisor's own clock of the time that it did not let a CPU run. The kernel reads it
 * by a static call that modules cannot make; ours is made to lead to the same function.
 */

#include "core/kabi.h"

#include <linux/jump_label.h>
#include <linux/static_call.h>

u64 kabi_proto_steal_clock(int cpu);

DEFINE_STATIC_CALL_NULL(kabi_steal_clock, kabi_proto_steal_clock);

/**
 * kabi_find_steal_clock - look which steal clock there is, if any
 *
 * Context: process, may sleep.
 * Return: false if there is none: no hypervisor, or one that does not tell.
 */
bool kabi_find_steal_clock(void)
{
	u64 (*read)(int cpu);

	if (!kabi.steal_call || !kabi.steal_enabled || !static_key_count(kabi.steal_enabled))
		return false;
	read = kabi.steal_call->func;
	static_call_update(kabi_steal_clock, read);
	return true;
}

/**
 * kabi_steal_ns - how long a CPU did not run although it would have
 * @cpu: the CPU
 *
 * Context: any, NMI-safe; after kabi_find_steal_clock() found one.
 * Return: ns since it was started.
 */
u64 kabi_steal_ns(int cpu)
{
	return static_call(kabi_steal_clock)(cpu);
}
