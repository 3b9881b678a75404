// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is lacking when a test wants it to be, for a fntrace that was built
 * with fnt_scarce.h. A module of its own, so that loading fntrace can lack
 * memory, too, and that what it has not given back can be seen when it has gone.
 *
 * In /sys/module/fnt_scarce/parameters:
 *
 *	nth	write N: the N-th allocation from now on fails, once
 *	from	write N: it fails, and so do all that follow; 0 ends it
 *	failed	how many did; write 0
 *	live	how many are given out now
 *	last	who asked for the last one that failed
 */

#include <linux/errno.h>
#include <linux/module.h>
#include <linux/spinlock.h>

#include "fnt_scarce.h"

static DEFINE_SPINLOCK(lock);

static unsigned int nth;
module_param(nth, uint, 0644);
static unsigned int from;
module_param(from, uint, 0644);
static unsigned int failed;
module_param(failed, uint, 0644);
static int live;
module_param(live, int, 0444);

static void *last;

static int last_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%ps\n", last);
}

static const struct kernel_param_ops last_ops = { .get = last_get };
module_param_cb(last, &last_ops, NULL, 0444);

static bool fails(void *caller)
{
	unsigned long flags;
	bool fail = false;

	spin_lock_irqsave(&lock, flags);
	if (nth && !--nth)
		fail = true;
	if (from == 1)
		fail = true;
	else if (from)
		from--;
	if (fail) {
		failed++;
		last = caller;
	}
	spin_unlock_irqrestore(&lock, flags);
	return fail;
}

static void count(int change)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	live += change;
	spin_unlock_irqrestore(&lock, flags);
}

static void *given(void *what)
{
	if (!IS_ERR(what) && !ZERO_OR_NULL_PTR(what))
		count(1);
	return what;
}

bool scarce_fails(void)
{
	return fails(__builtin_return_address(0));
}
EXPORT_SYMBOL_GPL(scarce_fails);

void scarce_gone(unsigned long what)
{
	if (!ZERO_OR_NULL_PTR((void *)what))
		count(-1);
}
EXPORT_SYMBOL_GPL(scarce_gone);

void *scarce_kmalloc(size_t size, gfp_t flags)
{
	return fails(__builtin_return_address(0)) ? NULL : given((kmalloc)(size, flags));
}
EXPORT_SYMBOL_GPL(scarce_kmalloc);

void *scarce_kvmalloc(size_t size, gfp_t flags)
{
	return fails(__builtin_return_address(0)) ? NULL : given((kvmalloc)(size, flags));
}
EXPORT_SYMBOL_GPL(scarce_kvmalloc);

char *scarce_kstrdup(const char *s, gfp_t flags)
{
	return fails(__builtin_return_address(0)) ? NULL : given((kstrdup)(s, flags));
}
EXPORT_SYMBOL_GPL(scarce_kstrdup);

char *scarce_kasprintf(gfp_t flags, const char *format, ...)
{
	va_list args;
	char *text;

	if (fails(__builtin_return_address(0)))
		return NULL;
	va_start(args, format);
	text = kvasprintf(flags, format, args);
	va_end(args);
	return given(text);
}
EXPORT_SYMBOL_GPL(scarce_kasprintf);

void *scarce_memdup_user(const void __user *from, size_t len)
{
	return fails(__builtin_return_address(0)) ? ERR_PTR(-ENOMEM) :
						    given((memdup_user)(from, len));
}
EXPORT_SYMBOL_GPL(scarce_memdup_user);

void *scarce_memdup_user_nul(const void __user *from, size_t len)
{
	return fails(__builtin_return_address(0)) ? ERR_PTR(-ENOMEM) :
						    given((memdup_user_nul)(from, len));
}
EXPORT_SYMBOL_GPL(scarce_memdup_user_nul);

struct page *scarce_pages(int node, gfp_t flags, unsigned int order)
{
	return fails(__builtin_return_address(0)) ? NULL :
						    given((alloc_pages_node)(node, flags, order));
}
EXPORT_SYMBOL_GPL(scarce_pages);

unsigned long scarce_page_addr(gfp_t flags, unsigned int order)
{
	return fails(__builtin_return_address(0)) ? 0 :
		(unsigned long)given((void *)(__get_free_pages)(flags, order));
}
EXPORT_SYMBOL_GPL(scarce_page_addr);

void __percpu *scarce_percpu(size_t size, size_t align)
{
	void __percpu *what;

	if (fails(__builtin_return_address(0)))
		return NULL;
	what = (__alloc_percpu)(size, align);
	if (what)
		count(1);
	return what;
}
EXPORT_SYMBOL_GPL(scarce_percpu);

void *scarce_vmap(struct page **pages, unsigned int nr, unsigned long flags, pgprot_t prot)
{
	return fails(__builtin_return_address(0)) ? NULL :
						    given((vmap)(pages, nr, flags, prot));
}
EXPORT_SYMBOL_GPL(scarce_vmap);

/* The kernel's takes the inode whether it succeeds or not. */
struct dentry *scarce_root(struct inode *inode)
{
	if (!fails(__builtin_return_address(0)))
		return (d_make_root)(inode);
	iput(inode);
	return NULL;
}
EXPORT_SYMBOL_GPL(scarce_root);

MODULE_DESCRIPTION("Allocations that fail, for the tests of fntrace");
MODULE_LICENSE("GPL");
