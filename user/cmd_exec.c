// SPDX-License-Identifier: GPL-2.0
/*
 * A mount namespace in which every place where a client looks for tracefs has
 * our tree. Clients differ in how they look:
 *
 * - by path: /sys/kernel/tracing, /sys/kernel/debug/tracing;
 * - libtracefs takes the path of the first line of /proc/mounts whose type is
 *   "tracefs", and if there is none mounts the kernel's own over whatever is at
 *   /sys/kernel/tracing;
 * - perf does what TRACEFS_PATH says before anything else.
 *
 * So there has to be a mount of the kernel's own, and every one is covered.
 */

#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "fntrace.h"
#include "module.h"
#include "mounts.h"
#include "policy.h"
#include "tree.h"

#define TRACEFS_TYPE "tracefs"
#define TRACEFS_DIR "/sys/kernel/tracing"
#define TRACEFS_OLD_DIR "/sys/kernel/debug/tracing"

static int cover(const char *dir)
{
	if (!mount(TREE_DIR, dir, NULL, MS_BIND, NULL))
		return 0;
	complain("exec: cannot bind " TREE_DIR " over %s: %s", dir, strerror(errno));
	return -1;
}

/* Mounts elsewhere; of one that is hidden itself the path leads no client to it. */
static int cover_others(const struct mounts *mounts)
{
	const struct mount *mount;
	int err = 0;

	for (mount = mounts->at; mount < mounts->at + mounts->nr && !err; mount++)
		if (strcmp(mount->path, TRACEFS_DIR) && strcmp(mount->path, TRACEFS_OLD_DIR) &&
		    mount_visible(mount))
			err = cover(mount->path);
	return err;
}

static int cover_all(void)
{
	struct mounts mounts;
	int err = 0;

	if (mounts_read(&mounts, "/proc/self/mountinfo", TRACEFS_TYPE)) {
		complain("exec: /proc/self/mountinfo: %s", strerror(errno));
		return -1;
	}
	if (!mounts.nr && mount("nodev", TRACEFS_DIR, TRACEFS_TYPE, 0, NULL)) {
		complain("exec: cannot mount " TRACEFS_TYPE " at " TRACEFS_DIR ": %s",
			 strerror(errno));
		err = -1;
	}
	err = err || cover_others(&mounts) || cover(TRACEFS_DIR);
	mounts_free(&mounts);
	/* It is there if debugfs is mounted. */
	if (!err && !access(TRACEFS_OLD_DIR, F_OK))
		err = cover(TRACEFS_OLD_DIR);
	return err;
}

/* The working directory may be one that has been covered. */
static int enter_again(const char *cwd)
{
	if (!cwd || !chdir(cwd))
		return 0;
	complain("exec: %s: %s: this directory is not in fntrace's tree; start from another one",
		 cwd, strerror(errno));
	return -1;
}

static int make_namespace(void)
{
	char *cwd = getcwd(NULL, 0);
	int err = 0;

	if (unshare(CLONE_NEWNS)) {
		complain("exec: cannot make a mount namespace: %s", strerror(errno));
		err = -1;
	} else if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		complain("exec: cannot make mounts private: %s", strerror(errno));
		err = -1;
	}
	err = err || cover_all() || enter_again(cwd);
	free(cwd);
	return err;
}

static int run(char **command)
{
	char *const no_params[] = { NULL };
	int missing;

	if (!policy_capable(CAP_SYS_ADMIN)) {
		complain("exec: only root may change what is mounted");
		return EXIT_FAILURE;
	}
	if (!module_loaded() && module_load(NULL, no_params))
		return EXIT_FAILURE;
	if (tree_mount() || make_namespace())
		return EXIT_FAILURE;
	unsetenv("TRACEFS_PATH");
	execvp(command[0], command);
	missing = errno == ENOENT;
	complain("exec: %s: %s", command[0], strerror(errno));
	return missing ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	char ***command = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_ARG:
		/* The rest is the command's, its options too. */
		*command = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no command to run");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "[--] CMD [ARG...]",
	.doc = "Run CMD with fntrace's control tree where clients look for tracefs, in a\n"
	       "mount namespace of its own. The module is loaded and its tree mounted first,\n"
	       "if they are not.\n"
	       "\vThe exit status is that of CMD; 126 if it cannot be run, 127 if it is not there.",
};

int cmd_exec(int argc, char **argv)
{
	char **command = NULL;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &command);
	return run(command);
}
