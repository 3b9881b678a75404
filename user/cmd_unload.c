// SPDX-License-Identifier: GPL-2.0
/*
 * Removal in an order that loses nothing when it cannot be done: look who uses
 * the tree, unmount it, see that nobody holds the module, and only then stop
 * the tracer, which empties the buffer.
 */

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "fntrace.h"
#include "holders.h"
#include "klog.h"
#include "module.h"
#include "mounts.h"
#include "policy.h"
#include "textfile.h"
#include "tree.h"

/* Of the flags of a mount those that statvfs() and mount() number alike. */
#define KEPT_FLAGS (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)

#define PLACES_MAX 64

/**
 * struct taken_down - what has to be put back if the module cannot go
 * @paths: where the tree was mounted, in the order in which it was unmounted
 * @flags: of each of these mounts
 * @nr: number of them
 * @tracer: the tracer that was stopped, NULL if none was
 */
struct taken_down {
	char *paths[PLACES_MAX];
	unsigned long flags[PLACES_MAX];
	size_t nr;
	char *tracer;
};

static int unmount_one(struct taken_down *down, const struct mount *mount)
{
	struct statvfs fs;
	char *path;

	if (down->nr == PLACES_MAX) {
		complain("unload: more than %d mounts of the tree", PLACES_MAX);
		return -1;
	}
	if (!mount_visible(mount)) {
		complain("unload: %s: something else is mounted over the tree there; unmount that first",
			 mount->path);
		return -1;
	}
	path = strdup(mount->path);
	if (!path || statvfs(path, &fs) || umount2(path, UMOUNT_NOFOLLOW)) {
		complain("unload: cannot unmount %s: %s", mount->path, strerror(errno));
		free(path);
		return -1;
	}
	down->paths[down->nr] = path;
	down->flags[down->nr++] = fs.f_flag & KEPT_FLAGS;
	return 0;
}

/* The last one first; one umount may take others along, by propagation. */
static int unmount_all(struct taken_down *down)
{
	struct mounts mounts;
	size_t left;
	int err;

	do {
		if (mounts_read(&mounts, "/proc/self/mountinfo", TREE_TYPE)) {
			complain("unload: /proc/self/mountinfo: %s", strerror(errno));
			return -1;
		}
		left = mounts.nr;
		err = left ? unmount_one(down, &mounts.at[left - 1]) : 0;
		mounts_free(&mounts);
	} while (left && !err);
	return err;
}

static int check_unused(void)
{
	char *count = textfile_read(AT_FDCWD, "/sys/module/" MODULE_NAME "/refcnt");
	int unused = count && !strcmp(count, "0");

	free(count);
	if (unused)
		return 0;
	if (!(holders_of_files() + holders_of_mounts()))
		complain("unload: in use by what no process shows: by the kernel, or by a mount namespace without a process; dmesg may say more");
	return -1;
}

/* A tracer that cannot be stopped must be seen before the module's exit. */
static int stop_tracer(struct taken_down *down)
{
	int dir = mount_detached(TREE_TYPE);
	int err = -1;

	if (dir >= 0) {
		down->tracer = textfile_read(dir, "current_tracer");
		if (down->tracer)
			err = strcmp(down->tracer, "nop") ?
				textfile_write(dir, "current_tracer", "nop") : 0;
	}
	if (err) {
		complain("unload: cannot stop the tracer: %s", strerror(errno));
		free(down->tracer);
		down->tracer = NULL;
	}
	close(dir);
	return err;
}

static int remove_module(void)
{
	int klog = klog_open();
	int err = module_remove();

	if (err) {
		klog_tell(klog);
		complain("unload: cannot remove the module: %s", strerror(-err));
	}
	close(klog);
	return err;
}

static void put_back(const struct taken_down *down)
{
	size_t i;
	int dir;

	for (i = down->nr; i-- > 0;)
		if (mount("nodev", down->paths[i], TREE_TYPE, down->flags[i], NULL))
			complain("unload: cannot mount the tree at %s again: %s", down->paths[i],
				 strerror(errno));
	if (!down->tracer)
		return;
	dir = tree_open();
	if (dir < 0 || textfile_write(dir, "current_tracer", down->tracer))
		complain("unload: cannot start tracer %s again: %s", down->tracer,
			 strerror(errno));
	close(dir);
}

static int unload(void)
{
	struct taken_down down = { };
	int failed;

	if (!policy_capable(CAP_SYS_MODULE) || !policy_capable(CAP_SYS_ADMIN)) {
		complain("unload: only root may unmount the tree and remove the module");
		return EXIT_FAILURE;
	}
	if (policy_modules_disabled()) {
		complain("unload: modules can be neither loaded nor removed any more (kernel.modules_disabled); only a reboot ends that");
		return EXIT_FAILURE;
	}
	if (holders_in_kernel() + holders_of_files())
		return EXIT_FAILURE;
	failed = unmount_all(&down) || check_unused() || stop_tracer(&down) || remove_module();
	if (failed)
		put_back(&down);
	while (down.nr)
		free(down.paths[--down.nr]);
	free(down.tracer);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const struct argp argp = {
	.doc = "Stop tracing, unmount the control tree wherever it is mounted, and remove the\n"
	       "kernel module.",
};

int cmd_unload(int argc, char **argv)
{
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (!module_loaded()) {
		puts("fntrace: was not loaded");
		return EXIT_SUCCESS;
	}
	return unload();
}
