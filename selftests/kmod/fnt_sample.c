// SPDX-License-Identifier: GPL-2.0
/*
 * A small user of fntrace: counts how often functions are entered.
 *
 *	insmod fnt_sample.ko functions='vfs_read vfs_w*'
 *	cat /sys/kernel/debug/fnt_sample/calls
 *
 * Compiled with the folder of fntrace as an include path, and with its
 * Module.symvers (Documentation/api.rst).
 */

#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/percpu.h>

#include "patching/ops.h"

static char *functions;
module_param(functions, charp, 0444);
MODULE_PARM_DESC(functions, "which functions to count, as set_ftrace_filter takes them (default: all)");

static DEFINE_PER_CPU(unsigned long, calls);
static struct dentry *dir;

/* Runs in any context, NMIs included: no locks, nothing that sleeps. */
static notrace void entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			    const struct fnt_regs *regs)
{
	__this_cpu_inc(calls);
}

/*
 * The same where nobody else wants the function. It calls nothing, and counting is one
 * instruction, so it may interrupt itself.
 */
static notrace void entered_direct(const struct fnt_regs *regs, struct fnt_ops *ops)
{
	__this_cpu_inc(calls);
}

static struct fnt_ops ops = { .func = entered, .direct = entered_direct };

static int calls_show(struct seq_file *m, void *unused)
{
	unsigned long sum = 0, missed = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		sum += per_cpu(calls, cpu);
		missed += *per_cpu_ptr(ops.missed, cpu);
	}
	seq_printf(m, "%lu calls, %lu missed\n", sum, missed);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(calls);

static int __init fnt_sample_init(void)
{
	int err = fnt_ops_init(&ops);

	if (err)
		return err;
	err = fnt_ops_set_filter(&ops, functions, NULL);
	if (!err)
		err = fnt_ops_register(&ops);
	if (err) {
		fnt_ops_exit(&ops);
		return err;
	}
	dir = debugfs_create_dir("fnt_sample", NULL);
	debugfs_create_file("calls", 0400, dir, NULL, &calls_fops);
	return 0;
}

static void __exit fnt_sample_exit(void)
{
	debugfs_remove_recursive(dir);
	fnt_ops_unregister(&ops);
	fnt_ops_exit(&ops);
}

module_init(fnt_sample_init);
module_exit(fnt_sample_exit);

MODULE_DESCRIPTION("Counts function entries by way of fntrace");
MODULE_LICENSE("GPL");
