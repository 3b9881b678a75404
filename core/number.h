/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_NUMBER_H
#define FNT_CORE_NUMBER_H

/* Numbers as C has them. */

#include <linux/types.h>

bool number_read(const char *text, u64 *number);

#endif
