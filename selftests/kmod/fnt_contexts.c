// SPDX-License-Identifier: GPL-2.0
/*
 * One function, called in every context: by tasks, by interrupts of timers, and by
 * NMIs, which come while it is being called. It counts its calls itself.
 *
 *	call		write N: call it N times
 *	interrupts	write 1 or 0: have it called many times a second by a timer on each
 *			CPU, and by every NMI, or no more
 *	nmi		write N: send N rounds of NMIs to all CPUs
 *	counts		read: calls by tasks, by interrupts and by NMIs
 */

#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/seq_file.h>
#include <linux/smp.h>

#include <asm/apic.h>
#include <asm/apicdef.h>
#include <asm/nmi.h>

#define PERIOD_NS (150 * NSEC_PER_USEC)

static struct dentry *dir;

/* One instruction each, so that no context keeps another from being counted. */
static DEFINE_PER_CPU(unsigned long, by_tasks);
static DEFINE_PER_CPU(unsigned long, by_irqs);
static DEFINE_PER_CPU(unsigned long, by_nmis);

static DEFINE_PER_CPU(struct hrtimer, timers);
static DEFINE_MUTEX(interrupts_mutex);
static bool interrupts;

noinline void fnt_contexts_target(void);
noinline __noclone void fnt_contexts_target(void)
{
	if (in_nmi())
		this_cpu_inc(by_nmis);
	else if (in_hardirq())
		this_cpu_inc(by_irqs);
	else
		this_cpu_inc(by_tasks);
	barrier();
}

static int call_write(void *unused, u64 n)
{
	for (; n; n--) {
		fnt_contexts_target();
		if (!(n & 1023))
			cond_resched();
	}
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(call_fops, NULL, call_write, "%llu\n");

static enum hrtimer_restart call_from_interrupt(struct hrtimer *timer)
{
	fnt_contexts_target();
	hrtimer_forward_now(timer, ns_to_ktime(PERIOD_NS));
	return HRTIMER_RESTART;
}

static void timer_begin(void *unused)
{
	struct hrtimer *timer = this_cpu_ptr(&timers);

	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	timer->function = call_from_interrupt;
	hrtimer_start(timer, ns_to_ktime(PERIOD_NS), HRTIMER_MODE_REL_PINNED_HARD);
}

static void nothing(void *unused)
{
}

/* When it is over no NMI is left that saw it was not. */
static void interrupts_end(void)
{
	int cpu;

	for_each_online_cpu(cpu)
		hrtimer_cancel(per_cpu_ptr(&timers, cpu));
	WRITE_ONCE(interrupts, false);
	on_each_cpu(nothing, NULL, 1);
}

static int interrupts_write(void *unused, u64 on)
{
	mutex_lock(&interrupts_mutex);
	cpus_read_lock();
	if (on && !interrupts) {
		WRITE_ONCE(interrupts, true);
		on_each_cpu(timer_begin, NULL, 1);
	} else if (!on && interrupts) {
		interrupts_end();
	}
	cpus_read_unlock();
	mutex_unlock(&interrupts_mutex);
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(interrupts_fops, NULL, interrupts_write, "%llu\n");

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	if (READ_ONCE(interrupts))
		fnt_contexts_target();
	return NMI_HANDLED;
}

static int nmi_write(void *unused, u64 n)
{
	for (; n; n--) {
		apic->send_IPI_all(NMI_VECTOR);
		usleep_range(20, 40);
		cond_resched();
	}
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(nmi_fops, NULL, nmi_write, "%llu\n");

static int counts_show(struct seq_file *m, void *unused)
{
	unsigned long tasks = 0, irqs = 0, nmis = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		tasks += per_cpu(by_tasks, cpu);
		irqs += per_cpu(by_irqs, cpu);
		nmis += per_cpu(by_nmis, cpu);
	}
	seq_printf(m, "tasks %lu\nirqs %lu\nnmis %lu\n", tasks, irqs, nmis);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counts);

static int __init fnt_contexts_init(void)
{
	int err = register_nmi_handler(NMI_LOCAL, on_nmi, 0, "fnt_contexts");

	if (err)
		return err;
	dir = debugfs_create_dir("fnt_contexts", NULL);
	debugfs_create_file("call", 0200, dir, NULL, &call_fops);
	debugfs_create_file("interrupts", 0200, dir, NULL, &interrupts_fops);
	debugfs_create_file("nmi", 0200, dir, NULL, &nmi_fops);
	debugfs_create_file("counts", 0400, dir, NULL, &counts_fops);
	return 0;
}

static void __exit fnt_contexts_exit(void)
{
	debugfs_remove(dir);
	interrupts_write(NULL, 0);
	unregister_nmi_handler(NMI_LOCAL, "fnt_contexts");
}

module_init(fnt_contexts_init);
module_exit(fnt_contexts_exit);

MODULE_DESCRIPTION("A function that is called in every context, for the tests of fntrace");
MODULE_LICENSE("GPL");
