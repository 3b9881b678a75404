// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of addresses against a naive twin: an array of booleans.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <linux/string.h>

#include "core/hash.h"

#define SPAN 200

struct pair {
	struct fnt_hash *hash;
	bool twin[SPAN];
};

static void make(struct pair *pair)
{
	unsigned long ips[SPAN];
	unsigned int i, nr = random() % SPAN;

	memset(pair->twin, 0, sizeof(pair->twin));
	for (i = 0; i < nr; i++) {
		ips[i] = random() % SPAN;
		pair->twin[ips[i]] = true;
	}
	pair->hash = hash_create(ips, nr);
	assert_non_null(pair->hash);
}

static void check(const struct fnt_hash *hash, const bool *twin)
{
	unsigned int i, nr = 0;

	for (i = 0; i < SPAN; i++) {
		assert_int_equal(hash_contains(hash, i), twin[i]);
		nr += twin[i];
	}
	assert_int_equal(hash->nr, nr);
	for (i = 1; i < hash->nr; i++)
		assert_true(hash->ips[i - 1] < hash->ips[i]);
	assert_false(hash_contains(hash, SPAN));
	assert_false(hash_contains(hash, ~0UL));
}

static void sets_are_what_the_twin_is(void **state)
{
	unsigned int round, i;

	srandom(1);
	for (round = 0; round < 500; round++) {
		struct fnt_hash *both, *rest;
		struct pair a, b;
		bool twin[SPAN];

		make(&a);
		make(&b);
		check(a.hash, a.twin);
		both = hash_union(a.hash, b.hash);
		rest = hash_minus(a.hash, b.hash);
		for (i = 0; i < SPAN; i++)
			twin[i] = a.twin[i] || b.twin[i];
		check(both, twin);
		for (i = 0; i < SPAN; i++)
			twin[i] = a.twin[i] && !b.twin[i];
		check(rest, twin);
		assert_int_equal(hash_equal(a.hash, b.hash), !memcmp(a.twin, b.twin, SPAN));
		assert_true(hash_equal(a.hash, a.hash));
		hash_destroy(both);
		hash_destroy(rest);
		hash_destroy(a.hash);
		hash_destroy(b.hash);
	}
}

static void the_empty_set_is_a_set(void **state)
{
	struct fnt_hash *empty = hash_create(NULL, 0);

	assert_non_null(empty);
	assert_int_equal(empty->nr, 0);
	assert_false(hash_contains(empty, 0));
	hash_destroy(empty);
	hash_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_are_what_the_twin_is),
		cmocka_unit_test(the_empty_set_is_a_set),
	};

	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
