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
 * text_room - the place for what comes next
 * @text: the text
 * @len: characters that may be written there
 *
 * They are part of the text after text_end().
 *
 * Context: any.
 * Return: the place; NULL if there is not so much room, and the text is full.
 */
char *text_room(struct text *text, size_t len)
{
	if (text->len + len >= text->size) {
		text->full = true;
		return NULL;
	}
	return text->buf + text->len;
}

/**
 * text_put - append bytes, whatever they are
 * @text: the text
 * @bytes: the bytes
 * @len: number of them
 *
 * Context: any.
 */
void text_put(struct text *text, const char *bytes, size_t len)
{
	char *place = text_room(text, len);

	if (place)
		text_end(text, put_bytes(place, bytes, len));
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
	text_put(text, s, strlen(s));
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

/**
 * text_cut - take back what was appended
 * @text: the text
 * @len: characters that stay
 *
 * Context: any.
 */
void text_cut(struct text *text, size_t len)
{
	text_end(text, text->buf + len);
}

/**
 * put_bytes - copy bytes
 * @to: where there is room
 * @bytes: the bytes
 * @len: number of them
 *
 * Not memcpy(), which is slow where it copies few bytes.
 *
 * Context: any.
 * Return: the place behind them.
 */
char *put_bytes(char *to, const char *bytes, size_t len)
{
	for (; len >= 8; len -= 8, to += 8, bytes += 8)
		__builtin_memcpy(to, bytes, 8);
	if (len & 4) {
		__builtin_memcpy(to, bytes, 4);
		to += 4;
		bytes += 4;
	}
	if (len & 2) {
		__builtin_memcpy(to, bytes, 2);
		to += 2;
		bytes += 2;
	}
	if (len & 1)
		*to++ = *bytes;
	return to;
}

static char *put_pad(char *to, char pad, unsigned int len)
{
	static const char blanks[] = "                ", zeros[] = "0000000000000000";

	for (; len > 16; len -= 16)
		to = put_bytes(to, pad == '0' ? zeros : blanks, 16);
	return put_bytes(to, pad == '0' ? zeros : blanks, len);
}

/**
 * put_right - write a string with blanks before it
 * @to: where there is room
 * @s: the string
 * @width: characters at least, as of printf()'s %*s
 *
 * Context: any.
 * Return: the place behind it.
 */
char *put_right(char *to, const char *s, unsigned int width)
{
	size_t len = strlen(s);

	if (len < width)
		to = put_pad(to, ' ', width - len);
	return put_bytes(to, s, len);
}

/* Digits of a number. */
static unsigned int count_digits(u32 value)
{
	unsigned int nr = 1;
	u64 limit;

	for (limit = 10; value >= limit; limit *= 10)
		nr++;
	return nr;
}

/* Write the last @nr digits of a number. */
static char *put_digits(char *to, u32 value, unsigned int nr)
{
	for (char *digit = to + nr; digit > to; value /= 10)
		*--digit = '0' + value % 10;
	return to + nr;
}

#define BILLION 1000000000

/**
 * put_uint - write a number
 * @to: where there is room
 * @value: the number
 * @width: characters at least
 * @pad: what is before it, '0' or ' '
 *
 * Context: any.
 * Return: the place behind it.
 */
char *put_uint(char *to, u64 value, unsigned int width, char pad)
{
	unsigned int nr;

	/* Most numbers are short, and so is a division of 32 bits. */
	if (value > U32_MAX) {
		to = put_uint(to, value / BILLION, width > 9 ? width - 9 : 0, pad);
		return put_digits(to, value % BILLION, 9);
	}
	nr = count_digits(value);
	if (nr < width)
		to = put_pad(to, pad, width - nr);
	return put_digits(to, value, nr);
}

/**
 * put_int_left - write a number with blanks behind it
 * @to: where there is room
 * @value: the number
 * @width: characters at least, as of printf()'s %-*d
 *
 * Context: any.
 * Return: the place behind them.
 */
char *put_int_left(char *to, int value, unsigned int width)
{
	char *end = to;

	if (value < 0)
		*end++ = '-';
	end = put_uint(end, value < 0 ? -(s64)value : value, 0, ' ');
	return end - to < width ? put_pad(end, ' ', width - (end - to)) : end;
}

/**
 * put_hex - write a number in hexadecimal digits
 * @to: where there is room
 * @value: the number
 * @digits: of them, at least, with zeros before; 1 to 16
 *
 * Context: any.
 * Return: the place behind them.
 */
char *put_hex(char *to, u64 value, unsigned int digits)
{
	while (digits < 16 && value >> digits * 4)
		digits++;
	while (digits--)
		*to++ = "0123456789abcdef"[value >> digits * 4 & 0xf];
	return to;
}
