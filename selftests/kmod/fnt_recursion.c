// SPDX-License-Identifier: GPL-2.0
/*
 * A user of fntrace whose callback calls a function that it traces itself.
 *
 *	call	write N: call fnt_recursion_outer() N times, for which the callback
 *		calls fnt_recursion_inner()
 */

#include <linux/debugfs.h>
#include <linux/module.h>

#include "patching/ops.h"

static struct dentry *dir;

noinline void fnt_recursion_outer(void);
noinline void fnt_recursion_outer(void)
{
	barrier();
}

noinline void fnt_recursion_inner(void);
noinline void fnt_recursion_inner(void)
{
	barrier();
}

static notrace void entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			    const struct fnt_regs *regs)
{
	fnt_recursion_inner();
}

static struct fnt_ops ops = { .func = entered };

static int call_write(void *unused, u64 n)
{
	while (n--)
		fnt_recursion_outer();
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(call_fops, NULL, call_write, "%llu\n");

static int __init fnt_recursion_init(void)
{
	int err = fnt_ops_init(&ops);

	if (err)
		return err;
	err = fnt_ops_set_filter(&ops, "fnt_recursion_outer fnt_recursion_inner", NULL);
	if (!err)
		err = fnt_ops_register(&ops);
	if (err) {
		fnt_ops_exit(&ops);
		return err;
	}
	dir = debugfs_create_dir("fnt_recursion", NULL);
	debugfs_create_file("call", 0200, dir, NULL, &call_fops);
	return 0;
}

static void __exit fnt_recursion_exit(void)
{
	debugfs_remove_recursive(dir);
	fnt_ops_unregister(&ops);
	fnt_ops_exit(&ops);
}

module_init(fnt_recursion_init);
module_exit(fnt_recursion_exit);

MODULE_DESCRIPTION("A callback that is traced itself, for the tests of fntrace");
MODULE_LICENSE("GPL");
