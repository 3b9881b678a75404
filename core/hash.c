// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of call-site addresses, kept as sorted arrays: they are built and merged
 * in one pass, read in order for listings, and hold eight bytes an address.
 * PURE: also compiled in user space.
 */

#include "core/hash.h"

#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

static int compare_ips(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	if (x < y)
		return -1;
	return x > y;
}

static struct fnt_hash *hash_alloc(unsigned int nr)
{
	struct fnt_hash *hash;

	hash = kvmalloc(struct_size(hash, ips, nr), GFP_KERNEL);
	if (hash)
		hash->nr = 0;
	return hash;
}

/**
 * hash_create - make a set
 * @ips: addresses in any order, repetitions allowed
 * @nr: number of @ips
 *
 * Context: process, may sleep.
 * Return: the set; NULL without memory.
 */
struct fnt_hash *hash_create(const unsigned long *ips, unsigned int nr)
{
	struct fnt_hash *hash = hash_alloc(nr);
	bool sorted = true;
	unsigned int i;

	if (!hash)
		return NULL;
	for (i = 0; i < nr; i++) {
		hash->ips[i] = ips[i];
		if (i && ips[i] <= ips[i - 1])
			sorted = false;
	}
	if (!sorted)
		sort(hash->ips, nr, sizeof(*hash->ips), compare_ips, NULL);
	for (i = 0; i < nr; i++)
		if (!hash->nr || hash->ips[hash->nr - 1] != hash->ips[i])
			hash->ips[hash->nr++] = hash->ips[i];
	return hash;
}

/**
 * hash_destroy - free a set
 * @hash: from one of the functions here, with no reader left; may be NULL
 *
 * Context: process, may sleep.
 */
void hash_destroy(struct fnt_hash *hash)
{
	kvfree(hash);
}

/**
 * hash_contains - is an address in a set?
 * @hash: the set
 * @ip: the address
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
bool hash_contains(const struct fnt_hash *hash, unsigned long ip)
{
	unsigned int low = 0, high = hash->nr;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (hash->ips[mid] < ip)
			low = mid + 1;
		else
			high = mid;
	}
	return low < hash->nr && hash->ips[low] == ip;
}

/**
 * hash_union - the addresses that are in one of two sets, or in both
 * @a: a set
 * @b: a set
 *
 * Context: process, may sleep.
 * Return: a new set; NULL without memory.
 */
struct fnt_hash *hash_union(const struct fnt_hash *a, const struct fnt_hash *b)
{
	struct fnt_hash *hash = hash_alloc(a->nr + b->nr);
	unsigned int i = 0, j = 0;

	if (!hash)
		return NULL;
	while (i < a->nr || j < b->nr) {
		if (j == b->nr || (i < a->nr && a->ips[i] < b->ips[j])) {
			hash->ips[hash->nr++] = a->ips[i++];
		} else {
			if (i < a->nr && a->ips[i] == b->ips[j])
				i++;
			hash->ips[hash->nr++] = b->ips[j++];
		}
	}
	return hash;
}

/**
 * hash_minus - the addresses that are in one set and not in another
 * @a: a set
 * @b: the other set
 *
 * Context: process, may sleep.
 * Return: a new set; NULL without memory.
 */
struct fnt_hash *hash_minus(const struct fnt_hash *a, const struct fnt_hash *b)
{
	struct fnt_hash *hash = hash_alloc(a->nr);
	unsigned int i, j = 0;

	if (!hash)
		return NULL;
	for (i = 0; i < a->nr; i++) {
		while (j < b->nr && b->ips[j] < a->ips[i])
			j++;
		if (j == b->nr || b->ips[j] != a->ips[i])
			hash->ips[hash->nr++] = a->ips[i];
	}
	return hash;
}

/**
 * hash_equal - do two sets hold the same addresses?
 * @a: a set
 * @b: a set
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
bool hash_equal(const struct fnt_hash *a, const struct fnt_hash *b)
{
	return a->nr == b->nr && !memcmp(a->ips, b->ips, a->nr * sizeof(*a->ips));
}
