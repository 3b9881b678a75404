/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_TREE_H
#define USER_TREE_H

/* The control tree: where it is, and a way into it. The module is loaded. */

#define TREE_TYPE "fntracefs"
#define TREE_DIR "/sys/kernel/fntrace"

int tree_mount(void);
int tree_open(void);

#endif
