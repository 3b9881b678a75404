// SPDX-License-Identifier: GPL-2.0
/*
 * Sections with interrupts off as far as functions tell: those that take and release
 * spinlocks, and that begin and end an interrupt. For kernels where the instructions
 * cannot be replaced.
 *
 * A section that ends in another way is noticed by the next function that is called with
 * interrupts on, and is not told of: when it ended nobody knows.
 */

#include "tracers/edges.h"

#include <linux/errno.h>
#include <linux/percpu.h>

#include <asm/irqflags.h>
#include <asm/msr.h>
#include <asm/processor-flags.h>

static void end_unseen(struct edge_approx *approx)
{
	__this_cpu_write(approx->cpus->inside, false);
}

static void begin_section(struct edge_approx *approx, unsigned long ip, unsigned long parent_ip)
{
	struct edge_approx_cpu *cpu = this_cpu_ptr(approx->cpus);

	/* What comes between, interrupts or an NMI, finds none that is half of another. */
	WRITE_ONCE(cpu->inside, false);
	barrier();
	cpu->start = rdtsc();
	cpu->at = ip;
	cpu->caller = parent_ip;
	barrier();
	WRITE_ONCE(cpu->inside, true);
}

static void end_section(struct edge_approx *approx, unsigned long parent_ip)
{
	struct edge_user *user = approx->user;
	struct edge_end section;

	if (!edge_approx_section(approx, &section))
		return;
	/* What is called from here on is no part of it. */
	end_unseen(approx);
	section.end = parent_ip;
	if (section.ticks > READ_ONCE(user->limit))
		user->ended(user, &section);
}

/* It is about to switch interrupts off, unless they are off already. */
static void lock_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			 const struct fnt_regs *regs)
{
	if (native_save_fl() & X86_EFLAGS_IF)
		begin_section(ops->private, ip, parent_ip);
}

/* Whatever there was before has ended: interrupts were on. */
static void interrupt_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			      const struct fnt_regs *regs)
{
	begin_section(ops->private, ip, parent_ip);
}

static void unlock_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			   const struct fnt_regs *regs)
{
	end_section(ops->private, parent_ip);
}

/* The flags that are to be as they were are the second argument. */
static void restore_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			    const struct fnt_regs *regs)
{
	if (regs->si & X86_EFLAGS_IF)
		end_section(ops->private, parent_ip);
}

/* Whatever is called: it is not looked at which function it is. */
static void any_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	if (native_save_fl() & X86_EFLAGS_IF)
		end_unseen(ops->private);
}

static void any_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			const struct fnt_regs *regs)
{
	any_entered_direct(regs, ops);
}

static void lock_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	lock_entered(fnt_regs_ip(regs), regs->parent, ops, regs);
}

static void interrupt_entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	interrupt_entered(fnt_regs_ip(regs), regs->parent, ops, regs);
}

#define LOCKS "_raw_spin_lock_irq* _raw_read_lock_irq* _raw_write_lock_irq*"

/*
 * @words are those of set_ftrace_filter; @except of set_ftrace_notrace. @inside: called in
 * sections only. Those which call nothing need no guard against recursion.
 */
static const struct {
	fnt_func_t func;
	fnt_direct_t direct;
	const char *words;
	const char *except;
	bool inside;
} kinds[EDGE_APPROX_OPS] = {
	{ any_entered, any_entered_direct, .except = LOCKS, .inside = true },
	{ lock_entered, lock_entered_direct, LOCKS },
	{ interrupt_entered, interrupt_entered_direct, "irq_enter_rcu" },
	{ unlock_entered, NULL, "irq_exit_rcu", .inside = true },
	{ unlock_entered, NULL, "_raw_*_unlock_irq", .inside = true },
	{ restore_entered, NULL, "_raw_*_unlock_irqrestore", .inside = true },
};

/* One that is not there, since the compiler has put it into its callers, is not missed. */
static int begin_op(struct edge_approx *approx, unsigned int i)
{
	struct fnt_ops *ops = &approx->ops[i];
	int err;

	*ops = (struct fnt_ops) {
		.func = kinds[i].func,
		.private = approx,
		.gate = kinds[i].inside ? &approx->cpus->inside : NULL,
		.direct = kinds[i].direct,
	};
	err = fnt_ops_init(ops);
	if (err)
		return err;
	err = fnt_ops_set_filter(ops, kinds[i].words, kinds[i].except);
	if (!err) {
		err = fnt_ops_register(ops);
		approx->on[i] = !err;
	}
	if (err)
		fnt_ops_exit(ops);
	return err == -ENOENT ? 0 : err;
}

static void end_op(struct edge_approx *approx, unsigned int i)
{
	if (!approx->on[i])
		return;
	fnt_ops_unregister(&approx->ops[i]);
	fnt_ops_exit(&approx->ops[i]);
	approx->on[i] = false;
}

/**
 * edge_approx_begin - tell a user of sections from now on
 * @approx: with @cpus allocated
 * @user: of EDGE_IRQS
 *
 * Context: process, may sleep.
 * Return: 0; what fnt_ops_register() returned.
 */
int edge_approx_begin(struct edge_approx *approx, struct edge_user *user)
{
	unsigned int i;
	int err;

	approx->user = user;
	for (i = 0; i < EDGE_APPROX_OPS; i++) {
		err = begin_op(approx, i);
		if (err) {
			edge_approx_end(approx);
			return err;
		}
	}
	return 0;
}

/**
 * edge_approx_end - undo edge_approx_begin()
 * @approx: begun, perhaps in part
 *
 * When this returns no CPU is inside the user's @ended, and none will be.
 *
 * Context: process, may sleep.
 */
void edge_approx_end(struct edge_approx *approx)
{
	unsigned int i;
	int cpu;

	for (i = 0; i < EDGE_APPROX_OPS; i++)
		end_op(approx, i);
	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(approx->cpus, cpu)->inside, false);
}

/**
 * edge_approx_started - when did the section begin that this CPU is in?
 * @approx: begun
 *
 * Context: any, NMI-safe; preemption off.
 * Return: the time, which no other section of this CPU has.
 */
u64 edge_approx_started(const struct edge_approx *approx)
{
	return __this_cpu_read(approx->cpus->start);
}

/**
 * edge_approx_section - the section that this CPU is in
 * @approx: begun
 * @so_far: receives what is known of it, as if it ended here
 *
 * Context: any, NMI-safe; preemption off.
 * Return: false if it is in none.
 */
bool edge_approx_section(const struct edge_approx *approx, struct edge_end *so_far)
{
	const struct edge_approx_cpu *cpu = this_cpu_ptr(approx->cpus);

	if (!READ_ONCE(cpu->inside))
		return false;
	*so_far = (struct edge_end) {
		.kind = EDGE_IRQS,
		.start = cpu->start,
		.ticks = rdtsc() - cpu->start,
		.at = cpu->at,
		.caller = cpu->caller,
	};
	return true;
}
