/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_NUMBER_H
#define USER_NUMBER_H

/* Options whose value is a number. */

#include <argp.h>

unsigned long number_option(struct argp_state *state, const char *option, const char *arg,
			    unsigned long least, unsigned long most);

#endif
