/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_UNIT_RING_HELPER_H
#define HOST_UNIT_RING_HELPER_H

/* A ring in user space, with a clock that the test sets. */

#include <stdlib.h>

#include "core/ring.h"

struct test_ring {
	struct ring rb;
	struct rb_page *pages;
	unsigned long *slots;
	unsigned int page_size;
};

static inline int test_ring_create(struct test_ring *t, unsigned int nr_pages,
				   unsigned int page_size)
{
	unsigned int i;

	t->page_size = page_size;
	t->pages = aligned_alloc(64, sizeof(*t->pages) * (nr_pages + 1));
	t->slots = calloc(nr_pages, sizeof(*t->slots));
	for (i = 0; i <= nr_pages; i++)
		t->pages[i].data = aligned_alloc(64, page_size);
	return rb_init(&t->rb, t->slots, t->pages, nr_pages, page_size);
}

static inline void test_ring_destroy(struct test_ring *t)
{
	unsigned int i;

	for (i = 0; i <= t->rb.nr_pages; i++)
		free(t->pages[i].data);
	free(t->pages);
	free(t->slots);
}

#endif
