// SPDX-License-Identifier: GPL-2.0
/*
 * fntracefs: a file system in memory that answers statfs() as tracefs does,
 * because that is how clients know one. There is one super block; its tree is
 * made when it is first mounted and goes with the last mount. The state behind
 * the files is elsewhere and stays.
 */

#include "debugfs/fs.h"

#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/kobject.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#define FS_NAME "fntracefs"
#define FS_MOUNT_POINT "fntrace"	/* below /sys/kernel */
#define FS_DEFAULT_MODE 0700		/* of the root directory */

/* Mount options: which were given, and their values. */
struct fs_options {
	unsigned int given;
	kuid_t uid;
	kgid_t gid;
	umode_t mode;
};

enum { OPT_UID, OPT_GID, OPT_MODE };

static const struct fs_parameter_spec fs_parameters[] = {
	fsparam_u32("uid", OPT_UID),
	fsparam_u32("gid", OPT_GID),
	fsparam_u32oct("mode", OPT_MODE),
	{ }
};

static int (*fs_populate)(struct dentry *root);

static int fs_parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	struct fs_options *options = fc->fs_private;
	struct fs_parse_result result;
	int opt;

	opt = fs_parse(fc, fs_parameters, param, &result);
	if (opt < 0)
		return opt;
	switch (opt) {
	case OPT_UID:
		options->uid = make_kuid(fc->user_ns, result.uint_32);
		if (!uid_valid(options->uid))
			return invalf(fc, "%s: unknown uid %u", FS_NAME, result.uint_32);
		break;
	case OPT_GID:
		options->gid = make_kgid(fc->user_ns, result.uint_32);
		if (!gid_valid(options->gid))
			return invalf(fc, "%s: unknown gid %u", FS_NAME, result.uint_32);
		break;
	case OPT_MODE:
		options->mode = result.uint_32 & S_IALLUGO;
		break;
	}
	options->given |= BIT(opt);
	return 0;
}

static struct inode *fs_new_inode(struct super_block *sb, umode_t mode)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = get_next_ino();
	inode->i_mode = mode;
	inode->i_atime = current_time(inode);
	inode->i_mtime = inode->i_atime;
	inode->i_ctime = inode->i_atime;
	if (sb->s_root) {
		inode->i_uid = d_inode(sb->s_root)->i_uid;
		inode->i_gid = d_inode(sb->s_root)->i_gid;
	}
	return inode;
}

static void fs_make_dir(struct inode *inode)
{
	inode->i_op = &simple_dir_inode_operations;
	inode->i_fop = &simple_dir_operations;
	set_nlink(inode, 2);
}

/* What a file has at i_private is freed with it. */
static void fs_evict_inode(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	kfree(inode->i_private);
}

/* For /proc/mounts: what is not as it would be without options. */
static int fs_show_options(struct seq_file *m, struct dentry *root)
{
	struct user_namespace *ns = root->d_sb->s_user_ns;
	const struct inode *inode = d_inode(root);
	umode_t mode = inode->i_mode & S_IALLUGO;

	if (!uid_eq(inode->i_uid, GLOBAL_ROOT_UID))
		seq_printf(m, ",uid=%u", from_kuid_munged(ns, inode->i_uid));
	if (!gid_eq(inode->i_gid, GLOBAL_ROOT_GID))
		seq_printf(m, ",gid=%u", from_kgid_munged(ns, inode->i_gid));
	if (mode != FS_DEFAULT_MODE)
		seq_printf(m, ",mode=%o", mode);
	return 0;
}

static const struct super_operations fs_super_operations = {
	.statfs = simple_statfs,
	.show_options = fs_show_options,
	.evict_inode = fs_evict_inode,
};

/* Owner and group go for the whole tree, the mode for its root. */
static void fs_apply(struct super_block *sb, const struct fs_options *options)
{
	struct inode *inode;

	spin_lock(&sb->s_inode_list_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		if (options->given & BIT(OPT_UID))
			inode->i_uid = options->uid;
		if (options->given & BIT(OPT_GID))
			inode->i_gid = options->gid;
	}
	spin_unlock(&sb->s_inode_list_lock);
	if (options->given & BIT(OPT_MODE))
		d_inode(sb->s_root)->i_mode = S_IFDIR | options->mode;
}

static int fs_fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct inode *root;

	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_magic = TRACEFS_MAGIC;
	sb->s_op = &fs_super_operations;
	sb->s_d_op = &simple_dentry_operations;
	sb->s_time_gran = 1;
	sb->s_maxbytes = MAX_LFS_FILESIZE;

	root = fs_new_inode(sb, S_IFDIR | FS_DEFAULT_MODE);
	if (!root)
		return -ENOMEM;
	fs_make_dir(root);
	sb->s_root = d_make_root(root);
	if (!sb->s_root)
		return -ENOMEM;
	return fs_populate(sb->s_root);
}

static int fs_get_tree(struct fs_context *fc)
{
	int err = get_tree_single(fc, fs_fill_super);

	if (!err)
		fs_apply(fc->root->d_sb, fc->fs_private);
	return err;
}

static int fs_reconfigure(struct fs_context *fc)
{
	fs_apply(fc->root->d_sb, fc->fs_private);
	return 0;
}

static void fs_free(struct fs_context *fc)
{
	kfree(fc->fs_private);
}

static const struct fs_context_operations fs_context_operations = {
	.parse_param = fs_parse_param,
	.get_tree = fs_get_tree,
	.reconfigure = fs_reconfigure,
	.free = fs_free,
};

static int fs_init_context(struct fs_context *fc)
{
	fc->fs_private = kzalloc(sizeof(struct fs_options), GFP_KERNEL);
	if (!fc->fs_private)
		return -ENOMEM;
	fc->ops = &fs_context_operations;
	return 0;
}

static struct file_system_type fs_type = {
	.owner = THIS_MODULE,
	.name = FS_NAME,
	.init_fs_context = fs_init_context,
	.parameters = fs_parameters,
	.kill_sb = kill_litter_super,
};
MODULE_ALIAS_FS(FS_NAME);

/**
 * fs_register - make the file system known, and a place to mount it
 * @populate: makes the tree below a root, when first mounted
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -EBUSY if another copy of this module is there; -ENOMEM.
 */
int fs_register(int (*populate)(struct dentry *root))
{
	int err;

	fs_populate = populate;
	/* The file system first: a second mount point of the name has sysfs print a stack. */
	err = register_filesystem(&fs_type);
	if (err == -EBUSY)
		pr_err("not loaded: another copy of this module is there, by whatever name\n");
	if (err)
		return err;
	err = sysfs_create_mount_point(kernel_kobj, FS_MOUNT_POINT);
	if (err)
		unregister_filesystem(&fs_type);
	return err;
}

/**
 * fs_unregister - undo fs_register()
 *
 * A mount holds the module, so there is none any more.
 *
 * Context: process, may sleep.
 */
void fs_unregister(void)
{
	sysfs_remove_mount_point(kernel_kobj, FS_MOUNT_POINT);
	unregister_filesystem(&fs_type);
}

static struct dentry *fs_add(struct dentry *parent, const char *name, struct inode *inode)
{
	struct dentry *dentry = d_alloc_name(parent, name);

	if (!dentry) {
		iput(inode);
		return NULL;
	}
	d_add(dentry, inode);
	return dentry;
}

/**
 * fs_mkdir - make a directory
 * @parent: where
 * @name: of the directory
 * @mode: permissions
 *
 * Context: process, may sleep; while the tree is made.
 * Return: the directory; NULL without memory.
 */
struct dentry *fs_mkdir(struct dentry *parent, const char *name, umode_t mode)
{
	struct inode *inode = fs_new_inode(parent->d_sb, S_IFDIR | mode);
	struct dentry *dentry;

	if (!inode)
		return NULL;
	fs_make_dir(inode);
	dentry = fs_add(parent, name, inode);
	if (dentry)
		inc_nlink(d_inode(parent));
	return dentry;
}

/**
 * fs_create - make a file
 * @parent: where
 * @name: of the file
 * @mode: permissions
 * @fops: what it does
 * @private: for inode->i_private; from kmalloc(), the file system's from now on
 *
 * Context: process, may sleep; while the tree is made.
 * Return: 0; -ENOMEM.
 */
int fs_create(struct dentry *parent, const char *name, umode_t mode,
	      const struct file_operations *fops, void *private)
{
	struct inode *inode = fs_new_inode(parent->d_sb, S_IFREG | mode);

	if (!inode) {
		kfree(private);
		return -ENOMEM;
	}
	inode->i_fop = fops;
	inode->i_private = private;
	return fs_add(parent, name, inode) ? 0 : -ENOMEM;
}
