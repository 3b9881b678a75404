// SPDX-License-Identifier: GPL-2.0
/*
 * A tree of calls of every kind, which is the same whenever it is made:
 * fnt_calls_root() of which the others are part, and functions of the kernel.
 *
 *	run	write N: fnt_calls_root() N times
 */

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/sort.h>

static struct dentry *dir;
static DEFINE_MUTEX(mutex);

struct fnt_calls_pair {
	long first;
	long second;
};

noinline void fnt_calls_leaf(void);
noinline int fnt_calls_nested(int depth);
noinline int fnt_calls_recursive(int n);
noinline long fnt_calls_many(long a, int b, short c, char d, unsigned long e, const char *f,
			     long g, long h);
noinline struct fnt_calls_pair fnt_calls_two(long n);
noinline int fnt_calls_failing(const char *text);
noinline void *fnt_calls_no_pointer(long err);
noinline int fnt_calls_text(char *buf, size_t size);
noinline int fnt_calls_compare(const void *a, const void *b);
noinline void fnt_calls_sorting(void);
noinline void fnt_calls_locking(void);
noinline int fnt_calls_looking(const char *name);
noinline void fnt_calls_sleeping(void);
noinline int fnt_calls_jump(int n);
noinline int fnt_calls_root(void);

noinline __noclone void fnt_calls_leaf(void)
{
	barrier();
}

noinline __noclone int fnt_calls_nested(int depth)
{
	int below = 0;

	fnt_calls_leaf();
	if (depth)
		below = fnt_calls_nested(depth - 1);
	fnt_calls_leaf();
	return below + 1;
}

noinline __noclone int fnt_calls_recursive(int n)
{
	int sum = n > 1 ? fnt_calls_recursive(n - 1) : 0;

	/* Not a loop. */
	barrier();
	return sum + n;
}

noinline __noclone long fnt_calls_many(long a, int b, short c, char d, unsigned long e,
				       const char *f, long g, long h)
{
	fnt_calls_leaf();
	return a + b + c + d + e + *f + g + h;
}

/* In rax and rdx. */
noinline __noclone struct fnt_calls_pair fnt_calls_two(long n)
{
	barrier();
	return (struct fnt_calls_pair) { n, -n };
}

noinline __noclone int fnt_calls_failing(const char *text)
{
	int number;

	return kstrtoint(text, 0, &number);
}

noinline __noclone void *fnt_calls_no_pointer(long err)
{
	barrier();
	return ERR_PTR(err);
}

noinline __noclone int fnt_calls_text(char *buf, size_t size)
{
	return scnprintf(buf, size, "%d %s %pe %*ph", 7, "seven", ERR_PTR(-ENOENT), 4, "abcd");
}

noinline __noclone int fnt_calls_compare(const void *a, const void *b)
{
	barrier();
	return *(const int *)a - *(const int *)b;
}

noinline __noclone void fnt_calls_sorting(void)
{
	int numbers[] = { 5, 3, 9, 1, 7 };

	sort(numbers, ARRAY_SIZE(numbers), sizeof(*numbers), fnt_calls_compare, NULL);
	barrier();
}

noinline __noclone void fnt_calls_locking(void)
{
	mutex_lock(&mutex);
	fnt_calls_leaf();
	mutex_unlock(&mutex);
}

/* Among files: this goes deep into the kernel. */
noinline __noclone int fnt_calls_looking(const char *name)
{
	struct path path;
	int err = kern_path(name, 0, &path);

	if (!err)
		path_put(&path);
	return err;
}

noinline __noclone void fnt_calls_sleeping(void)
{
	schedule_timeout_uninterruptible(1);
	barrier();
}

/* -O2 makes a jump of the last call. */
noinline __noclone int fnt_calls_jump(int n)
{
	barrier();
	return fnt_calls_recursive(n);
}

noinline __noclone int fnt_calls_root(void)
{
	struct fnt_calls_pair pair;
	char text[64];
	bool right;

	right = fnt_calls_nested(3) == 4;
	right &= fnt_calls_recursive(5) == 15;
	right &= fnt_calls_many(1, 2, 3, 4, 5, "\x06", 7, 8) == 36;
	pair = fnt_calls_two(12);
	right &= pair.first == 12 && pair.second == -12;
	right &= fnt_calls_failing("none") == -EINVAL;
	right &= PTR_ERR(fnt_calls_no_pointer(-ENOENT)) == -ENOENT;
	right &= fnt_calls_text(text, sizeof(text)) == 27;
	fnt_calls_sorting();
	fnt_calls_locking();
	right &= fnt_calls_looking("/sys/kernel/debug/fnt_calls/run") == 0;
	right &= fnt_calls_looking("/fnt_calls_none") == -ENOENT;
	fnt_calls_sleeping();
	right &= fnt_calls_jump(3) == 6;
	return right ? 0 : -EIO;
}

static int run_write(void *unused, u64 n)
{
	int err = 0;

	for (; n && !err; n--)
		err = fnt_calls_root();
	return err;
}
DEFINE_SIMPLE_ATTRIBUTE(run_fops, NULL, run_write, "%llu\n");

static int __init fnt_calls_init(void)
{
	dir = debugfs_create_dir("fnt_calls", NULL);
	debugfs_create_file("run", 0200, dir, NULL, &run_fops);
	return 0;
}

static void __exit fnt_calls_exit(void)
{
	debugfs_remove(dir);
}

module_init(fnt_calls_init);
module_exit(fnt_calls_exit);

MODULE_DESCRIPTION("A tree of calls of every kind, for the tests of fntrace");
MODULE_LICENSE("GPL");
