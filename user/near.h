/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_NEAR_H
#define USER_NEAR_H

/* Names that are nearly the one that somebody wrote. */

#include <stddef.h>

size_t near_names(char *const *names, size_t nr, const char *wanted, const char **found,
		  size_t most);

#endif
