/* SPDX-License-Identifier: GPL-2.0 */
#include <stdio.h>

#define U32_MAX ((u32)~0U)
#define U64_MAX ((u64)~0ULL)
#define S64_MAX ((s64)(U64_MAX >> 1))
#define S64_MIN ((s64)(-S64_MAX - 1))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
