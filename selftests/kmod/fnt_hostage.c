// SPDX-License-Identifier: GPL-2.0
/*
 * A task that is preempted inside a trampoline, and kept from going on.
 *
 * It calls fnt_hostage_target() on the last CPU. A timer looks where it is; if that
 * is in the range, a task of higher priority takes the CPU for a while.
 *
 *	range	write FIRST LAST: addresses, of the trampolines
 *	catch	read: begin, wait until it is caught there, and say so
 *	held	read: 1 while it is inside, 0 when it has come back
 */

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include <asm/irq_regs.h>

#define HOLD_MS 300

static struct dentry *dir;
static unsigned int cpu;
static struct task_struct *caller, *captor;
static struct hrtimer timer;
static DECLARE_COMPLETION(is_caught);
static unsigned long first, last;
static bool wanted, held;

noinline void fnt_hostage_target(void);
noinline void fnt_hostage_target(void)
{
	barrier();
}

static int call(void *unused)
{
	while (!kthread_should_stop()) {
		fnt_hostage_target();
		WRITE_ONCE(held, false);
		cond_resched_tasks_rcu_qs();
	}
	return 0;
}

/* The clock, not mdelay(): that is a tenth of what it says on some emulators. */
static int hold(void *unused)
{
	ktime_t end;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
		if (READ_ONCE(held)) {
			complete(&is_caught);
			end = ktime_add_ms(ktime_get(), HOLD_MS);
			while (ktime_before(ktime_get(), end))
				cpu_relax();
		}
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* Only a task that may be preempted just there is of interest. */
static enum hrtimer_restart look(struct hrtimer *timer)
{
	struct pt_regs *regs = get_irq_regs();

	if (READ_ONCE(wanted) && current == caller && regs && regs->ip >= first &&
	    regs->ip < last && preempt_count() == HARDIRQ_OFFSET) {
		wanted = false;
		WRITE_ONCE(held, true);
		wake_up_process(captor);
	}
	hrtimer_forward_now(timer, ns_to_ktime(150 * NSEC_PER_USEC));
	return HRTIMER_RESTART;
}

static void timer_begin(void *unused)
{
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	timer.function = look;
	hrtimer_start(&timer, ns_to_ktime(NSEC_PER_MSEC), HRTIMER_MODE_REL_PINNED_HARD);
}

static ssize_t range_write(struct file *file, const char __user *ubuf, size_t count,
			   loff_t *ppos)
{
	char words[64] = "";

	if (count >= sizeof(words) || copy_from_user(words, ubuf, count))
		return -EINVAL;
	return sscanf(words, "%lx %lx", &first, &last) == 2 ? count : -EINVAL;
}

static const struct file_operations range_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = range_write,
};

static int catch_show(struct seq_file *m, void *unused)
{
	reinit_completion(&is_caught);
	WRITE_ONCE(wanted, true);
	if (!wait_for_completion_timeout(&is_caught, 20 * HZ)) {
		WRITE_ONCE(wanted, false);
		return -ETIME;
	}
	seq_puts(m, "caught\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(catch);

static int held_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "%d\n", READ_ONCE(held));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(held);

static int __init fnt_hostage_init(void)
{
	cpu = cpumask_last(cpu_online_mask);
	captor = kthread_create_on_cpu(hold, NULL, cpu, "fnt_captor/%u");
	if (IS_ERR(captor))
		return PTR_ERR(captor);
	sched_set_normal(captor, MIN_NICE);
	caller = kthread_create_on_cpu(call, NULL, cpu, "fnt_caller/%u");
	if (IS_ERR(caller)) {
		kthread_stop(captor);
		return PTR_ERR(caller);
	}
	sched_set_normal(caller, MAX_NICE);
	wake_up_process(captor);
	wake_up_process(caller);
	smp_call_function_single(cpu, timer_begin, NULL, 1);
	dir = debugfs_create_dir("fnt_hostage", NULL);
	debugfs_create_file("range", 0200, dir, NULL, &range_fops);
	debugfs_create_file("catch", 0400, dir, NULL, &catch_fops);
	debugfs_create_file("held", 0400, dir, NULL, &held_fops);
	return 0;
}

static void __exit fnt_hostage_exit(void)
{
	debugfs_remove_recursive(dir);
	hrtimer_cancel(&timer);
	kthread_stop(caller);
	kthread_stop(captor);
}

module_init(fnt_hostage_init);
module_exit(fnt_hostage_exit);

MODULE_DESCRIPTION("Keeps a task inside a trampoline, for the tests of fntrace");
MODULE_LICENSE("GPL");
