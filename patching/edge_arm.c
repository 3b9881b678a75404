// SPDX-License-Identifier: GPL-2.0
/*
 * Which thunk stands at which site, and having it so: all sites in one stop of the
 * machine, so that what begins a section and what ends it come together.
 *
 * The machine is stopped, although breakpoints would do, because of one case: a task may
 * have been preempted between the kernel's sti and the NOP behind it, if an NMI came just
 * there. When it goes on it finds a whole instruction: the NOP, or the call without its
 * prefix. But it must not run while that is being written.
 */

#include "patching/edge_arm.h"

#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/kabi.h"
#include "patching/edge_probe.h"
#include "patching/edge_sites.h"
#include "patching/edges.h"
#include "patching/patch.h"
#include "patching/sites.h"

static_assert(EDGE_COUNT_BH == SOFTIRQ_DISABLE_OFFSET);
static_assert(EDGE_COUNT_BH_LOCK == SOFTIRQ_LOCK_OFFSET);
static_assert(EDGE_COUNT_SOFTIRQ == SOFTIRQ_OFFSET);
static_assert(EDGE_COUNT_HARDIRQ == HARDIRQ_OFFSET);
static_assert(EDGE_COUNT_MASK == (u32)~PREEMPT_NEED_RESCHED);
static_assert(EDGE_LEN_MAX <= PATCH_LEN_MAX);

static unsigned int how_of(const struct edge_site *site)
{
	if (site->insn.op >= EDGE_BEGINS)
		return site->role == EDGE_PLAIN ||
		       (site->role == EDGE_GUEST && site->insn.op != EDGE_STI) ?
		       EDGE_PLAINLY : EDGE_AT_GATE;
	switch (site->depth) {
	case 0:
		return EDGE_CALLER_ABOVE;
	case sizeof(long):
		return EDGE_CALLER_BEHIND;
	default:
		return EDGE_SELF;
	}
}

/* What is to be called at a site; 0 for nothing. */
static unsigned int wanted_thunk(const struct edge_site *site, unsigned int wanted)
{
	/* What begins there does not end where we would see it. */
	if (site->insn.op == EDGE_CLI && site->role != EDGE_PLAIN)
		return 0;
	return edge_thunk_number(site->insn.op, wanted, how_of(site));
}

/**
 * struct edge_pass - a change of sites on its way
 * @set: the changes
 * @changes: of @set
 * @sites: of which sites these are
 * @thunks: what these get
 */
struct edge_pass {
	struct patch_set set;
	struct patch_change *changes;
	struct edge_site **sites;
	u16 *thunks;
};

static struct edge_site *site_of(const struct patch_set *set, unsigned int change)
{
	return container_of(set, struct edge_pass, set)->sites[change];
}

static unsigned int edge_len(const struct patch_set *set, unsigned int change)
{
	return site_of(set, change)->insn.len;
}

static bool edge_encode(const struct patch_set *set, unsigned int change, unsigned long target,
			u8 *code)
{
	const struct edge_site *site = site_of(set, change);

	if (target)
		return edge_insn_call(code, site->ip, site->insn.len, target);
	memcpy(code, site->code, site->insn.len);
	return true;
}

static const struct patch_form edge_form = {
	.len = edge_len,
	.encode = edge_encode,
	.opcode = INSN_CALL,
	.trap_entry = EDGE_TRAP_ENTRY,
};

static void pass_free(struct edge_pass *pass)
{
	patch_set_exit(&pass->set);
	kvfree(pass->thunks);
	kvfree(pass->sites);
	kvfree(pass->changes);
}

static void pass_add(struct edge_pass *pass, unsigned int nr, struct edge_site *site,
		     unsigned int thunk)
{
	pass->sites[nr] = site;
	pass->thunks[nr] = thunk;
	pass->changes[nr] = (struct patch_change) {
		.ip = site->ip,
		.from = edge_thunk_addr(site->thunk),
		.to = edge_thunk_addr(thunk),
	};
}

/* All sites that are not as they shall be. Returns their number, -ENOMEM. */
static int pass_prepare(struct edge_pass *pass, unsigned int wanted)
{
	unsigned int room = edge_blocks_sites(), nr = 0, i, thunk;
	struct edge_block *block;
	int err;

	pass->changes = kvmalloc_array(room, sizeof(*pass->changes), GFP_KERNEL);
	pass->sites = kvmalloc_array(room, sizeof(*pass->sites), GFP_KERNEL);
	pass->thunks = kvmalloc_array(room, sizeof(*pass->thunks), GFP_KERNEL);
	if (!pass->changes || !pass->sites || !pass->thunks)
		return -ENOMEM;
	list_for_each_entry(block, edge_blocks(), node) {
		for (i = 0; i < block->sites.nr; i++) {
			thunk = wanted_thunk(&block->sites.at[i], wanted);
			if (thunk != block->sites.at[i].thunk)
				pass_add(pass, nr++, &block->sites.at[i], thunk);
		}
	}
	if (!nr)
		return 0;
	err = patch_set_init_form(&pass->set, pass->changes, nr, &edge_form);
	pass->set.patcher = &patcher_stop;
	pass->set.at_once = true;
	return err ?: nr;
}

/*
 * A kprobe has a copy of the instruction that it was registered at, and its first byte to
 * put back, whether it is armed at present or not. So while there is one the text stays as
 * it has seen it: a call of ours that it has copied could be executed when we are gone.
 */
static bool is_probed(const struct edge_site *site)
{
	unsigned int i;

	for (i = 0; i < site->insn.len; i++)
		if (kabi_is_probed(site->ip + i))
			return true;
	return false;
}

/*
 * Leave out those sites at which there is a kprobe, and those of which somebody else has
 * changed a byte: by a kprobe in front of it with a jump that reaches into it.
 */
static void pass_judge(struct edge_pass *pass)
{
	u8 code[PATCH_LEN_MAX];
	unsigned int i, nr = 0;

	for (i = 0; i < pass->set.nr; i++) {
		struct edge_site *site = pass->sites[i];

		edge_encode(&pass->set, i, pass->changes[i].from, code);
		site->foreign = is_probed(site) || memcmp((void *)site->ip, code, site->insn.len);
		if (site->foreign)
			continue;
		pass->changes[nr] = pass->changes[i];
		pass->sites[nr] = site;
		pass->thunks[nr++] = pass->thunks[i];
	}
	pass->set.nr = nr;
}

static int pass_write(struct edge_pass *pass)
{
	unsigned int i;
	int err = 0;

	mutex_lock(kabi.kprobe_mutex);
	patch_text_lock();
	pass_judge(pass);
	if (pass->set.nr)
		err = patch_apply(&pass->set);
	for (i = 0; !err && i < pass->set.nr; i++)
		pass->sites[i]->thunk = pass->thunks[i];
	patch_text_unlock();
	mutex_unlock(kabi.kprobe_mutex);
	return err;
}

/* Is there a call of ours at any site? */
static bool any_ours(void)
{
	struct edge_stats stats;

	edge_arm_stats(&stats);
	return stats.ours;
}

/**
 * edge_arm - have all sites call what they shall call
 * @wanted: kinds of sections that somebody wants to know of, EDGE_WANT()
 *
 * Sites at which there is a kprobe, and what somebody else has changed, stay as they are.
 *
 * Context: process, may sleep; patch_mutex held.
 * Return: 0; and with no site changed -ENOMEM, -EIO after a fail-stop, -EBUSY if somebody
 * else has changed what the kernel does at kprobes.
 */
int edge_arm(unsigned int wanted)
{
	struct edge_pass pass = { };
	int nr, err;

	if (!edge_blocks_made())
		return 0;
	nr = pass_prepare(&pass, wanted);
	err = min(nr, 0);
	if (!err && wanted)
		err = edge_probe_hook(true);
	if (!err && nr)
		err = pass_write(&pass);
	pass_free(&pass);
	if (!err && !any_ours())
		err = edge_probe_hook(false);
	return err;
}

/**
 * edge_arm_stats - count the sites
 * @stats: receives it
 *
 * Context: process; patch_mutex held.
 */
void edge_arm_stats(struct edge_stats *stats)
{
	const struct edge_block *block;
	unsigned int i;

	*stats = (struct edge_stats) { .sites = edge_blocks_sites() };
	list_for_each_entry(block, edge_blocks(), node) {
		for (i = 0; i < block->sites.nr; i++) {
			stats->ours += !!block->sites.at[i].thunk;
			stats->foreign += block->sites.at[i].foreign;
		}
	}
}

/**
 * edge_armed - is anything of ours in the text?
 *
 * Context: process; patch_mutex held.
 * Return: true if so.
 */
bool edge_armed(void)
{
	return any_ours() || edge_probe_hooked();
}
