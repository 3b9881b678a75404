/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_SLOT_H
#define FNT_CORE_SLOT_H

/*
 * The words of a ring that say which page is where: see the top of ring.c. For
 * ring.c and ring_read.c only. PURE: also compiled in user space.
 */

#include "core/ring.h"

#define SLOT_CONSUMED 1UL		/* its page is a spare */
#define SLOT_LAP_MASK 0x3eUL
#define SLOT_TAG_MASK (SLOT_LAP_MASK | SLOT_CONSUMED)

/**
 * slot_page - the page of a slot
 * @word: of the slot
 *
 * Context: any, NMI-safe.
 * Return: the page.
 */
static inline struct rb_page *slot_page(unsigned long word)
{
	return (struct rb_page *)(word & ~SLOT_TAG_MASK);
}

/**
 * slot_of - the slot of a page
 * @rb: the ring
 * @seq: number of the page
 *
 * Context: any, NMI-safe.
 * Return: the slot.
 */
static inline unsigned long *slot_of(const struct ring *rb, u64 seq)
{
	return &rb->slots[seq % rb->nr_pages];
}

/**
 * slot_tag - what the word of a slot has beside the page
 * @rb: the ring
 * @seq: number of the page that is there, or was taken from there
 *
 * Context: any, NMI-safe.
 * Return: the lap; with SLOT_CONSUMED if the page was taken.
 */
static inline unsigned long slot_tag(const struct ring *rb, u64 seq)
{
	return (seq / rb->nr_pages) << 1 & SLOT_LAP_MASK;
}

#endif
