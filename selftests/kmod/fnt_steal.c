// SPDX-License-Identifier: GPL-2.0
/*
 * Test module: a hypervisor with a steal clock, which on each CPU goes on by 7 us whenever
 * it is read. Parameters are addresses: of the static call that reads it, of its trampoline,
 * and of the key that says that there is one.
 */

#include <linux/jump_label.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/static_call.h>

#define STEP_NS 7000

static unsigned long key, tramp, enabled;
module_param(key, ulong, 0400);
module_param(tramp, ulong, 0400);
module_param(enabled, ulong, 0400);

static DEFINE_PER_CPU(u64, stolen);
static void *before;

static u64 steal_clock(int cpu)
{
	return this_cpu_add_return(stolen, STEP_NS);
}

static int __init fnt_steal_init(void)
{
	if (!key || !tramp || !enabled)
		return -EINVAL;
	before = ((struct static_call_key *)key)->func;
	__static_call_update((struct static_call_key *)key, (void *)tramp, steal_clock);
	static_key_slow_inc((struct static_key *)enabled);
	return 0;
}

static void __exit fnt_steal_exit(void)
{
	static_key_slow_dec((struct static_key *)enabled);
	__static_call_update((struct static_call_key *)key, (void *)tramp, before);
	synchronize_rcu();
}

module_init(fnt_steal_init);
module_exit(fnt_steal_exit);

MODULE_DESCRIPTION("Test module for fntrace: a steal clock");
MODULE_LICENSE("GPL");
