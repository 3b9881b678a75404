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

u64 share_yields(void);

#endif
