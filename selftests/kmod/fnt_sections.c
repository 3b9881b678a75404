// SPDX-License-Identifier: GPL-2.0
/*
 * Test module: switches interrupts and preemption off for known times, in all forms that
 * there are, and measures them itself. Files in /sys/kernel/debug/fnt_sections.
 *
 *	run	write "FORM US": one section of that form, and so long
 *	random	write "SEED STEPS US": so many steps chosen by chance, of up to so many
 *		microseconds each
 *	longest	read: of what was done since it was written to, the longest section with
 *		interrupts off, with preemption off, and with either, a line each: ns at
 *		least, ns at most, and the function in which it began
 *	cost	read: TSC ticks of so many pairs of instructions that switch, and of a loop
 *		with none; under icount these are instructions
 *	disguised read: where in fnt_sections_disguised() are instructions that look as if
 *		one switched interrupts, and their bytes
 *
 * A section is as long as between two readings of the time stamp counter within it, and
 * not longer than between two around it.
 */

#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

#include <asm/msr.h>
#include <asm/tsc.h>

#define COST_PAIRS 10000
#define DISGUISED_LEN 7

static struct dentry *dir;
static DEFINE_SPINLOCK(lock);
static DEFINE_RAW_SPINLOCK(raw_lock);
static DEFINE_RWLOCK(rw_lock);

enum { IRQS, PREEMPT, EITHER, KINDS };

/* A section as it is seen from within, and from outside. */
struct section {
	u64 inner;
	u64 outer;
	const char *where;
};

static struct section longest[KINDS];

static u64 ticks_of(u64 us)
{
	return mul_u64_u64_div_u64(us, tsc_khz, 1000);
}

static u64 ns_of(u64 ticks)
{
	return mul_u64_u64_div_u64(ticks, 1000000, tsc_khz);
}

/* Nothing is switched while this runs. */
static __always_inline void spin(u64 us)
{
	u64 start = rdtsc(), ticks = ticks_of(us);

	while (rdtsc() - start < ticks)
		cpu_relax();
}

static void saw(unsigned int kinds, u64 outer_from, u64 inner_from, u64 inner_to, u64 outer_to,
		const char *where)
{
	unsigned int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (kinds & BIT(kind) && inner_to - inner_from > longest[kind].inner)
			longest[kind] = (struct section) {
				inner_to - inner_from, outer_to - outer_from, where,
			};
}

/* A function with a section between two statements. */
#define FORM(name, kinds, off, on)						\
noinline void fnt_sections_##name(u64 us);					\
noinline void fnt_sections_##name(u64 us)					\
{										\
	unsigned long flags __maybe_unused;					\
	u64 outer_from, inner_from, inner_to, outer_to;				\
										\
	outer_from = rdtsc();							\
	off;									\
	inner_from = rdtsc();							\
	spin(us);								\
	inner_to = rdtsc();							\
	on;									\
	outer_to = rdtsc();							\
	saw(kinds, outer_from, inner_from, inner_to, outer_to, __func__);	\
}

#define OF_IRQS (BIT(IRQS) | BIT(EITHER))
#define OF_PREEMPT (BIT(PREEMPT) | BIT(EITHER))
#define OF_ALL (BIT(IRQS) | BIT(PREEMPT) | BIT(EITHER))

FORM(irq, OF_IRQS, local_irq_disable(), local_irq_enable())
FORM(irqsave, OF_IRQS, local_irq_save(flags), local_irq_restore(flags))
FORM(preempt, OF_PREEMPT, preempt_disable(), preempt_enable())
FORM(bh, OF_PREEMPT, local_bh_disable(), local_bh_enable())
FORM(spin, OF_PREEMPT, spin_lock(&lock), spin_unlock(&lock))
FORM(spin_bh, OF_PREEMPT, spin_lock_bh(&lock), spin_unlock_bh(&lock))
FORM(spin_irq, OF_ALL, spin_lock_irq(&lock), spin_unlock_irq(&lock))
FORM(spin_irqsave, OF_ALL, spin_lock_irqsave(&lock, flags), spin_unlock_irqrestore(&lock, flags))
FORM(raw_spin, OF_PREEMPT, raw_spin_lock(&raw_lock), raw_spin_unlock(&raw_lock))
FORM(raw_irqsave, OF_ALL, raw_spin_lock_irqsave(&raw_lock, flags),
     raw_spin_unlock_irqrestore(&raw_lock, flags))
FORM(read, OF_PREEMPT, read_lock(&rw_lock), read_unlock(&rw_lock))
FORM(write_irq, OF_ALL, write_lock_irq(&rw_lock), write_unlock_irq(&rw_lock))

/* Sections within others are none. */
FORM(nested_irq, OF_IRQS,
     { local_irq_disable(); local_irq_save(flags); local_irq_restore(flags); },
     { local_irq_save(flags); local_irq_restore(flags); local_irq_enable(); })
FORM(nested_preempt, OF_PREEMPT,
     { preempt_disable(); preempt_disable(); preempt_enable(); },
     { preempt_disable(); preempt_enable(); preempt_enable(); })
/* One overlaps the other; together they are one of either. */
noinline void fnt_sections_overlap(u64 us);
noinline void fnt_sections_overlap(u64 us)
{
	u64 t[8];

	t[0] = rdtsc();
	preempt_disable();
	t[1] = rdtsc();
	spin(us);
	t[2] = rdtsc();
	local_irq_disable();
	t[3] = rdtsc();
	spin(us);
	t[4] = rdtsc();
	preempt_enable();
	t[5] = rdtsc();
	spin(us);
	t[6] = rdtsc();
	local_irq_enable();
	t[7] = rdtsc();
	saw(BIT(PREEMPT), t[0], t[1], t[4], t[5], __func__);
	saw(BIT(IRQS), t[2], t[3], t[6], t[7], __func__);
	saw(BIT(EITHER), t[0], t[1], t[6], t[7], __func__);
}

/* In interrupts; how long these are around us we do not see. */
static u64 work_us;
static DECLARE_COMPLETION(work_done);

/*
 * Where preemption went off, to a hard interrupt: where irq_work_queue() has it off, if that
 * is what the interrupt came into.
 */
static const char *preempt_off_at(void)
{
	return preempt_count() & PREEMPT_MASK ? "irq_work_queue" : "sysvec_irq_work";
}

static void hardirq_fn(struct irq_work *work)
{
	u64 from = rdtsc(), to;

	spin(work_us);
	to = rdtsc();
	saw(BIT(IRQS), from, from, to, U64_MAX, "sysvec_irq_work");
	saw(OF_PREEMPT, from, from, to, U64_MAX, preempt_off_at());
	complete(&work_done);
}

static struct irq_work hardirq_work = IRQ_WORK_INIT_HARD(hardirq_fn);

static void fnt_sections_hardirq(u64 us)
{
	work_us = us;
	irq_work_queue(&hardirq_work);
	wait_for_completion(&work_done);
}

static void softirq_fn(struct tasklet_struct *tasklet)
{
	u64 from = rdtsc();

	spin(work_us);
	saw(OF_PREEMPT, from, from, rdtsc(), U64_MAX, "handle_softirqs");
	complete(&work_done);
}

static DECLARE_TASKLET(softirq_tasklet, softirq_fn);

static void fnt_sections_softirq(u64 us)
{
	work_us = us;
	tasklet_schedule(&softirq_tasklet);
	wait_for_completion(&work_done);
}

/*
 * An interrupt, and then a softirq that it has raised: one section of either, and of
 * preemption if that was off before.
 */
static void both_fn(struct irq_work *work)
{
	u64 us = work_us;

	spin(us);
	tasklet_schedule(&softirq_tasklet);
	saw(BIT(IRQS), 0, 0, ticks_of(us), U64_MAX, "sysvec_irq_work");
	saw(BIT(PREEMPT), 0, 0, ticks_of(us), U64_MAX, preempt_off_at());
	saw(preempt_count() & PREEMPT_MASK ? OF_PREEMPT : BIT(EITHER), 0, 0, ticks_of(2 * us),
	    U64_MAX, preempt_off_at());
}

static struct irq_work both_work = IRQ_WORK_INIT_HARD(both_fn);

static void fnt_sections_hardirq_softirq(u64 us)
{
	work_us = us;
	irq_work_queue(&both_work);
	wait_for_completion(&work_done);
}

/* From one task to the next. */
static struct task_struct *switching;

static void switch_probe(void *unused, bool preempt, struct task_struct *prev,
			 struct task_struct *next, unsigned int prev_state)
{
	if (prev != switching)
		return;
	switching = NULL;
	spin(work_us);
	saw(OF_ALL, 0, 0, ticks_of(work_us), U64_MAX, "schedule");
}

static void fnt_sections_switch(u64 us)
{
	work_us = us;
	WRITE_ONCE(switching, current);
	schedule_timeout_uninterruptible(1);
}

/* What looks like sti and its NOP is a part of two others. */
#define DISGUISED 0x89, 0xfb, 0x0f, 0x1f, 0x44, 0x00, 0x00

noinline void fnt_sections_disguised(u64 us);
noinline void fnt_sections_disguised(u64 us)
{
	/* mov %edi, %ebx; nop */
	asm volatile(".byte " __stringify(DISGUISED) ::: "ebx");
}

/* Where it is in the function, and the bytes that are there. */
static unsigned int disguised_at;

static void find_disguised(void)
{
	static const u8 wanted[] = { DISGUISED };

	while (memcmp((u8 *)fnt_sections_disguised + disguised_at, wanted, sizeof(wanted)))
		disguised_at++;
}

static int disguised_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "+%u %*ph\n", disguised_at, DISGUISED_LEN,
		   (u8 *)fnt_sections_disguised + disguised_at);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(disguised);

static const struct form {
	const char *name;
	void (*fn)(u64 us);
} forms[] = {
#define ENTRY(name) { #name, fnt_sections_##name }
	ENTRY(irq), ENTRY(irqsave), ENTRY(preempt), ENTRY(bh), ENTRY(spin), ENTRY(spin_bh),
	ENTRY(spin_irq), ENTRY(spin_irqsave), ENTRY(raw_spin), ENTRY(raw_irqsave), ENTRY(read),
	ENTRY(write_irq), ENTRY(nested_irq), ENTRY(nested_preempt), ENTRY(overlap),
	ENTRY(hardirq), ENTRY(softirq), ENTRY(hardirq_softirq), ENTRY(switch), ENTRY(disguised),
};

static ssize_t run_write(struct file *file, const char __user *ubuf, size_t count, loff_t *ppos)
{
	char buf[64] = { }, name[32];
	unsigned int us, i;

	if (count >= sizeof(buf) || copy_from_user(buf, ubuf, count))
		return -EINVAL;
	if (sscanf(buf, "%31s %u", name, &us) != 2)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (!strcmp(forms[i].name, name)) {
			forms[i].fn(us);
			return count;
		}
	return -ENOENT;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = run_write,
};

static int longest_show(struct seq_file *m, void *unused)
{
	static const char *const kinds[KINDS] = { "irqsoff", "preemptoff", "preemptirqsoff" };
	unsigned int i;

	for (i = 0; i < KINDS; i++)
		seq_printf(m, "%s %llu %llu %s\n", kinds[i], ns_of(longest[i].inner),
			   longest[i].outer >> 60 ? U64_MAX : ns_of(longest[i].outer),
			   longest[i].where ?: "-");
	return 0;
}

static int longest_open(struct inode *inode, struct file *file)
{
	if (file->f_mode & FMODE_WRITE)
		memset(longest, 0, sizeof(longest));
	return single_open(file, longest_show, NULL);
}

static ssize_t longest_write(struct file *file, const char __user *ubuf, size_t count,
			     loff_t *ppos)
{
	return count;
}

static const struct file_operations longest_fops = {
	.owner = THIS_MODULE,
	.open = longest_open,
	.read = seq_read,
	.write = longest_write,
	.llseek = seq_lseek,
	.release = single_release,
};

#define COST(off, on) ({				\
	u64 start = rdtsc();				\
	unsigned int i;					\
							\
	for (i = 0; i < COST_PAIRS; i++) {		\
		off;					\
		on;					\
		barrier();				\
	}						\
	rdtsc() - start;				\
})

static int cost_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "pairs: %u\n", COST_PAIRS);
	seq_printf(m, "none: %llu\n", COST(barrier(), barrier()));
	seq_printf(m, "irqs: %llu\n", COST(local_irq_disable(), local_irq_enable()));
	seq_printf(m, "preempt: %llu\n", COST(preempt_disable(), preempt_enable()));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cost);

static struct tracepoint *switch_point;

static void find_point(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, "sched_switch"))
		switch_point = tp;
}

static int __init fnt_sections_init(void)
{
	int err;

	find_disguised();
	for_each_kernel_tracepoint(find_point, NULL);
	err = tracepoint_probe_register(switch_point, switch_probe, NULL);
	if (err)
		return err;
	dir = debugfs_create_dir("fnt_sections", NULL);
	debugfs_create_file("run", 0200, dir, NULL, &run_fops);
	debugfs_create_file("longest", 0600, dir, NULL, &longest_fops);
	debugfs_create_file("cost", 0400, dir, NULL, &cost_fops);
	debugfs_create_file("disguised", 0400, dir, NULL, &disguised_fops);
	return 0;
}

static void __exit fnt_sections_exit(void)
{
	debugfs_remove_recursive(dir);
	tracepoint_probe_unregister(switch_point, switch_probe, NULL);
	tracepoint_synchronize_unregister();
	irq_work_sync(&hardirq_work);
	irq_work_sync(&both_work);
	tasklet_kill(&softirq_tasklet);
}

module_init(fnt_sections_init);
module_exit(fnt_sections_exit);

MODULE_DESCRIPTION("Sections with interrupts or preemption off, for the tests of fntrace");
MODULE_LICENSE("GPL");
