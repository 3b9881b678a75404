/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_SCARCE_H
#define FNT_SCARCE_H

/*
 * Included before everything else into each source of fntrace, as it is, when
 * that is built for the tests of what happens without memory (see the Makefile):
 * every call that allocates goes through fnt_scarce.ko.
 *
 * The kernel's headers come first, so that the names below mean its functions
 * there, and ours in what follows.
 */

#include <linux/cpuhotplug.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/ftrace.h>
#include <linux/gfp.h>
#include <linux/idr.h>
#include <linux/kernel_read_file.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/trace_events.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

bool scarce_fails(void);
void scarce_gone(unsigned long what);

void *scarce_kmalloc(size_t size, gfp_t flags);
void *scarce_kvmalloc(size_t size, gfp_t flags);
char *scarce_kstrdup(const char *s, gfp_t flags);
__printf(2, 3) char *scarce_kasprintf(gfp_t flags, const char *format, ...);
void *scarce_memdup_user(const void __user *from, size_t len);
void *scarce_memdup_user_nul(const void __user *from, size_t len);
struct page *scarce_pages(int node, gfp_t flags, unsigned int order);
unsigned long scarce_page_addr(gfp_t flags, unsigned int order);
void __percpu *scarce_percpu(size_t size, size_t align);
void *scarce_vmap(struct page **pages, unsigned int nr, unsigned long flags, pgprot_t prot);
struct dentry *scarce_root(struct inode *inode);

/* What the tests count: given out, and taken back. */
#define kmalloc(size, flags)		scarce_kmalloc(size, flags)
#define kzalloc(size, flags)		scarce_kmalloc(size, (flags) | __GFP_ZERO)
#define kzalloc_node(size, flags, node)	scarce_kmalloc(size, (flags) | __GFP_ZERO)
#define kmalloc_array(n, size, flags)	scarce_kmalloc(array_size(n, size), flags)
#define kcalloc(n, size, flags)		scarce_kmalloc(array_size(n, size), (flags) | __GFP_ZERO)
#define kvmalloc(size, flags)		scarce_kvmalloc(size, flags)
#define kvzalloc(size, flags)		scarce_kvmalloc(size, (flags) | __GFP_ZERO)
#define kvzalloc_node(size, flags, node) scarce_kvmalloc(size, (flags) | __GFP_ZERO)
#define kvmalloc_array(n, size, flags)	scarce_kvmalloc(array_size(n, size), flags)
#define kvcalloc(n, size, flags)	scarce_kvmalloc(array_size(n, size), (flags) | __GFP_ZERO)
#define kstrdup(s, flags)		scarce_kstrdup(s, flags)
#define kasprintf(flags, ...)		scarce_kasprintf(flags, __VA_ARGS__)
#define memdup_user(from, len)		scarce_memdup_user(from, len)
#define memdup_user_nul(from, len)	scarce_memdup_user_nul(from, len)
#define alloc_pages(flags, order)	scarce_pages(NUMA_NO_NODE, flags, order)
#define alloc_pages_node(node, flags, order) scarce_pages(node, flags, order)
#define __get_free_pages(flags, order)	scarce_page_addr(flags, order)
#define get_zeroed_page(flags)		scarce_page_addr((flags) | __GFP_ZERO, 0)
#define __alloc_percpu(size, align)	scarce_percpu(size, align)
#define vmap(pages, nr, flags, prot)	scarce_vmap(pages, nr, flags, prot)

#define scarce_back(what) ({						\
	typeof(what) __what = (what);					\
									\
	scarce_gone((unsigned long)__what);				\
	__what;								\
})

#define kfree(what)			kfree(scarce_back(what))
#define kvfree(what)			kvfree(scarce_back(what))
#define free_pages(addr, order)		free_pages(scarce_back(addr), order)
#define __free_pages(page, order)	__free_pages(scarce_back(page), order)
#define put_page(page)			put_page(scarce_back(page))
#define free_percpu(what)		free_percpu(scarce_back(what))
#define vunmap(addr)			vunmap(scarce_back(addr))

/* What allocates inside the kernel, which frees it, too. */
#define scarce_or(lacking, call)	(scarce_fails() ? (lacking) : (call))

#define new_inode(sb)			scarce_or(NULL, new_inode(sb))
#define d_alloc_name(parent, name)	scarce_or(NULL, d_alloc_name(parent, name))
#define d_make_root(inode)		scarce_root(inode)
#define get_tree_single(fc, fill)	scarce_or(-ENOMEM, get_tree_single(fc, fill))
#define seq_open(file, ops)		scarce_or(-ENOMEM, seq_open(file, ops))
#define single_open(file, show, data)	scarce_or(-ENOMEM, single_open(file, show, data))
#define __seq_open_private(file, ops, size) scarce_or(NULL, __seq_open_private(file, ops, size))
#define sysfs_create_mount_point(parent, name) \
	scarce_or(-ENOMEM, sysfs_create_mount_point(parent, name))
#define cpuhp_setup_state_multi(state, name, up, down) \
	scarce_or(-ENOMEM, cpuhp_setup_state_multi(state, name, up, down))
#define cpuhp_state_add_instance_nocalls(state, node) \
	scarce_or(-ENOMEM, cpuhp_state_add_instance_nocalls(state, node))
#define register_kprobe(probe)		scarce_or(-ENOMEM, register_kprobe(probe))
#define tracepoint_probe_register(tp, probe, data) \
	scarce_or(-ENOMEM, tracepoint_probe_register(tp, probe, data))
#define tracepoint_probe_register_prio(tp, probe, data, prio) \
	scarce_or(-ENOMEM, tracepoint_probe_register_prio(tp, probe, data, prio))
#define alloc_workqueue(...)		scarce_or(NULL, alloc_workqueue(__VA_ARGS__))
#define xa_store(xa, index, entry, gfp) \
	scarce_or((void *)XA_ERROR(-ENOMEM), xa_store(xa, index, entry, gfp))
#define ftrace_set_filter_ip(ops, ip, remove, reset) \
	scarce_or(-ENOMEM, ftrace_set_filter_ip(ops, ip, remove, reset))
#define ftrace_set_filter_ips(ops, ips, nr, remove, reset) \
	scarce_or(-ENOMEM, ftrace_set_filter_ips(ops, ips, nr, remove, reset))
#define kernel_read_file_from_path_initns(path, offset, buf, size, file_size, id) \
	scarce_or(-ENOMEM, \
		  kernel_read_file_from_path_initns(path, offset, buf, size, file_size, id))
#define kthread_create_on_node(...) \
	scarce_or(ERR_PTR(-ENOMEM), kthread_create_on_node(__VA_ARGS__))
#define ida_alloc_range(ida, min, max, gfp) \
	scarce_or(-ENOMEM, ida_alloc_range(ida, min, max, gfp))
#define ida_alloc_max(ida, max, gfp)	ida_alloc_range(ida, 0, max, gfp)
/* The kernel has no more numbers for types of events. */
#define register_trace_event(event)	scarce_or(0, register_trace_event(event))
#define register_ftrace_function(ops)	scarce_or(-ENOMEM, register_ftrace_function(ops))

#endif
