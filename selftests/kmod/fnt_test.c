// SPDX-License-Identifier: GPL-2.0
/*
 * Test module: functions to be traced, and ways to run them under known
 * circumstances. All through files in /sys/kernel/debug/fnt_test.
 *
 *	call	write N: call fnt_test_target() N times
 *	sleep	write MS: sleep that long inside fnt_test_sleeper()
 *	nmi	write N: send N rounds of NMIs to all CPUs
 *	cost	read: TSC ticks per call of fnt_test_leaf(), interrupts off, and of
 *		the same loop with nothing called; under icount these are
 *		instructions
 *	string	write ADDR: have kmemdup_nul() copy no bytes of a string at ADDR
 *	strings	read: addresses of strings, and of what is none
 *	culprit	read: EIO while the call site of fnt_test_culprit() is no NOP
 *	pair	read: EIO while those of fnt_test_first_of_pair() and
 *		fnt_test_second_of_pair() are both none
 */

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include <asm/apic.h>
#include <asm/apicdef.h>
#include <asm/msr.h>
#include <asm/nmi.h>
#include <asm/vsyscall.h>

#define COST_CALLS 10000

static struct dentry *dir;
static unsigned long target_calls;
static atomic_long_t nmis;

noinline void fnt_test_target(void);
noinline void fnt_test_target(void)
{
	target_calls++;
	barrier();
}

noinline void fnt_test_leaf(void);
noinline void fnt_test_leaf(void)
{
	barrier();
}

noinline void fnt_test_sleeper(unsigned int ms);
noinline void fnt_test_sleeper(unsigned int ms)
{
	msleep(ms);
}

noinline void fnt_test_culprit(void);
noinline void fnt_test_culprit(void)
{
	barrier();
}

noinline void fnt_test_first_of_pair(void);
noinline void fnt_test_first_of_pair(void)
{
	barrier();
}

noinline void fnt_test_second_of_pair(void);
noinline void fnt_test_second_of_pair(void)
{
	barrier();
}

static int call_write(void *unused, u64 n)
{
	u64 i;

	for (i = 0; i < n; i++) {
		fnt_test_target();
		if (!(i & 1023))
			cond_resched();
	}
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(call_fops, NULL, call_write, "%llu\n");

static int sleep_write(void *unused, u64 ms)
{
	fnt_test_sleeper(ms);
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(sleep_fops, NULL, sleep_write, "%llu\n");

static int string_write(void *unused, u64 addr)
{
	kfree(kmemdup_nul((const char *)addr, 0, GFP_KERNEL));
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(string_fops, NULL, string_write, "%llx\n");

static const char short_string[] = "short";
static const char just_string[] =
	"123456789.123456789.123456789.123456789.123456789.123456789.123";
static const char long_string[] =
	"123456789.123456789.123456789.123456789.123456789.123456789.1234";

/* What vmalloc() gives has nothing mapped behind it. */
static char *page;

/* The identification of the first I/O APIC, which may be read. */
static void __iomem *device;

static int strings_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "short %lx\njust %lx\nlong %lx\n", (unsigned long)short_string,
		   (unsigned long)just_string, (unsigned long)long_string);
	memset(page, 'x', PAGE_SIZE);
	seq_printf(m, "torn %lx\nunmapped %lx\n", (unsigned long)page + PAGE_SIZE - 10,
		   (unsigned long)page + PAGE_SIZE);
	seq_printf(m, "hole %lx\ndevice %lx\n", PAGE_OFFSET + (1UL << 41), (unsigned long)device);
	seq_printf(m, "null 0\nuser 400000\nnoncanonical 8000000000001000\nvsyscall %lx\nerror %lx\n",
		   (unsigned long)VSYSCALL_ADDR, -22UL);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(strings);

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	atomic_long_inc(&nmis);
	return NMI_HANDLED;
}

static int nmi_write(void *unused, u64 n)
{
	u64 i;

	for (i = 0; i < n; i++) {
		apic->send_IPI_all(NMI_VECTOR);
		usleep_range(20, 40);
		cond_resched();
	}
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(nmi_fops, NULL, nmi_write, "%llu\n");

/* Not traced itself: its own entry must not be in what it measures. */
static notrace noinline u64 cost_of(void (*fn)(void), unsigned int calls)
{
	unsigned long flags;
	unsigned int i;
	u64 start;

	local_irq_save(flags);
	start = rdtsc();
	for (i = 0; i < calls; i++) {
		if (fn)
			fn();
		barrier();
	}
	start = rdtsc() - start;
	local_irq_restore(flags);
	return start;
}

static int cost_show(struct seq_file *m, void *unused)
{
	u64 with, without;

	cost_of(fnt_test_leaf, 100);
	with = cost_of(fnt_test_leaf, COST_CALLS);
	without = cost_of(NULL, COST_CALLS);
	seq_printf(m, "calls: %u\nticks: %llu\nloop: %llu\n", COST_CALLS, with, without);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cost);

static int counts_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "target: %lu\nnmi: %ld\n", target_calls, atomic_long_read(&nmis));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counts);

/* Planted hooks that misbehave: they look whether a function is being traced. */
static bool is_patched(void (*fn)(void))
{
	static const u8 nop[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	static const u8 endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	const u8 *code = (const u8 *)fn;

	OPTIMIZER_HIDE_VAR(code);
	if (!memcmp(code, endbr, sizeof(endbr)))
		code += sizeof(endbr);
	return memcmp(code, nop, sizeof(nop));
}

static int culprit_show(struct seq_file *m, void *unused)
{
	return is_patched(fnt_test_culprit) ? -EIO : 0;
}
DEFINE_SHOW_ATTRIBUTE(culprit);

static int pair_show(struct seq_file *m, void *unused)
{
	bool both = is_patched(fnt_test_first_of_pair) && is_patched(fnt_test_second_of_pair);

	return both ? -EIO : 0;
}
DEFINE_SHOW_ATTRIBUTE(pair);

static int __init fnt_test_init(void)
{
	int err;

	page = vmalloc(PAGE_SIZE);
	device = ioremap(IO_APIC_DEFAULT_PHYS_BASE, PAGE_SIZE);
	err = page && device ? 0 : -ENOMEM;
	if (err)
		goto out;
	err = register_nmi_handler(NMI_LOCAL, on_nmi, 0, "fnt_test");
	if (err)
		goto out;
	dir = debugfs_create_dir("fnt_test", NULL);
	debugfs_create_file("call", 0200, dir, NULL, &call_fops);
	debugfs_create_file("sleep", 0200, dir, NULL, &sleep_fops);
	debugfs_create_file("nmi", 0200, dir, NULL, &nmi_fops);
	debugfs_create_file("string", 0200, dir, NULL, &string_fops);
	debugfs_create_file("strings", 0400, dir, NULL, &strings_fops);
	debugfs_create_file("cost", 0400, dir, NULL, &cost_fops);
	debugfs_create_file("counts", 0400, dir, NULL, &counts_fops);
	debugfs_create_file("culprit", 0400, dir, NULL, &culprit_fops);
	debugfs_create_file("pair", 0400, dir, NULL, &pair_fops);
	return 0;

out:
	if (device)
		iounmap(device);
	vfree(page);
	return err;
}

static void __exit fnt_test_exit(void)
{
	debugfs_remove_recursive(dir);
	unregister_nmi_handler(NMI_LOCAL, "fnt_test");
	iounmap(device);
	vfree(page);
}

module_init(fnt_test_init);
module_exit(fnt_test_exit);

MODULE_DESCRIPTION("Functions for the tests of fntrace");
MODULE_LICENSE("GPL");
