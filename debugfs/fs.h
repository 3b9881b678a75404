/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_DEBUGFS_FS_H
#define FNT_DEBUGFS_FS_H

/* The file system that the control tree is: mounting, directories, files. */

#include <linux/fs.h>

int fs_register(int (*populate)(struct dentry *root));
void fs_unregister(void);

struct dentry *fs_mkdir(struct dentry *parent, const char *name, umode_t mode);
int fs_create(struct dentry *parent, const char *name, umode_t mode,
	      const struct file_operations *fops, void *private);

#endif
