/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_HASH_H
#define FNT_CORE_HASH_H

#include <linux/types.h>

/**
 * struct fnt_hash - a set of call-site addresses
 * @nr: number of them
 * @ips: ascending, no address twice
 *
 * Immutable once published, so that it can be read without a lock; whoever
 * replaces it frees it when no reader is left.
 */
struct fnt_hash {
	unsigned int nr;
	unsigned long ips[];
};

struct fnt_hash *hash_create(const unsigned long *ips, unsigned int nr);
void hash_destroy(struct fnt_hash *hash);

bool hash_contains(const struct fnt_hash *hash, unsigned long ip);
struct fnt_hash *hash_union(const struct fnt_hash *a, const struct fnt_hash *b);
struct fnt_hash *hash_minus(const struct fnt_hash *a, const struct fnt_hash *b);
bool hash_equal(const struct fnt_hash *a, const struct fnt_hash *b);

#endif
