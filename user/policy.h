/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_POLICY_H
#define USER_POLICY_H

/* What the administrator and the firmware allow: to us, and to modules at all. */

#include <stdbool.h>

enum lockdown {
	LOCKDOWN_UNKNOWN,	/* this process cannot see it */
	LOCKDOWN_ABSENT,	/* the kernel has no such thing */
	LOCKDOWN_NONE,
	LOCKDOWN_INTEGRITY,
	LOCKDOWN_CONFIDENTIALITY,
};

enum lockdown policy_lockdown(void);
bool policy_signatures_enforced(void);
bool policy_modules_disabled(void);
bool policy_capable(unsigned int capability);
bool policy_in_user_namespace(void);

#endif
