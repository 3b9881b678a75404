// SPDX-License-Identifier: GPL-2.0
/*
 * RCU-tasks begins ten grace periods a second at most, and looks ten times a second
 * whether one has ended. Tests wait for thousands: while this is loaded there are no such
 * pauses. Who is waited for is the same.
 *
 *	insmod fnt_hurry.ko flavours=ADDRESS,...	of rcu_tasks, rcu_tasks_rude
 */

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>

static ulong flavours[2];
static unsigned int nr_flavours;
module_param_array(flavours, ulong, &nr_flavours, 0400);
MODULE_PARM_DESC(flavours, "addresses of rcu_tasks and the like, to be made faster");

/* A tick, as who looks all the time takes the CPU from those that are looked for. */
static int pause = 1;
module_param(pause, int, 0400);
MODULE_PARM_DESC(pause, "in jiffies, instead of a tenth of a second (default: 1)");

static int *paces[2 * ARRAY_SIZE(flavours)];
static unsigned int nr_paces;

static void __init hurry(int *pace)
{
	if (*pace != HZ / 10)
		return;
	*pace = pause;
	paces[nr_paces++] = pace;
}

/*
 * struct rcu_tasks has, side by side, its pauses after and within a grace period;
 * rcu_tasks_rude has only the first.
 */
static int __init fnt_hurry_init(void)
{
	int *pace = (int *)flavours[0];
	unsigned int i, k;

	if (!pace)
		return -EINVAL;
	for (i = 0; i < 64; i++)
		if (pace[i] == HZ / 10 && pace[i + 1] == HZ / 10)
			break;
	if (i == 64)
		return -ENOENT;
	for (k = 0; k < nr_flavours; k++) {
		hurry((int *)flavours[k] + i);
		hurry((int *)flavours[k] + i + 1);
	}
	return 0;
}

static void __exit fnt_hurry_exit(void)
{
	while (nr_paces)
		*paces[--nr_paces] = HZ / 10;
}

module_init(fnt_hurry_init);
module_exit(fnt_hurry_exit);

MODULE_DESCRIPTION("RCU-tasks without pauses, for the tests of fntrace");
MODULE_LICENSE("GPL");
