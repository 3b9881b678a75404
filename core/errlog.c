// SPDX-License-Identifier: GPL-2.0
/*
 * What was wrong with the last commands.
 */

#include "core/errlog.h"

#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/trace_clock.h>

/**
 * errlog_init - make an empty log
 * @log: the log
 *
 * Context: process.
 */
void errlog_init(struct errlog *log)
{
	mutex_init(&log->lock);
	log->nr = 0;
}

/**
 * errlog_add - note a refused command
 * @log: the log
 * @file: the control file; a constant string
 * @cmd: what was written there, as far as it is of interest
 * @len: bytes of @cmd
 * @pos: where in @cmd it goes wrong
 * @what: what is wrong; a constant string
 *
 * Context: process, may sleep.
 */
void errlog_add(struct errlog *log, const char *file, const char *cmd, size_t len,
		unsigned int pos, const char *what)
{
	struct errlog_entry *entry;

	len = min_t(size_t, len, ERRLOG_CMD_MAX - 1);
	mutex_lock(&log->lock);
	entry = &log->entries[log->nr++ % ERRLOG_ENTRIES];
	entry->ts = trace_clock_local();
	entry->file = file;
	entry->what = what;
	memcpy(entry->cmd, cmd, len);
	entry->cmd[len] = '\0';
	entry->pos = pos;
	mutex_unlock(&log->lock);
}

/**
 * errlog_clear - forget all
 * @log: the log
 *
 * Context: process, may sleep.
 */
void errlog_clear(struct errlog *log)
{
	mutex_lock(&log->lock);
	log->nr = 0;
	mutex_unlock(&log->lock);
}

/**
 * errlog_nth - list the log, the oldest entry first
 * @log: the log
 * @n: counted from 0
 * @entry: receives the entry
 *
 * Context: process, may sleep.
 * Return: false behind the last entry.
 */
bool errlog_nth(struct errlog *log, unsigned int n, struct errlog_entry *entry)
{
	unsigned int held;
	bool there;

	mutex_lock(&log->lock);
	held = min_t(unsigned int, log->nr, ERRLOG_ENTRIES);
	there = n < held;
	if (there)
		*entry = log->entries[(log->nr - held + n) % ERRLOG_ENTRIES];
	mutex_unlock(&log->lock);
	return there;
}
