// SPDX-License-Identifier: GPL-2.0
/*
 * Who wants which function.
 *
 * Every combination of users that some site has is given a trampoline slot of
 * its own, so an event looks up nothing: the slot holds the list of exactly
 * those who are to be called. A site changes hands by being patched to another
 * slot. Lists are immutable; a slot is used again only after a quiescence.
 */

#include "patching/ops.h"

#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "core/fault.h"
#include "patching/dispatch.h"
#include "patching/hits.h"
#include "patching/join.h"
#include "patching/patch.h"
#include "patching/retired.h"
#include "patching/retstack.h"
#include "patching/share.h"
#include "patching/sites.h"

/*
 * The slot for sites whose combination has no slot of its own because all are
 * taken. Its list is every user, each asked for the function.
 */
#define SLOT_ANY 1
#define ANY_STEP 16	/* places by which that list grows */

/* patch_mutex: number of sites that a slot is to serve. */
static unsigned int slot_sites[OPS_SLOTS];

/* patch_mutex: slots that no site leads to any more; they wait for a quiescence. */
static DECLARE_BITMAP(slots_retired, OPS_SLOTS);

/*
 * Held over a change of users and the quiescence behind it, which patch_mutex
 * must not be: module notifiers take that one.
 */
static DEFINE_MUTEX(ops_mutex);

/* Who is told of modules; the mutex is held while it is being told. */
static void (*follow_fn)(const char *module, bool coming);
static DEFINE_MUTEX(follow_mutex);

/* patch_mutex: the users, in the order in which they registered. */
static LIST_HEAD(ops_list);
static unsigned int ops_count;

/* Brings the text in line with what the users want where that failed before. */
static void catch_up(struct work_struct *work);
static DECLARE_DELAYED_WORK(catch_up_work, catch_up);

/* Takes the place of a user that has left, in lists that are still in use. */
static void call_nobody(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			const struct fnt_regs *regs)
{
}

static unsigned long __percpu *nobody_missed;
static struct fnt_ops ops_nobody = { .func = call_nobody };

/* May a slot with these users call the one that they are? */
static bool users_direct(struct fnt_ops **ops, unsigned int nr)
{
	return nr == 1 && ops[0]->direct && !hits_enabled();
}

static bool users_equal(const struct ops_users *users, struct fnt_ops **ops, unsigned int nr)
{
	return users->nr == nr && users->direct == users_direct(ops, nr) &&
	       !memcmp(users->ops, ops, nr * sizeof(*ops));
}

static struct ops_users *users_create(struct fnt_ops **ops, unsigned int nr)
{
	struct ops_users *users;

	users = kmalloc(struct_size(users, ops, nr), GFP_KERNEL);
	if (!users)
		return NULL;
	users->nr = nr;
	users->direct = users_direct(ops, nr);
	users->filtered = false;
	memcpy(users->ops, ops, nr * sizeof(*ops));
	return users;
}

/* An empty list of SLOT_ANY. */
static void any_clear(struct ops_users *users, unsigned int nr)
{
	unsigned int i;

	users->nr = nr;
	users->direct = false;
	users->filtered = true;
	for (i = 0; i < nr; i++)
		users->ops[i] = &ops_nobody;
}

/* Gates of slots that have none of a user's. */
static DEFINE_PER_CPU(bool, gate_always) = true;
static DEFINE_PER_CPU(bool, gate_never);

/* Fill a slot that nothing leads to. */
static void slot_fill(unsigned int slot, struct ops_users *users)
{
	struct fnt_ops *ops = users->ops[0];

	if (users->direct && tramp_aim(slot, (unsigned long)ops->direct)) {
		ops_slots[slot].gate = ops->gate ?: &gate_always;
		ops_slots[slot].arg = ops;
	} else {
		tramp_aim(slot, (unsigned long)ops_dispatch);
		ops_slots[slot].gate = &gate_always;
		ops_slots[slot].arg = &ops_slots[slot];
	}
	WRITE_ONCE(ops_slots[slot].users, users);
}

/* What one pass over sites needs. */
struct ops_pass {
	struct fnt_ops **wanting;	/* room for all users */
	struct share_request *reqs;
	unsigned int nr_reqs;
	unsigned int last_slot;		/* of the last site: tried first */
	DECLARE_BITMAP(filled, OPS_SLOTS);
};

/*
 * The slot of the first @nr users of pass->wanting, filled if there is none
 * yet. Nobody gets to a new slot before text is patched, under locks.
 */
static int slot_for(struct ops_pass *pass, unsigned int nr)
{
	unsigned int slot, unused = 0;
	struct ops_users *users;

	if (!nr)
		return 0;
	slot = pass->last_slot;
	if (slot > SLOT_ANY && users_equal(ops_slots[slot].users, pass->wanting, nr))
		return slot;
	for (slot = SLOT_ANY + 1; slot < OPS_SLOTS; slot++) {
		if (!ops_slots[slot].users)
			unused = unused ?: slot;
		else if (!test_bit(slot, slots_retired) &&
			 users_equal(ops_slots[slot].users, pass->wanting, nr))
			return slot;
	}
	if (!unused)
		return SLOT_ANY;
	users = users_create(pass->wanting, nr);
	if (!users)
		return -ENOMEM;
	slot_fill(unused, users);
	__set_bit(unused, pass->filled);
	return unused;
}

static int pass_site(struct ops_pass *pass, struct fnt_site *site)
{
	struct fnt_ops *ops;
	unsigned int nr = 0;
	int slot;

	list_for_each_entry(ops, &ops_list, node)
		if (ops_wants(ops, site->ip))
			pass->wanting[nr++] = ops;
	slot = slot_for(pass, nr);
	if (slot < 0)
		return slot;
	pass->last_slot = slot;
	if (slot != site->slot)
		pass->reqs[pass->nr_reqs++] = (struct share_request) { site, site->slot, slot };
	return 0;
}

static int pass_block(struct ops_pass *pass, struct site_block *block)
{
	unsigned int i;
	int err;

	for (i = 0; i < block->nr; i++) {
		err = pass_site(pass, &block->sites[i]);
		if (err)
			return err;
		if (!(i & 1023))
			cond_resched();
	}
	return 0;
}

static int pass_sites(struct ops_pass *pass, const struct fnt_hash *changed)
{
	struct site_block *block;
	struct fnt_site *site;
	unsigned int i;
	int err = 0;

	if (changed) {
		for (i = 0; i < changed->nr && !err; i++) {
			site = site_find(changed->ips[i]);
			if (site)
				err = pass_site(pass, site);
		}
	} else {
		for_each_site_block_by_address(block) {
			err = pass_block(pass, block);
			if (err)
				break;
		}
	}
	return err;
}

static void slot_free(unsigned int slot)
{
	kfree(ops_slots[slot].users);
	WRITE_ONCE(ops_slots[slot].users, NULL);
}

/* Slots that nothing leads to any more are used again after a quiescence. */
static void slots_retire(void)
{
	unsigned int slot;

	for (slot = SLOT_ANY + 1; slot < OPS_SLOTS; slot++)
		if (ops_slots[slot].users && !slot_sites[slot])
			__set_bit(slot, slots_retired);
}

static void pass_done(struct ops_pass *pass)
{
	unsigned int i;

	for (i = 0; i < pass->nr_reqs; i++) {
		struct share_request *req = &pass->reqs[i];

		slot_sites[req->from]--;
		slot_sites[req->to]++;
	}
	slots_retire();
}

static void pass_failed(struct ops_pass *pass)
{
	unsigned int slot;

	for_each_set_bit(slot, pass->filled, OPS_SLOTS)
		slot_free(slot);
}

/**
 * ops_update - bring the text in line with what the users want
 * @changed: sites for which that may have changed, NULL for all
 * @only: consider the sites of this block only, NULL for all blocks
 *
 * Context: process, may sleep; patch_mutex held.
 * Return: 0; on error everything is as before: -ENOMEM, or what patch_apply()
 * returned.
 */
static int ops_update(const struct fnt_hash *changed, struct site_block *only)
{
	unsigned int nr = changed ? changed->nr : only ? only->nr : site_count();
	struct ops_pass pass = { };
	int err = -ENOMEM;

	sites_assert_locked();

	if (!nr)
		return 0;
	pass.wanting = kmalloc_array(ops_count + 1, sizeof(*pass.wanting), GFP_KERNEL);
	pass.reqs = kvmalloc_array(nr, sizeof(*pass.reqs), GFP_KERNEL);
	if (pass.wanting && pass.reqs)
		err = only ? pass_block(&pass, only) : pass_sites(&pass, changed);
	if (!err && pass.nr_reqs)
		err = share_apply(pass.reqs, pass.nr_reqs);
	if (err)
		pass_failed(&pass);
	else
		pass_done(&pass);
	kvfree(pass.reqs);
	kfree(pass.wanting);
	return err;
}

static void catch_up_later(void)
{
	if (!fault_killed())
		schedule_delayed_work(&catch_up_work, HZ);
}

static void catch_up(struct work_struct *work)
{
	int err;

	sites_lock();
	err = ops_update(NULL, NULL);
	sites_unlock();
	if (err)
		catch_up_later();
}

/*
 * Put a user on the list of SLOT_ANY: in the place of one that has left, behind
 * the others, or in a longer copy of the list, with the old one in *old.
 */
static int any_admit(struct fnt_ops *ops, struct ops_users **old)
{
	struct ops_users *users = (struct ops_users *)ops_slots[SLOT_ANY].users, *longer;
	unsigned int i;

	for (i = 0; i < users->nr; i++) {
		if (users->ops[i] == &ops_nobody) {
			WRITE_ONCE(users->ops[i], ops);
			return 0;
		}
	}
	longer = kmalloc(struct_size(longer, ops, users->nr + ANY_STEP), GFP_KERNEL);
	if (!longer)
		return -ENOMEM;
	any_clear(longer, users->nr + ANY_STEP);
	memcpy(longer->ops, users->ops, users->nr * sizeof(*users->ops));
	longer->ops[users->nr] = ops;
	WRITE_ONCE(ops_slots[SLOT_ANY].users, longer);
	*old = users;
	return 0;
}

/**
 * ops_slot_users - number of users of a trampoline slot
 * @slot: the slot, 0 for none
 *
 * Context: process; patch_mutex held.
 * Return: the number; of the slot for all other combinations, that of all users.
 */
unsigned int ops_slot_users(unsigned int slot)
{
	if (slot == SLOT_ANY)
		return ops_count;
	return slot ? ops_slots[slot].users->nr : 0;
}

/* Never call a user again, even where text still leads to a slot with it. */
static void slot_expel(unsigned int slot, const struct fnt_ops *ops)
{
	struct ops_users *users = (struct ops_users *)ops_slots[slot].users;
	unsigned int i;

	for (i = 0; users && i < users->nr; i++)
		if (users->ops[i] == ops)
			WRITE_ONCE(users->ops[i], &ops_nobody);
	if (ops_slots[slot].arg == ops)
		WRITE_ONCE(ops_slots[slot].gate, &gate_never);
}

/*
 * Wait until nothing is left inside what was retired, and free it.
 * Without patch_mutex, under ops_mutex.
 */
static void ops_quiesce(void)
{
	DECLARE_BITMAP(waited, OPS_SLOTS);
	unsigned int slot;
	struct retired *retired;

	sites_lock();
	bitmap_copy(waited, slots_retired, OPS_SLOTS);
	retired = retired_take();
	sites_unlock();
	patch_quiesce();
	retired_free(retired);
	sites_lock();
	for_each_set_bit(slot, waited, OPS_SLOTS) {
		slot_free(slot);
		__clear_bit(slot, slots_retired);
	}
	sites_unlock();
}

/**
 * fnt_ops_init - prepare a user
 * @ops: with @func, @gap and @private set
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM.
 */
int fnt_ops_init(struct fnt_ops *ops)
{
	ops->filter = NULL;
	ops->except = NULL;
	INIT_LIST_HEAD(&ops->node);
	ops->missed = alloc_percpu(unsigned long);
	return ops->missed ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_GPL(fnt_ops_init);

/**
 * fnt_ops_exit - undo fnt_ops_init()
 * @ops: not registered
 *
 * Context: process, may sleep.
 */
void fnt_ops_exit(struct fnt_ops *ops)
{
	hash_destroy(ops->filter);
	hash_destroy(ops->except);
	free_percpu(ops->missed);
}
EXPORT_SYMBOL_GPL(fnt_ops_exit);

/**
 * fnt_ops_register - call a user at the entry of the functions it wants
 * @ops: from fnt_ops_init(), not registered
 *
 * Calls may begin before this returns.
 *
 * Context: process, may sleep.
 * Return: 0; -EBUSY if it is registered, -ENOMEM, -EIO after a fail-stop. On
 * error the text is unchanged.
 */
int fnt_ops_register(struct fnt_ops *ops)
{
	struct ops_users *old = NULL;
	int err;

	mutex_lock(&ops_mutex);
	sites_lock();
	if (!list_empty(&ops->node)) {
		err = -EBUSY;
		goto out;
	}
	list_add_tail(&ops->node, &ops_list);
	ops_count++;
	err = any_admit(ops, &old);
	if (!err)
		err = ops_update(ops->filter, NULL);
	if (err) {
		list_del_init(&ops->node);
		ops_count--;
		slot_expel(SLOT_ANY, ops);
	}
out:
	sites_unlock();
	/* A failed attempt may have been called by way of SLOT_ANY. */
	if (old || err)
		ops_quiesce();
	kfree(old);
	mutex_unlock(&ops_mutex);
	return err;
}
EXPORT_SYMBOL_GPL(fnt_ops_register);

/**
 * fnt_ops_unregister - stop calling a user
 * @ops: registered or not
 *
 * When this returns no CPU and no task is inside @ops->func, and none will be.
 *
 * Context: process, may sleep.
 */
void fnt_ops_unregister(struct fnt_ops *ops)
{
	unsigned int slot;
	int err;

	mutex_lock(&ops_mutex);
	sites_lock();
	if (list_empty(&ops->node)) {
		sites_unlock();
		goto out;
	}
	list_del_init(&ops->node);
	ops_count--;
	slot_expel(SLOT_ANY, ops);
	err = ops_update(ops->filter, NULL);
	if (err) {
		/* The text stays as it is for now, but leads to nobody. */
		catch_up_later();
		for (slot = SLOT_ANY + 1; slot < OPS_SLOTS; slot++)
			slot_expel(slot, ops);
		pr_warn("cannot restore call sites now (error %d), trying again\n", err);
	}
	sites_unlock();
	ops_quiesce();
out:
	mutex_unlock(&ops_mutex);
}
EXPORT_SYMBOL_GPL(fnt_ops_unregister);

/**
 * fnt_ops_set_hash - change which functions a user wants
 * @ops: registered or not
 * @filter: those wanted, NULL for all; on success it is @ops's
 * @except: those not wanted, NULL for none; on success it is @ops's
 *
 * When this returns no CPU and no task is inside @ops->func on behalf of a
 * function that is not wanted any more.
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM, -EIO after a fail-stop: then nothing has changed.
 */
int fnt_ops_set_hash(struct fnt_ops *ops, struct fnt_hash *filter, struct fnt_hash *except)
{
	struct fnt_hash *old_filter, *old_except, *changed = NULL;
	bool registered;
	int err = 0;

	mutex_lock(&ops_mutex);
	sites_lock();
	old_filter = ops->filter;
	old_except = ops->except;
	WRITE_ONCE(ops->filter, filter);
	WRITE_ONCE(ops->except, except);
	registered = !list_empty(&ops->node);
	if (registered) {
		/* What is excepted lies within what the filters name. */
		if (old_filter && filter) {
			changed = hash_union(old_filter, filter);
			err = changed ? 0 : -ENOMEM;
		}
		if (!err)
			err = ops_update(changed, NULL);
	}
	if (err) {
		WRITE_ONCE(ops->filter, old_filter);
		WRITE_ONCE(ops->except, old_except);
	}
	sites_unlock();
	if (registered)
		ops_quiesce();
	if (!err) {
		hash_destroy(old_filter);
		hash_destroy(old_except);
	}
	hash_destroy(changed);
	mutex_unlock(&ops_mutex);
	return err;
}

/**
 * ops_tell_gap - tell those concerned that functions were served by nobody
 * @reqs: the functions
 * @nr: number of @reqs
 * @ns: how long it was, up to now
 *
 * Context: process; patch_mutex held.
 */
void ops_tell_gap(const struct share_request *reqs, unsigned int nr, u64 ns)
{
	struct fnt_ops *ops;
	unsigned int i, wanted;

	sites_assert_locked();
	list_for_each_entry(ops, &ops_list, node) {
		for (i = 0, wanted = 0; ops->gap && i < nr; i++)
			wanted += ops_wants(ops, reqs[i].site->ip);
		if (wanted)
			ops->gap(ops, wanted, ns);
	}
}

static void block_added(struct site_block *block)
{
	int err = ops_count ? ops_update(NULL, block) : 0;

	if (hits_block_added(block))
		pr_warn("no memory to count the functions of module %s\n",
			site_module_name(block));
	if (!err)
		return;
	catch_up_later();
	pr_warn("cannot trace module %s now (error %d), trying again\n",
		site_module_name(block), err);
}

static void block_removing(struct site_block *block)
{
	unsigned int i;

	/* Its sites have no slot any more when they are let go of. */
	for (i = 0; i < block->nr; i++)
		slot_sites[block->sites[i].slot]--;
	share_leave_module(block);
	hits_block_removing(block);
	slots_retire();
}

static void module_changed(const char *module, bool coming)
{
	mutex_lock(&follow_mutex);
	if (follow_fn)
		follow_fn(module, coming);
	mutex_unlock(&follow_mutex);
}

/**
 * ops_follow_modules - be told of modules whose functions come or go
 * @fn: called with the module's name, and whether it has come or is about to go;
 *      NULL to be told no more, and then it is not running any more
 *
 * Context: process, may sleep; so is @fn's, with no lock of the patching engine
 * held.
 */
void ops_follow_modules(void (*fn)(const char *module, bool coming))
{
	mutex_lock(&follow_mutex);
	follow_fn = fn;
	mutex_unlock(&follow_mutex);
}

/**
 * ops_count_hits - count the entries of each function, from zero, or stop
 * @on: count
 *
 * Functions whose one user is called without ops_dispatch() go to a slot that
 * counts, and back.
 *
 * Context: process, may sleep.
 * Return: 0; and with nothing counted -ENOMEM, -EIO after a fail-stop. If that
 * comes while it is switched off, functions go on by way of ops_dispatch() for now.
 */
int ops_count_hits(bool on)
{
	int err;

	mutex_lock(&ops_mutex);
	sites_lock();
	err = hits_switch(on);
	if (!err)
		err = ops_update(NULL, NULL);
	if (err && on)
		hits_switch(false);
	else if (err)
		catch_up_later();
	sites_unlock();
	/* Slots change hands, and counters are retired. */
	ops_quiesce();
	mutex_unlock(&ops_mutex);
	return err;
}

/**
 * ops_counts_hits - are entries counted?
 *
 * Context: any.
 * Return: true if so.
 */
bool ops_counts_hits(void)
{
	return hits_enabled();
}

static void ops_free(void)
{
	unsigned int slot;

	cancel_delayed_work_sync(&catch_up_work);
	for (slot = SLOT_ANY; slot < OPS_SLOTS; slot++)
		slot_free(slot);
	free_percpu(nobody_missed);
}

/**
 * ops_init - find the call sites and be ready for users
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -ENOMEM; -ENOENT if the kernel has no call sites.
 */
int ops_init(void)
{
	static const struct site_listener listener = {
		.added = block_added,
		.removing = block_removing,
		.changed = module_changed,
	};
	struct ops_users *any;
	int err = -ENOMEM;

	nobody_missed = alloc_percpu(unsigned long);
	if (!nobody_missed)
		return -ENOMEM;
	ops_nobody.missed = nobody_missed;
	any = kmalloc(struct_size(any, ops, ANY_STEP), GFP_KERNEL);
	if (any) {
		any_clear(any, ANY_STEP);
		sites_lock();
		slot_fill(SLOT_ANY, any);
		sites_unlock();
		err = sites_init(&listener);
	}
	if (err)
		ops_free();
	return err;
}

/*
 * Give back sites that could not be given back before, for want of memory. The
 * module cannot go with a call of ours left in the text, so this waits until it
 * works.
 */
static void restore_all(void)
{
	bool done;
	int err;

	for (;;) {
		sites_lock();
		err = ops_update(NULL, NULL);
		done = !share_holds();
		sites_unlock();
		if (done)
			return;
		pr_warn("cannot restore call sites for unloading (error %d), trying again\n", err);
		msleep(1000);
	}
}

/**
 * ops_exit - undo ops_init()
 *
 * Context: process, may sleep; no user is registered.
 */
void ops_exit(void)
{
	sites_lock();
	hits_switch(false);
	sites_unlock();
	restore_all();
	share_exit();
	ops_quiesce();
	retstack_exit();
	join_exit();
	sites_exit();
	ops_free();
}
