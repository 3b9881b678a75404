// SPDX-License-Identifier: GPL-2.0
/*
 * Options whose value is a number.
 */

#include "number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/**
 * number_option - the value of an option
 * @state: of the parser, by which it is told if it is none
 * @option: the option
 * @arg: what stands behind it
 * @least: the smallest number that it may be
 * @most: the largest one
 *
 * Return: the number.
 */
unsigned long number_option(struct argp_state *state, const char *option, const char *arg,
			    unsigned long least, unsigned long most)
{
	unsigned long number;

	errno = 0;
	number = strtoul(arg, NULL, 10);
	if (!*arg || arg[strspn(arg, "0123456789")] || errno || number < least || number > most)
		argp_error(state, "%s: %s is no number from %lu to %lu", option, arg, least, most);
	return number;
}
