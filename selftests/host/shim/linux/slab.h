/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_SLAB_H
#define SHIM_LINUX_SLAB_H

#include <stdlib.h>
#include <string.h>

#define GFP_KERNEL 0

static inline void *kvmalloc(size_t size, int flags)
{
	(void)flags;
	return malloc(size);
}

static inline void *kvmalloc_array(size_t nr, size_t size, int flags)
{
	return kvmalloc(nr * size, flags);
}

static inline void *kvcalloc(size_t nr, size_t size, int flags)
{
	(void)flags;
	return calloc(nr, size);
}

static inline void *kvzalloc(size_t size, int flags)
{
	return kvcalloc(1, size, flags);
}

static inline char *kstrdup(const char *s, int flags)
{
	(void)flags;
	return strdup(s);
}

#define kvfree free
#define kfree free

#endif
