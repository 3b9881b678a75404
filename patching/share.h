/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_SHARE_H
#define FNT_PATCHING_SHARE_H

/*
 * Arbitration with the kernel's own ftrace, through which kprobes, livepatch
 * and BPF come to function entries: own what is free, yield on demand, join
 * what is shared.
 */

#include "patching/sites.h"

/**
 * struct share_request - who shall serve a site from now on
 * @site: the site
 * @from: trampoline slot that serves it, 0 for nobody
 * @to: trampoline slot that shall, 0 for nobody
 */
struct share_request {
	struct fnt_site *site;
	u16 from;
	u16 to;
};

int share_apply(struct share_request *reqs, unsigned int nr);
void share_leave_module(struct site_block *block);

void share_exit(void);

/**
 * struct share_stats - how the sites are shared
 * @owned: sites with a call of ours
 * @yielded: sites that the kernel has taken and nobody serves yet
 * @joined: sites served through the kernel's ftrace
 * @unavailable: sites that are wanted and cannot be had
 * @yields: sites that the kernel has taken from us, since load
 * @gaps: times in which yielded sites were served by nobody
 * @gap_ns: how long these were together
 */
struct share_stats {
	unsigned int owned;
	unsigned int yielded;
	unsigned int joined;
	unsigned int unavailable;
	u64 yields;
	u64 gaps;
	u64 gap_ns;
};

void share_stats(struct share_stats *stats);
bool share_holds(void);

#endif
