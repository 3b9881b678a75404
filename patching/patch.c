// SPDX-License-Identifier: GPL-2.0
/*
 * Verify all, then write all.
 *
 * Text is written through one writable mapping of all pages of a set. The
 * kernel's own text_poke() maps, switches page tables and flushes for every
 * single write, which costs ten to forty times as much.
 */

#include "patching/patch.h"

#include <linux/cpu.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/rcupdate_trace.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include <asm/sync_core.h>

#include "core/fault.h"
#include "patching/sites.h"

static const struct fnt_patcher *const patchers[] = { &patcher_int3, &patcher_stop };

/* Which of them work here, found out at load. */
static bool patcher_usable[ARRAY_SIZE(patchers)] __ro_after_init;
static const struct fnt_patcher *patcher;
static struct patch_stats stats;

/**
 * patch_init - find out which patchers work here and choose one
 * @wanted: name of the patcher to use if it works; NULL for the first that does
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -EINVAL if there is no patcher @wanted; -EOPNOTSUPP if none works;
 * -ENOMEM if that could not be found out.
 */
int patch_init(const char *wanted)
{
	int usable, err = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(patchers); i++) {
		usable = patchers[i]->usable();
		if (usable < 0)
			return usable;
		patcher_usable[i] = usable;
		if (!usable)
			pr_warn("patcher %s does not work on this kernel\n", patchers[i]->name);
		else if (!patcher)
			patcher = patchers[i];
	}
	if (!patcher) {
		pr_err("no way to patch this kernel's text\n");
		return -EOPNOTSUPP;
	}
	if (wanted) {
		sites_lock();
		err = patch_choose(wanted);
		sites_unlock();
		if (err)
			pr_err("patcher=%s: %s\n", wanted, err == -EINVAL ?
			       "no such patcher" : "does not work on this kernel");
	}
	return err;
}

/**
 * patch_choose - use another patcher from now on
 * @name: of the patcher
 *
 * Context: process; patch_mutex held.
 * Return: 0; -EINVAL if there is none of this name; -EOPNOTSUPP if it does not
 * work on this kernel.
 */
int patch_choose(const char *name)
{
	unsigned int i;

	sites_assert_locked();
	for (i = 0; i < ARRAY_SIZE(patchers); i++) {
		if (strcmp(patchers[i]->name, name))
			continue;
		if (!patcher_usable[i])
			return -EOPNOTSUPP;
		patcher = patchers[i];
		return 0;
	}
	return -EINVAL;
}

/**
 * patch_patcher - the patcher in use
 *
 * Context: process; patch_mutex held.
 * Return: the patcher.
 */
const struct fnt_patcher *patch_patcher(void)
{
	return patcher;
}

/**
 * patch_nth_patcher - list the patchers that work here
 * @n: counted from 0
 *
 * Context: any.
 * Return: the patcher, NULL behind the last one.
 */
const struct fnt_patcher *patch_nth_patcher(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(patchers); i++)
		if (patcher_usable[i] && !n--)
			return patchers[i];
	return NULL;
}

/**
 * patch_has_breakpoints - can sites be changed by way of breakpoints here?
 *
 * Context: any.
 * Return: true if the int3 patcher passed its self-test.
 */
bool patch_has_breakpoints(void)
{
	return patcher_usable[0];
}

/**
 * patch_has_stop - can sites be changed with the machine stopped here?
 *
 * Context: any.
 * Return: true if so.
 */
bool patch_has_stop(void)
{
	return patcher_usable[1];
}

/**
 * patch_stats - what patching has cost so far
 *
 * Context: process; patch_mutex held.
 * Return: the counters.
 */
struct patch_stats *patch_stats(void)
{
	return &stats;
}

static struct page *text_page(unsigned long ip)
{
	if (ip >= MODULES_VADDR && ip < MODULES_END)
		return vmalloc_to_page((void *)ip);
	return pfn_to_page(__pa_symbol(ip) >> PAGE_SHIFT);
}

static unsigned int site_len(const struct patch_set *set, unsigned int change)
{
	return set->form ? set->form->len(set, change) : INSN_LEN;
}

/*
 * Go through the pages that the sites touch, ascending; a site may reach into a
 * second one. With set->pages, note them there and in each change where its
 * site lies behind the start of the mapping. Return the number of pages.
 */
static unsigned int walk_pages(struct patch_set *set)
{
	unsigned long ip, end, page, last = 0;
	unsigned int i, nr = 0;

	for (i = 0; i < set->nr; i++) {
		ip = set->changes[i].ip;
		end = ip + site_len(set, i);
		for (page = ip & PAGE_MASK; page < end; page += PAGE_SIZE) {
			if (page == last)
				continue;
			if (set->pages)
				set->pages[nr] = text_page(page);
			last = page;
			nr++;
		}
		set->changes[i].text = (u8 *)(nr * PAGE_SIZE - (last + PAGE_SIZE - ip));
	}
	return nr;
}

/**
 * patch_set_init - prepare a set of changes: everything that can fail
 * @set: the set
 * @changes: ascending by address, no address twice; the caller's until
 *           patch_set_exit()
 * @nr: number of changes, at least 1
 *
 * Context: process, may sleep; patch_mutex held, so that no module goes away.
 * Return: 0; -ENOMEM.
 */
int patch_set_init(struct patch_set *set, struct patch_change *changes, unsigned int nr)
{
	return patch_set_init_form(set, changes, nr, NULL);
}

/**
 * patch_set_init_form - the same for sites of another form
 * @set: the set
 * @changes: ascending by address, no address twice; the caller's until
 *           patch_set_exit()
 * @nr: number of changes, at least 1
 * @form: what stands at the sites
 *
 * Context: process, may sleep; patch_mutex held, so that no module goes away.
 * Return: 0; -ENOMEM.
 */
int patch_set_init_form(struct patch_set *set, struct patch_change *changes, unsigned int nr,
			const struct patch_form *form)
{
	unsigned int i;

	sites_assert_locked();

	memset(set, 0, sizeof(*set));
	set->changes = changes;
	set->nr = nr;
	set->form = form;
	set->pokes = kvmalloc_array(nr, sizeof(*set->pokes), GFP_KERNEL);
	set->locs = kvmalloc_array(nr, sizeof(*set->locs), GFP_KERNEL);
	set->nr_pages = walk_pages(set);
	set->pages = kvmalloc_array(set->nr_pages, sizeof(*set->pages), GFP_KERNEL);
	if (!set->pokes || !set->locs || !set->pages)
		goto out;
	walk_pages(set);
	set->alias = vmap(set->pages, set->nr_pages, VM_MAP, PAGE_KERNEL);
	if (!set->alias)
		goto out;
	for (i = 0; i < nr; i++)
		changes[i].text += (unsigned long)set->alias;
	return 0;
out:
	patch_set_exit(set);
	return -ENOMEM;
}

/**
 * patch_set_exit - free what patch_set_init() made
 * @set: the set; may have been freed already
 *
 * Context: process, may sleep.
 */
void patch_set_exit(struct patch_set *set)
{
	vunmap(set->alias);
	kvfree(set->pages);
	kvfree(set->locs);
	kvfree(set->pokes);
	memset(set, 0, sizeof(*set));
}

/**
 * patch_text_lock - become the only writer of kernel text
 *
 * cpus_read_lock() stands before text_mutex, as static keys take them; and
 * behind ftrace_lock, under which the kernel waits for RCU-tasks, which need it.
 *
 * Context: process, may sleep; patch_mutex held.
 */
void patch_text_lock(void)
{
	sites_assert_locked();
	mutex_lock(kabi.ftrace_lock);
	cpus_read_lock();
	mutex_lock(kabi.text_mutex);
}

/**
 * patch_text_unlock - undo patch_text_lock()
 *
 * Context: process.
 */
void patch_text_unlock(void)
{
	mutex_unlock(kabi.text_mutex);
	cpus_read_unlock();
	mutex_unlock(kabi.ftrace_lock);
}

static bool encode(const struct patch_set *set, unsigned int i, unsigned long target, u8 *code)
{
	if (set->form)
		return set->form->encode(set, i, target, code);
	if (target)
		return insn_call(code, set->changes[i].ip, target);
	insn_nop(code);
	return true;
}

static int verify(const struct patch_set *set, unsigned int i)
{
	u8 expected[PATCH_LEN_MAX];

	if (!encode(set, i, set->changes[i].from, expected))
		return -ERANGE;
	return memcmp((void *)set->changes[i].ip, expected, site_len(set, i)) ? -EBUSY : 0;
}

/* How the kernel's int3 handler acts while a change is on its way. */
static void fill_loc(const struct patch_set *set, unsigned int i)
{
	const struct patch_change *change = &set->changes[i];
	struct kabi_poke_loc *loc = &set->locs[i];
	unsigned long target = change->to;

	if (set->form)
		target = (target ?: change->from) - set->form->trap_entry;
	loc->rel_addr = change->ip - (unsigned long)kabi.stext;
	loc->len = set->pokes[i].len;
	if (target) {
		loc->opcode = set->form ? set->form->opcode : INSN_CALL;
		loc->disp = target - (change->ip + loc->len);
	} else {
		/* A jump to the next instruction is what a NOP does. */
		loc->opcode = INSN_JMP;
		loc->disp = 0;
	}
	memcpy(loc->text, set->pokes[i].code, sizeof(loc->text));
	loc->old = *(u8 *)change->ip;
}

/* Verify all sites and fill in what is to be written; nothing is written yet. */
static int prepare_pokes(struct patch_set *set)
{
	const struct patch_change *change;
	struct patch_poke *poke;
	unsigned int i;
	int err;

	set->classes = 0;
	for (i = 0; i < set->nr; i++) {
		change = &set->changes[i];
		err = verify(set, i);
		if (err)
			return err;
		poke = &set->pokes[i];
		if (!encode(set, i, change->to, poke->code))
			return -ERANGE;
		poke->text = change->text;
		poke->len = site_len(set, i);
		poke->class = poke_classify(change->ip, poke->len);
		set->classes |= poke->class;
		fill_loc(set, i);
	}
	return 0;
}

/*
 * The writes are done; see that the text says so. It cannot be otherwise unless
 * an alias led to the wrong page.
 */
static void verify_written(const struct patch_set *set)
{
	unsigned int i;

	for (i = 0; i < set->nr; i++) {
		if (!memcmp((void *)set->changes[i].ip, set->pokes[i].code, set->pokes[i].len))
			continue;
		fnt_kill("text is not what was written", set->changes[i].ip, set->pokes[i].code,
			 (u8 *)set->changes[i].ip, set->pokes[i].len);
		return;
	}
}

/**
 * patch_apply - write a set of changes
 * @set: from patch_set_init()
 *
 * Every site is verified before the first byte is written; then all are
 * written. Whatever the new instructions call must be ready: a CPU may get
 * there before this returns.
 *
 * Context: process, may sleep; patch_text_lock() held.
 * Return: 0; and with nothing written -EBUSY if a site does not hold what its
 * change says, -ERANGE if a target is out of reach, -EIO after a fail-stop.
 */
int patch_apply(struct patch_set *set)
{
	int err;

	if (fault_killed())
		return -EIO;
	err = prepare_pokes(set);
	if (err)
		return err;
	(set->patcher ?: patcher)->run(set);
	verify_written(set);
	stats.batches++;
	stats.sites += set->nr;
	return 0;
}

/**
 * patch_write - perform one writing action of a script on a whole set
 * @set: on its way through a patcher
 * @step: the action and the sites it is for
 *
 * Context: process or stop_machine, IRQs off; text_mutex held.
 */
void patch_write(struct patch_set *set, struct poke_step step)
{
	unsigned int i;

	for (i = 0; i < set->nr; i++)
		if (set->pokes[i].class & step.sites)
			poke_write(set->pokes[i].text, set->pokes[i].code, set->pokes[i].len,
				   step.action);
}

/**
 * patch_locs_begin - make the kernel's int3 handler act for a set
 * @set: prepared
 *
 * Context: process; text_mutex held, so no other batch is there.
 */
void patch_locs_begin(struct patch_set *set)
{
	kabi.poke_desc->vec = set->locs;
	kabi.poke_desc->nr_entries = set->nr;
	/* Pairs with the handler's reference: vector before count. */
	atomic_set_release(&kabi.poke_desc->refs, 1);
	/* Pairs with the handler's smp_rmb(): count before the first int3. */
	smp_wmb();
}

/**
 * patch_locs_end - undo patch_locs_begin()
 * @set: with no int3 left in the text, and every CPU serialised since
 *
 * Returns when no CPU is in the handler on behalf of this set.
 *
 * Context: process; text_mutex held.
 */
void patch_locs_end(struct patch_set *set)
{
	if (!atomic_dec_and_test(&kabi.poke_desc->refs))
		atomic_cond_read_acquire(&kabi.poke_desc->refs, !VAL);
}

static void sync_cpu(void *unused)
{
	sync_core();
}

/**
 * patch_sync_cpus - make every CPU serialise
 *
 * An offline CPU serialises when it comes up.
 *
 * Context: process; IRQs on.
 */
void patch_sync_cpus(void)
{
	stats.rounds++;
	on_each_cpu(sync_cpu, NULL, 1);
}

/**
 * patch_quiesce - wait until nothing is left inside a trampoline
 *
 * To be called when no text leads there any more. rude: CPUs that run with
 * preemption off, RCU watching or not; tasks: tasks that were preempted inside.
 * Neither waits for a task that sleeps, so nothing in a trampoline may.
 *
 * Context: process, may sleep; no lock held that module loading, ftrace or
 * CPU hotplug may want.
 */
void patch_quiesce(void)
{
	synchronize_rcu_tasks_rude();
	synchronize_rcu_tasks();
}
