// SPDX-License-Identifier: GPL-2.0
/*
 * Does stopped mean stopped? A user of fntrace that is registered, called on all
 * CPUs, in tasks and in interrupts, and unregistered, again and again.
 *
 *	cycles		write N: do it N times; EIO if anything was, or came, inside
 *			after unregistering, and the kernel log says what
 *	hold		how long each call lasts, in us; those in interrupts are short
 *	caught		write 1: unregister only while a CPU is inside a call
 *	probes		write 1: count at the first and the last instruction of trampolines,
 *			too, by kprobes
 *	counts		calls seen so far
 */

#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>

#include <asm/msr.h>
#include <asm/tsc.h>

#include "patching/ops.h"
#include "patching/slots.h"

#define SHORT_US 2

static ulong tramps[2];
module_param_array(tramps, ulong, NULL, 0400);
MODULE_PARM_DESC(tramps, "addresses of fnt_tramp_slots and fnt_tramp_resched, for the probes");

/* How often calls and trampolines were entered and left on a CPU. */
struct counts {
	unsigned long calls_begun;
	unsigned long calls_done;
	unsigned long tramps_entered;
	unsigned long tramps_left;
};

static DEFINE_PER_CPU(struct counts, counts);
static DEFINE_PER_CPU(struct hrtimer, timers);
static DEFINE_PER_CPU(struct task_struct *, callers);
static DEFINE_MUTEX(lock);
static struct dentry *dir;
static u32 hold_us = SHORT_US;
static bool caught;
static bool probed;

noinline void fnt_stopped_target(void);
noinline void fnt_stopped_target(void)
{
	barrier();
}

/* No function is called here: some of them may be those that are traced. */
static notrace void entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			    const struct fnt_regs *regs)
{
	u64 us = in_hardirq() ? SHORT_US : READ_ONCE(hold_us);
	u64 end = rdtsc() + us * tsc_khz / 1000;

	this_cpu_inc(counts.calls_begun);
	while ((s64)(rdtsc() - end) < 0)
		cpu_relax();
	this_cpu_inc(counts.calls_done);
}

static notrace void entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	entered(fnt_regs_ip(regs), regs->parent, ops, regs);
}

static struct fnt_ops ops = { .func = entered };

static int tramp_entered(struct kprobe *probe, struct pt_regs *regs)
{
	this_cpu_inc(counts.tramps_entered);
	return 0;
}

static int tramp_left(struct kprobe *probe, struct pt_regs *regs)
{
	this_cpu_inc(counts.tramps_left);
	return 0;
}

/* The lowest slots, one of which it will be; and where they go to be preempted. */
#define SLOTS 8

static struct kprobe probes[2 * SLOTS + 1];
static struct kprobe *probe_list[ARRAY_SIZE(probes)];

static bool is_return(u8 opcode)
{
	return opcode == 0xc3 || opcode == 0xe9;
}

/*
 * A trampoline ends with "decl %gs:__preempt_count; jz fnt_tramp_resched" and a
 * return of either kind; what it jumps to is a call, or a NOP in its place, and
 * another return.
 */
static int return_of_slot(const u8 *code)
{
	int i;

	for (i = 0; i < OPS_SLOT_STRIDE - 15; i++)
		if (!memcmp(code + i, "\x65\xff\x0c\x25", 4) && code[i + 8] == 0x0f &&
		    code[i + 9] == 0x84 && is_return(code[i + 14]))
			return i + 14;
	return -ENOENT;
}

static void probe_at(unsigned int nr, const u8 *code, kprobe_pre_handler_t handler)
{
	probes[nr] = (struct kprobe) {
		.addr = (kprobe_opcode_t *)code,
		.pre_handler = handler,
	};
	probe_list[nr] = &probes[nr];
}

static int probe_trampolines(void)
{
	const u8 *code = (const u8 *)tramps[0], *resched = (const u8 *)tramps[1];
	unsigned int i;
	int offset;

	if (!code || !resched || !is_return(resched[5]))
		return -ENOENT;
	for (i = 0; i < SLOTS; i++) {
		/* None leads to slot 0, the others are alike. */
		code += OPS_SLOT_STRIDE;
		offset = return_of_slot(code);
		if (offset < 0)
			return offset;
		probe_at(2 * i, code, tramp_entered);
		probe_at(2 * i + 1, code + offset, tramp_left);
	}
	probe_at(2 * SLOTS, resched + 5, tramp_left);
	return register_kprobes(probe_list, ARRAY_SIZE(probe_list));
}

static struct counts sum_of_counts(void)
{
	struct counts sum = { };
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct counts *one = per_cpu_ptr(&counts, cpu);

		sum.calls_begun += READ_ONCE(one->calls_begun);
		sum.calls_done += READ_ONCE(one->calls_done);
		sum.tramps_entered += READ_ONCE(one->tramps_entered);
		sum.tramps_left += READ_ONCE(one->tramps_left);
	}
	return sum;
}

/* Called from a task, with pauses in which the CPU is idle, and from a timer. */
static int call_and_rest(void *unused)
{
	int i;

	while (!kthread_should_stop()) {
		for (i = 0; i < 20; i++)
			fnt_stopped_target();
		usleep_range(50, 100);
	}
	return 0;
}

static enum hrtimer_restart call_from_interrupt(struct hrtimer *timer)
{
	fnt_stopped_target();
	hrtimer_forward_now(timer, ns_to_ktime(300 * NSEC_PER_USEC));
	return HRTIMER_RESTART;
}

static void timer_begin(void *unused)
{
	struct hrtimer *timer = this_cpu_ptr(&timers);

	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	timer->function = call_from_interrupt;
	hrtimer_start(timer, ns_to_ktime(300 * NSEC_PER_USEC), HRTIMER_MODE_REL_PINNED_HARD);
}

static void load_end(void)
{
	int cpu;

	for_each_online_cpu(cpu) {
		hrtimer_cancel(per_cpu_ptr(&timers, cpu));
		if (per_cpu(callers, cpu))
			kthread_stop(per_cpu(callers, cpu));
		per_cpu(callers, cpu) = NULL;
	}
}

static int load_begin(void)
{
	struct task_struct *task;
	int cpu;

	on_each_cpu(timer_begin, NULL, 1);
	for_each_online_cpu(cpu) {
		task = kthread_create_on_cpu(call_and_rest, NULL, cpu, "fnt_stopped/%u");
		if (IS_ERR(task)) {
			load_end();
			return PTR_ERR(task);
		}
		per_cpu(callers, cpu) = task;
		wake_up_process(task);
	}
	return 0;
}

/* Has every CPU been called since? If one is to be caught: is any inside? */
static bool is_under_load(const unsigned long *before)
{
	struct counts sum = sum_of_counts();
	int cpu;

	if (caught)
		return sum.calls_begun != sum.calls_done;
	for_each_online_cpu(cpu)
		if (READ_ONCE(per_cpu(counts, cpu).calls_done) == before[cpu])
			return false;
	return true;
}

static int wait_for_load(const unsigned long *before)
{
	unsigned long end = jiffies + 10 * HZ;

	while (!is_under_load(before)) {
		if (time_after(jiffies, end))
			return -ETIME;
		usleep_range(20, 50);
	}
	return 0;
}

static int compare(const char *when, const struct counts *then)
{
	struct counts now = sum_of_counts();

	if (now.calls_begun == now.calls_done && now.tramps_entered == now.tramps_left &&
	    !memcmp(&now, then, sizeof(now)))
		return 0;
	pr_err("%s: calls %lu begun %lu done, then %lu %lu; trampoline %lu entered %lu left, then %lu %lu\n",
	       when, then->calls_begun, then->calls_done, now.calls_begun, now.calls_done,
	       then->tramps_entered, then->tramps_left, now.tramps_entered, now.tramps_left);
	return -EIO;
}

static int cycle(unsigned long *before)
{
	struct counts then;
	int cpu, err;

	for_each_online_cpu(cpu)
		before[cpu] = per_cpu(counts, cpu).calls_done;
	err = fnt_ops_register(&ops);
	if (err)
		return err;
	err = wait_for_load(before);
	fnt_ops_unregister(&ops);
	then = sum_of_counts();
	if (!err)
		err = compare("when unregistering returned", &then);
	usleep_range(100, 200);
	return err ?: compare("a while later", &then);
}

static int run_cycles(unsigned int nr)
{
	unsigned long *before;
	unsigned int i;
	int err;

	before = kcalloc(nr_cpu_ids, sizeof(*before), GFP_KERNEL);
	if (!before)
		return -ENOMEM;
	err = probed ? probe_trampolines() : 0;
	if (err)
		goto out;
	err = load_begin();
	for (i = 0; i < nr && !err; i++) {
		/* By turns straight from the trampoline and by way of the dispatch. */
		ops.direct = i & 1 ? entered_direct : NULL;
		err = cycle(before);
	}
	load_end();
	if (probed)
		unregister_kprobes(probe_list, ARRAY_SIZE(probe_list));
	if (err)
		pr_err("cycle %u of %u: error %d\n", i, nr, err);
out:
	kfree(before);
	return err;
}

static int cycles_write(void *unused, u64 nr)
{
	int err;

	mutex_lock(&lock);
	err = run_cycles(nr);
	mutex_unlock(&lock);
	return err;
}
DEFINE_SIMPLE_ATTRIBUTE(cycles_fops, NULL, cycles_write, "%llu\n");

static int counts_show(struct seq_file *m, void *unused)
{
	struct counts sum = sum_of_counts();

	seq_printf(m, "calls: %lu\ntrampolines: %lu\n", sum.calls_begun, sum.tramps_entered);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counts);

static int __init fnt_stopped_init(void)
{
	int err = fnt_ops_init(&ops);

	if (err)
		return err;
	err = fnt_ops_set_filter(&ops, "fnt_stopped_target", NULL);
	if (err) {
		fnt_ops_exit(&ops);
		return err;
	}
	dir = debugfs_create_dir("fnt_stopped", NULL);
	debugfs_create_file("cycles", 0200, dir, NULL, &cycles_fops);
	debugfs_create_u32("hold", 0600, dir, &hold_us);
	debugfs_create_bool("caught", 0600, dir, &caught);
	debugfs_create_bool("probes", 0600, dir, &probed);
	debugfs_create_file("counts", 0400, dir, NULL, &counts_fops);
	return 0;
}

static void __exit fnt_stopped_exit(void)
{
	debugfs_remove_recursive(dir);
	fnt_ops_exit(&ops);
}

module_init(fnt_stopped_init);
module_exit(fnt_stopped_exit);

MODULE_DESCRIPTION("Shows that nothing is inside fntrace after a disable");
MODULE_LICENSE("GPL");
