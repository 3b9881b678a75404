/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_DEBUGFS_PATH_H
#define FNT_DEBUGFS_PATH_H

/* Paths of the control tree: which row of its table stands for what is there. */

struct fs_tree;

extern const struct fs_tree path_tree;

struct event_def;
void path_forget_event(const struct event_def *event);

#endif
