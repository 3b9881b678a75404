// SPDX-License-Identifier: GPL-2.0
/*
 * A direct-call user of the kernel's ftrace, as BPF trampolines are: its own code
 * is called by the function itself, not by way of a list of users.
 *
 *	direct	write first, second or off: which trampoline is at
 *		fnt_direct_target(); from one to the other it is modified
 *	call	write N: call fnt_direct_target() N times
 *	counts	read: calls of the function, and of each trampoline
 */

#include <linux/debugfs.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/asm-offsets.h>
#include <asm/nospec-branch.h>

static struct dentry *dir;
static DEFINE_MUTEX(lock);
static unsigned long calls, wrong;

noinline unsigned long fnt_direct_target(unsigned long a, unsigned long b, unsigned long c,
					 unsigned long d, unsigned long e, unsigned long f);
noinline unsigned long fnt_direct_target(unsigned long a, unsigned long b, unsigned long c,
					 unsigned long d, unsigned long e, unsigned long f)
{
	calls++;
	barrier();
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
}

/* Counted by the trampolines, which change nothing but that and the flags. */
static unsigned long fnt_direct_firsts __used, fnt_direct_seconds __used;
void fnt_direct_first(void *unused);
void fnt_direct_second(void *unused);

asm("	.pushsection .text, \"ax\", @progbits\n"
"	.type fnt_direct_first, @function\n"
"	.globl fnt_direct_first\n"
"fnt_direct_first:\n"
	ASM_ENDBR
"	incq fnt_direct_firsts(%rip)\n"
	ASM_RET
"	.size fnt_direct_first, .-fnt_direct_first\n"
"	.type fnt_direct_second, @function\n"
"	.globl fnt_direct_second\n"
"fnt_direct_second:\n"
	ASM_ENDBR
"	incq fnt_direct_seconds(%rip)\n"
	ASM_RET
"	.size fnt_direct_second, .-fnt_direct_second\n"
"	.popsection\n"
);

/* What is there now, NULL for nothing. */
static void (*current_tramp)(void *unused);

static int become(void (*tramp)(void *unused))
{
	unsigned long ip = (unsigned long)fnt_direct_target;
	int err;

	if (tramp == current_tramp)
		return 0;
	if (!current_tramp)
		err = register_ftrace_direct(ip, (unsigned long)tramp);
	else if (!tramp)
		err = unregister_ftrace_direct(ip, (unsigned long)current_tramp);
	else
		err = modify_ftrace_direct(ip, (unsigned long)current_tramp, (unsigned long)tramp);
	if (!err)
		current_tramp = tramp;
	return err;
}

static ssize_t direct_write(struct file *file, const char __user *ubuf, size_t count,
			    loff_t *ppos)
{
	char word[16] = "";
	int err = -EINVAL;

	if (count >= sizeof(word) || copy_from_user(word, ubuf, count))
		return -EINVAL;
	mutex_lock(&lock);
	if (sysfs_streq(word, "first"))
		err = become(fnt_direct_first);
	else if (sysfs_streq(word, "second"))
		err = become(fnt_direct_second);
	else if (sysfs_streq(word, "off"))
		err = become(NULL);
	mutex_unlock(&lock);
	return err ?: count;
}

static const struct file_operations direct_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = direct_write,
};

static int call_write(void *unused, u64 n)
{
	u64 i;

	for (i = 0; i < n; i++) {
		wrong += fnt_direct_target(i, 1, 10, 100, 1000, 10000) != i + 65432;
		cond_resched();
	}
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(call_fops, NULL, call_write, "%llu\n");

static int counts_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "calls: %lu\nwrong: %lu\nfirst: %lu\nsecond: %lu\n", calls, wrong,
		   READ_ONCE(fnt_direct_firsts), READ_ONCE(fnt_direct_seconds));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counts);

static int __init fnt_direct_init(void)
{
	dir = debugfs_create_dir("fnt_direct", NULL);
	debugfs_create_file("direct", 0200, dir, NULL, &direct_fops);
	debugfs_create_file("call", 0200, dir, NULL, &call_fops);
	debugfs_create_file("counts", 0400, dir, NULL, &counts_fops);
	return 0;
}

static void __exit fnt_direct_exit(void)
{
	debugfs_remove_recursive(dir);
	become(NULL);
}

module_init(fnt_direct_init);
module_exit(fnt_direct_exit);

MODULE_DESCRIPTION("A direct-call user of the kernel's ftrace, for the tests of fntrace");
MODULE_LICENSE("GPL");
