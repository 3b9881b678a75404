// SPDX-License-Identifier: GPL-2.0

#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include "fntrace.h"
#include "mounts.h"

/* Is the tree at its usual place? -1 with the reason told. */
static int tree_is_mounted(void)
{
	struct mounts mounts;
	size_t i, there = 0;

	if (mounts_read(&mounts, "/proc/self/mountinfo", TREE_TYPE)) {
		complain("/proc/self/mountinfo: %s", strerror(errno));
		return -1;
	}
	for (i = 0; i < mounts.nr; i++)
		there += !strcmp(mounts.at[i].path, TREE_DIR) && mount_visible(&mounts.at[i]);
	mounts_free(&mounts);
	return there > 0;
}

/**
 * tree_mount - mount the control tree at its usual place, if it is not there
 *
 * Return: 0; -1 with the reason told.
 */
int tree_mount(void)
{
	int err, mounted = tree_is_mounted();

	if (mounted)
		return mounted < 0 ? -1 : 0;
	if (!mount("nodev", TREE_DIR, TREE_TYPE, MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return 0;
	/* Somebody else may have mounted it since. */
	err = errno;
	if (err == EBUSY && tree_is_mounted() > 0)
		return 0;
	complain("cannot mount the control tree at " TREE_DIR ": %s", strerror(err));
	return -1;
}

/**
 * tree_open - the root of the control tree, wherever it is mounted, or if nowhere
 *
 * Return: file descriptor of the directory; -1 with errno.
 */
int tree_open(void)
{
	struct mounts mounts;
	size_t i = 0;
	int dir;

	if (mounts_read(&mounts, "/proc/self/mountinfo", TREE_TYPE))
		return -1;
	while (i < mounts.nr && !mount_visible(&mounts.at[i]))
		i++;
	if (i < mounts.nr)
		dir = open(mounts.at[i].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	else
		dir = mount_detached(TREE_TYPE);
	mounts_free(&mounts);
	return dir;
}
