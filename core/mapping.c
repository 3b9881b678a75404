// SPDX-License-Identifier: GPL-2.0
/*
 * The pages of a ring, mapped by a reader: first one that says where the reader
 * is, then all pages of the ring in the order of their numbers.
 *
 * While somebody maps them a part keeps its ring and the ring its pages, so that
 * a number stays what it was: sizes do not change, there is no snapshot, and
 * splice() copies.
 */

#include "core/mapping.h"

#include <linux/gfp.h>
#include <linux/mm.h>

static unsigned int subbufs(const struct storage *storage)
{
	return storage->rb.nr_pages + 1;
}

/* The reader's first page is number 0, as with the kernel's own. */
static unsigned int page_number(const struct storage *storage, const struct rb_page *page)
{
	return (page - storage->pages + 1) % subbufs(storage);
}

static void update_meta(struct storage *storage, u64 lost)
{
	struct mapping_meta *meta = storage->meta;
	const struct ring *rb = &storage->rb;
	struct rb_stats stats;

	rb_stats(rb, &stats);
	meta->meta_page_size = PAGE_SIZE << storage->order;
	meta->meta_struct_len = sizeof(*meta);
	meta->subbuf_size = PAGE_SIZE << storage->order;
	meta->nr_subbufs = subbufs(storage);
	meta->reader.lost_events = lost;
	meta->reader.id = page_number(storage, rb->reader_page);
	meta->reader.read = rb->read;
	meta->entries = stats.fate.written;
	meta->overrun = stats.fate.overrun;
	meta->read = stats.read;
}

/**
 * mapping_open - begin to map a ring
 * @part: the part of a buffer
 * @first: the first page of the mapping, in pages of the machine
 * @nr: number of pages of the machine
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL if there are not so many pages; -ENOMEM.
 */
int mapping_open(struct buffer_cpu *part, unsigned long first, unsigned long nr)
{
	struct storage *storage;
	unsigned long pages;
	int err = 0;

	mutex_lock(&part->buf->resize_lock);
	mutex_lock(&part->read_lock);
	storage = buffer_storage(part->rb);
	pages = (unsigned long)(subbufs(storage) + 1) << storage->order;
	if (first >= pages || nr > pages - first)
		err = -EINVAL;
	if (!err && !storage->meta) {
		storage->meta = (void *)get_zeroed_page(GFP_KERNEL);
		if (!storage->meta)
			err = -ENOMEM;
	}
	if (!err) {
		part->mapped++;
		update_meta(storage, 0);
	}
	mutex_unlock(&part->read_lock);
	mutex_unlock(&part->buf->resize_lock);
	return err;
}

/**
 * mapping_reopen - one mapping has become two
 * @part: the part that is mapped
 *
 * Context: process, may sleep.
 */
void mapping_reopen(struct buffer_cpu *part)
{
	mutex_lock(&part->read_lock);
	part->mapped++;
	mutex_unlock(&part->read_lock);
}

/**
 * mapping_close - undo mapping_open() or mapping_reopen()
 * @part: the part that is mapped
 *
 * Context: process, may sleep.
 */
void mapping_close(struct buffer_cpu *part)
{
	mutex_lock(&part->read_lock);
	part->mapped--;
	mutex_unlock(&part->read_lock);
}

/**
 * mapping_page - a page of a mapping
 * @part: the part that is mapped
 * @nr: counted from the first one, in pages of the machine
 *
 * Context: process, may sleep.
 * Return: the page, with a reference; NULL if there is none.
 */
struct page *mapping_page(struct buffer_cpu *part, unsigned long nr)
{
	struct storage *storage;
	unsigned long id, offset;
	struct page *page = NULL;

	mutex_lock(&part->read_lock);
	storage = buffer_storage(part->rb);
	id = nr >> storage->order;
	offset = nr & ((1UL << storage->order) - 1);
	if (!nr)
		page = virt_to_page(storage->meta);
	else if (!id)
		page = ZERO_PAGE(0);
	else if (id <= subbufs(storage))
		/* Number n is pages[n - 1], see page_number(); 0 is the last one. */
		page = virt_to_page(storage->pages[(id + storage->rb.nr_pages - 1) %
						   subbufs(storage)].data) + offset;
	if (page)
		get_page(page);
	mutex_unlock(&part->read_lock);
	return page;
}

/**
 * mapping_next - go to the next events of a ring that is mapped
 * @part: the part
 *
 * Context: process, may sleep.
 * Return: 0; -ENODEV if it is not mapped.
 */
int mapping_next(struct buffer_cpu *part)
{
	int err = -ENODEV;
	u64 lost = 0;

	mutex_lock(&part->read_lock);
	if (part->mapped) {
		rb_next_mapped(part->rb, &lost);
		update_meta(buffer_storage(part->rb), lost);
		err = 0;
	}
	mutex_unlock(&part->read_lock);
	return err;
}
