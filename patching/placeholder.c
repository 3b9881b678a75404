// SPDX-License-Identifier: GPL-2.0
/*
 * The one function of this module that has a call site; see join.c and Kbuild.
 */

#include "patching/join.h"

#include <linux/compiler.h>

/**
 * join_placeholder - never called; keeps the filter of the joined user from
 * being empty, which the kernel takes for "every function"
 *
 * Context: any.
 */
noinline void join_placeholder(void)
{
	barrier();
}
