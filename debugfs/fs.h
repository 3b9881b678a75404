/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_DEBUGFS_FS_H
#define FNT_DEBUGFS_FS_H

/* The file system that the control tree is: mounting, directories, files. */

#include <linux/fs.h>

/**
 * struct fs_node - a file or directory that was looked for
 * @mode: its type and permissions
 * @ino: its number
 * @fops: what a file does
 * @private: for inode->i_private; given back by @forget of struct fs_tree
 */
struct fs_node {
	umode_t mode;
	unsigned long ino;
	const struct file_operations *fops;
	void *private;
};

/**
 * struct fs_tree - what the file system shows
 * @root: the root directory, whose mode is not asked for; 0 or an errno
 * @lookup: what has a name in a directory, given by its @private; 0, -ENOENT or
 *          another errno
 * @list: list a directory, from the place ctx->pos - 2 on; 0 or an errno
 * @mkdir: make a directory, and give it as @lookup does; 0 or an errno
 * @rmdir: undo that; @lookup does not find it any more. Of two that want it one is
 *         told no
 * @forget: a node is no more
 *
 * All may sleep. @lookup and @mkdir are called with the lock of the directory, @list
 * and @lookup with that for reading.
 */
struct fs_tree {
	int (*root)(struct fs_node *node);
	int (*lookup)(const void *dir, const char *name, struct fs_node *node);
	int (*list)(const void *dir, struct dir_context *ctx);
	int (*mkdir)(const void *dir, const char *name, struct fs_node *node);
	int (*rmdir)(const void *victim);
	void (*forget)(void *private, bool is_dir);
};

int fs_register(const struct fs_tree *tree);
void fs_unregister(void);
void fs_forget(const char *path);

#endif
