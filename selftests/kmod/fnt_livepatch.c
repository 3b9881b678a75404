// SPDX-License-Identifier: GPL-2.0
/*
 * A livepatch, for the tests: /proc/cmdline says something else, and
 * fnt_graph_sleeper() of fnt_graph.c does not sleep.
 */

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static int patched_cmdline_proc_show(struct seq_file *m, void *unused)
{
	seq_puts(m, "patched\n");
	return 0;
}

static void patched_sleeper(unsigned int ms)
{
	barrier();
}

static struct klp_func kernel_funcs[] = {
	{ .old_name = "cmdline_proc_show", .new_func = patched_cmdline_proc_show },
	{ }
};

static struct klp_func graph_funcs[] = {
	{ .old_name = "fnt_graph_sleeper", .new_func = patched_sleeper },
	{ }
};

static struct klp_object objects[] = {
	{ .funcs = kernel_funcs },
	{ .name = "fnt_graph", .funcs = graph_funcs },
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init fnt_livepatch_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit fnt_livepatch_exit(void)
{
}

module_init(fnt_livepatch_init);
module_exit(fnt_livepatch_exit);

MODULE_DESCRIPTION("A livepatch for the tests of fntrace");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
