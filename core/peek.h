/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PEEK_H
#define FNT_CORE_PEEK_H

#include <linux/types.h>

size_t peek_string(char *to, unsigned long addr, size_t size);

#endif
