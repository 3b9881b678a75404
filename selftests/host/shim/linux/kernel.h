/* SPDX-License-Identifier: GPL-2.0 */
#include <stdio.h>

#define U32_MAX ((u32)~0U)
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
