/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_SITES_H
#define FNT_PATCHING_SITES_H

/*
 * The table of call sites: where the compiler put an fentry call that the
 * kernel turned into a NOP. One block for the kernel image, one for each module
 * with sites, in the order in which they came, so that the position of a site
 * in the listing does not change when a module is loaded.
 */

#include <linux/list.h>
#include <linux/module.h>
#include <linux/types.h>

struct site_names;

enum site_state {
	SITE_IDLE,		/* nothing of ours there */
	SITE_OWNED,		/* our call stands there */
	SITE_YIELDED,		/* the kernel has it, and nobody serves it yet */
	SITE_JOINED,		/* held by others, served through the kernel's ftrace */
	SITE_UNAVAILABLE,	/* wanted, but cannot be had; see enum site_reason */
};

enum site_reason {
	SITE_REASON_NONE,
	SITE_REASON_BYTES,	/* neither the NOP nor a call of the kernel's */
	SITE_REASON_RECORD,	/* the kernel has no usable record of it */
	SITE_REASON_STRADDLES,	/* crosses a word, and no breakpoints can be had */
	SITE_REASON_JOIN,	/* held by others, and the kernel's ftrace refused us */
};

/**
 * struct fnt_site - one call site
 * @ip: its address
 * @slot: trampoline slot that serves it, 0 for none
 * @state: enum site_state
 * @reason: enum site_reason
 */
struct fnt_site {
	unsigned long ip;
	u16 slot;
	u8 state;
	u8 reason;
};

/**
 * struct site_block - the sites of the kernel image or of one module
 * @node: in the list of blocks, in the order in which they came
 * @by_address: in the list of blocks, ascending by address
 * @mod: the module, NULL for the kernel image
 * @first: index of its first site in the whole table
 * @nr: number of sites
 * @names: names of its functions; NULL until names_load()
 * @sites: ascending by address
 */
struct site_block {
	struct list_head node;
	struct list_head by_address;
	const struct module *mod;
	unsigned int first;
	unsigned int nr;
	struct site_names *names;
	struct fnt_site sites[];
};

/**
 * struct site_listener - told of modules that come and go
 * @added: their sites are in the table now; patch_mutex held
 * @removing: they are about to be taken out; patch_mutex held
 * @changed: a module with sites has come, or is about to go; no lock held, and
 *           the module waits
 */
struct site_listener {
	void (*added)(struct site_block *block);
	void (*removing)(struct site_block *block);
	void (*changed)(const char *module, bool coming);
};

int sites_init(const struct site_listener *listener);
void sites_exit(void);

/*
 * patch_mutex: held by whoever changes sites or depends on the table not to
 * change. Taken before ftrace_lock.
 */
void sites_lock(void);
void sites_unlock(void);
void sites_assert_locked(void);

unsigned int site_count(void);
struct fnt_site *site_find(unsigned long ip);
struct fnt_site *site_at(unsigned int index);

struct site_block *site_block_first(void);
struct site_block *site_block_next(struct site_block *block);
struct site_block *site_block_of(const struct fnt_site *site);

#define for_each_site_block(block) \
	for (block = site_block_first(); block; block = site_block_next(block))

struct site_block *site_block_lowest(void);
struct site_block *site_block_above(struct site_block *block);

#define for_each_site_block_by_address(block) \
	for (block = site_block_lowest(); block; block = site_block_above(block))

const char *site_module_name(const struct site_block *block);

const char *site_state_name(const struct fnt_site *site);

#endif
