// SPDX-License-Identifier: GPL-2.0
/*
 * A machine that is not as fntrace takes it to be: kernel data that is not what
 * its name says, and somebody who writes over a call site while it is patched.
 */

#include <linux/debugfs.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

/*
 * A test makes a copy of fntrace.ko that looks for these in place of symbols of
 * the kernel; the names are as long as theirs.
 */
static char fnt_dsc[64] __used;			/* bp_desc: that nobody reads */
static void *fnt_no_pages_start __used;		/* ftrace_pages_start: there are no sites */

static struct dentry *dir;
static bool armed;

static bool fail;
module_param(fail, bool, 0444);
MODULE_PARM_DESC(fail, "fail to load, at the end of initialisation");

/* The site that is written over, and where it is mapped writable. */
static noinline void fnt_sabotaged(void)
{
	barrier();
}

static void *alias;
static u8 *site;

/* Called by whoever makes all CPUs serialise; between two writes to a site. */
static int scribble(struct kprobe *probe, struct pt_regs *regs)
{
	if (READ_ONCE(armed))
		site[4] = 0xee;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "on_each_cpu_cond_mask",
	.pre_handler = scribble,
};

static ssize_t scribble_write(struct file *file, const char __user *ubuf, size_t count,
			      loff_t *ppos)
{
	bool on;
	int err = kstrtobool_from_user(ubuf, count, &on);

	if (err)
		return err;
	WRITE_ONCE(armed, on);
	return count;
}

static const struct file_operations scribble_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = scribble_write,
};

/* Another instruction of five bytes that does nothing, or what was there. */
static ssize_t spoil_write(struct file *file, const char __user *ubuf, size_t count, loff_t *ppos)
{
	static const u8 other[5] = { 0x66, 0x66, 0x66, 0x66, 0x90 };
	static u8 own[5];
	bool on;
	int err = kstrtobool_from_user(ubuf, count, &on);

	if (err)
		return err;
	if (on)
		memcpy(own, site, sizeof(own));
	memcpy(site, on ? other : own, sizeof(own));
	return count;
}

static const struct file_operations spoil_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = spoil_write,
};

static void undo(void)
{
	debugfs_remove_recursive(dir);
	unregister_kprobe(&probe);
	vunmap(alias);
}

static int __init fnt_saboteur_init(void)
{
	unsigned long ip = (unsigned long)fnt_sabotaged;
	struct page *page = vmalloc_to_page((void *)ip);
	int err;

	fnt_sabotaged();
	if (!page)
		return -EINVAL;
	alias = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	if (!alias)
		return -ENOMEM;
	site = alias + offset_in_page(ip);
	err = register_kprobe(&probe);
	if (err) {
		vunmap(alias);
		return err;
	}
	dir = debugfs_create_dir("fnt_saboteur", NULL);
	debugfs_create_file("scribble", 0200, dir, NULL, &scribble_fops);
	debugfs_create_file("spoil", 0200, dir, NULL, &spoil_fops);
	if (!fail)
		return 0;
	undo();
	return -EINVAL;
}

static void __exit fnt_saboteur_exit(void)
{
	undo();
}

module_init(fnt_saboteur_init);
module_exit(fnt_saboteur_exit);

MODULE_DESCRIPTION("Breaks what fntrace relies on, for its tests");
MODULE_LICENSE("GPL");
