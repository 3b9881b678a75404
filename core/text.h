/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_TEXT_H
#define FNT_CORE_TEXT_H

#include <linux/compiler.h>
#include <linux/types.h>

/**
 * struct text - a string that grows in storage of fixed size
 * @buf: the storage; always ends with a NUL
 * @size: bytes of storage
 * @len: bytes of text
 * @full: something did not fit, and was left out whole
 */
struct text {
	char *buf;
	size_t size;
	size_t len;
	bool full;
};

void text_init(struct text *text, char *buf, size_t size);
void text_putc(struct text *text, char c);
void text_puts(struct text *text, const char *s);
void text_printf(struct text *text, const char *fmt, ...) __printf(2, 3);

#endif
