/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_RETIRED_H
#define FNT_PATCHING_RETIRED_H

/*
 * What nobody finds any more, but the event path may still be reading: it is
 * freed after a quiescence.
 */

/**
 * struct retired - embedded as the first member in what is freed with kvfree()
 * @next: retired before it
 */
struct retired {
	struct retired *next;
};

void retired_add(struct retired *retired);
struct retired *retired_take(void);
void retired_free(struct retired *retired);

#endif
