// SPDX-License-Identifier: GPL-2.0

#include "holders.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fntrace.h"
#include "module.h"
#include "mounts.h"
#include "textfile.h"
#include "tree.h"

/* All mounts of the tree are of one file system. */
static int tree_dev(dev_t *dev)
{
	int dir = tree_open();
	struct stat st;
	int err;

	if (dir < 0)
		return -1;
	err = fstat(dir, &st);
	close(dir);
	*dev = st.st_dev;
	return err;
}

static void complain_of(const char *pid, const char *does, const char *what)
{
	char path[64], *comm;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	comm = textfile_read(AT_FDCWD, path);
	complain("unload: in use: process %s (%s) %s %s", pid, comm ? comm : "gone by now", does,
		 what);
	free(comm);
}

/* Is what the link of a process's leads to in the tree? Then say so. */
static int link_into(const char *pid, const char *link, const char *does, dev_t dev)
{
	char target[PATH_MAX];
	struct stat st;
	ssize_t len;

	if (stat(link, &st) || st.st_dev != dev)
		return 0;
	len = readlink(link, target, sizeof(target) - 1);
	target[len < 0 ? 0 : len] = '\0';
	complain_of(pid, does, target);
	return 1;
}

/* One line for a process is enough. */
static int process_uses_files(const char *pid, dev_t dev)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int found = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/cwd", pid);
	if (link_into(pid, path, "is in", dev))
		return 1;
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return 0;
	while (!found && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/fd/%s", pid, entry->d_name);
		found = link_into(pid, path, "has open", dev);
	}
	closedir(dir);
	return found;
}

static int process_has_mounted(const char *pid, dev_t dev)
{
	struct stat own, its;
	struct mounts mounts;
	char path[64];
	int found;

	(void)dev;
	snprintf(path, sizeof(path), "/proc/%s/ns/mnt", pid);
	if (stat("/proc/self/ns/mnt", &own) || stat(path, &its) || own.st_ino == its.st_ino)
		return 0;
	snprintf(path, sizeof(path), "/proc/%s/mountinfo", pid);
	if (mounts_read(&mounts, path, TREE_TYPE))
		return 0;
	found = mounts.nr > 0;
	if (found)
		complain_of(pid, "has a mount namespace with the tree at", mounts.at[0].path);
	mounts_free(&mounts);
	return found;
}

static unsigned int each_process(int (*check)(const char *pid, dev_t dev), dev_t dev)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	unsigned int nr = 0;

	if (!proc)
		return 0;
	while ((entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) && atoi(entry->d_name) != getpid())
			nr += check(entry->d_name, dev);
	closedir(proc);
	return nr;
}

/**
 * holders_of_files - name the processes that have files of the tree open
 *
 * A process whose working directory is in the tree counts too.
 *
 * Return: how many there are.
 */
unsigned int holders_of_files(void)
{
	dev_t dev;

	return tree_dev(&dev) ? 0 : each_process(process_uses_files, dev);
}

/**
 * holders_of_mounts - name the processes whose mount namespace has the tree
 *
 * The namespace of this process is not among them.
 *
 * Return: how many there are.
 */
unsigned int holders_of_mounts(void)
{
	return each_process(process_has_mounted, 0);
}

/**
 * holders_in_kernel - name the modules that use ours
 *
 * Return: how many there are.
 */
unsigned int holders_in_kernel(void)
{
	DIR *dir = opendir("/sys/module/" MODULE_NAME "/holders");
	struct dirent *entry;
	unsigned int nr = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		complain("unload: in use: module %s needs it; rmmod that first", entry->d_name);
		nr++;
	}
	closedir(dir);
	return nr;
}
