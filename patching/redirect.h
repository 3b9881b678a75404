/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_REDIRECT_H
#define FNT_PATCHING_REDIRECT_H

/* Calls in kernel text that lead elsewhere for a while. */

#include <linux/types.h>

/**
 * struct redirect - a call that is to lead elsewhere
 * @ip: the call
 * @from: where it leads
 * @to: where it shall lead
 */
struct redirect {
	unsigned long ip;
	unsigned long from;
	unsigned long to;
};

unsigned int redirect_find(unsigned long function, unsigned long callee,
			   struct redirect *found, unsigned int room);
int redirect_apply(struct redirect *redirects, unsigned int nr);
void redirect_quiesce(void);

#endif
