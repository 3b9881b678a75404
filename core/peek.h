/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_PEEK_H
#define FNT_CORE_PEEK_H

/* Reading memory that may not be there. PURE. */

#include <linux/types.h>

size_t peek_string(char *to, unsigned long addr, size_t size);
bool peek_memory(void *to, unsigned long addr, size_t size);
unsigned long peek_word(unsigned long addr);

size_t peek_user_string(char *to, unsigned long addr, size_t size);
bool peek_user(void *to, unsigned long addr, size_t size);

size_t peek_name(char *to, unsigned long addr, size_t size);
const char *peek_comm(void);

#endif
