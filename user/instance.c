// SPDX-License-Identifier: GPL-2.0
/*
 * An instance has the number of our process in its name. One of a process that is no
 * more was left behind when that was killed, and goes as soon as anybody makes one.
 */

#include "instance.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fntrace.h"

#define INSTANCES "instances"
#define PREFIX "fntrace."

static void own_path(char path[64])
{
	snprintf(path, 64, INSTANCES "/" PREFIX "%d", (int)getpid());
}

static void remove_left_behind(int tree)
{
	int pid, fd = openat(tree, INSTANCES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	char end;

	while (dir && (entry = readdir(dir)))
		if (sscanf(entry->d_name, PREFIX "%d%c", &pid, &end) == 1 && pid > 0 &&
		    kill(pid, 0) && errno == ESRCH)
			unlinkat(fd, entry->d_name, AT_REMOVEDIR);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

/**
 * instance_create - make an instance
 * @tree: the control tree
 * @command: who wants it, for messages
 *
 * Return: file descriptor of its directory; -1 with the reason told.
 */
int instance_create(int tree, const char *command)
{
	char path[64];
	int dir;

	remove_left_behind(tree);
	own_path(path);
	if (mkdirat(tree, path, 0755)) {
		complain("%s: %s: %s", command, path, strerror(errno));
		return -1;
	}
	dir = openat(tree, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0)
		return dir;
	complain("%s: %s: %s", command, path, strerror(errno));
	unlinkat(tree, path, AT_REMOVEDIR);
	return -1;
}

/**
 * instance_remove - undo instance_create()
 * @tree: the control tree
 * @command: for messages
 *
 * None of its files may be open any more.
 */
void instance_remove(int tree, const char *command)
{
	char path[64];

	own_path(path);
	if (unlinkat(tree, path, AT_REMOVEDIR))
		complain("%s: %s: %s", command, path, strerror(errno));
}
