// SPDX-License-Identifier: GPL-2.0

#include "ready.h"

#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <string.h>

#include "fntrace.h"
#include "module.h"
#include "policy.h"
#include "tree.h"

/**
 * ready_to_trace - load the module and mount its tree, if they are not
 * @command: who wants to trace, for messages
 *
 * Return: file descriptor of the control tree; -1 with the reason told.
 */
int ready_to_trace(const char *command)
{
	char *const no_params[] = { NULL };
	int tree;

	if (!policy_capable(CAP_SYS_ADMIN)) {
		complain("%s: only root may trace", command);
		return -1;
	}
	if ((!module_loaded() && module_load(NULL, no_params)) || tree_mount())
		return -1;
	tree = tree_open();
	if (tree < 0)
		complain("%s: cannot open the control tree: %s", command, strerror(errno));
	return tree;
}
