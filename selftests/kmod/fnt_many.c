// SPDX-License-Identifier: GPL-2.0
/*
 * Four thousand functions, fnt_one_of_many_000 to fnt_one_of_many_fff, to be traced and
 * taken all at once.
 *
 *	call	write N: call all of them N times
 *	calls	read: calls so far
 */

#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/sched.h>

static struct dentry *dir;
static atomic_long_t calls;

/* Sixteen of something, each named by one more digit; a macro is not used in itself. */
#define LAST_DIGIT(what, n)						\
	what(n##0) what(n##1) what(n##2) what(n##3)			\
	what(n##4) what(n##5) what(n##6) what(n##7)			\
	what(n##8) what(n##9) what(n##a) what(n##b)			\
	what(n##c) what(n##d) what(n##e) what(n##f)
#define MIDDLE_DIGIT(what, n)						\
	LAST_DIGIT(what, n##0) LAST_DIGIT(what, n##1)			\
	LAST_DIGIT(what, n##2) LAST_DIGIT(what, n##3)			\
	LAST_DIGIT(what, n##4) LAST_DIGIT(what, n##5)			\
	LAST_DIGIT(what, n##6) LAST_DIGIT(what, n##7)			\
	LAST_DIGIT(what, n##8) LAST_DIGIT(what, n##9)			\
	LAST_DIGIT(what, n##a) LAST_DIGIT(what, n##b)			\
	LAST_DIGIT(what, n##c) LAST_DIGIT(what, n##d)			\
	LAST_DIGIT(what, n##e) LAST_DIGIT(what, n##f)
#define ALL(what)							\
	MIDDLE_DIGIT(what, _0) MIDDLE_DIGIT(what, _1)			\
	MIDDLE_DIGIT(what, _2) MIDDLE_DIGIT(what, _3)			\
	MIDDLE_DIGIT(what, _4) MIDDLE_DIGIT(what, _5)			\
	MIDDLE_DIGIT(what, _6) MIDDLE_DIGIT(what, _7)			\
	MIDDLE_DIGIT(what, _8) MIDDLE_DIGIT(what, _9)			\
	MIDDLE_DIGIT(what, _a) MIDDLE_DIGIT(what, _b)			\
	MIDDLE_DIGIT(what, _c) MIDDLE_DIGIT(what, _d)			\
	MIDDLE_DIGIT(what, _e) MIDDLE_DIGIT(what, _f)

#define FUNCTION(n)							\
static noinline void fnt_one_of_many##n(void)				\
{									\
	atomic_long_inc(&calls);					\
}

ALL(FUNCTION)

#define NAME(n) fnt_one_of_many##n,

static void (*const functions[])(void) = { ALL(NAME) };

static int call_write(void *unused, u64 n)
{
	unsigned int j;
	u64 i;

	for (i = 0; i < n; i++) {
		for (j = 0; j < ARRAY_SIZE(functions); j++)
			functions[j]();
		cond_resched();
	}
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(call_fops, NULL, call_write, "%llu\n");

static int calls_read(void *unused, u64 *value)
{
	*value = atomic_long_read(&calls);
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(calls_fops, calls_read, NULL, "%llu\n");

static int __init fnt_many_init(void)
{
	dir = debugfs_create_dir("fnt_many", NULL);
	debugfs_create_file("call", 0200, dir, NULL, &call_fops);
	debugfs_create_file("calls", 0400, dir, NULL, &calls_fops);
	return 0;
}

static void __exit fnt_many_exit(void)
{
	debugfs_remove_recursive(dir);
}

module_init(fnt_many_init);
module_exit(fnt_many_exit);

MODULE_DESCRIPTION("Thousands of functions, for the tests of fntrace");
MODULE_LICENSE("GPL");
