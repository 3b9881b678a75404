// SPDX-License-Identifier: GPL-2.0
/*
 * Names that are nearly right. PURE.
 */

#include "near.h"

#include <string.h>

/* Longer names are not compared letter by letter. */
#define NAME_MAX_COMPARED 127

/* So far a name may be from the one that was written. */
#define DISTANCE_MAX 3

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Letters to be put in, taken out or exchanged for others, to make one the other. */
static size_t distance(const char *a, size_t len_a, const char *b, size_t len_b)
{
	size_t row[NAME_MAX_COMPARED + 1], i, j, above, left_above;

	for (j = 0; j <= len_b; j++)
		row[j] = j;
	for (i = 1; i <= len_a; i++) {
		left_above = row[0];
		row[0] = i;
		for (j = 1; j <= len_b; j++) {
			above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1,
				       left_above + (a[i - 1] != b[j - 1]));
			left_above = above;
		}
	}
	return row[len_b];
}

/* The less the nearer; 0 if it is not near at all. */
static size_t farness(const char *name, const char *wanted, size_t len_wanted)
{
	/* A module may follow. */
	size_t len = strcspn(name, " "), differ, far;

	differ = len > len_wanted ? len - len_wanted : len_wanted - len;
	if (differ <= DISTANCE_MAX && len <= NAME_MAX_COMPARED && len_wanted <= NAME_MAX_COMPARED) {
		far = distance(name, len, wanted, len_wanted);
		/* Of a short name hardly anything would be left. */
		if (far && far <= DISTANCE_MAX && far * 3 <= len_wanted)
			return far;
	}
	if (len_wanted >= 4 && len > len_wanted && strstr(name, wanted))
		return DISTANCE_MAX + differ;
	return 0;
}

/**
 * near_names - find names that are nearly a given one
 * @names: those that there are, "NAME" or "NAME [MODULE]"
 * @nr: number of them
 * @wanted: what somebody wrote, which is not among them
 * @found: receives them, the nearest first
 * @most: room in @found, 16 at most
 *
 * Return: number of those found.
 */
size_t near_names(char *const *names, size_t nr, const char *wanted, const char **found,
		  size_t most)
{
	size_t far[16], len = strlen(wanted), i, k, this, there = 0;

	for (i = 0; i < nr; i++) {
		this = farness(names[i], wanted, len);
		for (k = there; k && this && far[k - 1] > this; k--)
			;
		if (!this || k == most)
			continue;
		if (there && k && !strcmp(found[k - 1], names[i]))
			continue;
		there += there < most;
		memmove(far + k + 1, far + k, (there - k - 1) * sizeof(*far));
		memmove(found + k + 1, found + k, (there - k - 1) * sizeof(*found));
		far[k] = this;
		found[k] = names[i];
	}
	return there;
}
