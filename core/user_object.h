/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_USER_OBJECT_H
#define FNT_CORE_USER_OBJECT_H

/* What is mapped where in the memory of processes. */

#include "core/text.h"

bool user_object_of(struct text *text, int tgid, unsigned long addr);

#endif
