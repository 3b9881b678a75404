// SPDX-License-Identifier: GPL-2.0
/*
 * Functions at which something is done beside tracing them: a user of function entries
 * of its own for each trace that has any, whatever its tracer is.
 */

#include "tracers/tracers.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "core/commands.h"
#include "core/hash.h"
#include "patching/ops.h"

static void function_entered(unsigned long ip, unsigned long parent_ip, struct fnt_ops *ops,
			     const struct fnt_regs *regs)
{
	commands_fire(ops->private, ip);
}

static struct fnt_hash *functions_of(const struct trace_commands *commands)
{
	unsigned long *ips = kvmalloc_array(commands->nr, sizeof(*ips), GFP_KERNEL);
	struct fnt_hash *functions;
	unsigned int i;

	if (!ips)
		return NULL;
	for (i = 0; i < commands->nr; i++)
		ips[i] = commands->places[i].ip;
	functions = hash_create(ips, commands->nr);
	kvfree(ips);
	return functions;
}

static void user_destroy(struct fnt_ops *ops)
{
	fnt_ops_exit(ops);
	kfree(ops);
}

static int arm(struct trace_commands *commands)
{
	struct fnt_ops *ops = kzalloc(sizeof(*ops), GFP_KERNEL);
	int err;

	if (!ops)
		return -ENOMEM;
	ops->func = function_entered;
	ops->private = commands;
	err = fnt_ops_init(ops);
	if (!err)
		ops->filter = functions_of(commands);
	if (!err && !ops->filter)
		err = -ENOMEM;
	if (!err)
		err = fnt_ops_register(ops);
	if (err)
		user_destroy(ops);
	else
		commands->user = ops;
	return err;
}

static void disarm(struct trace_commands *commands)
{
	fnt_ops_unregister(commands->user);
	user_destroy(commands->user);
}

const struct command_source function_commands = {
	.arm = arm,
	.disarm = disarm,
};
