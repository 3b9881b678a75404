/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_OURS_H
#define FNT_CORE_OURS_H

/* What is called on behalf of an event, and is no part of what is traced. */

#include <linux/types.h>

/* More than what else disables preemption in a context. */
#define OURS_DEPTH 0x20

/**
 * struct ours - what ours_end() puts back
 * @flags: of interrupts
 * @level: the context, as a bit; 0 if it was in the midst of this already
 */
struct ours {
	unsigned long flags;
	u8 level;
};

void ours_begin(struct ours *ours);
void ours_end(const struct ours *ours);
bool ours_running(void);
unsigned int ours_depth(void);

#endif
