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
void text_put(struct text *text, const char *bytes, size_t len);
void text_printf(struct text *text, const char *fmt, ...) __printf(2, 3);

void text_cut(struct text *text, size_t len);
char *text_room(struct text *text, size_t len);

/**
 * text_end - what was written into text_room() is part of the text
 * @text: the text
 * @end: behind it
 *
 * Context: any.
 */
static inline void text_end(struct text *text, char *end)
{
	*end = '\0';
	text->len = end - text->buf;
}

/*
 * For text_room(), where a line is made of many short pieces. Each writes at
 * @to, where there is room, no NUL, and returns the place behind what it wrote.
 */
char *put_bytes(char *to, const char *bytes, size_t len);
char *put_right(char *to, const char *s, unsigned int width);
char *put_uint(char *to, u64 value, unsigned int width, char pad);
char *put_int_left(char *to, int value, unsigned int width);
char *put_hex(char *to, u64 value, unsigned int digits);

#endif
