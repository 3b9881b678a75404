// SPDX-License-Identifier: GPL-2.0
/*
 * Static events of a module.
 *
 * In debugfs/fnt_event: write N to "two" or "all" to make N events; "cost" has the
 * TSC ticks that the calls of the last write to "measure" took, with interrupts off.
 */

#include <linux/debugfs.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#define CREATE_TRACE_POINTS
#include "fnt_event_trace.h"

static struct dentry *dir;
static u64 cost;

static void make_all(unsigned long i)
{
	static const char *const texts[] = { "", "short", "longer than twelve", "a b\tc" };
	static const u8 bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	trace_fnt_event_all(i, texts[i % 4], &bytes[i % 9], bytes, i % 10);
}

/* All who look at an event look at the same moment: no interrupt comes between them. */
static int two_set(void *data, u64 nr)
{
	unsigned long flags;
	u64 i;

	for (i = 0; i < nr; i++) {
		local_irq_save(flags);
		trace_fnt_event_two(i, -(long)i);
		local_irq_restore(flags);
	}
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(two_fops, NULL, two_set, "%llu\n");

static int all_set(void *data, u64 nr)
{
	u64 i;

	for (i = 0; i < nr; i++)
		make_all(i);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(all_fops, NULL, all_set, "%llu\n");

static int measure_set(void *data, u64 nr)
{
	unsigned long flags;
	u64 i, start;

	local_irq_save(flags);
	start = rdtsc();
	for (i = 0; i < nr; i++)
		trace_fnt_event_two(i, 7);
	cost = rdtsc() - start;
	local_irq_restore(flags);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(measure_fops, NULL, measure_set, "%llu\n");

static int cost_get(void *data, u64 *value)
{
	*value = cost;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(cost_fops, cost_get, NULL, "%llu\n");

static int __init fnt_event_init(void)
{
	dir = debugfs_create_dir("fnt_event", NULL);
	debugfs_create_file("two", 0200, dir, NULL, &two_fops);
	debugfs_create_file("all", 0200, dir, NULL, &all_fops);
	debugfs_create_file("measure", 0200, dir, NULL, &measure_fops);
	debugfs_create_file("cost", 0400, dir, NULL, &cost_fops);
	return 0;
}

static void __exit fnt_event_exit(void)
{
	debugfs_remove(dir);
}

module_init(fnt_event_init);
module_exit(fnt_event_exit);

MODULE_DESCRIPTION("Static events to be recorded");
MODULE_LICENSE("GPL");
