// SPDX-License-Identifier: GPL-2.0
/*
 * Fail-stop. When an invariant of our own is broken nothing that we believe
 * about kernel text can be trusted: stop recording, freeze patching, say once
 * what was found, and leave the kernel running.
 */

#include "core/fault.h"

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/module.h>

/* Set once, never cleared. */
static int fault_state;

/* Called by fnt_kill() to stop recording; atomic: fnt_kill() may hold locks. */
static ATOMIC_NOTIFIER_HEAD(fault_chain);

/**
 * fault_killed - has fntrace stopped itself?
 *
 * Context: any, NMI-safe.
 * Return: true once an invariant of our own was found broken.
 */
bool fault_killed(void)
{
	return READ_ONCE(fault_state);
}

/**
 * fault_notifier_register - be told when fntrace stops itself
 * @nb: called once, in atomic context, after fault_killed() has become true
 *
 * Context: process.
 * Return: 0.
 */
int fault_notifier_register(struct notifier_block *nb)
{
	return atomic_notifier_chain_register(&fault_chain, nb);
}

/**
 * fault_notifier_unregister - undo fault_notifier_register()
 * @nb: what was registered
 *
 * Context: process, may sleep.
 */
void fault_notifier_unregister(struct notifier_block *nb)
{
	atomic_notifier_chain_unregister(&fault_chain, nb);
}

/**
 * fnt_kill - stop fntrace for good
 * @invariant: what does not hold, one clause
 * @site: the text address concerned, 0 if none
 * @expected: bytes that should be at @site, NULL if not known
 * @found: bytes that are there, NULL if not known
 * @len: length of both in bytes
 *
 * Reports the first call only. The module is pinned: with text in an unknown
 * state nothing of ours may be freed.
 *
 * Context: process or irq-safe, not NMI; any locks.
 */
void fnt_kill(const char *invariant, unsigned long site, const u8 *expected, const u8 *found,
	      size_t len)
{
	if (cmpxchg(&fault_state, 0, 1))
		return;
	__module_get(THIS_MODULE);
	atomic_notifier_call_chain(&fault_chain, 0, NULL);
	if (site && expected && found)
		pr_err("fail-stop: %s at %pS: expected %*ph, found %*ph; tracing is off, unload is refused, reboot when convenient\n",
		       invariant, (void *)site, (int)len, expected, (int)len, found);
	else
		pr_err("fail-stop: %s at %pS; tracing is off, unload is refused, reboot when convenient\n",
		       invariant, (void *)site);
}
