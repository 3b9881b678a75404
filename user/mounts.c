// SPDX-License-Identifier: GPL-2.0

#include "mounts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Blanks and backslashes in mountinfo are \ and three octal digits. */
static void unescape(char *text)
{
	char *to = text;
	unsigned int c;

	while (*text) {
		if (*text == '\\' && strlen(text) >= 4 && sscanf(text + 1, "%3o", &c) == 1) {
			*to++ = c;
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

/* Add the mount that a line is about, if it is of this type. */
static int add_line(struct mounts *mounts, const char *line, const char *type)
{
	const char *rest = strstr(line, " - ");
	unsigned int major, minor;
	size_t len = strlen(type);
	struct mount *more;
	char *path = NULL;

	if (!rest || strncmp(rest + 3, type, len) || rest[3 + len] != ' ')
		return 0;
	if (sscanf(line, "%*d %*d %u:%u %*s %ms", &major, &minor, &path) != 3)
		return 0;
	more = reallocarray(mounts->at, mounts->nr + 1, sizeof(*more));
	if (!more) {
		free(path);
		return -1;
	}
	unescape(path);
	mounts->at = more;
	mounts->at[mounts->nr++] = (struct mount) { path, makedev(major, minor) };
	return 0;
}

/**
 * mounts_read - list the mounts of a type
 * @mounts: receives them; for mounts_free()
 * @mountinfo: /proc/PID/mountinfo of a process whose mounts they are
 * @type: of the file systems
 *
 * Return: 0; -1 with errno if the file cannot be read, @mounts is empty then.
 */
int mounts_read(struct mounts *mounts, const char *mountinfo, const char *type)
{
	FILE *in = fopen(mountinfo, "re");
	char *line = NULL;
	size_t room = 0;
	int err = 0;

	*mounts = (struct mounts) { };
	if (!in)
		return -1;
	while (!err && getline(&line, &room, in) > 0)
		err = add_line(mounts, line, type);
	free(line);
	fclose(in);
	if (!err)
		return 0;
	mounts_free(mounts);
	errno = ENOMEM;
	return -1;
}

/**
 * mounts_free - release a list
 * @mounts: from mounts_read(); it is empty afterwards
 */
void mounts_free(struct mounts *mounts)
{
	size_t i;

	for (i = 0; i < mounts->nr; i++)
		free(mounts->at[i].path);
	free(mounts->at);
	*mounts = (struct mounts) { };
}

/**
 * mount_visible - does the path of a mount lead to it?
 * @mount: of this process
 *
 * Return: 1 if so; 0 if something else is mounted over it.
 */
int mount_visible(const struct mount *mount)
{
	struct stat st;

	return !stat(mount->path, &st) && st.st_dev == mount->dev;
}

/**
 * mount_detached - a file system without a place in the file tree
 * @type: of the file system
 *
 * It goes when the last file descriptor of it is closed, and nobody else sees
 * it: a way to read files of a file system that is not mounted.
 *
 * Return: file descriptor of its root directory; -1 with errno.
 */
int mount_detached(const char *type)
{
	int context = fsopen(type, FSOPEN_CLOEXEC);
	int root, err;

	if (context < 0)
		return -1;
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		root = -1;
	else
		root = fsmount(context, FSMOUNT_CLOEXEC, 0);
	err = errno;
	close(context);
	errno = err;
	return root;
}
