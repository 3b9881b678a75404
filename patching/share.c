// SPDX-License-Identifier: GPL-2.0
/*
 * Own what is free, yield on demand, join what is shared.
 *
 * A site is free if its bytes are the NOP and the kernel's record of it is not
 * enabled: then the kernel's next write there expects the NOP, and the hook on
 * that check lets it write over a call of ours. What the kernel has taken, and
 * what it holds already, is served through its own ftrace.
 *
 * The bytes are the truth, never the mark: the kernel may verify a site, be
 * told that it may have it, and then not write because of another site.
 */

#include "patching/share.h"

#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "core/fault.h"
#include "core/kabi.h"
#include "patching/hook.h"
#include "patching/join.h"
#include "patching/ops.h"
#include "patching/patch.h"
#include "patching/tramp.h"

/*
 * patch_mutex: sites that are owned or yielded. Such a site may hold a call of
 * ours, so the hook stays while there are any.
 */
static unsigned int held;

/* patch_mutex: joined sites; we are a user of the kernel's ftrace while > 0. */
static unsigned int joined;

/* patch_mutex: join_end() failed, which has been said. */
static bool leave_failed;

/*
 * Written under ftrace_lock by the hook: sites taken, and when the first of
 * those that rejoin() has not served yet was, 0 if there is none.
 */
static u64 yields;
static u64 yield_since;

/* patch_mutex: times in which yielded sites were served by nobody. */
static u64 gaps;
static u64 gap_ns;

/* A second later what there was no memory for is tried again. */
#define RETRY_DELAY HZ

static void rejoin(struct work_struct *work);
static DECLARE_DELAYED_WORK(rejoin_work, rejoin);

static unsigned long slot_addr(unsigned int slot)
{
	return slot ? (unsigned long)fnt_tramp_slots + slot * OPS_SLOT_STRIDE : 0;
}

static bool is_our_call(const u8 *code, unsigned long ip)
{
	unsigned long target = insn_call_target(code, ip);

	return target >= (unsigned long)fnt_tramp_slots &&
	       target < (unsigned long)fnt_tramp_slots_end;
}

/* The kernel wants a site that holds something; see hook_yield_t. */
static bool share_yield(unsigned long ip, const u8 *code)
{
	struct fnt_site *site;

	if (!is_our_call(code, ip))
		return false;
	site = site_find(ip);
	if (site && site->state == SITE_OWNED) {
		site->state = SITE_YIELDED;
		WRITE_ONCE(yields, yields + 1);
		if (!yield_since)
			WRITE_ONCE(yield_since, ktime_get_mono_fast_ns());
		schedule_delayed_work(&rejoin_work, 0);
	}
	return true;
}

/**
 * share_stats - how the sites are shared
 * @stats: receives it
 *
 * Context: process; patch_mutex held.
 */
void share_stats(struct share_stats *stats)
{
	unsigned int count[SITE_UNAVAILABLE + 1] = { };
	struct site_block *block;
	unsigned int i;

	for_each_site_block(block)
		for (i = 0; i < block->nr; i++)
			count[READ_ONCE(block->sites[i].state)]++;
	*stats = (struct share_stats) {
		.owned = count[SITE_OWNED],
		.yielded = count[SITE_YIELDED],
		.joined = count[SITE_JOINED],
		.unavailable = count[SITE_UNAVAILABLE],
		.yields = READ_ONCE(yields),
		.gaps = gaps,
		.gap_ns = gap_ns,
	};
}

/**
 * share_holds - may there be a call of ours anywhere, or the hook?
 *
 * Context: process; patch_mutex held.
 * Return: true if so.
 */
bool share_holds(void)
{
	return held || hook_placed();
}

/* All changes of state but the hook's, which leaves the counts as they are. */
static void set_state(struct fnt_site *site, enum site_state state)
{
	held -= site->state == SITE_OWNED || site->state == SITE_YIELDED;
	held += state == SITE_OWNED || state == SITE_YIELDED;
	joined -= site->state == SITE_JOINED;
	joined += state == SITE_JOINED;
	site->state = state;
}

/* What is to be done about a request, decided with text locked. */
enum verdict {
	VERDICT_WRITE,		/* its change is in the patch set */
	VERDICT_NOTHING,	/* not ours, and nobody wants it */
	VERDICT_JOIN,		/* others hold it: join them */
	VERDICT_KEEP,		/* joined and wanted */
	VERDICT_LEAVE,		/* joined and not wanted any more */
	VERDICT_UNAVAILABLE,	/* see the site's reason */
};

/**
 * struct share_pass - a set of requests on its way
 * @reqs: the requests, ascending by address
 * @nr: number of them
 * @verdicts: one a request
 * @set: the changes of those to be written
 * @changes: its changes
 * @req_of: the request of each change
 * @ips: room for an address a request
 * @entries: room for a joined function a request
 */
struct share_pass {
	struct share_request *reqs;
	unsigned int nr;
	u8 *verdicts;
	struct patch_set set;
	struct patch_change *changes;
	unsigned int *req_of;
	unsigned long *ips;
	struct join_entry *entries;
};

static void pass_free(struct share_pass *pass)
{
	patch_set_exit(&pass->set);
	kvfree(pass->entries);
	kvfree(pass->ips);
	kvfree(pass->req_of);
	kvfree(pass->changes);
	kvfree(pass->verdicts);
}

/* May text have to be written for this request? */
static bool may_write(const struct share_request *req)
{
	switch (req->site->state) {
	case SITE_OWNED:
	case SITE_YIELDED:
		return true;
	case SITE_JOINED:
		return false;
	default:
		return req->to;
	}
}

/* Everything that can fail before text is locked. */
static int pass_prepare(struct share_pass *pass)
{
	unsigned int i, nr = 0;

	pass->verdicts = kvmalloc_array(pass->nr, sizeof(*pass->verdicts), GFP_KERNEL);
	pass->changes = kvmalloc_array(pass->nr, sizeof(*pass->changes), GFP_KERNEL);
	pass->req_of = kvmalloc_array(pass->nr, sizeof(*pass->req_of), GFP_KERNEL);
	pass->ips = kvmalloc_array(pass->nr, sizeof(*pass->ips), GFP_KERNEL);
	pass->entries = kvmalloc_array(pass->nr, sizeof(*pass->entries), GFP_KERNEL);
	if (!pass->verdicts || !pass->changes || !pass->req_of || !pass->ips || !pass->entries)
		return -ENOMEM;

	for (i = 0; i < pass->nr; i++) {
		struct share_request *req = &pass->reqs[i];

		pass->verdicts[i] = VERDICT_NOTHING;
		if (!may_write(req))
			continue;
		pass->changes[nr] = (struct patch_change) {
			.ip = req->site->ip,
			.to = slot_addr(req->to),
		};
		pass->req_of[nr++] = i;
	}
	return nr ? patch_set_init(&pass->set, pass->changes, nr) : 0;
}

static enum verdict unavailable(struct fnt_site *site, enum site_reason reason)
{
	site->reason = reason;
	return VERDICT_UNAVAILABLE;
}

/*
 * May we have this site? Of one that is ours by mark and bytes: yes. *from is
 * the target of the call that stands there.
 */
static enum verdict judge(const struct share_request *req, struct kabi_record_cursor *cursor,
			  bool can_own, unsigned long *from)
{
	struct fnt_site *site = req->site;
	const u8 *code = (const u8 *)site->ip;
	struct dyn_ftrace *rec;

	*from = 0;
	if ((site->state == SITE_OWNED || site->state == SITE_YIELDED) &&
	    is_our_call(code, site->ip)) {
		*from = insn_call_target(code, site->ip);
		return VERDICT_WRITE;
	}
	if (!req->to)
		return VERDICT_NOTHING;
	rec = kabi_find_record(site->ip, cursor);
	if (!rec || !kabi_record_usable(rec))
		return unavailable(site, SITE_REASON_RECORD);
	if (kabi_record_enabled(rec))
		return VERDICT_JOIN;
	if (!insn_is_nop(code))
		return unavailable(site, SITE_REASON_BYTES);
	if (!can_own)
		return VERDICT_JOIN;
	if (!patch_has_breakpoints() &&
	    poke_classify(site->ip, INSN_LEN) & patch_patcher()->needs_breakpoints)
		return unavailable(site, SITE_REASON_STRADDLES);
	return VERDICT_WRITE;
}

/* Decide about every request; leave in the set what is to be written. */
static void pass_judge(struct share_pass *pass)
{
	struct kabi_record_cursor cursor = { };
	bool can_own = hook_possible();
	unsigned int i, nr = 0;
	unsigned long from;
	enum verdict verdict;

	for (i = 0; i < pass->nr; i++)
		if (pass->reqs[i].site->state == SITE_JOINED)
			pass->verdicts[i] = pass->reqs[i].to ? VERDICT_KEEP : VERDICT_LEAVE;

	for (i = 0; i < pass->set.nr; i++) {
		verdict = judge(&pass->reqs[pass->req_of[i]], &cursor, can_own, &from);
		pass->verdicts[pass->req_of[i]] = verdict;
		if (verdict != VERDICT_WRITE)
			continue;
		pass->changes[nr] = pass->changes[i];
		pass->changes[nr].from = from;
		pass->req_of[nr++] = pass->req_of[i];
	}
	pass->set.nr = nr;
}

static bool pass_owns_more(const struct share_pass *pass)
{
	unsigned int i;

	for (i = 0; i < pass->set.nr; i++)
		if (pass->changes[i].to)
			return true;
	return false;
}

/* Sites that will hold a call of ours once the set is written. */
static unsigned int pass_held_after(const struct share_pass *pass)
{
	unsigned int i, after = held;

	for (i = 0; i < pass->nr; i++) {
		const struct share_request *req = &pass->reqs[i];
		bool now = req->site->state == SITE_OWNED || req->site->state == SITE_YIELDED;

		switch (pass->verdicts[i]) {
		case VERDICT_WRITE:
			after += !!req->to - now;
			break;
		case VERDICT_NOTHING:
		case VERDICT_UNAVAILABLE:
			after -= now;
			break;
		default:
			break;
		}
	}
	return after;
}

static void pass_mark(struct share_pass *pass)
{
	unsigned int i;

	for (i = 0; i < pass->nr; i++) {
		struct share_request *req = &pass->reqs[i];

		switch (pass->verdicts[i]) {
		case VERDICT_WRITE:
			set_state(req->site, req->to ? SITE_OWNED : SITE_IDLE);
			break;
		case VERDICT_NOTHING:
			set_state(req->site, SITE_IDLE);
			break;
		case VERDICT_UNAVAILABLE:
			set_state(req->site, SITE_UNAVAILABLE);
			break;
		default:
			break;
		}
		req->site->slot = req->to;
	}
}

/*
 * The hook goes with the last site that holds a call of ours. Both directions
 * may come before the sites are written: nobody asks the hook while we hold
 * ftrace_lock. Then the rounds that writing takes make every CPU serialise for
 * the hook, too. Returns 1 if that has to be done, as hook_install() does.
 */
static int pass_hook(struct share_pass *pass)
{
	if (pass_owns_more(pass))
		return hook_install(share_yield);
	if (pass->set.nr && !pass_held_after(pass))
		return hook_remove();
	return 0;
}

/* With text locked: decide, write, and mark what was decided. */
static int pass_write(struct share_pass *pass)
{
	int hooked, err = 0;

	pass_judge(pass);
	hooked = pass_hook(pass);
	if (hooked < 0)
		return hooked;
	if (pass->set.nr) {
		err = patch_apply(&pass->set);
		if (!err)
			hooked = 0;
	}
	if (!err)
		pass_mark(pass);
	/* If the set was not written, or there was none. */
	hooked |= held ? hook_install(share_yield) : hook_remove();
	if (hooked)
		patch_sync_cpus();
	return err;
}

/* Some sites have been served by nobody since then. */
static void gap_since(u64 since)
{
	mutex_lock(kabi.ftrace_lock);
	if (!yield_since || since < yield_since)
		yield_since = since;
	mutex_unlock(kabi.ftrace_lock);
}

static u64 take_yield_time(void)
{
	u64 since;

	mutex_lock(kabi.ftrace_lock);
	since = yield_since;
	yield_since = 0;
	mutex_unlock(kabi.ftrace_lock);
	return since;
}

/* Become a user of the functions that others hold. */
static void pass_join(struct share_pass *pass)
{
	unsigned int i, nr = 0;
	int err;

	for (i = 0; i < pass->nr; i++) {
		struct share_request *req = &pass->reqs[i];

		if (pass->verdicts[i] != VERDICT_JOIN)
			continue;
		pass->ips[nr] = req->site->ip;
		pass->entries[nr++] = (struct join_entry) { req->site->ip, req->to };
	}
	if (!nr)
		return;
	/* The event path must know them before the first call comes. */
	err = join_publish(pass->entries, nr);
	if (!err)
		err = join_add(pass->ips, nr);
	for (i = 0; i < pass->nr; i++) {
		struct share_request *req = &pass->reqs[i];

		if (pass->verdicts[i] != VERDICT_JOIN)
			continue;
		if (err)
			join_retarget(req->site->ip, 0);
		req->site->reason = SITE_REASON_JOIN;
		set_state(req->site, !err ? SITE_JOINED :
				     err == -ENOMEM ? SITE_YIELDED : SITE_UNAVAILABLE);
	}
	if (err == -ENOMEM) {
		/* rejoin() tries again. */
		pr_warn("no memory to share %u functions that others hold, trying again\n", nr);
		gap_since(ktime_get_mono_fast_ns());
		schedule_delayed_work(&rejoin_work, RETRY_DELAY);
	} else if (err) {
		pr_warn("%u functions are held by others and the kernel's ftrace refused to share them: error %d\n",
			nr, err);
	}
}

/* Follow what is wanted of the functions joined so far. */
static void pass_leave(struct share_pass *pass)
{
	unsigned int i, nr = 0;
	int err;

	for (i = 0; i < pass->nr; i++) {
		struct share_request *req = &pass->reqs[i];

		if (pass->verdicts[i] != VERDICT_KEEP && pass->verdicts[i] != VERDICT_LEAVE)
			continue;
		join_retarget(req->site->ip, req->to);
		if (pass->verdicts[i] == VERDICT_LEAVE)
			pass->ips[nr++] = req->site->ip;
	}
	if (!nr)
		return;
	err = join_remove(pass->ips, nr);
	if (err) {
		/* They stay joined, for nobody; rejoin() tries again. */
		pr_warn("cannot leave %u functions shared with the kernel's ftrace: error %d%s\n",
			nr, err, err == -ENOMEM ? ", trying again" : "");
		if (err == -ENOMEM)
			schedule_delayed_work(&rejoin_work, RETRY_DELAY);
		return;
	}
	for (i = 0; i < pass->nr; i++)
		if (pass->verdicts[i] == VERDICT_LEAVE)
			set_state(pass->reqs[i].site, SITE_IDLE);
}

/* Nothing is joined any more: be no longer a user of the kernel's ftrace. */
static void end_joining(void)
{
	int err = join_end();

	if (!err || leave_failed)
		return;
	leave_failed = true;
	pr_warn("the kernel's ftrace does not let us go (error %d): this module must stay loaded\n",
		err);
}

/**
 * share_apply - change who serves a set of sites
 * @reqs: the requests, ascending by address, a site at most once
 * @nr: number of them
 *
 * A site that cannot be had is marked so and does not fail the others. Each
 * site's slot is that of its request afterwards, however it is served.
 *
 * Context: process, may sleep; patch_mutex held.
 * Return: 0; on error nothing has changed: -ENOMEM, -EIO after a fail-stop, or
 * what hook_install() returned.
 */
int share_apply(struct share_request *reqs, unsigned int nr)
{
	struct share_pass pass = { .reqs = reqs, .nr = nr };
	int err;

	sites_assert_locked();

	err = pass_prepare(&pass);
	if (!err) {
		patch_text_lock();
		err = pass_write(&pass);
		patch_text_unlock();
	}
	if (!err) {
		pass_join(&pass);
		pass_leave(&pass);
		if (!joined)
			end_joining();
	}
	pass_free(&pass);
	return err;
}

/* Collect up to @max sites that nobody serves yet, or that are joined for nobody. */
static unsigned int collect_left(struct share_request *reqs, unsigned int max)
{
	struct site_block *block;
	unsigned int i, nr = 0;

	for_each_site_block_by_address(block) {
		for (i = 0; i < block->nr && nr < max; i++) {
			struct fnt_site *site = &block->sites[i];

			if (READ_ONCE(site->state) != SITE_YIELDED &&
			    (site->state != SITE_JOINED || site->slot))
				continue;
			reqs[nr++] = (struct share_request) { site, site->slot, site->slot };
		}
	}
	return nr;
}

/* Were some of these sites not to be joined, for want of memory? */
static bool still_yielded(const struct share_request *reqs, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (READ_ONCE(reqs[i].site->state) == SITE_YIELDED)
			return true;
	return false;
}

/*
 * The kernel took sites of ours: be served there through its ftrace, or own
 * them again if it has let go meanwhile. Sites that it takes while this runs
 * have their own turn. And what there was no memory for before.
 */
static void rejoin(struct work_struct *work)
{
	struct share_request *reqs;
	unsigned int nr = 0;
	int err = -ENOMEM;
	u64 since;

	sites_lock();
	since = take_yield_time();
	reqs = kvmalloc_array(held + joined, sizeof(*reqs), GFP_KERNEL);
	if (reqs) {
		nr = collect_left(reqs, held + joined);
		err = nr ? share_apply(reqs, nr) : 0;
	}
	if (since && (err || still_yielded(reqs, nr))) {
		gap_since(since);
	} else if (since && nr) {
		since = ktime_get_mono_fast_ns() - since;
		gaps++;
		gap_ns += since;
		ops_tell_gap(reqs, nr, since);
	}
	kvfree(reqs);
	sites_unlock();
	if (err && !fault_killed())
		schedule_delayed_work(&rejoin_work, RETRY_DELAY);
}

/*
 * What is left of a module's sites if there was no memory to let go of them. Its
 * text is never run again, so our calls in it do no harm; but the hook must not
 * outlive the last of them, nor what is known by address the module.
 */
static void module_forget(struct site_block *block)
{
	struct fnt_site *site;
	unsigned int i;

	for (i = 0; i < block->nr; i++) {
		site = &block->sites[i];
		if (site->state == SITE_JOINED) {
			join_retarget(site->ip, 0);
			join_remove(&site->ip, 1);
		}
		set_state(site, SITE_IDLE);
	}
	if (!joined)
		end_joining();
	if (!held && hook_placed()) {
		patch_text_lock();
		hook_remove();
		patch_sync_cpus();
		patch_text_unlock();
	}
}

/**
 * share_leave_module - let go of the sites of a module that goes away
 * @block: its sites
 *
 * The kernel drops the records of the module itself but not the addresses in
 * our filter, which would match another module that is loaded there later.
 *
 * Context: process, may sleep; patch_mutex held, the module's text still there.
 */
void share_leave_module(struct site_block *block)
{
	struct share_request *reqs;
	unsigned int i, nr = 0;
	int err = -ENOMEM;

	reqs = kvmalloc_array(block->nr, sizeof(*reqs), GFP_KERNEL);
	if (reqs) {
		for (i = 0; i < block->nr; i++) {
			struct fnt_site *site = &block->sites[i];

			if (site->slot)
				reqs[nr++] = (struct share_request) { site, site->slot, 0 };
		}
		err = nr ? share_apply(reqs, nr) : 0;
	}
	kvfree(reqs);
	if (err)
		pr_warn("cannot restore the call sites of module %s, which is going away: error %d\n",
			site_module_name(block), err);
	/* Even so the kernel's ftrace may not have let go of us. */
	module_forget(block);
}

/**
 * share_exit - undo everything that a site may have left behind
 *
 * Context: process, may sleep; no site is wanted by anybody.
 */
void share_exit(void)
{
	cancel_delayed_work_sync(&rejoin_work);
}
