// SPDX-License-Identifier: GPL-2.0
/*
 * Our user of the kernel's own ftrace.
 *
 * Where we are alone with it the kernel calls our trampoline directly; where
 * there are others it calls join_func() from its list. Both lead to the same
 * dispatch, so an event is the same either way.
 */

#include "patching/join.h"

#include <linux/ftrace.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/kabi.h"
#include "patching/dispatch.h"
#include "patching/retired.h"
#include "patching/sites.h"
#include "patching/tramp.h"

/**
 * struct join_table - the joined functions, for the event path
 * @retired: when it was replaced
 * @nr: number of entries
 * @entries: ascending by address
 */
struct join_table {
	struct retired retired;
	unsigned int nr;
	struct join_entry entries[];
};

/* Immutable once published; replaced under patch_mutex. */
static struct join_table *join_table;

/*
 * FTRACE_OPS_FL_RECURSION sees to it that the kernel calls this with preemption
 * off once more than in the function (trace_test_and_set_recursion(), since
 * v5.16), as our own trampolines do: so events show the same depth.
 */
static void join_func(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *op,
		      struct ftrace_regs *fregs)
{
	const struct pt_regs *at = kabi_entry_regs(fregs);
	/* It keeps no r10: nothing that the kernel's ftrace traces has one. */
	const struct fnt_regs regs = {
		.r9 = at->r9, .r8 = at->r8, .ax = at->ax,
		.cx = at->cx, .dx = at->dx, .si = at->si, .di = at->di,
		.parent = kabi_entry_return_place(fregs),
	};

	ops_dispatch_shared(ip, parent_ip, &regs);
}

static struct ftrace_ops join_ops;

static bool join_registered;

static struct join_entry *find_entry(struct join_table *table, unsigned long ip)
{
	unsigned int low = 0, high, mid;

	if (!table)
		return NULL;
	high = table->nr;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (table->entries[mid].ip == ip)
			return &table->entries[mid];
		if (table->entries[mid].ip < ip)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/**
 * join_slot - whom a joined function is traced for
 * @ip: its call site
 *
 * Context: any, NMI-safe; preemption off.
 * Return: trampoline slot, 0 for nobody.
 */
unsigned int join_slot(unsigned long ip)
{
	const struct join_entry *entry = find_entry(READ_ONCE(join_table), ip);

	return entry ? READ_ONCE(entry->slot) : 0;
}

/**
 * join_retarget - change whom a joined function is traced for
 * @ip: its call site; nothing happens if it is not joined
 * @slot: trampoline slot, 0 for nobody
 *
 * Context: process; patch_mutex held.
 */
void join_retarget(unsigned long ip, unsigned int slot)
{
	struct join_entry *entry = find_entry(join_table, ip);

	sites_assert_locked();
	if (entry)
		WRITE_ONCE(entry->slot, slot);
}

/* One that could not be left may be wanted again, and is then retargeted only. */
static bool still_joined(unsigned long ip)
{
	const struct fnt_site *site = site_find(ip);

	return site && site->state == SITE_JOINED;
}

/* Merge new entries into the old table, leaving out what serves nobody. */
static void merge_entries(struct join_table *table, const struct join_table *old,
			  const struct join_entry *entries, unsigned int nr)
{
	unsigned int i = 0, j = 0, old_nr = old ? old->nr : 0;

	table->nr = 0;
	while (i < old_nr || j < nr) {
		if (j == nr || (i < old_nr && old->entries[i].ip < entries[j].ip)) {
			if (old->entries[i].slot || still_joined(old->entries[i].ip))
				table->entries[table->nr++] = old->entries[i];
			i++;
		} else {
			if (i < old_nr && old->entries[i].ip == entries[j].ip)
				i++;
			table->entries[table->nr++] = entries[j++];
		}
	}
}

/**
 * join_publish - make more joined functions known to the event path
 * @entries: ascending by address
 * @nr: number of entries
 *
 * Context: process, may sleep; patch_mutex held.
 * Return: 0; -ENOMEM: then nothing has changed.
 */
int join_publish(const struct join_entry *entries, unsigned int nr)
{
	struct join_table *old = join_table, *table;

	sites_assert_locked();
	table = kvmalloc(struct_size(table, entries, nr + (old ? old->nr : 0)), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	merge_entries(table, old, entries, nr);
	/* Pairs with the address dependency in join_slot(). */
	smp_store_release(&join_table, table);
	if (old)
		retired_add(&old->retired);
	return 0;
}

/*
 * While we are registered the module cannot be unloaded: if the kernel's ftrace
 * gives up meanwhile it never lets go of us.
 */
static int join_register(void)
{
	int err;

	/* A set-up ops that was freed keeps pointers to what was freed. */
	memset(&join_ops, 0, sizeof(join_ops));
	join_ops.func = join_func;
	join_ops.flags = FTRACE_OPS_FL_RECURSION;
	join_ops.trampoline = (unsigned long)fnt_tramp_joined;
	err = ftrace_set_filter_ip(&join_ops, (unsigned long)join_placeholder, 0, 1);
	if (err)
		return err;
	__module_get(THIS_MODULE);
	err = register_ftrace_function(&join_ops);
	if (err) {
		module_put(THIS_MODULE);
		ftrace_free_filter(&join_ops);
		return err;
	}
	/*
	 * The kernel allocates nothing for a user that brings its trampoline, so
	 * it need not wait for it to be left when we unregister; it would do so
	 * with ftrace_lock held. We wait ourselves, with no lock held.
	 */
	join_ops.flags &= ~FTRACE_OPS_FL_DYNAMIC;
	/*
	 * A kretprobe takes what stands for the return address at its call, and
	 * unwinders look for it behind what we put there, not before: so ours is to
	 * be put there last (v6.1: unwind_recover_ret_addr()).
	 */
	kabi_call_last(&join_ops);
	join_registered = true;
	return 0;
}

/**
 * join_add - become a user of functions
 * @ips: call sites, known to the kernel's ftrace
 * @nr: number of them
 *
 * Context: process, may sleep; patch_mutex held, no text lock.
 * Return: 0; -ENODEV if the kernel's ftrace has given up; other errors of
 * ftrace_set_filter_ips().
 */
int join_add(unsigned long *ips, unsigned int nr)
{
	int err;

	sites_assert_locked();
	if (READ_ONCE(*kabi.ftrace_disabled))
		return -ENODEV;
	if (!join_registered) {
		err = join_register();
		if (err)
			return err;
	}
	return ftrace_set_filter_ips(&join_ops, ips, nr, 0, 0);
}

/**
 * join_remove - be no longer a user of functions
 * @ips: call sites, joined
 * @nr: number of them
 *
 * Context: process, may sleep; patch_mutex held, no text lock.
 * Return: 0; -ENODEV if the kernel's ftrace has given up: then they stay.
 */
int join_remove(unsigned long *ips, unsigned int nr)
{
	sites_assert_locked();
	if (READ_ONCE(*kabi.ftrace_disabled))
		return -ENODEV;
	return ftrace_set_filter_ips(&join_ops, ips, nr, 1, 0);
}

/**
 * join_end - leave the kernel's ftrace, with nothing joined any more
 *
 * After ftrace has given up there is no way to leave: it keeps our user in its
 * list for ever and goes on calling it. Then the module stays pinned.
 *
 * Context: process, may sleep; patch_mutex held, no text lock.
 * Return: 0; what unregister_ftrace_function() returned.
 */
int join_end(void)
{
	int err;

	sites_assert_locked();
	if (!join_registered)
		return 0;
	join_ops.flags &= ~FTRACE_OPS_FL_DYNAMIC;
	err = unregister_ftrace_function(&join_ops);
	if (err)
		return err;
	ftrace_free_filter(&join_ops);
	join_registered = false;
	module_put(THIS_MODULE);
	return 0;
}

/**
 * join_exit - free what is left
 *
 * Context: process, may sleep; nothing joined, and a quiescence since.
 */
void join_exit(void)
{
	kvfree(join_table);
}
