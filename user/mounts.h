/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_MOUNTS_H
#define USER_MOUNTS_H

/* Which file systems of a type are mounted, and where. */

#include <stddef.h>
#include <sys/types.h>

/**
 * struct mount - a place where a file system is mounted
 * @path: the mount point
 * @dev: of the file system
 */
struct mount {
	char *path;
	dev_t dev;
};

/**
 * struct mounts - several, in the order in which /proc lists them
 * @at: the mounts
 * @nr: number of them
 */
struct mounts {
	struct mount *at;
	size_t nr;
};

int mounts_read(struct mounts *mounts, const char *mountinfo, const char *type);
void mounts_free(struct mounts *mounts);
int mount_visible(const struct mount *mount);
int mount_detached(const char *type);

#endif
