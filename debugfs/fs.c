// SPDX-License-Identifier: GPL-2.0
/*
 * fntracefs: a file system in memory that answers statfs() as tracefs does,
 * because that is how clients know one. There is one super block; it goes with the
 * last mount. The state behind the files is elsewhere and stays.
 *
 * A file or directory is made when it is first looked for, and then stays: what
 * chmod and chown have changed is not lost. So a tree of thousands of files takes
 * memory for those that somebody uses.
 */

#include "debugfs/fs.h"

#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/fsnotify.h>
#include <linux/kobject.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
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

static const struct fs_tree *fs_tree;

/* To whom new files belong: sb->s_fs_info. */
struct fs_owner {
	kuid_t uid;
	kgid_t gid;
};

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

static const struct inode_operations fs_dir_inode_operations;
static const struct file_operations fs_dir_operations;

static struct inode *fs_new_inode(struct super_block *sb, const struct fs_node *node)
{
	const struct fs_owner *owner = sb->s_fs_info;
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = node->ino;
	inode->i_mode = node->mode;
	inode->i_atime = current_time(inode);
	inode->i_mtime = inode->i_atime;
	inode->i_ctime = inode->i_atime;
	/* It is in the list already, for fs_apply() to find. */
	spin_lock(&sb->s_inode_list_lock);
	inode->i_uid = owner->uid;
	inode->i_gid = owner->gid;
	spin_unlock(&sb->s_inode_list_lock);
	inode->i_private = node->private;
	if (S_ISDIR(node->mode)) {
		/* That of a directory is 1: those within it are not counted. */
		inode->i_op = &fs_dir_inode_operations;
		inode->i_fop = &fs_dir_operations;
	} else {
		inode->i_fop = node->fops;
	}
	return inode;
}

static void fs_evict_inode(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	if (inode->i_private)
		fs_tree->forget(inode->i_private, S_ISDIR(inode->i_mode));
}

static struct dentry *fs_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	struct inode *inode = NULL;
	struct fs_node node = { };
	int err;

	if (dentry->d_name.len > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	err = fs_tree->lookup(dir->i_private, dentry->d_name.name, &node);
	if (err && err != -ENOENT)
		return ERR_PTR(err);
	if (!err) {
		inode = fs_new_inode(dir->i_sb, &node);
		if (!inode) {
			fs_tree->forget(node.private, S_ISDIR(node.mode));
			return ERR_PTR(-ENOMEM);
		}
	}
	d_add(dentry, inode);
	/* kill_litter_super() and fs_rmdir() let go of it. */
	if (inode)
		dget(dentry);
	return NULL;
}

static int fs_readdir(struct file *file, struct dir_context *ctx)
{
	if (!dir_emit_dots(file, ctx))
		return 0;
	return fs_tree->list(file_inode(file)->i_private, ctx);
}

static int fs_mkdir(struct user_namespace *ns, struct inode *dir, struct dentry *dentry,
		    umode_t mode)
{
	struct fs_node node = { };
	struct inode *inode;
	int err = fs_tree->mkdir(dir->i_private, dentry->d_name.name, &node);

	if (err)
		return err;
	inode = fs_new_inode(dir->i_sb, &node);
	if (!inode) {
		fs_tree->rmdir(node.private);
		fs_tree->forget(node.private, true);
		return -ENOMEM;
	}
	d_instantiate(dentry, inode);
	dget(dentry);
	fsnotify_mkdir(dir, dentry);
	return 0;
}

/*
 * What is in the directory goes with it. simple_recursive_removal() takes the locks
 * of both directories itself; meanwhile the tree knows who it was that removed it.
 */
static int fs_rmdir(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);
	int err;

	/* Which that takes off again. */
	inc_nlink(dir);
	inode_unlock(dir);
	inode_unlock(inode);
	err = fs_tree->rmdir(inode->i_private);
	if (!err)
		simple_recursive_removal(dentry, NULL);
	inode_lock_nested(dir, I_MUTEX_PARENT);
	inode_lock(inode);
	if (err)
		drop_nlink(dir);
	return err;
}

static const struct inode_operations fs_dir_inode_operations = {
	.lookup = fs_lookup,
	.mkdir = fs_mkdir,
	.rmdir = fs_rmdir,
};

static const struct file_operations fs_dir_operations = {
	.owner = THIS_MODULE,
	.llseek = generic_file_llseek,
	.read = generic_read_dir,
	.iterate_shared = fs_readdir,
	.fsync = noop_fsync,
};

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
	struct fs_owner *owner = sb->s_fs_info;
	struct inode *inode;

	spin_lock(&sb->s_inode_list_lock);
	if (options->given & BIT(OPT_UID))
		owner->uid = options->uid;
	if (options->given & BIT(OPT_GID))
		owner->gid = options->gid;
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
	struct fs_node node = { };
	struct inode *root;
	int err;

	sb->s_fs_info = kzalloc(sizeof(struct fs_owner), GFP_KERNEL);
	if (!sb->s_fs_info)
		return -ENOMEM;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_magic = TRACEFS_MAGIC;
	sb->s_op = &fs_super_operations;
	sb->s_d_op = &simple_dentry_operations;
	sb->s_time_gran = 1;
	sb->s_maxbytes = MAX_LFS_FILESIZE;

	err = fs_tree->root(&node);
	if (err)
		return err;
	node.mode = S_IFDIR | FS_DEFAULT_MODE;
	root = fs_new_inode(sb, &node);
	if (!root) {
		fs_tree->forget(node.private, true);
		return -ENOMEM;
	}
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static void fs_kill_super(struct super_block *sb)
{
	struct fs_owner *owner = sb->s_fs_info;

	kill_litter_super(sb);
	kfree(owner);
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
	.kill_sb = fs_kill_super,
};
MODULE_ALIAS_FS(FS_NAME);

/**
 * fs_register - make the file system known, and a place to mount it
 * @tree: what it shows; kept
 *
 * Context: process, may sleep; once, at load.
 * Return: 0; -EBUSY if another copy of this module is there; -ENOMEM.
 */
int fs_register(const struct fs_tree *tree)
{
	int err;

	fs_tree = tree;
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

/*
 * What has that name in a directory, if it was made. Who was looking it up when the tree
 * ceased to know it had the directory's lock, and is through when we have it.
 */
static struct dentry *made_child(struct dentry *dir, const char *name, size_t len)
{
	struct qstr qname = QSTR_INIT(name, len);
	struct dentry *child;

	inode_lock(d_inode(dir));
	child = d_hash_and_lookup(dir, &qname);
	inode_unlock(d_inode(dir));
	if (IS_ERR_OR_NULL(child))
		return NULL;
	if (d_really_is_positive(child))
		return child;
	dput(child);
	return NULL;
}

static void forget_in(struct super_block *sb, void *path)
{
	struct dentry *at = sb->s_root ? dget(sb->s_root) : NULL, *child;
	const char *name = path;
	size_t len;

	while (at && *name) {
		len = strchrnul(name, '/') - name;
		child = made_child(at, name, len);
		dput(at);
		at = child;
		name += len + (name[len] == '/');
	}
	if (!at)
		return;
	inc_nlink(d_inode(at->d_parent));
	simple_recursive_removal(at, NULL);
	dput(at);
}

/**
 * fs_forget - the tree does not know a directory any more
 * @path: from the root
 *
 * Context: process, may sleep.
 */
void fs_forget(const char *path)
{
	iterate_supers_type(&fs_type, forget_in, (void *)path);
}
