/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_HITS_H
#define FNT_PATCHING_HITS_H

/*
 * How often each function was entered while somebody wanted it. Counting is off
 * unless asked for, and then costs the event path a NOP.
 */

#include <linux/types.h>

struct fnt_site;
struct site_block;

void hits_count(unsigned long ip, bool missed);
int hits_switch(bool on);
bool hits_enabled(void);
int hits_block_added(struct site_block *block);
void hits_block_removing(struct site_block *block);
bool hits_of_site(const struct fnt_site *site, u64 *hits, u64 *missed);

#endif
