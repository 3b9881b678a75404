// SPDX-License-Identifier: GPL-2.0
/*
 * Calls in kernel text that lead elsewhere for a while. They are no call sites of
 * functions: nobody else changes them, but a kprobe may stand on one, and then it is
 * left alone.
 */

#include "patching/redirect.h"

#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/sort.h>

#include "core/kabi.h"
#include "patching/insn.h"
#include "patching/patch.h"
#include "patching/sites.h"

/**
 * redirect_find - find the calls of a function in another
 * @function: where to look
 * @callee: what is called
 * @found: receives the calls, with @to not set
 * @room: for so many
 *
 * Every byte is tried. Five that are no instruction, but would be a call of just that
 * function, cannot be told from one; each try has one chance in 2^32 for that.
 *
 * Context: process, may sleep.
 * Return: the number of calls, which may be more than @room.
 */
unsigned int redirect_find(unsigned long function, unsigned long callee,
			   struct redirect *found, unsigned int room)
{
	unsigned long size = 0, offset, ip;
	char name[KSYM_NAME_LEN];
	unsigned int nr = 0;

	if (!kabi_lookup_symbol(function, &size, &offset, NULL, name) || offset)
		return 0;
	for (ip = function; ip + INSN_LEN <= function + size; ip++) {
		if (insn_call_target((const u8 *)ip, ip) != callee)
			continue;
		if (nr < room)
			found[nr] = (struct redirect) { .ip = ip, .from = callee };
		nr++;
	}
	return nr;
}

static int compare(const void *a, const void *b)
{
	const struct patch_change *one = a, *other = b;

	return one->ip < other->ip ? -1 : one->ip > other->ip;
}

/* Some can be had only with the kernel's breakpoint batches. */
static bool can_be_had(const struct patch_change *change)
{
	return patch_has_breakpoints() ||
	       !(poke_classify(change->ip, INSN_LEN) & patch_patcher()->needs_breakpoints);
}

static int apply(struct patch_change *changes, unsigned int nr)
{
	struct patch_set set;
	unsigned int i;
	int err;

	for (i = 0; i < nr; i++)
		if (!can_be_had(&changes[i]))
			return -EOPNOTSUPP;
	err = patch_set_init(&set, changes, nr);
	if (err)
		return err;
	patch_text_lock();
	err = patch_apply(&set);
	patch_text_unlock();
	patch_set_exit(&set);
	return err;
}

/**
 * redirect_apply - have calls lead elsewhere, all of them or none
 * @redirects: the calls, in any order, each once
 * @nr: number of them
 *
 * Who is on the way through such a call goes on as it led when he came to it.
 *
 * Context: process, may sleep; none of them is in a module that may go meanwhile.
 * Return: 0; -EBUSY if one does not lead where it should, -EOPNOTSUPP if one cannot be
 * had, -ENOMEM, -EIO after a fail-stop: then nothing has changed.
 */
int redirect_apply(struct redirect *redirects, unsigned int nr)
{
	struct patch_change *changes;
	unsigned int i;
	int err;

	if (!nr)
		return 0;
	changes = kvcalloc(nr, sizeof(*changes), GFP_KERNEL);
	if (!changes)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		changes[i].ip = redirects[i].ip;
		changes[i].from = redirects[i].from;
		changes[i].to = redirects[i].to;
	}
	sort(changes, nr, sizeof(*changes), compare, NULL);
	sites_lock();
	err = apply(changes, nr);
	sites_unlock();
	kvfree(changes);
	return err;
}

/**
 * redirect_quiesce - wait until nobody is on a way that no call leads to any more
 *
 * Context: process, may sleep.
 */
void redirect_quiesce(void)
{
	patch_quiesce();
}
