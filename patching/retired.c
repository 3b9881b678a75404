// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that waits for a quiescence.
 */

#include "patching/retired.h"

#include <linux/mm.h>

#include "patching/sites.h"

/* patch_mutex */
static struct retired *retired_list;

/**
 * retired_add - have something freed after a quiescence
 * @retired: in it; nobody finds it any more
 *
 * Context: process; patch_mutex held.
 */
void retired_add(struct retired *retired)
{
	sites_assert_locked();
	retired->next = retired_list;
	retired_list = retired;
}

/**
 * retired_take - take all that was retired so far
 *
 * Context: process; patch_mutex held.
 * Return: for retired_free(), with a quiescence between.
 */
struct retired *retired_take(void)
{
	struct retired *retired = retired_list;

	sites_assert_locked();
	retired_list = NULL;
	return retired;
}

/**
 * retired_free - free it
 * @retired: from retired_take(); may be NULL
 *
 * Context: process, may sleep.
 */
void retired_free(struct retired *retired)
{
	struct retired *next;

	for (; retired; retired = next) {
		next = retired->next;
		kvfree(retired);
	}
}
