// SPDX-License-Identifier: GPL-2.0
/*
 * Strings that grow in storage of fixed size. PURE: also compiled in user space.
 */

#include "core/text.h"

#include <linux/kernel.h>
#include <linux/stdarg.h>
#include <linux/string.h>

/**
 * text_init - make an empty text
 * @text: the text
 * @buf: its storage
 * @size: bytes of @buf, at least 1
 *
 * Context: any.
 */
void text_init(struct text *text, char *buf, size_t size)
{
	text->buf = buf;
	text->size = size;
	text->len = 0;
	text->full = false;
	buf[0] = '\0';
}

/**
 * text_putc - append a character
 * @text: the text
 * @c: the character
 *
 * Context: any.
 */
void text_putc(struct text *text, char c)
{
	if (text->len + 1 >= text->size) {
		text->full = true;
		return;
	}
	text->buf[text->len++] = c;
	text->buf[text->len] = '\0';
}

/**
 * text_puts - append a string
 * @text: the text
 * @s: the string
 *
 * Context: any.
 */
void text_puts(struct text *text, const char *s)
{
	size_t len = strlen(s);

	if (text->len + len >= text->size) {
		text->full = true;
		return;
	}
	memcpy(text->buf + text->len, s, len + 1);
	text->len += len;
}

/**
 * text_printf - append what vsnprintf() makes
 * @text: the text
 * @fmt: as for printf()
 *
 * Context: any.
 */
void text_printf(struct text *text, const char *fmt, ...)
{
	size_t room = text->size - text->len;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text->buf + text->len, room, fmt, args);
	va_end(args);
	if (len < 0 || (size_t)len >= room) {
		text->buf[text->len] = '\0';
		text->full = true;
		return;
	}
	text->len += len;
}
