// SPDX-License-Identifier: GPL-2.0
/*
 * Sections with interrupts or preemption off: who wants to know of them, and what thunks
 * cannot see: that a CPU is idle, that it comes, that the machine sleeps.
 */

#include "patching/edges.h"

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/suspend.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include <trace/events/power.h>

#include <asm/hardirq.h>
#include <asm/msr.h>

#include "core/kabi.h"
#include "core/tracepoints.h"
#include "patching/edge_arm.h"
#include "patching/edge_sites.h"
#include "patching/patch.h"
#include "patching/sites.h"

#define NO_SECTION { .start = (u64)EDGE_NEVER << 32, .limit = EDGE_LIMIT_NONE }

/* What thunks reach without an argument. */
DEFINE_PER_CPU(struct edge_cpu, edge_cpu) = {
	.sections = { NO_SECTION, NO_SECTION, NO_SECTION },
	.before = { (u64)EDGE_NEVER << 32 },
};

/* Over every change of users, and the quiescence after it; taken before patch_mutex. */
static DEFINE_MUTEX(edges_mutex);

/* edges_mutex; read at the end of a section. */
static struct edge_user *users[EDGE_USERS];

/* patch_mutex: kinds that sites are armed for, or shall be. */
static unsigned int wanted;

/* edges_mutex: the machine is about to sleep, or asleep. */
static bool asleep;

static struct tracepoint *idle_point;
static int cpuhp_state;

/* What could not be changed, since somebody else holds it or for want of memory. */
static void catch_up(struct work_struct *work);
static DECLARE_DELAYED_WORK(catch_up_work, catch_up);

static bool is_open(const struct edge_section *section)
{
	return section->start >> 32 != EDGE_NEVER;
}

static void forget_sections(struct edge_cpu *cpu)
{
	unsigned int kind;

	for (kind = 0; kind < EDGE_KINDS; kind++) {
		WRITE_ONCE(cpu->sections[kind].start, (u64)EDGE_NEVER << 32);
		WRITE_ONCE(cpu->inside[kind], false);
	}
	WRITE_ONCE(cpu->before[0], (u64)EDGE_NEVER << 32);
}

/*
 * Thunks on this CPU compare with the smallest limit of those who want to know. With
 * interrupts off: who has made one smaller sends an interrupt, and that must not come
 * between looking and storing.
 */
static void heed_limits(struct edge_cpu *cpu)
{
	s64 limits[EDGE_KINDS] = { EDGE_LIMIT_NONE, EDGE_LIMIT_NONE, EDGE_LIMIT_NONE };
	const struct edge_user *user;
	unsigned int i;

	for (i = 0; !READ_ONCE(asleep) && i < EDGE_USERS; i++) {
		user = READ_ONCE(users[i]);
		if (user)
			limits[user->kind] = min(limits[user->kind], READ_ONCE(user->limit));
	}
	for (i = 0; i < EDGE_KINDS; i++)
		WRITE_ONCE(cpu->sections[i].limit, limits[i]);
}

static void heed_limits_here(void *unused)
{
	heed_limits(this_cpu_ptr(&edge_cpu));
}

/* A CPU that is on its way has looked at them already: so there is none. */
static void heed_limits_everywhere(void)
{
	cpus_read_lock();
	on_each_cpu(heed_limits_here, NULL, 1);
	cpus_read_unlock();
}

static void tell_users(const struct edge_end *what)
{
	struct edge_user *user;
	unsigned int i;

	for (i = 0; i < EDGE_USERS; i++) {
		user = READ_ONCE(users[i]);
		if (user && user->kind == what->kind && what->ticks > READ_ONCE(user->limit))
			user->ended(user, what);
	}
}

/**
 * edges_ended - a section is longer than its limit
 * @kind: of the section
 * @end: where it ends: behind the instruction
 * @ticks: how long it was
 *
 * Called by a thunk, which ends the section when this returns. Whoever is told may pass
 * other edges; of this kind none, as what is off stays off until then.
 *
 * Context: any; not NMI.
 */
void edges_ended(unsigned int kind, unsigned long end, s64 ticks)
{
	struct edge_cpu *cpu;
	struct edge_end what;
	unsigned long flags;

	preempt_disable_notrace();
	cpu = this_cpu_ptr(&edge_cpu);
	/* What we call is no part of it. */
	WRITE_ONCE(cpu->inside[kind], false);
	what = (struct edge_end) {
		.kind = kind,
		.start = cpu->sections[kind].start,
		.ticks = ticks,
		.at = cpu->sections[kind].at,
		.caller = cpu->sections[kind].caller,
		.end = end,
		/* The thunk of an interrupt's end is the only one that can be there then. */
		.continues = kind == EDGE_EITHER && in_hardirq() && local_softirq_pending(),
	};
	tell_users(&what);
	raw_local_irq_save(flags);
	heed_limits(cpu);
	raw_local_irq_restore(flags);
	preempt_enable_notrace();
}

/* The CPU is idle: what was off does not matter until it is not. */
static void idle_begins(struct edge_cpu *cpu, unsigned long place)
{
	struct edge_section *section;
	unsigned int kind;
	s64 ticks;

	for (kind = 0; kind < EDGE_KINDS; kind++) {
		section = &cpu->sections[kind];
		ticks = rdtsc() - section->start;
		if (is_open(section) && ticks > section->limit)
			edges_ended(kind, place, ticks);
	}
	forget_sections(cpu);
}

static void note(struct edge_cpu *cpu, unsigned int kind, unsigned long place)
{
	struct edge_section *section = &cpu->sections[kind];

	section->at = place;
	section->caller = 0;
	WRITE_ONCE(section->start, rdtsc());
	WRITE_ONCE(cpu->inside[kind], true);
}

static void idle_ends(struct edge_cpu *cpu, unsigned long place)
{
	unsigned long flags = native_save_fl();

	/* Preemption is always off in an idle task; once more by the tracepoint. */
	if (!(flags & X86_EFLAGS_IF))
		note(cpu, EDGE_IRQS, place);
	note(cpu, EDGE_PREEMPT, place);
	note(cpu, EDGE_EITHER, place);
}

static void idle_probe(void *unused, unsigned int state, unsigned int cpu_id)
{
	struct edge_cpu *cpu = this_cpu_ptr(&edge_cpu);

	if (state == (unsigned int)PWR_EVENT_EXIT)
		idle_ends(cpu, _RET_IP_);
	else
		idle_begins(cpu, _RET_IP_);
}

/* Before a CPU comes: what it was in when it went has no end. */
static int cpu_comes(unsigned int cpu)
{
	forget_sections(per_cpu_ptr(&edge_cpu, cpu));
	heed_limits(per_cpu_ptr(&edge_cpu, cpu));
	return 0;
}

static void forget_here(void *unused)
{
	forget_sections(this_cpu_ptr(&edge_cpu));
}

static int sleep_event(struct notifier_block *nb, unsigned long event, void *unused)
{
	mutex_lock(&edges_mutex);
	WRITE_ONCE(asleep,
		   event == PM_SUSPEND_PREPARE || event == PM_HIBERNATION_PREPARE ||
		   event == PM_RESTORE_PREPARE);
	on_each_cpu(forget_here, NULL, 1);
	heed_limits_everywhere();
	mutex_unlock(&edges_mutex);
	return NOTIFY_DONE;
}

static struct notifier_block sleep_nb = { .notifier_call = sleep_event };

static unsigned int kinds_wanted(void)
{
	unsigned int kinds = 0, i;

	for (i = 0; i < EDGE_USERS; i++)
		if (users[i])
			kinds |= EDGE_WANT(users[i]->kind);
	return kinds;
}

static void catch_up_later(void)
{
	schedule_delayed_work(&catch_up_work, HZ);
}

/* Sites that are ours although nobody wants them. */
static bool left_behind(void)
{
	return !wanted && edge_armed();
}

static void catch_up(struct work_struct *work)
{
	int err;

	sites_lock();
	err = edge_arm(wanted);
	if (err == -ENOMEM || left_behind())
		catch_up_later();
	sites_unlock();
}

static int module_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct module *mod = data;
	struct edge_block *block;

	if (mod == THIS_MODULE)
		return NOTIFY_DONE;
	sites_lock();
	block = edge_block_of(mod);
	if (event == MODULE_STATE_GOING && block) {
		/* Its text is not executed any more. */
		edge_block_remove(block);
	} else if (event != MODULE_STATE_GOING && !block && edge_blocks_made()) {
		block = edge_block_add(mod);
		if (IS_ERR(block))
			pr_warn("no memory for module %s: when interrupts or preemption are off in it is not seen\n",
				mod->name);
		else if (block && edge_arm(wanted))
			catch_up_later();
	}
	sites_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = { .notifier_call = module_event };

/* Can it be done on this kernel? The table is made when it is needed first. */
static int prepare(unsigned int kinds)
{
	int err;

	if (!patch_has_stop() || !patch_has_breakpoints() || !idle_point)
		return -EOPNOTSUPP;
	err = edge_blocks_make();
	if (!err && kinds & ~edge_blocks_kinds())
		err = -EOPNOTSUPP;
	return err;
}

static void forget_user(const struct edge_user *user)
{
	unsigned int i;

	for (i = 0; i < EDGE_USERS; i++)
		if (users[i] == user)
			WRITE_ONCE(users[i], NULL);
}

static void forget_users(struct edge_user *const *list, unsigned int nr)
{
	while (nr--)
		forget_user(list[nr]);
}

static bool note_user(struct edge_user *user)
{
	unsigned int i;

	for (i = 0; i < EDGE_USERS; i++) {
		if (!users[i]) {
			WRITE_ONCE(users[i], user);
			return true;
		}
	}
	return false;
}

static int note_users(struct edge_user *const *list, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!note_user(list[i])) {
			forget_users(list, i);
			return -ENOSPC;
		}
	}
	return 0;
}

/* Arm for what users want now. On error nothing has changed. */
static int change_wanted(void)
{
	unsigned int before = wanted;
	int err;

	sites_lock();
	err = prepare(kinds_wanted());
	if (!err) {
		wanted = kinds_wanted();
		err = edge_arm(wanted);
		if (err)
			wanted = before;
	}
	sites_unlock();
	return err;
}

/* The first user comes: what was begun when sites were armed last has no end. */
static int begin(void)
{
	on_each_cpu(forget_here, NULL, 1);
	return tracepoint_probe_register(idle_point, idle_probe, NULL);
}

static void end(void)
{
	tracepoint_probe_unregister(idle_point, idle_probe, NULL);
}

/**
 * edges_register_all - tell users of sections from now on
 * @list: users, with @kind, @limit, @ended and @private set
 * @nr: number of them
 *
 * Sections that are under way are not told of. When it is called for the first time this
 * looks through all of the kernel's text.
 *
 * Context: process, may sleep.
 * Return: 0; -EOPNOTSUPP if it cannot be done on this kernel, -ENOSPC if there are too many
 * users, -ENOMEM, -EIO after a fail-stop. On error the text is unchanged.
 */
int edges_register_all(struct edge_user *const *list, unsigned int nr)
{
	bool first;
	int err;

	mutex_lock(&edges_mutex);
	first = !kinds_wanted();
	err = !idle_point ? -EOPNOTSUPP : first ? begin() : 0;
	if (err)
		goto out;
	err = note_users(list, nr);
	if (!err) {
		err = change_wanted();
		if (err)
			forget_users(list, nr);
	}
	if (err && first)
		end();
	if (err)
		patch_quiesce();
	heed_limits_everywhere();
out:
	mutex_unlock(&edges_mutex);
	return err;
}

/**
 * edges_register - tell a user of sections from now on
 * @user: as for edges_register_all()
 *
 * Context: process, may sleep.
 * Return: as edges_register_all().
 */
int edges_register(struct edge_user *user)
{
	return edges_register_all(&user, 1);
}

/**
 * edges_unregister_all - tell users no more
 * @list: users, registered
 * @nr: number of them
 *
 * When this returns no CPU and no task is inside their @ended, and none will be.
 *
 * Context: process, may sleep.
 */
void edges_unregister_all(struct edge_user *const *list, unsigned int nr)
{
	int err;

	mutex_lock(&edges_mutex);
	forget_users(list, nr);
	heed_limits_everywhere();
	sites_lock();
	wanted = kinds_wanted();
	err = edge_arm(wanted);
	if (err || left_behind()) {
		catch_up_later();
		pr_warn("cannot give back all places that switch interrupts and preemption now (%s), trying again\n",
			err ? "no memory" : "somebody else has changed them");
	}
	if (!wanted)
		end();
	sites_unlock();
	patch_quiesce();
	mutex_unlock(&edges_mutex);
}

/**
 * edges_unregister - tell a user no more
 * @user: registered
 *
 * Context: process, may sleep.
 */
void edges_unregister(struct edge_user *user)
{
	edges_unregister_all(&user, 1);
}

/**
 * edges_set_limit - be told of sections that are longer than that
 * @user: registered, or about to be
 * @ticks: the limit
 *
 * If it has become smaller edges_heed_limits() must follow.
 *
 * Context: any, NMI-safe.
 */
void edges_set_limit(struct edge_user *user, s64 ticks)
{
	WRITE_ONCE(user->limit, ticks);
}

/**
 * edges_heed_limits - have all CPUs heed limits that have become smaller
 *
 * Context: process, may sleep.
 */
void edges_heed_limits(void)
{
	heed_limits_everywhere();
}

/**
 * edges_inside - is a CPU in a section?
 * @kind: of sections
 *
 * Context: any.
 * Return: per CPU, true while it is; a gate for users of function entries.
 */
bool __percpu *edges_inside(unsigned int kind)
{
	return &edge_cpu.inside[kind];
}

/**
 * edges_started - when did the section begin that this CPU is in?
 * @kind: of sections
 *
 * Context: any, NMI-safe; preemption off.
 * Return: the time, which no other section of this CPU and kind has; or that of none.
 */
u64 edges_started(unsigned int kind)
{
	return __this_cpu_read(edge_cpu.sections[kind].start);
}

/**
 * edges_section - the section that this CPU is in
 * @kind: of sections
 * @so_far: receives what is known of it, as if it ended here
 *
 * Context: any, NMI-safe; preemption off.
 * Return: false if it is in none.
 */
bool edges_section(unsigned int kind, struct edge_end *so_far)
{
	const struct edge_section *section = this_cpu_ptr(&edge_cpu.sections[kind]);

	if (!is_open(section))
		return false;
	*so_far = (struct edge_end) {
		.kind = kind,
		.start = section->start,
		.ticks = rdtsc() - section->start,
		.at = section->at,
		.caller = section->caller,
		.end = _THIS_IP_,
	};
	return true;
}

/**
 * edges_place - where in the code a section ends
 * @frames: the stack there, from edge_end.end on
 * @nr: number of @frames, at least 1
 *
 * Context: any, NMI-safe.
 * Return: the first that is no function which only does it for others.
 */
unsigned long edges_place(const unsigned long *frames, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i + 1 < nr; i++)
		if (!edge_is_helper(frames[i]))
			break;
	return frames[i];
}

/**
 * edges_stats - count the places that switch interrupts and preemption
 * @stats: receives it; nothing is known before there was a user
 *
 * Context: process, may sleep.
 */
void edges_stats(struct edge_stats *stats)
{
	sites_lock();
	edge_arm_stats(stats);
	sites_unlock();
}

/**
 * edges_init - prepare for users
 *
 * Context: process, may sleep; once, at load, after ops_init().
 * Return: 0; -ENOMEM, -ENOSPC.
 */
int edges_init(void)
{
	int err;

	idle_point = tracepoints_find("cpu_idle");
	cpuhp_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "fntrace:edges", cpu_comes,
						NULL);
	if (cpuhp_state < 0)
		return cpuhp_state;
	err = register_module_notifier(&module_nb);
	if (err)
		goto out_cpuhp;
	err = register_pm_notifier(&sleep_nb);
	if (!err)
		return 0;
	unregister_module_notifier(&module_nb);
out_cpuhp:
	cpuhp_remove_state_nocalls(cpuhp_state);
	return err;
}

/* As restore_all() of ops.c. */
static void restore_all(void)
{
	bool done;

	for (;;) {
		sites_lock();
		edge_arm(0);
		done = !edge_armed();
		sites_unlock();
		if (done)
			return;
		pr_warn("cannot give back all places that switch interrupts and preemption, trying again\n");
		msleep(1000);
	}
}

/**
 * edges_exit - undo edges_init()
 *
 * Context: process, may sleep; there is no user.
 */
void edges_exit(void)
{
	unregister_pm_notifier(&sleep_nb);
	restore_all();
	patch_quiesce();
	unregister_module_notifier(&module_nb);
	/* Nobody is left who would have it done again: there is nothing to catch up with. */
	cancel_delayed_work_sync(&catch_up_work);
	cpuhp_remove_state_nocalls(cpuhp_state);
	sites_lock();
	edge_blocks_free();
	sites_unlock();
}
