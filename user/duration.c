// SPDX-License-Identifier: GPL-2.0
/*
 * Not strtod(): that knows infinity, hexadecimal digits and the decimal point of
 * the locale, and 0.1 is not exact. PURE.
 */

#include "duration.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	uint64_t ns;
} units[] = {
	{ "ns", 1 },
	{ "us", NS_PER_US },
	{ "ms", NS_PER_MS },
	{ "s", NS_PER_SECOND },
	{ "m", 60 * NS_PER_SECOND },
	{ "h", 3600 * NS_PER_SECOND },
};

/* Nanoseconds of the unit that a text is; 0 if it is none. */
static uint64_t unit_of(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(units[i].name, text))
			return units[i].ns;
	return 0;
}

/**
 * duration_parse - read a time
 * @text: digits, at most one point among them, and a unit: ns, us, ms, s, m or h
 * @unit: nanoseconds of the unit if there is none
 * @ns: receives the time; what is less than a nanosecond is left out
 *
 * Return: 0; -1 if it is no time, or one of 292 years and more.
 */
int duration_parse(const char *text, uint64_t unit, uint64_t *ns)
{
	uint64_t sum = 0, digit, part;
	const char *at = text;
	int digits = 0;

	while (*at && (isdigit((unsigned char)*at) || *at == '.'))
		at++;
	if (*at)
		unit = unit_of(at);
	if (!unit)
		return -1;
	for (; isdigit((unsigned char)*text); text++, digits++) {
		digit = *text - '0';
		if (sum > (INT64_MAX - digit * unit) / 10)
			return -1;
		sum = sum * 10 + digit * unit;
	}
	if (*text == '.')
		for (text++, part = unit; isdigit((unsigned char)*text); text++, digits++) {
			part /= 10;
			sum += part * (*text - '0');
		}
	if (!digits || text != at)
		return -1;
	*ns = sum;
	return 0;
}
