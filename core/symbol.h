/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_SYMBOL_H
#define FNT_CORE_SYMBOL_H

/* The names of code addresses, as traces show them. */

#include "core/print.h"

struct symbols;

int symbol_init(void);
void symbol_exit(void);

struct symbols *symbols_get(void);
void symbols_put(struct symbols *symbols);
const char *symbol_name(struct symbols *symbols, unsigned long addr, enum print_name wanted,
			unsigned int *len);

#endif
