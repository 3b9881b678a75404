// SPDX-License-Identifier: GPL-2.0
/*
 * Test module: locks that are not free when they are wanted, and how long that took. Files
 * in /sys/kernel/debug/fnt_locks.
 *
 *	contend	write "LOCK TIMES MS": so often another thread, fnt_holder, takes the lock,
 *		and has it for so long while the writer waits for it; a spinlock is
 *		waited for by fnt_second before it, as for the first who waits there is no
 *		event (kernel/locking/qspinlock.c): that takes three CPUs
 *	waited	read: how often it was waited for since it was read last, ns in all, and
 *		the longest; measured around the functions that take the lock
 *
 * LOCK is mutex, read (a rw_semaphore for reading, while it is held for writing), write
 * (the other way round), spin, or object: a mutex in an object of the cache
 * fnt_locks_object.
 */

#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

struct object {
	char name[24];
	struct mutex lock;
};

static DEFINE_MUTEX(fnt_locks_mutex);
static DECLARE_RWSEM(fnt_locks_rwsem);
static DEFINE_SPINLOCK(fnt_locks_spin);
static struct kmem_cache *cache;
static struct object *object;
static struct dentry *dir;

enum kind { OF_MUTEX, OF_READ, OF_WRITE, OF_SPIN, OF_OBJECT };

static const char *const kinds[] = { "mutex", "read", "write", "spin", "object" };

static DECLARE_COMPLETION(held);
static DECLARE_COMPLETION(wanted);
static u64 waits, total, longest;

static void take(enum kind kind)
{
	switch (kind) {
	case OF_MUTEX:
		mutex_lock(&fnt_locks_mutex);
		break;
	case OF_READ:
		down_read(&fnt_locks_rwsem);
		break;
	case OF_WRITE:
		down_write(&fnt_locks_rwsem);
		break;
	case OF_SPIN:
		spin_lock(&fnt_locks_spin);
		/* For sparse, which takes what is conditional for wrong. */
		__release(&fnt_locks_spin);
		break;
	case OF_OBJECT:
		mutex_lock(&object->lock);
		break;
	}
}

static void give(enum kind kind)
{
	switch (kind) {
	case OF_MUTEX:
		mutex_unlock(&fnt_locks_mutex);
		break;
	case OF_READ:
		up_read(&fnt_locks_rwsem);
		break;
	case OF_WRITE:
		up_write(&fnt_locks_rwsem);
		break;
	case OF_SPIN:
		__acquire(&fnt_locks_spin);
		spin_unlock(&fnt_locks_spin);
		break;
	case OF_OBJECT:
		mutex_unlock(&object->lock);
		break;
	}
}

struct holding {
	enum kind kind;
	unsigned int ms;
};

/* What keeps the writer from getting it. */
static enum kind opposite(enum kind kind)
{
	return kind == OF_READ ? OF_WRITE : kind == OF_WRITE ? OF_READ : kind;
}

static int hold(void *data)
{
	const struct holding *holding = data;
	enum kind kind = opposite(holding->kind);
	u64 end;

	take(kind);
	complete(&held);
	/* Not before it is wanted, or nearly. */
	if (kind == OF_SPIN) {
		/* Not mdelay(), whose loops may be counted for another speed. */
		end = ktime_get_ns() + holding->ms * (u64)NSEC_PER_MSEC;
		while (ktime_get_ns() < end)
			cpu_relax();
	} else {
		wait_for_completion(&wanted);
		msleep(holding->ms);
	}
	give(kind);
	while (!kthread_should_stop())
		usleep_range(100, 200);
	return 0;
}

static int be_second(void *unused)
{
	take(OF_SPIN);
	give(OF_SPIN);
	while (!kthread_should_stop())
		usleep_range(100, 200);
	return 0;
}

static struct task_struct *thread_start(int (*run)(void *), const void *data, const char *name)
{
	struct task_struct *thread = kthread_create(run, (void *)data, "%s", name);

	if (IS_ERR(thread))
		return thread;
	get_task_struct(thread);
	wake_up_process(thread);
	return thread;
}

static void thread_end(struct task_struct *thread)
{
	kthread_stop(thread);
	put_task_struct(thread);
}

static noinline int fnt_locks_contend(const struct holding *holding)
{
	struct task_struct *holder, *second = NULL;
	u64 start, ns;

	reinit_completion(&held);
	reinit_completion(&wanted);
	holder = thread_start(hold, holding, "fnt_holder");
	if (IS_ERR(holder))
		return PTR_ERR(holder);
	wait_for_completion(&held);
	if (holding->kind == OF_SPIN) {
		second = thread_start(be_second, NULL, "fnt_second");
		msleep(20);
	}
	complete(&wanted);
	start = ktime_get_ns();
	take(holding->kind);
	ns = ktime_get_ns() - start;
	give(holding->kind);
	waits++;
	total += ns;
	longest = max(longest, ns);
	thread_end(holder);
	if (!IS_ERR_OR_NULL(second))
		thread_end(second);
	return PTR_ERR_OR_ZERO(second);
}

static ssize_t contend_write(struct file *file, const char __user *ubuf, size_t len, loff_t *pos)
{
	struct holding holding;
	unsigned int times;
	char buf[64], name[16];
	int kind, err = 0;

	if (len >= sizeof(buf))
		return -EINVAL;
	if (copy_from_user(buf, ubuf, len))
		return -EFAULT;
	buf[len] = '\0';
	if (sscanf(buf, "%15s %u %u", name, &times, &holding.ms) != 3)
		return -EINVAL;
	kind = match_string(kinds, ARRAY_SIZE(kinds), name);
	if (kind < 0)
		return kind;
	holding.kind = kind;
	while (times-- && !err)
		err = fnt_locks_contend(&holding);
	return err ?: len;
}

static void reset(void)
{
	waits = 0;
	total = 0;
	longest = 0;
}

static ssize_t waited_read(struct file *file, char __user *ubuf, size_t len, loff_t *pos)
{
	char buf[80];
	int n = scnprintf(buf, sizeof(buf), "%llu %llu %llu\n", waits, total, longest);
	ssize_t done = simple_read_from_buffer(ubuf, len, pos, buf, n);

	if (done > 0)
		reset();
	return done;
}

static const struct file_operations contend_fops = {
	.owner = THIS_MODULE, .write = contend_write,
};

static const struct file_operations waited_fops = {
	.owner = THIS_MODULE, .read = waited_read,
};

/* A cache with this is merged with no other. */
static void construct(void *new)
{
	mutex_init(&((struct object *)new)->lock);
}

static int __init fnt_locks_init(void)
{
	cache = kmem_cache_create("fnt_locks_object", sizeof(struct object), 0, 0, construct);
	object = cache ? kmem_cache_alloc(cache, GFP_KERNEL) : NULL;
	if (!object) {
		kmem_cache_destroy(cache);
		return -ENOMEM;
	}
	dir = debugfs_create_dir("fnt_locks", NULL);
	debugfs_create_file("contend", 0200, dir, NULL, &contend_fops);
	debugfs_create_file("waited", 0400, dir, NULL, &waited_fops);
	return 0;
}

static void __exit fnt_locks_exit(void)
{
	debugfs_remove_recursive(dir);
	kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);
}

module_init(fnt_locks_init);
module_exit(fnt_locks_exit);

MODULE_DESCRIPTION("Locks that are waited for, for the tests of fntrace");
MODULE_LICENSE("GPL");
