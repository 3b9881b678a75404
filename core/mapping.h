/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_MAPPING_H
#define FNT_CORE_MAPPING_H

/* The pages of a ring, mapped by a reader. */

#include <linux/ioctl.h>
#include <linux/types.h>

#include "core/buffer.h"

/**
 * struct mapping_meta - the first page of a mapping
 * @meta_page_size: bytes before the first page of the ring
 * @meta_struct_len: bytes of this structure
 * @subbuf_size: bytes of a page of the ring
 * @nr_subbufs: number of pages, the reader's included
 * @reader: where it is
 * @reader.lost_events: events lost before those in the reader's page
 * @reader.id: number of the reader's page
 * @reader.read: bytes of it that count as read
 * @flags: none
 * @entries: events written
 * @overrun: events overwritten unread
 * @read: events read
 * @reserved: zero
 *
 * The kernel's struct trace_buffer_meta (include/uapi/linux/trace_mmap.h, v6.10).
 */
struct mapping_meta {
	u32 meta_page_size;
	u32 meta_struct_len;
	u32 subbuf_size;
	u32 nr_subbufs;
	struct {
		u64 lost_events;
		u32 id;
		u32 read;
	} reader;
	u64 flags;
	u64 entries;
	u64 overrun;
	u64 read;
	u64 reserved[2];
};

/* Go to the next page: TRACE_MMAP_IOCTL_GET_READER of v6.10. */
#define MAPPING_GET_READER _IO('R', 0x20)

int mapping_open(struct buffer_cpu *part, unsigned long first, unsigned long nr);
void mapping_reopen(struct buffer_cpu *part);
void mapping_close(struct buffer_cpu *part);
struct page *mapping_page(struct buffer_cpu *part, unsigned long nr);
int mapping_next(struct buffer_cpu *part);

#endif
