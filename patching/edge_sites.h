/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_EDGE_SITES_H
#define FNT_PATCHING_EDGE_SITES_H

/*
 * The table of the instructions that switch interrupts or preemption off and on, in the
 * kernel image and in modules. Made when it is first needed.
 */

#include <linux/list.h>
#include <linux/module.h>
#include <linux/types.h>

#include "patching/edge_insn.h"

/* How a function is run of which a site is a part. */
enum edge_role {
	EDGE_PLAIN,
	EDGE_GATE,	/* interrupts are switched by the CPU, on its way in or out */
	EDGE_GUEST,	/* what is between its sites runs a guest */
};

/**
 * struct edge_site - a site
 * @ip: its address
 * @thunk: number of the thunk that is called there, 0 for none
 * @insn: what the kernel has there
 * @role: enum edge_role of its function
 * @depth: bytes from the stack pointer to the return address of its function, if its
 *         caller is meant when this site is named; -1 if the site itself is
 * @foreign: somebody else holds some of its bytes, it was left as it is
 * @code: the kernel's bytes
 */
struct edge_site {
	unsigned long ip;
	u16 thunk;
	struct edge_insn insn;
	u8 role;
	s8 depth;
	bool foreign;
	u8 code[EDGE_LEN_MAX];
};

/**
 * struct edge_list - sites, ascending by address
 * @at: the sites
 * @nr: number of them
 * @room: for so many
 */
struct edge_list {
	struct edge_site *at;
	unsigned int nr;
	unsigned int room;
};

/**
 * struct edge_block - the sites of the kernel image or of one module
 * @node: in the list of blocks, ascending by address
 * @mod: the module, NULL for the kernel image
 * @sites: its sites
 */
struct edge_block {
	struct list_head node;
	const struct module *mod;
	struct edge_list sites;
};

int edge_find(const struct module *mod, unsigned long start, unsigned long end,
	      struct edge_list *list);
void edge_list_free(struct edge_list *list);
bool edge_is_helper(unsigned long addr);

int edge_blocks_make(void);
void edge_blocks_free(void);
bool edge_blocks_made(void);
struct list_head *edge_blocks(void);
unsigned int edge_blocks_sites(void);
unsigned int edge_blocks_kinds(void);
struct edge_block *edge_block_of(const struct module *mod);
struct edge_block *edge_block_add(const struct module *mod);
void edge_block_remove(struct edge_block *block);

#endif
