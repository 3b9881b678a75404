/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_SLAB_H
#define SHIM_LINUX_SLAB_H

#include <stdlib.h>

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

#define kvfree free

#endif
