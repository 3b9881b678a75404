/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_FAULT_H
#define FNT_CORE_FAULT_H

#include <linux/notifier.h>
#include <linux/types.h>

bool fault_killed(void);

int fault_notifier_register(struct notifier_block *nb);
void fault_notifier_unregister(struct notifier_block *nb);

void fnt_kill(const char *invariant, unsigned long site, const u8 *expected, const u8 *found,
	      size_t len);

#endif
