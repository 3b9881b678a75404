/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_SCREEN_H
#define USER_SCREEN_H

/* Results that follow each other: in the same place on a terminal, else in a row. */

#include <limits.h>

#define SCREEN_NO_END UINT_MAX

unsigned int screen_begin(void);
int screen_end(void);

#endif
