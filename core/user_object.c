// SPDX-License-Identifier: GPL-2.0
/*
 * What is mapped where in the memory of processes, for addresses that a trace has of user
 * space. As it is now: the process may have ended, or have other code there.
 */

#include "core/user_object.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

/* Of a path so much is shown; of a longer one nothing. */
#define PATH_ROOM 512

static struct mm_struct *mm_of(int tgid)
{
	struct task_struct *task;
	struct mm_struct *mm = NULL;

	rcu_read_lock();
	task = pid_task(find_pid_ns(tgid, &init_pid_ns), PIDTYPE_PID);
	if (task)
		mm = get_task_mm(task);
	rcu_read_unlock();
	return mm;
}

static bool put_path(struct text *text, const struct file *file)
{
	char *buf = kmalloc(PATH_ROOM, GFP_KERNEL), *path;

	path = buf ? d_path(&file->f_path, buf, PATH_ROOM) : ERR_PTR(-ENOMEM);
	if (!IS_ERR(path)) {
		/* A line of the trace stays one. */
		for (char *c = path; *c; c++)
			if (*c == '\n')
				*c = '?';
		text_puts(text, path);
	}
	kfree(buf);
	return !IS_ERR(path);
}

/**
 * user_object_of - the file that is mapped at an address, and how far into that it is
 * @text: receives it
 * @tgid: the process
 * @addr: the address
 *
 * Who maps the buffer itself waits for us with the lock of his memory: we do not wait for it.
 *
 * Context: process, may sleep.
 * Return: false if it is not known, and nothing was appended.
 */
bool user_object_of(struct text *text, int tgid, unsigned long addr)
{
	struct mm_struct *mm = mm_of(tgid);
	struct vm_area_struct *vma;
	bool known = false;

	if (!mm)
		return false;
	if (mmap_read_trylock(mm)) {
		vma = vma_lookup(mm, addr);
		known = vma && vma->vm_file && put_path(text, vma->vm_file);
		if (known)
			text_printf(text, "[+0x%lx]", addr - vma->vm_start);
		mmap_read_unlock(mm);
	}
	/* The last one frees it later: freeing may take locks of files. */
	mmput_async(mm);
	return known;
}
