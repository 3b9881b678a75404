// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers as C has them. PURE: also compiled in user space.
 */

#include "core/number.h"

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>

/* The digit's value; 36 if it is none. */
static unsigned int digit_of(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	return isalpha((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : 36;
}

/**
 * number_read - a number without a sign: decimal, behind 0x hexadecimal, behind 0 octal
 * @text: nothing but that
 * @number: receives it
 *
 * Context: any.
 * Return: false if it is none, or is too large.
 */
bool number_read(const char *text, u64 *number)
{
	unsigned int base = 10, digit;
	u64 sum = 0;

	if (!strncmp(text, "0x", 2) || !strncmp(text, "0X", 2)) {
		base = 16;
		text += 2;
	} else if (text[0] == '0') {
		base = 8;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		digit = digit_of(*text);
		if (digit >= base || sum > (U64_MAX - digit) / base)
			return false;
		sum = sum * base + digit;
	}
	*number = sum;
	return true;
}
