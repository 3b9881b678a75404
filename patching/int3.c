// SPDX-License-Identifier: GPL-2.0
/*
 * Patcher: breakpoint batches.
 *
 * The breakpoints are handled by the kernel's own poke_int3_handler(), which is
 * noinstr and comes before everything else in exc_int3(); so no function is
 * excluded, not even those on the way to a die notifier. It finds a site in the
 * vector of its batch descriptor, which is ours while we hold text_mutex.
 */

#include "patching/patch.h"

#include <linux/kdebug.h>
#include <linux/notifier.h>
#include <linux/sched.h>

#include <asm/ptrace.h>

#include "patching/sites.h"
#include "patching/tramp.h"

static void int3_run(struct patch_set *set)
{
	struct poke_step step;
	unsigned int i;

	patch_locs_begin(set);
	for (i = 0; (step = poke_action(&poke_script_int3, i)).action != POKE_END; i++) {
		if (step.action == POKE_SYNC)
			patch_sync_cpus();
		else
			patch_write(set, step);
		cond_resched();
	}
	patch_locs_end(set);
}

/*
 * Catches the self-test's breakpoint if the kernel's handler does not know it,
 * and goes on behind the site. Only self-tests on this CPU can meet it.
 */
static int selftest_die(struct notifier_block *nb, unsigned long event, void *data)
{
	struct die_args *args = data;
	unsigned long site = (unsigned long)int3_selftest_site;

	if (event != DIE_INT3 || args->regs->ip != site + 1)
		return NOTIFY_DONE;
	args->regs->ip = site + INSN_LEN;
	return NOTIFY_STOP;
}

static struct notifier_block selftest_nb = {
	.notifier_call = selftest_die,
	.priority = INT_MAX,
};

/* Does the handler act for @to while the breakpoint stands? */
static bool selftest_step(struct patch_set *set, unsigned long to)
{
	const struct poke_step trap = { POKE_TRAP, POKE_ANY };
	const struct poke_step head = { POKE_HEAD, POKE_ANY };
	bool called;

	set->changes[0].to = to;
	set->pokes[0].text = set->changes[0].text;
	set->pokes[0].class = POKE_ALIGNED;
	set->pokes[0].len = INSN_LEN;
	set->pokes[0].code[0] = *int3_selftest_site;
	set->locs[0] = (struct kabi_poke_loc) {
		.rel_addr = (unsigned long)int3_selftest_site - (unsigned long)kabi.stext,
		.disp = to ? to - ((unsigned long)int3_selftest_site + INSN_LEN) : 0,
		.len = INSN_LEN,
		.opcode = to ? INSN_CALL : INSN_JMP,
	};

	patch_locs_begin(set);
	patch_write(set, trap);
	patch_sync_cpus();
	called = int3_selftest_call() == 1;
	patch_write(set, head);
	patch_sync_cpus();
	patch_locs_end(set);
	return called == !!to;
}

/*
 * The layout of the batch descriptor is the kernel's private matter. Whether it
 * is what we think is shown by a breakpoint on a NOP of our own: the handler
 * must act once as a call and once as a NOP.
 */
static int int3_usable(void)
{
	struct patch_change change = { .ip = (unsigned long)int3_selftest_site };
	struct patch_set set;
	bool good = false;
	int err;

	if (!kabi.poke_desc)
		return 0;
	err = register_die_notifier(&selftest_nb);
	if (err)
		return err;
	sites_lock();
	err = patch_set_init(&set, &change, 1);
	if (!err) {
		patch_text_lock();
		if (atomic_read(&kabi.poke_desc->refs) == 0)
			good = selftest_step(&set, (unsigned long)int3_selftest_target) &&
			       selftest_step(&set, 0);
		patch_text_unlock();
		patch_set_exit(&set);
	}
	sites_unlock();
	unregister_die_notifier(&selftest_nb);
	if (err)
		return err;
	if (!good)
		pr_warn("the kernel's breakpoint handler does not act as this module expects (bp_desc)\n");
	return good;
}

const struct fnt_patcher patcher_int3 = {
	.name = "int3",
	.script = &poke_script_int3,
	.needs_breakpoints = POKE_ANY,
	.usable = int3_usable,
	.run = int3_run,
};
