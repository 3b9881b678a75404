// SPDX-License-Identifier: GPL-2.0
/*
 * Names that are nearly the one that somebody wrote.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "user/near.h"

static char *names[] = {
	"vfs_read", "vfs_readv", "vfs_write", "vfs_write [other]", "do_sys_open", "do_sys_openat2",
	"__x64_sys_openat", "read", "ext4_file_read_iter [ext4]", "vfs_read",
};

static size_t near(const char *wanted, const char **found, size_t most)
{
	return near_names(names, sizeof(names) / sizeof(names[0]), wanted, found, most);
}

static void letters_that_are_wrong_missing_or_exchanged(void **state)
{
	const char *found[3];

	assert_int_equal(near("vfs_raed", found, 3), 1);
	assert_string_equal(found[0], "vfs_read");
	assert_int_equal(near("vfs_redv", found, 3), 2);
	assert_string_equal(found[0], "vfs_readv");
	assert_string_equal(found[1], "vfs_read");
	assert_int_equal(near("vfs_wirte", found, 1), 1);
	assert_string_equal(found[0], "vfs_write");
	assert_int_equal(near("vfs_wirte", found, 3), 2);
	assert_string_equal(found[1], "vfs_write [other]");
	assert_int_equal(near("ext4_file_read_itr", found, 3), 1);
	assert_string_equal(found[0], "ext4_file_read_iter [ext4]");
}

static void parts_of_a_name(void **state)
{
	const char *found[3];

	assert_int_equal(near("sys_open", found, 3), 3);
	assert_string_equal(found[0], "do_sys_open");
	assert_string_equal(found[1], "do_sys_openat2");
	assert_string_equal(found[2], "__x64_sys_openat");
}

static void what_is_like_nothing_has_no_neighbour(void **state)
{
	char longer[400];
	const char *found[3];

	assert_int_equal(near("no_such_thing", found, 3), 0);
	assert_int_equal(near("", found, 3), 0);
	assert_int_equal(near("rd", found, 3), 0);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(near(longer, found, 3), 0);
	assert_int_equal(near_names(NULL, 0, "vfs_read", found, 3), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_that_are_wrong_missing_or_exchanged),
		cmocka_unit_test(parts_of_a_name),
		cmocka_unit_test(what_is_like_nothing_has_no_neighbour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
