// SPDX-License-Identifier: GPL-2.0
/*
 * Test module: calls within calls, as known as can be. Through files in
 * /sys/kernel/debug/fnt_graph.
 *
 *	tree	write N: fnt_graph_root() N times, see there
 *	deep	write N: fnt_graph_deep() calls itself until it is N deep
 *	stack	read: the stack of fnt_graph_inner(), called by fnt_graph_outer()
 *	dump	write: that stack into the kernel's log, by dump_stack()
 *	warn	write: the same by WARN()
 *	sleep	write MS: fnt_graph_sleeper() sleeps so long, or until it is killed
 *	asleep	read: the reliable stack of the task that does, or the error
 *	result	write N: fnt_graph_int(N), fnt_graph_pointer(N), fnt_graph_bool(N),
 *		fnt_graph_long(N), fnt_graph_enum(N) are called and return N
 *	jump	write N: fnt_graph_jumper() ends in a jump to fnt_graph_target()
 *	slow	write US: fnt_graph_slow() takes so long, with a call in it
 */

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/stacktrace.h>

#define FRAMES 64

static struct dentry *dir;
static unsigned long leaves;

enum fnt_graph_colour { FNT_RED, FNT_GREEN, FNT_BLUE = 7 };

/* What becomes of the stack of fnt_graph_inner(). */
enum fnt_graph_look { LOOK_SAVE, LOOK_DUMP, LOOK_WARN };

/* Not static: what is called may not be changed for its callers. */
noinline void fnt_graph_leaf(void);
noinline void fnt_graph_branch(int n);
noinline void fnt_graph_root(void);
noinline int fnt_graph_deep(int n);
noinline void fnt_graph_inner(enum fnt_graph_look look);
noinline void fnt_graph_outer(enum fnt_graph_look look);
noinline void fnt_graph_sleeper(unsigned int ms);
noinline int fnt_graph_int(long n);
noinline long fnt_graph_long(long n);
noinline void *fnt_graph_pointer(long n);
noinline bool fnt_graph_bool(long n);
noinline enum fnt_graph_colour fnt_graph_enum(long n);
noinline int fnt_graph_target(int n);
noinline int fnt_graph_jumper(int n);
noinline void fnt_graph_slow(unsigned int us);

noinline __noclone void fnt_graph_leaf(void)
{
	leaves++;
	barrier();
}

noinline __noclone void fnt_graph_branch(int n)
{
	for (; n > 0; n--)
		fnt_graph_leaf();
	barrier();
}

/* Three branches with one, two and three leaves, and a leaf of its own. */
noinline __noclone void fnt_graph_root(void)
{
	int i;

	for (i = 1; i <= 3; i++)
		fnt_graph_branch(i);
	fnt_graph_leaf();
	barrier();
}

noinline __noclone int fnt_graph_deep(int n)
{
	int deeper = n > 1 ? fnt_graph_deep(n - 1) : 0;

	/* Not a loop. */
	barrier();
	return deeper + 1;
}

static unsigned long frames[FRAMES];
static unsigned int nr_frames;

noinline __noclone void fnt_graph_inner(enum fnt_graph_look look)
{
	if (look == LOOK_DUMP)
		dump_stack();
	else if (look == LOOK_WARN)
		WARN(1, "fnt_graph: as was wished\n");
	else
		nr_frames = stack_trace_save(frames, FRAMES, 0);
	barrier();
}

noinline __noclone void fnt_graph_outer(enum fnt_graph_look look)
{
	fnt_graph_inner(look);
	barrier();
}

static struct task_struct *sleeper;

noinline __noclone void fnt_graph_sleeper(unsigned int ms)
{
	WRITE_ONCE(sleeper, current);
	schedule_timeout_killable(msecs_to_jiffies(ms));
	WRITE_ONCE(sleeper, NULL);
}

noinline __noclone int fnt_graph_int(long n)
{
	barrier();
	return n;
}

noinline __noclone long fnt_graph_long(long n)
{
	barrier();
	return n;
}

noinline __noclone void *fnt_graph_pointer(long n)
{
	barrier();
	return (void *)n;
}

noinline __noclone bool fnt_graph_bool(long n)
{
	barrier();
	return n;
}

noinline __noclone enum fnt_graph_colour fnt_graph_enum(long n)
{
	barrier();
	return n;
}

noinline __noclone int fnt_graph_target(int n)
{
	barrier();
	return n;
}

/* -O2 makes a jump of the last call. */
noinline __noclone int fnt_graph_jumper(int n)
{
	barrier();
	return fnt_graph_target(n + 1);
}

noinline __noclone void fnt_graph_slow(unsigned int us)
{
	/* Not udelay(): where time stamp counters differ it knows nothing of time. */
	u64 end = ktime_get_mono_fast_ns() + us * 1000ULL;

	fnt_graph_leaf();
	while (ktime_get_mono_fast_ns() < end)
		cpu_relax();
	barrier();
}

static int tree_write(void *unused, u64 n)
{
	for (; n; n--)
		fnt_graph_root();
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(tree_fops, NULL, tree_write, "%llu\n");

static int deep_write(void *unused, u64 n)
{
	return fnt_graph_deep(n) == n ? 0 : -EIO;
}
DEFINE_SIMPLE_ATTRIBUTE(deep_fops, NULL, deep_write, "%llu\n");

static int stack_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	fnt_graph_outer(LOOK_SAVE);
	for (i = 0; i < nr_frames; i++)
		seq_printf(m, "%pS\n", (void *)frames[i]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stack);

static int dump_write(void *unused, u64 n)
{
	fnt_graph_outer(LOOK_DUMP);
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(dump_fops, NULL, dump_write, "%llu\n");

static int warn_write(void *unused, u64 n)
{
	fnt_graph_outer(LOOK_WARN);
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(warn_fops, NULL, warn_write, "%llu\n");

static int sleep_write(void *unused, u64 ms)
{
	fnt_graph_sleeper(ms);
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(sleep_fops, NULL, sleep_write, "%llu\n");

static int (*save_reliable)(struct task_struct *task, unsigned long *store, unsigned int size);

static int asleep_show(struct seq_file *m, void *unused)
{
	struct task_struct *task = READ_ONCE(sleeper);
	int i, nr;

	if (!task)
		return -ESRCH;
	nr = save_reliable(task, frames, FRAMES);
	if (nr < 0)
		return nr;
	for (i = 0; i < nr; i++)
		seq_printf(m, "%pS\n", (void *)frames[i]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(asleep);

static int result_write(void *unused, u64 n)
{
	if (fnt_graph_int(n) != (int)n || fnt_graph_long(n) != (long)n ||
	    fnt_graph_pointer(n) != (void *)n || fnt_graph_bool(n) != !!n ||
	    (u32)fnt_graph_enum(n) != (u32)n)
		return -EIO;
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE_SIGNED(result_fops, NULL, result_write, "%lld\n");

static int jump_write(void *unused, u64 n)
{
	return fnt_graph_jumper(n) == (int)n + 1 ? 0 : -EIO;
}
DEFINE_SIMPLE_ATTRIBUTE_SIGNED(jump_fops, NULL, jump_write, "%lld\n");

static int slow_write(void *unused, u64 us)
{
	fnt_graph_slow(us);
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(slow_fops, NULL, slow_write, "%llu\n");

/* Not exported: found as a probe's address is. */
static int find_save_reliable(void)
{
	struct kprobe probe = {
		.symbol_name = "stack_trace_save_tsk_reliable",
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err = register_kprobe(&probe);

	if (err)
		return err;
	save_reliable = (void *)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

static int __init fnt_graph_init(void)
{
	int err = find_save_reliable();

	if (err)
		return err;
	dir = debugfs_create_dir("fnt_graph", NULL);
	debugfs_create_file("tree", 0200, dir, NULL, &tree_fops);
	debugfs_create_file("deep", 0200, dir, NULL, &deep_fops);
	debugfs_create_file("stack", 0400, dir, NULL, &stack_fops);
	debugfs_create_file("dump", 0200, dir, NULL, &dump_fops);
	debugfs_create_file("warn", 0200, dir, NULL, &warn_fops);
	debugfs_create_file("sleep", 0200, dir, NULL, &sleep_fops);
	debugfs_create_file("asleep", 0400, dir, NULL, &asleep_fops);
	debugfs_create_file("result", 0200, dir, NULL, &result_fops);
	debugfs_create_file("jump", 0200, dir, NULL, &jump_fops);
	debugfs_create_file("slow", 0200, dir, NULL, &slow_fops);
	return 0;
}

static void __exit fnt_graph_exit(void)
{
	debugfs_remove(dir);
}

module_init(fnt_graph_init);
module_exit(fnt_graph_exit);

MODULE_DESCRIPTION("Functions for the tests of function_graph");
MODULE_LICENSE("GPL");
